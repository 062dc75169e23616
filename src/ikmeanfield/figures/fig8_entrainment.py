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
HEIGHT = 2.1
"""Height of the panels in inches."""

WIDTH = "rs_threshold_width"
WIDTH_LABEL = r"width $\Delta_v$ (mV)"
FREQUENCY_LABEL = "drive (Hz)"
EDGE_MARKS = {1: "^", 2: "o", 3: "s", 4: "^"}
"""Folds, torus points, period doublings and branch points at the edges of tongues."""
MAP: dict[str, Any] = {"cmap": "cividis", "vmin": 0.0, "vmax": 1.0}


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What the other functions take."""
    taken = experiments[0]
    return {
        "tongues": of_sweep(taken["tongues"].summary, "tongue").sortby(WIDTH),
        "widths": of_sweep(taken["widths"].summary, "width").sortby(WIDTH),
    }


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
    panels = place.subplots(1, 4)
    label_panel(panels[0], "F")
    for axes, run in zip(panels[:2], (0, -1), strict=True):
        here = tongues.isel(run=run)
        image = _draw_map(axes, here, here["amplitude"].values, "amplitude")
        axes.set_title(rf"$\Delta_v$ = {float(here[WIDTH]):g} mV")
        axes.set_ylabel("amplitude (pA)")
        _draw_edges(axes, here, here["edge_amplitude"].values)
    across = widths.isel(amplitude=0, edge_amplitude=slice(0, 1))
    _draw_map(panels[2], across, across[WIDTH].values, "run")
    panels[2].set_title(f"amplitude {float(widths['amplitude'][0]):g} pA")
    panels[2].set_ylabel(WIDTH_LABEL)
    if across.sizes["edge_amplitude"]:
        _draw_edges(panels[2], across.isel(edge_amplitude=0), across[WIDTH].values)
    place.colorbar(image, ax=panels[2], label="coherence", pad=0.02)
    _draw_widths(panels[3], across)


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


def _draw_edges(axes: Axes, summary: xr.Dataset, second: Any) -> None:
    """Edges of the theory's tongue, by continuation."""
    edges = summary.sel(model=theory_of(summary))
    for side in ("low", "high"):
        x, kind = edges["edge"].sel(side=side).values, edges["edge_kind"].sel(side=side).values
        axes.plot(x, second, color="white", linewidth=1.0, zorder=3)
        for number, mark in EDGE_MARKS.items():
            there = kind == number
            axes.plot(
                x[there], np.asarray(second)[there], mark, color="white", markeredgecolor="0.2",
                markeredgewidth=0.5, markersize=3.2, linestyle="none", zorder=5,
            )  # fmt: skip


def _draw_widths(axes: Axes, across: xr.Dataset) -> None:
    """Width of 1:1 locking against the width of thresholds."""
    theory = theory_of(across)
    for edge in across["edge"].sel(model=theory).transpose("edge_amplitude", ...):
        axes.plot(
            across[WIDTH], edge.sel(side="high") - edge.sel(side="low"), color=INK[0],
            label="between edges",
        )  # fmt: skip
    axes.plot(
        across[WIDTH], across["locked_width"].sel(model=theory), color=INK[1],
        drawstyle="steps-mid", label="mean field",
    )  # fmt: skip
    axes.plot(across[WIDTH], across["locked_width"].sel(model=NETWORK), "o", color=INK[2],
              label="network")  # fmt: skip
    axes.set_xlabel(WIDTH_LABEL)
    axes.set_ylabel("1:1 locking (Hz)")
    axes.set_ylim(bottom=0)
    handles, _ = axes.get_legend_handles_labels()
    axes.legend(handles=handles, handlelength=1.2)


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
        "one amplitude. White lines join the edges of the 1:1 tongue, where the locked orbit of "
        "the mean field loses its stability by a fold (triangles), a torus point (circles) or a "
        "period doubling (squares). Right: range of frequencies that lock one to one, by "
        "continuation and by counting locked frequencies."
    )


def findings(tongues: xr.Dataset, widths: xr.Dataset) -> Iterator[str]:
    """What the data say, in numbers."""
    theory = theory_of(tongues)
    for row, amplitude in enumerate(tongues["edge_amplitude"].values):
        edges = tongues["edge"].sel(model=theory).isel(edge_amplitude=row)
        span = (edges.sel(side="high") - edges.sel(side="low")).values
        parts = [
            f"{value:.2f} Hz at Δ_v = {width:g} mV"
            for width, value in zip(tongues[WIDTH].values, span, strict=True)
            if np.isfinite(value)
        ]
        if parts:
            yield f"1:1 tongue of the mean field at {amplitude:g} pA: {', '.join(parts)}"
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
