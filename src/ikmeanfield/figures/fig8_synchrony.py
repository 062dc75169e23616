"""Fig. 8 A and B: synchrony of excitatory neurons and of a circuit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.figures.fig7_maps import Plane
from ikmeanfield.plot.branches import FOLD, HOPF
from ikmeanfield.plot.paper_style import INK, label_panel
from ikmeanfield.plot.planes import draw_plane
from ikmeanfield.sources import Sources
from ikmeanfield.studies.compared import NETWORK, by_recovery

EXPERIMENTS = 2
"""Number of experiments that the panels are drawn from."""
HEIGHT = 3.3
"""Height of the panels in inches."""

CURRENT, WIDTH, RECOVERY = "rs_input_current", "rs_threshold_width", "rs_recovery"
WIDTH_LABEL = r"width $\Delta_v$ (mV)"
LOOKS: dict[str, dict[str, Any]] = {
    "network, own u": {"color": INK[2], "marker": "o", "markerfacecolor": "white"},
    "network, one u": {"color": INK[1], "marker": "o", "linestyle": "none"},
    "mean_field": {"color": INK[0], "linestyle": "-"},
}
"""Colour, marker and line of what is compared."""
NAMES = {
    "network, own u": "network, $u_i$",
    "network, one u": "network, one $u$",
    "mean_field": "mean field",
    "exact": "exact theory, one $u$",
}
MAP = "Blues"
DISTRIBUTIONS = 3
"""Widths whose distributions of intervals are shown, evenly along those of the sweep."""


@dataclass(frozen=True)
class Map:
    """What networks do over current and width, and curves of theories there."""

    networks: xr.Dataset
    plane: Plane
    exact: Sequence[xr.Dataset] = ()
    """Points where asynchronous states begin to oscillate, curve by curve."""
    stability: xr.Dataset | None = None
    """Whether asynchronous states are stable, for networks in the same form."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What the other functions take."""
    alone, circuit = experiments
    planes = [
        Plane.of(source["planes"].each()[0][1], source["planes"].settings)
        for source in (alone, circuit)
    ]
    regions = alone["regions"].summary.sel(population="rs")
    curves = {"neuron": ("own_onsets",), "population": ("onsets", "upper_onsets")}
    stability = alone["stability"].summary if "stability" in alone else None
    maps = {}
    for form in ("neuron", "population"):
        runs = np.flatnonzero(regions[RECOVERY].values == form)
        known = stability and stability.isel(run=np.flatnonzero(stability[RECOVERY].values == form))
        exact = [alone[name].summary for name in curves[form] if name in alone]
        maps[form] = Map(regions.isel(run=runs), planes[0], exact, known)
    circuits = of_sweep(circuit["regions"].summary, "map").sel(population="rs")
    maps["circuit"] = Map(circuits, planes[1])
    return {"oscillations": alone["oscillations"].summary.sel(population="rs"), "maps": maps}


def draw(place: SubFigure, oscillations: xr.Dataset, maps: Mapping[str, Map]) -> None:
    """Draw two rows of five panels each.

    Parameters
    ----------
    place
        Where to draw.
    oscillations
        Summary of networks and the mean field at two currents, of excitatory neurons.
    maps
        For networks with u_i (``neuron``), with one u (``population``) and for the circuit.
    """
    panels = place.subplots(2, 5)
    high, low = (of_sweep(oscillations, sweep).sortby(WIDTH) for sweep in ("high", "low"))
    draw_amplitudes(panels[0, 0], high)
    for axes, name, label in (
        (panels[0, 1], "frequency", "frequency (Hz)"),
        (panels[0, 2], "synchrony", "synchrony"),
        (panels[0, 3], "interval_cv", "CV of intervals"),
    ):
        draw_lines(axes, high, name, label)
    draw_amplitudes(panels[1, 0], low)
    for axes, runs in ((panels[0, 4], high), (panels[1, 4], low)):
        draw_intervals(axes, runs)
    titles = {"neuron": "own $u_i$", "population": "one $u$", "circuit": "E and I"}
    for axes, (name, title) in zip(panels[1, 1:4], titles.items(), strict=True):
        draw_map(axes, maps[name])
        axes.set_title(title)
    for axes, letter in ((panels[0, 0], "A"), (panels[1, 0], "B")):
        label_panel(axes, letter)
    handles = [Line2D([], [], label=NAMES[name], **look) for name, look in LOOKS.items()]
    panels[0, 1].legend(
        handles=handles, loc="lower right", handlelength=1.0, fontsize=5.5, labelspacing=0.15
    )
    curves = [
        Line2D([], [], color=HOPF, label="Hopf"),
        Line2D([], [], color=FOLD, label="fold"),
        Line2D([], [], color="k", linestyle=(0, (3, 1.5)), linewidth=0.9, label="exact"),
    ]
    panels[1, 3].legend(
        handles=curves, loc="upper left", handlelength=1.4, fontsize=5.5, labelspacing=0.15
    )


