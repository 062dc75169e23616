"""Fig. 8 E: barriers between two states, and how soon noise leads over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.plot.paper_style import INK, MARKERS, label_panel
from ikmeanfield.sources import Sources
from ikmeanfield.studies.compared import NETWORK

EXPERIMENTS = 1
"""Number of experiments that the panels are drawn from."""
HEIGHT = 3.3
"""Height of the panels in inches."""

WIDTH, SIZE = "rs_threshold_width", "rs_size"
WIDTH_LABEL = r"width $\Delta_v$ (mV)"
STATE_COLORS = {"low": INK[1], "high": INK[2]}
SHOWN = 3
"""Widths whose escape times are drawn."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What the other functions take."""
    taken = experiments[0]
    place = f"{taken['escapes_of_sizes'].name}_position"
    sizes = taken["escapes_of_sizes"].summary
    return {
        "escapes": of_sweep(taken["escapes"].summary, "width").sortby(WIDTH),
        "sizes": of_sweep(sizes, "sizes").rename({place: "position"}).sel(model=NETWORK),
    }


def theory_of(escapes: xr.Dataset) -> str:
    """Name of the theory whose escape times are known."""
    for model in escapes["model"].values.tolist():
        if model != NETWORK and np.isfinite(escapes["pulse"].sel(model=model)).any():
            return str(model)
    return NETWORK


def draw(place: SubFigure, escapes: xr.Dataset, sizes: xr.Dataset) -> None:
    """Draw the panels.

    Parameters
    ----------
    place
        Where to draw.
    escapes
        Summary over the width of thresholds, by rising width.
    sizes
        Summary of networks without noise over their size and position.
    """
    panels = place.subplots(2, 3)
    label_panel(panels[0, 0], "E")
    for axes, state in zip(panels[0, :2], ("low", "high"), strict=True):
        _draw_times(axes, escapes, state)
    _draw_by_width(panels[0, 2], escapes, "barrier", r"barrier ($10^4$ pA$^2$ ms)", 1e-4)
    _draw_by_width(panels[1, 0], escapes, "pulse", "switching pulse (pA)")
    _draw_shifts(panels[1, 1], escapes)
    _draw_sizes(panels[1, 2], sizes)
    handles = [
        Line2D([], [], color=color, label=f"from the {state} state")
        for state, color in STATE_COLORS.items()
    ]
    panels[0, 2].legend(handles=handles, handlelength=1.3, loc="upper right")
    handles = [
        Line2D([], [], color="0.3", label="mean field"),
        Line2D([], [], color="0.3", linestyle=":", label="to the plane"),
        Line2D([], [], color="0.3", marker="o", linestyle="none", label="network"),
    ]
    panels[1, 1].legend(handles=handles, handlelength=1.3, loc="lower left")


def _draw_times(axes: Axes, escapes: xr.Dataset, state: str) -> None:
    """Mean escape times against one over the squared noise, for a few widths."""
    theory = theory_of(escapes)
    runs = np.unique(np.linspace(0, escapes.sizes["run"] - 2, SHOWN).round().astype(int))
    inverse = 1e4 / escapes["intensity"].values ** 2
    for run, color, marker in zip(runs, INK, MARKERS, strict=False):
        here = escapes.isel(run=run).sel(state=state)
        text = rf"$\Delta_v$ = {float(here[WIDTH]):g} mV"
        axes.plot(inverse, here["mean_time"].sel(model=theory) / 1e3, color=color, label=text)
        own = here.sel(model=NETWORK)
        mean = own["mean_time"].values / 1e3
        ends = np.array([own["mean_time_low"], own["mean_time_high"]]) / 1e3
        axes.errorbar(
            inverse, mean, np.abs(ends - mean), fmt=marker, color=color, markersize=2.5,
            elinewidth=0.6,
        )  # fmt: skip
    axes.set_yscale("log")
    axes.set_xlabel(r"$10^4/\sigma^2$ (pA$^{-2}$ ms$^{-1}$)")
    axes.set_ylabel("mean escape time (s)")
    axes.set_title(f"from the {state} state")
    if state == "low":
        axes.legend(handlelength=1.2, loc="upper right")


def _draw_by_width(
    axes: Axes, escapes: xr.Dataset, name: str, label: str, scale: float = 1.0
) -> None:
    """A quantity of both states against the width: lines are theories, dots networks."""
    for state, color in STATE_COLORS.items():
        here = escapes.sel(state=state)
        values = {m: here[name].sel(model=m).values * scale for m in (theory_of(escapes), NETWORK)}
        axes.plot(here[WIDTH], values[theory_of(escapes)], color=color)
        error = here.sel(model=NETWORK)[f"{name}_error"].values * scale if name == "barrier" else 0
        axes.errorbar(
            here[WIDTH], values[NETWORK], error + np.zeros(here.sizes["run"]), fmt="o",
            color=color, elinewidth=0.6,
        )  # fmt: skip
    axes.set_xlabel(WIDTH_LABEL)
    axes.set_ylabel(label)
    axes.set_ylim(bottom=0)


