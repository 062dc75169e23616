"""An overview of any experiment: traces, differences over the grid, bifurcations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from ikmeanfield.analysis.replicates import mean_over_replicates
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.experiments.paths import coordinate_name
from ikmeanfield.figures.grids import GridAxis, axes_of, coordinate_label, draw_lines, draw_map
from ikmeanfield.figures.overview_bifurcations import Diagram, Plane, draw_diagrams, draw_planes
from ikmeanfield.figures.save import FigureError
from ikmeanfield.plot.paper_style import DASHES, DOUBLE_COLUMN, INK, label_panel, style
from ikmeanfield.sources import Sources
from ikmeanfield.studies.series import joined_summaries

TAKES = [
    {
        "networks": {"kind": "networks", "optional": True},
        "predictions": {"kind": "predictions", "optional": True},
        "transitions": {"kind": "transitions", "optional": True},
        "planes": {"kind": "planes", "optional": True},
        "diagrams": {"kind": "diagrams", "optional": True},
    }
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""
MOST_AXES = 2
"""Axes with more than one value that a sweep may have at most."""

COLUMNS = 4
NETWORK = ("0.62", 1.8)
"""Grey level and width of the network's rate; theories are drawn over it in thinner lines."""


@dataclass(frozen=True)
class Part:
    """One of the parts that are stacked in the figure.

    Attributes
    ----------
    height
        Height in inches.
    draw
        A function that draws it into a subfigure and returns the axes that get a letter.
    """

    height: float
    draw: Any


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take, from whatever an experiment has."""
    (taken,) = experiments
    summary = xr.Dataset()
    alone = None
    if "networks" in taken:
        summary = joined_summaries(taken["networks"], taken.get("predictions"))
        alone = _unpredicted(taken["networks"].summary, summary)
    elif "transitions" in taken:
        summary = taken["transitions"].summary
    points = taken["transitions"].summary if "transitions" in taken else None
    planes = taken["planes"].each() if "planes" in taken else []
    lines = taken["diagrams"].each() if "diagrams" in taken else []
    lines += [
        (item, node)
        for item, plane in planes
        for name, node in plane.children.items()
        if name.startswith("diagram_")
    ]
    if not summary.attrs:
        summary.attrs = next(iter(taken.values())).attributes
    return {
        "summary": summary,
        "alone": alone,
        "points": points,
        "planes": [_named(item.label, tree["curves"], tree.attrs) for item, tree in planes],
        "diagrams": [_named(item.label, tree, {}) for item, tree in lines],
    }


def _unpredicted(networks: xr.Dataset, joined: xr.Dataset) -> xr.Dataset | None:
    """Networks of the sweeps in which no theory predicts anything, None if there are none."""
    missing = ~np.isin(networks["sweep"].values, joined["sweep"].values)
    return networks.isel(run=np.flatnonzero(missing)) if missing.any() else None


def _named(theory: str, branches: xr.DataTree, values: Mapping[Any, Any]) -> xr.DataTree:
    """Branches with their theory and grid values as attributes."""
    made = branches.copy()
    made.attrs = {**branches.attrs, **values, "theory": theory}
    return made


def draw(
    summary: xr.Dataset,
    points: xr.Dataset | None = None,
    planes: Sequence[xr.DataTree] = (),
    diagrams: Sequence[xr.DataTree] = (),
    alone: xr.Dataset | None = None,
) -> Figure:
    """Draw what there is: traces, the grid, diagrams; or planes with the networks' points.

    Parameters
    ----------
    summary
        Of networks in time, with predictions of theories; or of transitions.
    points
        Where networks change state.
    planes
        Branches in the plane of two parameters.
    diagrams
        Branches in one parameter, one tree for each grid point and mean field.
    alone
        Of networks in time that no theory predicts, in sweeps of their own.
    """
    parts = []
    if "trace_network" in summary:
        rows = summary.sizes["population"] + 1
        parts.append(Part(0.55 + 0.72 * rows, lambda box: _traces(box, summary)))
    if "rate_mean" in summary:
        shown = [summary] if alone is None else [summary, alone]
        several = sum(len(set(part["sweep"].values.tolist())) for part in shown) > 1
        panels = [panel for part in shown for panel in _panels(part, several=several)]
        height = 0.1 + 1.85 * ceil(len(panels) / _columns(panels))
        parts.append(Part(height, lambda box: _grids(box, panels)))
    if planes:
        curves = [Plane.of(tree, points) for tree in planes]
        parts.append(Part(0.3 + 3.0 * ceil(len(curves) / 2), lambda box: draw_planes(box, curves)))
    if diagrams:
        lines = Diagram.chosen(diagrams, _paths(summary), COLUMNS)
        parts.append(Part(0.5 + 1.2 * len(lines), lambda box: draw_diagrams(box, lines)))
    if not parts:
        msg = "overview: the summary holds neither rates nor transitions"
        raise FigureError(msg)
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, sum(part.height for part in parts)))
        heights = [part.height for part in parts]
        boxes = figure.subfigures(len(parts), 1, height_ratios=heights, squeeze=False).ravel()
        for letter, part, box in zip("ABCD", parts, boxes, strict=False):
            label_panel(part.draw(box), letter)
    return figure


def caption(
    summary: xr.Dataset,
    points: xr.Dataset | None = None,
    planes: Sequence[xr.DataTree] = (),
    diagrams: Sequence[xr.DataTree] = (),
    alone: xr.Dataset | None = None,
) -> str:
    """The caption, with everything needed to know how the figure was made."""
    a = summary.attrs
    parts = []
    if "trace_network" in summary:
        parts.append(
            "Firing rates of the network (grey) and of the theories over time, at grid points "
            "spread over the first sweep, with the input currents below. The analysis leaves out "
            "what is shaded."
        )
    if "difference_mean" in summary:
        parts.append(
            "Mean in time of D_r, the theory's minus the network's firing rate, over the grid, "
            "averaged over replicates. Error bars are ± one standard error, from replicates or, if "
            "that is larger, from block averages in time."
            + (
                " Where no theory predicts it: the network's mean rate."
                if alone is not None
                else ""
            )
        )
    elif "rate_mean" in summary:
        parts.append("Mean firing rate of the network over the grid, averaged over replicates.")
    if planes:
        parts.append(
            "Folds (grey) and Hopf points (green) of the theories in the plane of two parameters, "
            "with two stable equilibria in grey regions and none in green ones. Crosses mark where "
            "networks change state on the ramp, filled markers where they do so at constant "
            "current."
        )
    if diagrams:
        parts.append(
            "Equilibria of the theories at some grid points, stable (solid) or unstable (dotted), "
            "with folds (diamonds) and Hopf points (circles), and minima and maxima of limit "
            "cycles (green)."
        )
    text = " ".join(f"({letter}) {part}" for letter, part in zip("ABCD", parts, strict=False))
    config = json.loads(a["config"])
    lines = []
    if "thresholds" in a:
        lines.append(
            f"networks: {', '.join(_sizes(config))}thresholds {a['thresholds']}, "
            f"step {a['step']} ms, base seed {a['seed']}"
        )
    if "duration" in a:
        lines.append(
            f"runs: {summary.sizes['run']} of {a['duration']:g} ms, of which the first "
            f"{a['discard']:g} ms are left out; scheme `{a['scheme']}`"
        )
    for name, settings in config.get("theories", {}).items():
        told = ", ".join(f"{k} {v}" for k, v in settings.items() if k != "kind")
        lines.append(f"theory {name}: {settings['kind']}" + (f", {told}" if told else ""))
    lines.append(f"made by {a['source']} on {a['processor']}")
    title = f"# Overview of the experiment {a['experiment']}\n\n"
    return title + text + "\n\n" + "".join(f"- {line}\n" for line in lines)


def _sizes(config: Mapping[str, Any]) -> list[str]:
    sizes = {k: v for k, v in config.get("circuit", {}).items() if k.endswith(".size")}
    return [f"{path.removesuffix('.size')}: N = {size}" for path, size in sizes.items()] + [""]


def _paths(summary: xr.Dataset) -> list[str]:
    """Paths of everything that a sweep varies, in their order."""
    return list(json.loads(summary.attrs["config"])["parameters"])


def _traces(box: SubFigure, summary: xr.Dataset) -> Axes:
    """Columns of grid points, rows of populations, the currents below."""
    names = [coordinate_name(path) for path in _paths(summary)]
    populations = summary["population"].values.tolist()
    count = summary.sizes["trace"]
    ratios = [1.0] * len(populations) + [0.7]
    panels = box.subplots(
        len(populations) + 1, count, sharex=True, sharey="row", squeeze=False,
        gridspec_kw={"height_ratios": ratios},
    )  # fmt: skip
    time = summary["trace_time"].values / 1000.0
    first = summary.isel(run=np.flatnonzero(summary["sweep"] == summary["sweep"].values[0]))
    varied = [name for axis in axes_of(first, names) for name in axis.names]
    for column in range(count):
        trace = summary.isel(trace=column)
        run = summary.isel(run=int(trace["trace_run"]))
        panels[0, column].set_title("\n".join(_value(run, name) for name in varied), fontsize=6.5)
        for row, population in enumerate(populations):
            axes = panels[row, column]
            here = trace.sel(population=population)
            axes.plot(time, here["trace_network"], color=NETWORK[0], linewidth=NETWORK[1],
                      label="network")  # fmt: skip
            for number, name in enumerate(_theories(summary)):
                axes.plot(
                    time, here["trace_prediction"].sel(theory=name), color=INK[number % 3],
                    linestyle=DASHES[number % 4], linewidth=0.7, label=name,
                )  # fmt: skip
            if column == 0:
                axes.set_ylabel(f"rate of {population}\n(Hz)")
            panels[-1, column].plot(
                time, here["trace_current"], color=INK[row % 3], linestyle=DASHES[row % 4],
                label=population,
            )  # fmt: skip
        for axes in panels[:, column]:
            axes.axvspan(0, summary.attrs["discard"] / 1000.0, color="0.94", linewidth=0, zorder=0)
            axes.set_xlim(0, time[-1])
        panels[-1, column].set_xlabel("time (s)")
    panels[-1, 0].set_ylabel("current\n(pA)")
    for axes in (panels[0, -1], panels[-1, -1]):
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)
    for axes in panels[:, 0]:
        axes.yaxis.set_label_coords(-0.27 * max(1, count - 1) / 3 - 0.06, 0.5)
    corner: Axes = panels[0, 0]
    return corner


def _value(run: xr.Dataset, name: str) -> str:
    value = run[name].values.item()
    unit = run[name].attrs.get("units", "1")
    words = coordinate_label(run, name).partition(" (")[0]
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{words} {shown}" + ("" if unit == "1" else f" {unit}")


def _theories(summary: xr.Dataset) -> list[str]:
    return summary["theory"].values.tolist() if "theory" in summary.coords else []


@dataclass(frozen=True)
class _Panel:
    """One panel of the grid: lines along one axis, or a map over two."""

    title: str
    label: str
    axes: list[GridAxis]
    series: dict[str, NDArray[np.float64]]
    """Mean and error, shape (2, grid points); for a map only one."""
    limits: Normalize


def _panels(summary: xr.Dataset, *, several: bool) -> list[_Panel]:
    """The panels of every sweep, named after it where there are several."""
    names = [coordinate_name(path) for path in _paths(summary)]
    sweeps = list(dict.fromkeys(summary["sweep"].values.tolist()))
    panels = []
    for sweep in sweeps:
        runs = of_sweep(summary, sweep)
        axes = axes_of(runs, names)
        if len(axes) > 2:
            msg = f"overview shows at most two axes; the sweep {sweep} has {len(axes)}"
            raise FigureError(msg)
        for population in summary["population"].values.tolist():
            series = _series(runs.sel(population=population), axes)
            label = "network" if not _theories(summary) else "$D_r$"
            finite = np.concatenate([values[0] for values in series.values()])
            limits = Normalize(float(np.nanmin(finite)), float(np.nanmax(finite)))
            title = f"{sweep}: {population}" if several else population
            if len(axes) < 2:
                panels.append(_Panel(title, label, axes, series, limits))
                continue
            panels += [
                _Panel(f"{title}\n{name}", label, axes, {name: values}, limits)
                for name, values in series.items()
            ]
    return panels


def _series(runs: xr.Dataset, axes: Sequence[GridAxis]) -> dict[str, NDArray[np.float64]]:
    """Mean and error of D_r of each mean field at every grid point; without one, of the rate."""
    shape = tuple(len(axis.values) for axis in axes)
    place = np.zeros(runs.sizes["run"], dtype=np.int64)
    for axis, size in zip(axes, shape, strict=True):
        place = place * size + axis.place(runs)
    found = {}
    for name in _theories(runs) or [""]:
        own, prefix = (runs.sel(theory=name), "difference") if name else (runs, "rate")
        mean, error = (own[f"{prefix}_{part}"].values for part in ("mean", "mean_error"))
        found[name] = mean_over_replicates(mean, error, place, int(np.prod(shape, dtype=int)))
    return found


def _columns(panels: Sequence[_Panel]) -> int:
    return min(len(panels), COLUMNS)


def _grids(box: SubFigure, panels: Sequence[_Panel]) -> Axes:
    columns = _columns(panels)
    places = box.subplots(ceil(len(panels) / columns), columns, squeeze=False).ravel()
    for place in places[len(panels) :]:
        place.set_axis_off()
    lines: list[tuple[Any, list[str]]] = []
    for number, (panel, place) in enumerate(zip(panels, places, strict=False)):
        if len(panel.axes) == 2:
            place.set_title(panel.title, loc="left")
            _map(box, panel, place, first=number % columns == 0)
            continue
        place.set_title(panel.title)
        place.set_ylabel(f"{panel.label} (Hz)")
        axis = panel.axes[0] if panel.axes else GridAxis((), (("all runs",),), "")
        draw_lines(place, axis, panel.series)
        lines.append(place.get_legend_handles_labels())
        if panel.limits.vmin is not None and panel.limits.vmin < 0 < (panel.limits.vmax or 0):
            place.axhline(0, color="0.7", linewidth=0.6, zorder=0)
    if lines and len(lines[0][1]) > 1:
        if len(panels) < len(places):
            places[len(panels)].legend(*lines[0], loc="center left")
        else:
            places[len(panels) - 1].legend(*lines[0])
    corner: Axes = places[0]
    return corner


def _map(box: SubFigure, panel: _Panel, place: Axes, *, first: bool) -> None:
    """One map with its colours; the label of the upward axis stands once in a row."""
    rows, columns = panel.axes
    ((mean, _),) = panel.series.values()
    shape = len(rows.values), len(columns.values)
    mesh = draw_map(place, (rows, columns), mean.reshape(shape), panel.limits)
    bar = box.colorbar(mesh, ax=place, aspect=18, pad=0.03)
    bar.ax.set_title(f"{panel.label}\n(Hz)", fontsize=6, pad=3)
    bar.outline.set_visible(False)
    if not first:
        place.set_ylabel("")