def _level(runs: xr.Dataset) -> str:
    return rf"$I$ = {float(runs[CURRENT].values[0]):g} pA"


def draw_amplitudes(axes: Axes, runs: xr.Dataset) -> None:
    """How far rates swing in a cycle, against the width."""
    swing = runs.assign(swing=runs["rate_highest"] - runs["rate_lowest"])
    draw_lines(axes, swing, "swing", "swing of the rate (Hz)", everywhere=True)
    axes.set_title(_level(runs))


def draw_lines(
    axes: Axes, runs: xr.Dataset, name: str, label: str, *, everywhere: bool = False
) -> None:
    """A quantity of all models against the width; frequencies only where they oscillate."""
    for model, own in by_recovery(runs, RECOVERY):
        if model not in LOOKS:
            continue
        known = own["oscillates"].values == 1 if name == "frequency" and not everywhere else True
        values = np.where(known, own[name].values, np.nan)
        if np.isfinite(values).any():
            axes.plot(own[WIDTH], values, label=model, **LOOKS[model])
    axes.set_xlabel(WIDTH_LABEL)
    axes.set_ylabel(label)
    axes.set_xlim(0, 1.03 * float(runs[WIDTH].max()))
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0.0) if name == "synchrony" else 0.0, 1.05 * high)


