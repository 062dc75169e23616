"""Fig. 8 F: a rhythm that is entrained by a drive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.plot.paper_style import INK, label_panel
from ikmeanfield.sources import Sources
from ikmeanfield.studies.compared import NETWORK

EXPERIMENTS = 1
"""Number of experiments that the panels are drawn from."""
HEIGHT = 2.4
"""Height of the panels in inches."""
ROOM = 1.5
"""How far axes reach, relative to their data, so that a legend has room above."""

WIDTH = "rs_threshold_width"
WIDTH_LABEL = r"width $\Delta_v$ (mV)"
FREQUENCY_LABEL = "drive (Hz)"
EDGE_LOOKS = {1: ("-", "^"), 2: ((0, (4, 1.5)), "o"), 3: ((0, (1, 1)), "s"), 4: ("-", "^")}
"""Lines and marks of folds, torus points, period doublings and branch points (beside kinks)."""
EDGE_NAMES = {1: "folds", 2: "torus points", 3: "period doublings"}
MARKED = {1: "cusp", 2: "1:1 resonance", 3: "1:2 resonance"}
"""Points of curves that are shown, by their number there."""
MAP: dict[str, Any] = {"cmap": "cividis", "vmin": 0.0, "vmax": 1.0}


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What the other functions take."""
    taken = experiments[0]
    return {
        name: of_sweep(numbered(taken[name].summary), sweep).sortby(WIDTH)
        for name, sweep in (("tongues", "tongue"), ("widths", "width"))
    }


def numbered(summary: xr.Dataset) -> xr.Dataset:
    """A summary whose runs keep the numbers by which points of curves name them."""
    return summary.assign_coords(number=("run", np.arange(summary.sizes["run"])))


def theory_of(summary: xr.Dataset) -> str:
    """Name of the theory beside the networks."""
    return next(str(m) for m in summary["model"].values.tolist() if m != NETWORK)


def draw(place: SubFigure, tongues: xr.Dataset, widths: xr.Dataset) -> None:
    """Draw the panels.

    Parameters
    ----------
    place
        Where to draw.
    tongues
        Summary over frequency and amplitude of the drive, at two widths.
    widths
        Summary over the frequency at one amplitude, by rising width.
    """
    maps = ["narrow", "wide", "across"]
    rows: list[Any] = [[*maps, "by width"], [*maps, "by amplitude"]]
    panels = place.subplot_mosaic(rows)
    label_panel(panels["narrow"], "F")
    for name, run in (("narrow", 0), ("wide", -1)):
        axes, here = panels[name], tongues.isel(run=run)
        image = _draw_map(axes, here, here["amplitude"].values, "amplitude")
        axes.set_title(rf"$\Delta_v$ = {float(here[WIDTH]):g} mV")
        axes.set_ylabel("amplitude (pA)")
        _draw_curves(axes, tongues, here)
    axes, across = panels["across"], widths.isel(amplitude=0)
    _draw_map(axes, across, across[WIDTH].values, "run")
    axes.set_title(f"amplitude {float(across['amplitude']):g} pA")
    axes.set_ylabel(WIDTH_LABEL)
    _draw_edges(axes, across)
    place.colorbar(image, ax=axes, label="coherence", pad=0.02)
    _draw_widths(panels["by width"], across)
    _draw_growth(panels["by amplitude"], tongues)


