"""Fig. 1 of the paper: effects of spike-frequency adaptation on a network and its mean field."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, GridSpecFromSubplotSpec
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.analysis.traces import ADAPTATION, CURRENT, MODELS, with_marks
from ikmeanfield.continuation import Branch
from ikmeanfield.figures.diagrams import EXACT, draw_diagram
from ikmeanfield.figures.save import FigureError
from ikmeanfield.plot.branches import CODIMENSION_TWO, HOPF, STABLE, mark_handles
from ikmeanfield.plot.network_points import NETWORK_FOLD, NETWORK_HOPF, draw_points
from ikmeanfield.plot.paper_style import DOUBLE_COLUMN, INK, label_panel, style
from ikmeanfield.plot.planes import draw_plane, plane_handles
from ikmeanfield.sources import Sources

TAKES = [
    {
        "transitions": {"kind": "transitions"},
        "planes": {
            "kind": "planes",
            "settings": {"parameter": "rs.input_current", "second": "rs.adaptation"},
        },
        "traces": {"kind": "traces", "optional": True},
        "folds": {
            "kind": "points",
            "theory": "stationary",
            "settings": {"parameter": "rs.input_current"},
            "optional": True,
        },
    }
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""

BOUNDS = ((20.0, 75.0), (10.0, 120.0))
"""The part of the plane that is shown: current and adaptation in pA."""
CURRENT_LABEL = "input current $I$ (pA)"
ACTIVATION = ".synaptic_activation"

TIP = ((41.0, 47.6), (55.0, 84.0))
"""The part of the plane in the inset."""
BOUNDARIES: dict[str, tuple[str, dict[str, Any]]] = {
    "cycle_fold": ("fold of cycles", {"color": INK[2], "linewidth": 1.2}),
    "homoclinic": ("homoclinic", {"color": INK[1], "linewidth": 1.0, "linestyle": (0, (3, 1))}),
    "snic": ("SNIC", {"color": INK[1], "linewidth": 2.0, "linestyle": (0, (1, 0.6))}),
}
"""Label and look of the curves at which cycles appear or end."""
LEGEND: dict[str, Any] = {"alignment": "left", "handlelength": 1.8, "borderaxespad": 0.2}
LINES: dict[str, tuple[str, Any, float]] = {
    MODELS[0]: (HOPF, (0, (4, 1)), 1.3),
    MODELS[1]: (INK[1], "-", 0.9),
    MODELS[2]: (INK[2], "-", 0.9),
}
"""Colour, dashes and width by model."""


SHOWN = ("source", "processor", "seed", "size", "step", "thresholds", "settle", "rise")
"""Attributes of files that the caption reports."""


@dataclass(frozen=True)
class _Mark:
    kind: str
    direction: str
    current: float


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """The arguments of `draw` and `caption`; of several planes, the first is drawn."""
    (adaptation,) = experiments
    summary = adaptation["transitions"].summary
    _, plane = adaptation["planes"].each()[0]
    names = ["kind", "direction", "detector", "current", "lower", "upper", "noise"]
    kappa = summary["rs_adaptation"].values[summary["run_number"].values.astype(int)]
    points = summary[names].reset_coords(drop=True).assign_coords(kappa=("point", kappa))
    points.attrs = {name: summary.attrs[name] for name in SHOWN if name in summary.attrs}
    marked = []
    for data in (tree.to_dataset() for _, tree in _traced(adaptation)):
        here = (points["kappa"] == data.attrs["adaptation"]) & (points["detector"] == "held")
        rows = points.isel(point=np.flatnonzero(here.values))
        found = [
            _Mark(str(kind), str(direction), float(current))
            for kind, direction, current in zip(
                *(rows[name].values for name in ("kind", "direction", "current")), strict=True
            )
        ]
        marked.append(with_marks(data, found))
    shown = plane["curves"].copy()
    made = adaptation["planes"].attributes
    shown.attrs |= {name: made[name] for name in ("source", "processor")}
    lines = [node for name, node in plane.children.items() if name.startswith("diagram_")]
    return {
        "plane": shown, "lines": lines, "traces": marked,
        "boundaries": plane.children.get("boundaries"),
        "points": points,
        "exact": _exact_folds(adaptation["folds"].summary) if "folds" in adaptation else None,
    }  # fmt: skip


def _exact_folds(summary: xr.Dataset) -> xr.Dataset:
    """Folds of the stationary theory along ``point``, by rising adaptation ``kappa``."""
    kappa = summary["rs_adaptation"].values[summary["run_number"].values.astype(int)]
    folds = summary[["kind", "side", "value"]].reset_coords(drop=True)
    folds = folds.assign_coords(kappa=("point", kappa))
    return folds.isel(point=np.flatnonzero(folds["kind"].values == "fold")).sortby("kappa")


def _traced(adaptation: Sources) -> list[tuple[Any, xr.DataTree]]:
    return adaptation["traces"].each() if "traces" in adaptation else []


def draw(
    plane: xr.DataTree | None = None,
    lines: Sequence[xr.DataTree] = (),
    traces: Sequence[xr.Dataset] = (),
    points: xr.Dataset | None = None,
    boundaries: xr.DataTree | None = None,
    exact: xr.Dataset | None = None,
) -> Figure:
    """Draw the five panels; a panel without data stays empty.

    Parameters
    ----------
    plane
        The `bifurcation_plane` of current and adaptation, as a tree, for panel A.
    lines
        The `equilibrium_diagram` at two values of the adaptation, as trees, for panels B and C.
    traces
        The `ramp_traces` at two values, perhaps with marks, for panels D and E.
    points
        Points of networks along `point`, with their adaptation as coordinate `kappa`, for panel A.
    boundaries
        The `cycle_boundaries` in the same plane, for the inset of panel A.
    exact
        Folds of the stationary theory along `point`, with their adaptation as coordinate `kappa`,
        for panel A.

    Raises
    ------
    FigureError
        If there are more than two `lines` or `traces`.
    """
    for name, given in (("lines", lines), ("traces", traces)):
        if len(given) > 2:
            msg = f"fig1 has two panels for {name}; got {len(given)}"
            raise FigureError(msg)
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 5.4))
        grid = GridSpec(1, 2, figure=figure, width_ratios=(1.25, 1))
        left = GridSpecFromSubplotSpec(2, 2, grid[0], height_ratios=(2.5, 1))
        right = GridSpecFromSubplotSpec(7, 1, grid[1], height_ratios=(1, 1, 0.6, 0.12, 1, 1, 0.6))
        first = figure.add_subplot(left[0, :])
        _plane(first, plane, points, exact)
        if plane is not None and boundaries is not None:
            _boundaries(first, from_tree(plane), from_tree(boundaries))
        label_panel(first, "A")
        for k, letter in enumerate("BC"):
            axes = figure.add_subplot(left[1, k])
            _line(axes, lines[k] if k < len(lines) else None)
            label_panel(axes, letter)
        for k, letter in enumerate("DE"):
            stack = [figure.add_subplot(right[4 * k + row]) for row in range(3)]
            _traces(stack, traces[k] if k < len(traces) else None, legend=k == 0)
            label_panel(stack[0], letter)
        figure.align_ylabels(figure.axes[3:])
    return figure


def caption(
    plane: xr.DataTree | None = None,
    lines: Sequence[xr.DataTree] = (),
    traces: Sequence[xr.Dataset] = (),
    points: xr.Dataset | None = None,
    boundaries: xr.DataTree | None = None,
    exact: xr.Dataset | None = None,
) -> str:
    """The caption, which also says how the figure was made."""
    parts = ["# Fig. 1. Spike-frequency adaptation\n\n"]
    if plane is not None:
        parts.append(
            "(A) Folds (grey) and Hopf points (green) of the mean field in the plane of input "
            "current I and adaptation κ, with Bogdanov–Takens points (black squares), a cusp "
            "(grey diamond) and a generalized Hopf point (green circle). In the grey region there "
            "are two stable equilibria; in the green region there are none, so that all lasting "
            "activity oscillates. "
        )
    if exact is not None:
        parts.append(
            "Thin dark lines are the folds of infinitely many neurons with finite reset, truncated "
            "thresholds and a recovery variable each (stationary theory). "
        )
    if boundaries is not None:
        parts.append(
            "The inset shows the tip of the green region, where a stable cycle and rest coexist "
            "between the curve of Hopf points and either the curve of homoclinic orbits or that of "
            "folds of cycles, which leaves the generalized Hopf point. Where the homoclinic orbits "
            "reach the curve of folds, SNICs take over. "
        )
    if points is not None:
        parts.append(
            "Crosses mark where the network with neuron-specific u_i changes state on a ramp of "
            "the current (× folds, + borders of oscillations), which is late by the ramp's lag; "
            "filled markers (triangles, circles) mark where it does so at constant current, with "
            "bars for the bracket and finite-size noise. "
        )
    if lines:
        parts.append(
            "(B, C) Synaptic activation s as a function of I for two values of κ: stable "
            "equilibria (solid), unstable equilibria (dotted), and minima and maxima of limit "
            "cycles (green). "
        )
    if traces:
        parts.append(
            "(D, E) Synaptic activation, mean recovery variable and current over time: mean field "
            "(dashed), network with neuron-specific u_i, and network with one global u. "
        )
        if any("mark_time" in data for data in traces):
            parts.append(
                "Dashed lines mark the currents at which the network changes state at constant "
                "current, and the times at which the ramp passes them. "
            )
    parts.append("\n\n")
    made: list[tuple[str, xr.DataTree | xr.Dataset | None]] = [("mean field (A)", plane)]
    made += [(f"traces ({letter})", data) for letter, data in zip("DE", traces, strict=False)]
    made += [("points of the network", points)]
    for name, data in made:
        shown = _attributes(data.attrs) if data is not None else ""
        if shown:
            parts.append(f"- {name}: {shown}\n")
    return "".join(parts)


def _attributes(attributes: Mapping[Hashable, object]) -> str:
    shown = (item for item in attributes.items() if item[0] not in {"branches", "config"})
    return ", ".join(
        f"{str(key).replace('_', ' ')} {format(value, 'g') if isinstance(value, float) else value}"
        for key, value in shown
    )


def _plane(
    axes: Axes,
    plane: xr.DataTree | None,
    points: xr.Dataset | None,
    exact: xr.Dataset | None,
) -> None:
    axes.set_xlabel(CURRENT_LABEL)
    axes.set_ylabel(r"adaptation $\kappa$ (pA)")
    axes.set_xlim(*BOUNDS[0])
    axes.set_ylim(*BOUNDS[1])
    handles: list[Line2D | Patch] = []
    if plane is None:
        _absent(axes)
    else:
        draw_plane(axes, from_tree(plane), BOUNDS)
        handles += plane_handles(("hopf", "fold"), (0, 2))
        handles += mark_handles(CODIMENSION_TWO)
    if exact is not None:
        handles += _draw_exact(axes, exact)
    if points is not None:
        found = draw_points(axes, points, "kappa")
        if found:
            axes.add_artist(
                axes.legend(handles=found, loc="lower right", title="network", **LEGEND)
            )
    if handles:
        axes.legend(
            handles=handles, loc="lower right", bbox_to_anchor=(1.0, 0.23), title="mean field",
            **LEGEND,
        )  # fmt: skip


def _draw_exact(axes: Axes, exact: xr.Dataset) -> list[Line2D]:
    """Lines through the upper and through the lower folds."""
    for side in ("upper", "lower"):
        rows = exact.isel(point=np.flatnonzero(exact["side"].values == side))
        axes.plot(rows["value"], rows["kappa"], **EXACT)
    return [Line2D([], [], label="fold, exact theory", **EXACT)]


def _boundaries(axes: Axes, plane: Mapping[str, Branch], boundaries: Mapping[str, Branch]) -> None:
    """The tip of the oscillating region with all curves at which cycles appear or end."""
    inset = axes.inset_axes((0.065, 0.58, 0.22, 0.4))
    draw_plane(inset, plane, TIP, regions=False)
    named: dict[str, Line2D] = {}
    for name, branch in boundaries.items():
        kind = name.rpartition("_")[0]
        label, look = BOUNDARIES[kind]
        (named[label],) = inset.plot(*branch.parameters.T, label=label, zorder=3, **look)
    inset.legend(
        handles=list(named.values()), loc="upper left", bbox_to_anchor=(-0.25, -0.09), fontsize=5.5,
        **LEGEND,
    )  # fmt: skip
    inset.tick_params(labelsize=5.5, length=2, pad=1)
    inset.set_xticks([42, 44, 46])
    inset.set_yticks([60, 70, 80])
    for spine in inset.spines.values():
        spine.set_visible(True)
        spine.set_linewidth(0.5)


def _line(axes: Axes, line: xr.DataTree | None) -> None:
    axes.set_xlabel(CURRENT_LABEL)
    axes.set_ylabel("activation $s$")
    if line is None:
        _absent(axes)
        return
    branches = from_tree(line)
    equilibria = next(b for b in branches.values() if b.kind == "equilibrium")
    draw_diagram(axes, branches, next(v for v in equilibria.variables if v.endswith(ACTIVATION)))
    population = equilibria.free[0].removesuffix(f".{CURRENT}")
    adaptation = equilibria.fixed[f"{population}.{ADAPTATION}"]
    axes.set_title(rf"$\kappa$ = {adaptation:g} pA")
    axes.set_xlim(*BOUNDS[0])
    axes.set_ylim(bottom=0)


def _traces(stack: Sequence[Axes], traces: xr.Dataset | None, *, legend: bool) -> None:
    labels = ("$s$", r"$\langle u \rangle$ (pA)", "$I$ (pA)")
    for axes, label in zip(stack, labels, strict=True):
        axes.set_ylabel(label)
        if axes is not stack[-1]:
            axes.tick_params(labelbottom=False)
    stack[-1].set_xlabel("time (s)")
    if traces is None:
        for axes in stack:
            _absent(axes)
        return
    time = traces["time"].values / 1000.0
    for model in traces["model"].values:
        color, dashes, width = LINES[str(model)]
        for axes, name in zip(stack, ("synaptic_activation", "recovery"), strict=False):
            axes.plot(
                time, traces[name].sel(model=model), color=color, linestyle=dashes,
                linewidth=width, label=str(model), zorder=4 if model == MODELS[0] else 3,
            )  # fmt: skip
    stack[-1].plot(time, traces["input_current"], color=STABLE)
    for axes in stack:
        axes.set_xlim(0, time[-1])
    if "mark_time" in traces:
        _marks(stack, traces)
    stack[0].set_title(rf"$\kappa$ = {traces.attrs['adaptation']:g} pA")
    if legend:
        stack[0].legend(loc="upper left", handlelength=1.3, borderaxespad=0.0)  # clear of the marks


def _marks(stack: Sequence[Axes], traces: xr.Dataset) -> None:
    """Dashed lines at the time and the current of every located point."""
    for k in range(traces.sizes["mark"]):
        mark = traces.isel(mark=k)
        color = NETWORK_FOLD if str(mark["mark_kind"].values) == "fold" else NETWORK_HOPF
        look: dict[str, Any] = {
            "color": color,
            "linestyle": (0, (3, 2)),
            "linewidth": 0.7,
            "zorder": 1,
        }
        for axes in stack:
            axes.axvline(float(mark["mark_time"]) / 1000.0, **look)
        stack[-1].axhline(float(mark["mark_current"]), **look)


def _absent(axes: Axes) -> None:
    axes.annotate(
        "not computed", (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", color="0.5"
    )