def draw_intervals(axes: Axes, runs: xr.Dataset) -> None:
    """Distributions of inter-spike intervals at a few widths: one u solid, own u dashed."""
    widths = np.unique(runs[WIDTH].values)
    chosen = widths[np.linspace(0, widths.size - 1, DISTRIBUTIONS).round().astype(int)]
    for model, own in by_recovery(runs, RECOVERY):
        if not model.startswith(NETWORK) or "interval_share" not in own:
            continue
        style = "-" if model.endswith("one u") else (0, (2, 1))
        for width, color in zip(chosen, INK, strict=False):
            shares = own["interval_share"].isel(run=int((own[WIDTH].values == width).argmax()))
            text = f"{width:g} mV" if style == "-" else None
            axes.plot(
                own["interval_bin"], 100 * shares, drawstyle="steps-mid", color=color,
                linestyle=style, linewidth=0.8, label=text,
            )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(5.0, 2000.0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("interval (ms)")
    axes.set_ylabel("share of intervals (%)")
    axes.set_title(_level(runs))
    if axes.get_lines():
        axes.legend(handlelength=1.0, fontsize=5.5, labelspacing=0.15)


def draw_map(axes: Axes, shown: Map) -> None:
    """How far the rates of networks swing over current and width, with curves of theories."""
    networks = shown.networks.sel(model=NETWORK)
    swing = networks["rate_highest"] - networks["rate_lowest"]
    currents, widths = (np.unique(networks[name].values) for name in (CURRENT, WIDTH))
    table = np.full((widths.size, currents.size), np.nan)
    rows, columns = (
        np.searchsorted(axis, networks[name].values)
        for axis, name in ((widths, WIDTH), (currents, CURRENT))
    )
    table[rows, columns] = np.where(networks["oscillates"].values == 1, swing, 0.0)
    drawn = axes.pcolormesh(
        currents,
        widths,
        table,
        cmap=MAP,
        vmin=0,
        vmax=max(1.0, float(np.nanmax(table))),
        shading="nearest",
        rasterized=True,
        zorder=0,
    )
    draw_plane(axes, shown.plane.branches, shown.plane.bounds, regions=False)
    for curve in shown.exact:
        ordered = curve.sortby("second")
        axes.plot(
            ordered["value"], ordered["second"], color="k", linestyle=(0, (3, 1.5)),
            linewidth=0.9, zorder=4, label="exact",
        )  # fmt: skip
    if shown.stability is not None:
        grows = shown.stability["modes"].values > 0
        for chosen, color in ((grows, "k"), (~grows, "white")):
            axes.plot(
                shown.stability[CURRENT].values[chosen], shown.stability[WIDTH].values[chosen],
                "s", color=color, markeredgecolor="k", markeredgewidth=0.5, markersize=3.0,
                zorder=5, label="grows" if color == "k" else "decays",
            )  # fmt: skip
    axes.set_xlim(currents[0], currents[-1])
    axes.set_ylim(widths[0], widths[-1])
    axes.set_xlabel("current $I$ (pA)")
    axes.set_ylabel(WIDTH_LABEL)
    bar = axes.figure.colorbar(drawn, ax=axes, pad=0.02, aspect=18)
    bar.outline.set_linewidth(0.4)
    bar.ax.tick_params(labelsize=6, width=0.4, length=1.5)
    bar.ax.set_title("Hz", fontsize=6, pad=2)


def caption(oscillations: xr.Dataset, maps: Mapping[str, Map]) -> str:
    """What the panels show, in a few sentences."""
    high, low = (of_sweep(oscillations, sweep) for sweep in ("high", "low"))
    stable = any(shown.stability is not None for shown in maps.values())
    squares = (
        " Squares: the asynchronous state of infinite networks is unstable (black) or stable "
        "(white) there." if stable else ""
    )  # fmt: skip
    return (
        f"(A) Regular-spiking neurons with strong adaptation at {_pA(high)}: distance from the "
        "lowest to the highest rate in a cycle, frequency of the cycles, synchrony of spike "
        "trains (0: independent, 1: equal) and coefficient of variation of the intervals between "
        "a neuron's spikes, against the width of the distribution of thresholds; networks in "
        "which every neuron has its own recovery variable, networks with one for all, and the "
        "mean field. Right: intervals between spikes of all watched neurons, in twenty bins per "
        "decade, of networks with one recovery variable (solid) and with one for each neuron "
        f"(dashed). (B) The same at {_pA(low)}, and how far rates swing over current and width: "
        "of networks in colour, with Hopf curves (green) and folds (grey) of the mean field, and "
        "the borders of oscillations by the exact theory (dashed), for both forms of the recovery "
        f"variable and for a circuit of excitatory (E) and inhibitory (I) neurons.{squares}"
    )


def _pA(runs: xr.Dataset) -> str:  # noqa: N802 - the unit
    return f"{float(runs[CURRENT].values[0]):g} pA"


def crossings(x: NDArray[Any], y: NDArray[Any], at: float) -> list[float]:
    """Values of y where a curve passes x = at, by linear interpolation."""
    gap = np.asarray(x, float) - at
    found = np.flatnonzero(gap[:-1] * gap[1:] < 0)
    share = gap[found] / (gap[found] - gap[found + 1])
    return sorted((y[found] + share * (y[found + 1] - y[found])).tolist())


def findings(oscillations: xr.Dataset, maps: Mapping[str, Map]) -> Iterator[str]:
    """What the data say, in numbers."""
    for sweep in ("high", "low"):
        runs = of_sweep(oscillations, sweep).sortby(WIDTH)
        current = float(runs[CURRENT].values[0])
        for model, own in by_recovery(runs, RECOVERY):
            yield f"{_pA(runs)}, {model}: {_window(own)}"
            if model.startswith(NETWORK) and "interval_share" in own:
                yield f"{_pA(runs)}, {model}: {_spread(own)}"
        curves = maps["population"].plane.branches.values()
        widths = [
            w for b in curves if b.kind == "hopf"
            for w in crossings(b.parameters[:, 0], b.parameters[:, 1], current)
            if w > 0.05
        ]  # fmt: skip
        exact = [
            w for curve in maps["population"].exact
            for w in crossings(curve["value"].values, curve["second"].values, current)
        ]  # fmt: skip
        for name, found in (("mean field", widths), ("exact theory, one u", exact)):
            if found:
                words = ", ".join(f"{w:.3g}" for w in sorted(found))
                yield f"{_pA(runs)}: Hopf points of the {name} at Δ_v = {words} mV"
    for name, shown in maps.items():
        share = float(shown.networks["oscillates"].sel(model=NETWORK).mean())
        yield f"share of the map in which networks oscillate ({name}): {share:.0%}"
        if shown.stability is not None:
            modes = shown.stability["modes"].values
            yield (
                f"exact theory ({name}): the asynchronous state is unstable in "
                f"{int((modes > 0).sum())} of {modes.size} places"
            )


def _window(own: xr.Dataset) -> str:
    """Widths at which a model oscillates, with the swing there."""
    on = own["oscillates"].values == 1
    if not on.any():
        return "no oscillation at any width"
    widths = own[WIDTH].values[on]
    swing = (own["rate_highest"] - own["rate_lowest"]).values[on]
    frequency = own["frequency"].values[on]
    return (
        f"oscillates for Δ_v = {widths[0]:g} to {widths[-1]:g} mV, swing {swing[0]:.3g} to "
        f"{swing[-1]:.3g} Hz, frequency {frequency[0]:.3g} to {frequency[-1]:.3g} Hz"
    )


def _spread(own: xr.Dataset) -> str:
    """Quantiles of the intervals of all neurons at the narrowest and at the widest distribution."""
    parts = []
    for place in (0, -1):
        here = own.isel(run=place)
        total = np.cumsum(here["interval_share"].values)
        low, middle, high = here["interval_bin"].values[
            np.minimum(np.searchsorted(total, (0.05, 0.5, 0.95)), total.size - 1)
        ]
        parts.append(
            f"{low:.3g}, {middle:.3g} and {high:.3g} ms at Δ_v = {float(here[WIDTH]):g} mV"
            if np.isfinite(total[-1]) else f"no intervals at Δ_v = {float(here[WIDTH]):g} mV"
        )  # fmt: skip
    return f"5, 50 and 95 % of intervals below {'; '.join(parts)}"