def _draw_map(axes: Axes, summary: xr.Dataset, second: Any, dim: str) -> Any:
    """Coherence of the theory in colour, networks as filled dots, locked ones with a dark rim."""
    frequency = summary["frequency"].values
    theory = summary["coherence"].sel(model=theory_of(summary)).transpose(dim, "frequency")
    image = axes.pcolormesh(
        frequency, second, theory.values, shading="nearest", rasterized=True, **MAP
    )
    network = summary.sel(model=NETWORK).transpose(..., dim, "frequency")
    coherence, is_locked = network["coherence"].values, network["locked"].values == 1
    x, y = np.meshgrid(frequency, second)
    for chosen, rim in ((~is_locked, "0.75"), (is_locked, "#d7301f")):
        shown = np.isfinite(coherence) & chosen
        axes.scatter(
            x[shown], y[shown], c=coherence[shown], s=9, edgecolors=rim, linewidths=0.6, zorder=4,
            **MAP,
        )  # fmt: skip
    axes.set_xlabel(FREQUENCY_LABEL)
    margin = (frequency[1] - frequency[0]) / 2
    axes.set_xlim(frequency[0] - margin, frequency[-1] + margin)
    return image


def _draw_curves(axes: Axes, tongues: xr.Dataset, here: xr.Dataset) -> None:
    """The curves that bound the theory's tongue, and where one passes into another."""
    low, high = axes.get_ylim()
    for curve in curves_of(tongues, int(here["number"]), theory_of(tongues)):
        style, _ = EDGE_LOOKS[int(curve["curve_kind"][0])]
        axes.plot(
            curve["curve_frequency"], curve["curve_amplitude"], color="white", linewidth=1.0,
            linestyle=style, zorder=3,
        )  # fmt: skip
        shown = np.isin(curve["curve_mark"].values, list(MARKED))
        axes.plot(
            curve["curve_frequency"][shown], curve["curve_amplitude"][shown], "D", color="white",
            markeredgecolor="0.2", markeredgewidth=0.5, markersize=3.0, zorder=5,
        )  # fmt: skip
    axes.set_ylim(low, high)


def curves_of(summary: xr.Dataset, run: int, model: str) -> Iterator[xr.Dataset]:
    """The curves of a model in the run of a number, one after the other."""
    row = summary["model"].values.tolist().index(model)
    mine = (summary["curve_run"].values == run) & (summary["curve_model"].values == row)
    numbers = summary["curve"].values
    names = [name for name in summary.data_vars if summary[name].dims == ("point",)]
    for number in np.unique(numbers[mine]):
        yield summary[names].isel(point=np.flatnonzero(mine & (numbers == number)))


def _draw_edges(axes: Axes, across: xr.Dataset) -> None:
    """Edges of the theory's tongue at one amplitude, by width."""
    edges, width = across.sel(model=theory_of(across)), across[WIDTH].values
    for side in ("low", "high"):
        x, kind = edges["edge"].sel(side=side).values, edges["edge_kind"].sel(side=side).values
        axes.plot(x, width, color="white", linewidth=1.0, zorder=3)
        for number, (_, mark) in EDGE_LOOKS.items():
            there = kind == number
            axes.plot(
                x[there], width[there], mark, color="white", markeredgecolor="0.2",
                markeredgewidth=0.5, markersize=3.2, linestyle="none", zorder=5,
            )  # fmt: skip


def _between_edges(summary: xr.Dataset) -> xr.DataArray:
    """Width of the theory's tongue in Hz."""
    edges = summary["edge"].sel(model=theory_of(summary))
    return edges.sel(side="high") - edges.sel(side="low")


def _draw_widths(axes: Axes, across: xr.Dataset) -> None:
    """Width of 1:1 locking against the width of thresholds."""
    theory = theory_of(across)
    axes.plot(across[WIDTH], _between_edges(across), color=INK[0], label="between edges")
    axes.plot(
        across[WIDTH], across["locked_width"].sel(model=theory), color=INK[1],
        drawstyle="steps-mid", label="mean field",
    )  # fmt: skip
    axes.plot(across[WIDTH], across["locked_width"].sel(model=NETWORK), "o", color=INK[2],
              label="network")  # fmt: skip
    axes.set_xlabel(WIDTH_LABEL)
    axes.set_ylabel("locked (Hz)")
    axes.set_ylim(0, ROOM * axes.get_ylim()[1])
    axes.legend(handlelength=1.0, fontsize=5.5, labelspacing=0.15, loc="upper left")


