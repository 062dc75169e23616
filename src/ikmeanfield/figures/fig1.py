"""Fig. 1 of the paper: what spike-frequency adaptation does to a network and its mean field."""

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
from ikmeanfield.figures.diagrams import draw_diagram
from ikmeanfield.figures.figure import Sources
from ikmeanfield.figures.save import FigureError
from ikmeanfield.plot.branches import CODIMENSION_TWO, HOPF, STABLE, mark_handles
from ikmeanfield.plot.network_points import NETWORK_FOLD, NETWORK_HOPF, draw_points
from ikmeanfield.plot.paper_style import DOUBLE_COLUMN, INK, label_panel, style
from ikmeanfield.plot.planes import draw_plane, plane_handles

TAKES = [
    {
        "transitions": {"kind": "transitions"},
        "planes": {
            "kind": "planes",
            "settings": {"parameter": "rs.input_current", "second": "rs.adaptation"},
        },
        "traces": {"kind": "traces", "optional": True},
    }
]
"""Studies that the figure takes, see `ikmeanfield.figures.figure.Figure`."""

BOUNDS = ((20.0, 75.0), (10.0, 120.0))
"""The part of the plane that is shown: current and adaptation in pA."""
CURRENT_LABEL = "input current $I$ (pA)"
ACTIVATION = ".synaptic_activation"

LEGEND: dict[str, Any] = {"alignment": "left", "handlelength": 1.8, "borderaxespad": 0.2}
LINES: dict[str, tuple[str, Any, float]] = {
    MODELS[0]: (HOPF, (0, (4, 1)), 1.3),
    MODELS[1]: (INK[1], "-", 0.9),
    MODELS[2]: (INK[2], "-", 0.9),
}
"""Colour, dashes and width by model."""


SHOWN = ("source", "processor", "seed", "size", "step", "thresholds", "settle", "rise")
"""Attributes of files that the caption tells."""


@dataclass(frozen=True)
class _Mark:
    kind: str
    direction: str
    current: float


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take; of several planes the first is drawn."""
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
    lines = [node for name, node in plane.children.items() if name != "curves"]
    return {
        "plane": shown, "lines": lines, "traces": marked,
        "points": points,
    }  # fmt: skip


def _traced(adaptation: Sources) -> list[tuple[Any, xr.DataTree]]:
    return adaptation["traces"].each() if "traces" in adaptation else []


def draw(
    plane: xr.DataTree | None = None,
    lines: Sequence[xr.DataTree] = (),
    traces: Sequence[xr.Dataset] = (),
    points: xr.Dataset | None = None,
) -> Figure:
    """Draw the five panels; what is absent leaves its panel empty.

    Parameters
    ----------
    plane
        `bifurcation_plane` in current and adaptation, as a tree: panel A.
    lines
        `equilibrium_diagram` at two values of the adaptation as trees: panels B and C.
    traces
        `ramp_traces` at two values, perhaps with marks: panels D and E.
    points
        Points of networks along `point`, with their adaptation as coordinate `kappa`: panel A.

    Raises
    ------
    FigureError
        If there are more than two of `lines` or `traces`.
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
        _plane(first, plane, points)
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
) -> str:
    """The caption, with everything needed to know how the figure was made."""
    parts = ["# Fig. 1. Spike-frequency adaptation\n\n"]
    if plane is not None:
        parts.append(
            "(A) Folds (grey) and Hopf points (green) of the mean field by input current I and "
            "adaptation κ, with Bogdanov–Takens points (black squares), cusp (grey diamond) and "
            "generalized Hopf point (green circle). Grey: two stable equilibria; green: none, so "
            "that all lasting activity oscillates (stable cycles beside a stable equilibrium, in "
            "a narrow strip at the tip of the green region, are not shown). "
        )
    if points is not None:
        parts.append(
            "Crosses: where the network with neuron-specific u_i changes state on a moving ramp "
            "(× folds, + borders of oscillations), late by the ramp's lag; filled markers "
            "(triangles, circles): where it does so at constant current, with bars for bracket "
            "and finite-size noise. "
        )
    if lines:
        parts.append(
            "(B, C) Synaptic activation s against I for two κ: stable equilibria solid, unstable "
            "dotted, minima and maxima of limit cycles green. "
        )
    if traces:
        parts.append(
            "(D, E) s, mean recovery variable and current in time: mean field (dashed), network "
            "with neuron-specific u_i, network with global u. "
        )
        if any("mark_time" in data for data in traces):
            parts.append(
                "Dashed lines: currents at which the network, held still, changes state, and when "
                "the ramp passes them. "
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


def _plane(axes: Axes, plane: xr.DataTree | None, points: xr.Dataset | None) -> None:
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