def _draw_shifts(axes: Axes, escapes: xr.Dataset) -> None:
    """The smallest shift of the activation, and that to the plane through the saddle."""
    theory = theory_of(escapes)
    for state, color in STATE_COLORS.items():
        here = escapes.sel(state=state)
        axes.plot(here[WIDTH], here["kick"].sel(model=theory), color=color)
        axes.plot(here[WIDTH], here["linear_kick"].sel(model=theory), color=color, linestyle=":")
        axes.plot(here[WIDTH], here["kick"].sel(model=NETWORK), "o", color=color)
    axes.set_xlabel(WIDTH_LABEL)
    axes.set_ylabel(r"switching shift of $s$")
    axes.set_ylim(bottom=0)


def _draw_sizes(axes: Axes, sizes: xr.Dataset) -> None:
    """Mean escape times of networks without noise against their size; arrows are lower bounds."""
    for position, marker in zip(np.unique(sizes["position"].values), MARKERS, strict=False):
        runs = sizes.isel(run=np.flatnonzero(sizes["position"].values == position)).sortby(SIZE)
        for state, color in STATE_COLORS.items():
            here = runs.sel(state=state).isel(intensity=0)
            size, mean = here[SIZE].values, here["mean_time"].values / 1e3
            bound = np.where(here["escapes"] == 0, here["mean_time_low"] / 1e3, np.nan)
            axes.plot(size, mean, marker=marker, color=color, linewidth=0.8)
            axes.errorbar(
                size, bound, 0.4 * np.nan_to_num(bound), lolims=True, fmt=marker, color=color,
                mfc="none", linestyle="none", elinewidth=0.6, markersize=2.5, capsize=1.5,
            )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(1.0, 1000.0)
    numbers = np.unique(sizes[SIZE].values)
    axes.set_xticks(numbers, [f"{number:g}" for number in numbers])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("number of neurons")
    axes.set_ylabel("mean escape time (s)")
    axes.set_title("no noise")
    handles = [
        Line2D([], [], color="0.3", marker=marker, linestyle="none", label=f"{position:.0%}")
        for position, marker in zip(np.unique(sizes["position"].values), MARKERS, strict=False)
    ]
    axes.legend(
        handles=handles, title="of the way between the folds", handlelength=1.0, ncols=3,
        loc="upper center", columnspacing=1.0,
    )  # fmt: skip


def caption(escapes: xr.Dataset, sizes: xr.Dataset) -> str:
    """What the panels show, in a few sentences."""
    settings, trials = escapes.attrs, int(np.nanmax(escapes["trials"].values))
    least, most = sizes[SIZE].values.min(), sizes[SIZE].values.max()
    return (
        "(E) Two states of RS neurons (κ = 10 pA) that coexist, each model at the middle of the "
        "range of currents between its own folds. Above: mean times until white noise σ ξ(t) in "
        "the current of all neurons leads from one state to the other (lines: mean field; dots: "
        f"networks of {settings['size']} neurons with 95 % intervals; up to {trials} trials each, "
        f"cut after {settings['limit'] / 1e3:g} s), and the barrier, the slope of these lines "
        f"where times exceed {settings['least'] / 1e3:g} s, with standard errors of networks. "
        f"Below: the smallest current pulse of {settings['pulse']:g} ms, and the smallest shift of "
        "the synaptic activation s, that switch the state (dotted: to the plane that touches the "
        "separatrix at the saddle; nothing where no shift switches); escape times of networks "
        f"of {least:g} to {most:g} neurons without noise, each trial with thresholds of its own "
        "(open marks with arrows: no escape was seen, and the mean time is longer with 95 % "
        "confidence)."
    )


def findings(escapes: xr.Dataset, sizes: xr.Dataset) -> Iterator[str]:
    """What the data say, in numbers."""
    units = {"pulse": "pA", "barrier": "10⁴ pA² ms"}
    for model in (theory_of(escapes), NETWORK):
        for state in STATE_COLORS:
            own = escapes.sel(model=model, state=state)
            parts = []
            for name, unit in units.items():
                values = own[name].values * (1e-4 if name == "barrier" else 1.0)
                known = np.flatnonzero(np.isfinite(values))
                if known.size:
                    a, b = known[[0, -1]]
                    parts.append(
                        f"{name} {values[a]:.3g} {unit} at Δ_v = {own[WIDTH].values[a]:g} mV and "
                        f"{values[b]:.3g} at {own[WIDTH].values[b]:g} mV"
                    )
            yield f"{model.replace('_', ' ')}, {state} state: {'; '.join(parts) or 'none known'}"
        limit = escapes["noise_limit"].sel(model=model)
        ends = [
            f"{value:.0f} ({width:g} mV)"
            for width, value in zip(escapes[WIDTH].values, limit.min("state").values, strict=True)
            if np.isfinite(value)
        ]
        yield (
            f"{model.replace('_', ' ')}: the mean time from the weaker state falls to "
            f"{escapes.attrs['least'] / 1e3:g} s at a noise of "
            f"{', '.join(ends) or 'no value tried'} pA √ms"
        )
    seen = int(np.nansum(sizes["escapes"].values))
    observed = float(np.nansum(sizes["observed"].values)) / 1e3
    yield (
        f"networks of {sizes[SIZE].values.min():g} to {sizes[SIZE].values.max():g} neurons "
        f"without noise: {seen} escape{'s' * (seen != 1)} in {observed:.0f} s"
    )