def _draw_growth(axes: Axes, tongues: xr.Dataset) -> None:
    """Width of 1:1 locking against the drive's amplitude, at both widths of thresholds."""
    amplitude = tongues["amplitude"].values
    for run, color in ((0, INK[0]), (-1, INK[2])):
        here = tongues.isel(run=run)
        text = rf"$\Delta_v$ = {float(here[WIDTH]):g} mV"
        axes.plot(amplitude, _between_edges(here), color=color, label=text)
        counted = here["locked_width"].sel(model=NETWORK)
        axes.plot(amplitude, counted, "o", color=color, markersize=2.5)
    axes.set_xlabel("amplitude (pA)")
    axes.set_ylabel("locked (Hz)")
    axes.set_xlim(left=0)
    axes.set_ylim(0, ROOM * axes.get_ylim()[1])
    axes.legend(handlelength=1.0, fontsize=5.5, labelspacing=0.15, loc="upper left")


def caption(tongues: xr.Dataset, widths: xr.Dataset) -> str:
    """What the panels show, in a few sentences."""
    settings, networks = tongues.attrs, widths.attrs["size"]
    return (
        "(F) RS neurons (κ = 100 pA, 55 pA) that oscillate by themselves, under a sinusoidal "
        "drive: coherence of the firing rate with the drive, in the mean field (colour) and in "
        f"networks of {networks} neurons (dots; red rims: locked one to one, that is, winding "
        f"number 1 within {settings['within']:g} and periods even within {settings['even']:.0%}, "
        f"over {(settings['duration'] - settings['discard']) / 1e3:g} s), over frequency and "
        "amplitude of the drive at two widths of the thresholds, and over frequency and width at "
        "one amplitude. White: edges of the 1:1 tongue, where the locked orbit of the mean field "
        "loses its stability by a fold (solid, triangles), a torus point (dashed, circles) or a "
        "period doubling (dotted, squares); diamonds: 1:1 and 1:2 resonances, where one passes "
        "into another. Right: range of frequencies that lock one to one, between the edges "
        "(lines) and by counting locked frequencies (steps: mean field, dots: networks), against "
        "the width of thresholds and against the amplitude of the drive."
    )


def findings(tongues: xr.Dataset, widths: xr.Dataset) -> Iterator[str]:
    """What the data say, in numbers."""
    names = tongues[WIDTH].values
    for amplitude in tongues["amplitude"].values:
        span = _between_edges(tongues.sel(amplitude=amplitude)).values
        parts = [
            f"{value:.2f} Hz at Δ_v = {width:g} mV"
            for width, value in zip(names, span, strict=True) if np.isfinite(value)
        ]  # fmt: skip
        if parts:
            yield f"1:1 tongue of the mean field at {amplitude:g} pA: {', '.join(parts)}"
    for run, width in zip(tongues["number"].values, names, strict=True):
        for curve in curves_of(tongues, int(run), theory_of(tongues)):
            kind = EDGE_NAMES[int(curve["curve_kind"][0])]
            for mark, name in MARKED.items():
                for point in np.flatnonzero(curve["curve_mark"].values == mark):
                    at = curve.isel(point=point)
                    yield (
                        f"{name} on a curve of {kind} at Δ_v = {width:g} mV: "
                        f"{float(at['curve_frequency']):.3f} Hz, "
                        f"{float(at['curve_amplitude']):.2f} pA"
                    )
    across = widths.isel(amplitude=0)
    for model in across["model"].values.tolist():
        own = across.sel(model=model)
        parts = [
            f"{low:g} to {high:g} Hz at {width:g} mV"
            for width, low, high in zip(
                own[WIDTH].values, own["locked_low"].values, own["locked_high"].values, strict=True
            )
            if np.isfinite(low)
        ]
        yield (
            f"{model.replace('_', ' ')}, locked one to one at {float(across['amplitude']):g} pA: "
            f"{', '.join(parts) or 'nowhere'}"
        )
