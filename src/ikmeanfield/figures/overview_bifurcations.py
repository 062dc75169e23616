"""Bifurcations in the overview: planes with points of networks, and diagrams at grid points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Self

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.circuit import unit_of
from ikmeanfield.continuation import Branch
from ikmeanfield.experiments.paths import coordinate_name
from ikmeanfield.figures.diagrams import draw_diagram
from ikmeanfield.plot.branches import CODIMENSION_TWO, mark_handles
from ikmeanfield.plot.labels import PER_SECOND, axis_label
from ikmeanfield.plot.network_points import draw_points
from ikmeanfield.plot.planes import draw_plane, free_parameters, plane_handles

RATE = ".firing_rate"


def path_label(path: str) -> str:
    """A label for a parameter, with its unit."""
    return axis_label(path, unit_of(path), symbol=False)


@dataclass(frozen=True)
class Plane:
    """Curves in a plane of two parameters, and the points of the networks that belong there."""

    title: str
    branches: dict[str, Branch]
    points: xr.Dataset | None

    @classmethod
    def of(cls, tree: xr.DataTree, summary: xr.Dataset | None) -> Self:
        """The plane stored in a tree, whose attributes hold its theory and its grid values."""
        branches = from_tree(tree)
        field = str(tree.attrs.get("theory", ""))
        if summary is None:
            return cls(field, branches, None)
        grid = [name for name, c in summary.coords.items() if "units" in c.attrs]
        own = {str(name): float(tree.attrs[str(name)]) for name in grid if name in tree.attrs}
        mine = np.ones(summary.sizes["run"], dtype=bool)
        for name, value in own.items():
            mine &= summary[name].values == value
        run = summary["run_number"].values.astype(int)
        names = ["kind", "detector", "current", "lower", "upper", "noise"]
        points = summary[names].reset_coords(drop=True)
        second = coordinate_name(free_parameters(branches)[1])
        points = points.assign_coords(second=("point", summary[second].values[run]))
        title = ", ".join(f"{k.replace('_', ' ')} = {v:g}" for k, v in own.items())
        return cls(
            ", ".join(part for part in (field, title) if part), branches,
            points.isel(point=np.flatnonzero(mine[run])),
        )  # fmt: skip


def draw_planes(box: SubFigure, planes: Sequence[Plane]) -> Axes:
    """Draw planes with the points of networks, two in a row, and a legend."""
    columns = 2
    places = box.subplots(ceil(len(planes) / columns), columns, squeeze=False).ravel()
    found: dict[str, Any] = {}
    for plane, place in zip(planes, places, strict=False):
        first, second = free_parameters(plane.branches)
        bounds = _bounds(plane)
        draw_plane(place, plane.branches, bounds)
        points = plane.points
        for handle in draw_points(place, points, "second") if points is not None else []:
            found[f"network: {handle.get_label()}"] = handle
        place.set_xlabel(path_label(first))
        place.set_ylabel(path_label(second))
        place.set_title(plane.title)
    handles = plane_handles(("hopf", "fold"), (0, 2)) + mark_handles(CODIMENSION_TWO)
    for name, handle in found.items():
        handle.set_label(name)
        handles.append(handle)
    for place in places[len(planes) :]:
        place.set_axis_off()
    if len(planes) < len(places):
        places[len(planes)].legend(handles=handles, loc="center left")
    else:
        box.legend(handles=handles, loc="outside lower center", ncols=5)
    corner: Axes = places[0]
    return corner


def _bounds(plane: Plane) -> tuple[tuple[float, float], tuple[float, float]]:
    """The part to show: the swept range of the second parameter, and all that happens there."""
    none = np.zeros(0)
    points = plane.points
    heights = points["second"].values if points is not None else none
    if not heights.size:  # no network changes state here
        curves = [branch for branch in plane.branches.values() if _is_curve(branch)]
        heights = np.concatenate([branch.parameters[:, 1] for branch in curves])
    low, high = float(heights.min()), float(heights.max())
    margin = 0.03 * (high - low) or 1.0  # so that no marker is cut off
    low, high = low - margin, high + margin
    inside = [points["current"].values if points is not None else none]
    for branch in plane.branches.values():
        if _is_curve(branch):
            x, y = branch.parameters.T
            inside.append(x[(y >= low) & (y <= high)])
    values = np.concatenate(inside)
    margin = 0.05 * float(np.ptp(values)) or 1.0
    return (float(values.min()) - margin, float(values.max()) + margin), (low, high)


def _is_curve(branch: Branch) -> bool:
    return branch.kind in {"fold", "hopf"}


@dataclass(frozen=True)
class Diagram:
    """Branches in one parameter at one grid point."""

    title: str
    branches: dict[str, Branch]

    @classmethod
    def chosen(
        cls, trees: Sequence[xr.DataTree], paths: Sequence[str], count: int
    ) -> dict[tuple[str, str], list[Self]]:
        """For each theory and parameter that is followed, up to `count` diagrams over the grid.

        Parameters
        ----------
        trees
            The diagrams, each with its theory as an attribute.
        paths
            Paths of what the sweeps vary; the title gives the values that differ.
        count
            Largest number of diagrams.
        """
        rows: dict[tuple[str, str], list[dict[str, Branch]]] = {}
        for tree in trees:
            branches = from_tree(tree)
            row = str(tree.attrs.get("theory", "")), _equilibria(branches).free[0]
            rows.setdefault(row, []).append(branches)
        found: dict[tuple[str, str], list[Self]] = {}
        for row, given in rows.items():
            fixed = [_equilibria(branches).fixed for branches in given]
            places = np.linspace(0, len(given) - 1, min(count, len(given))).round().astype(int)
            found[row] = [
                cls("\n".join(_values(fixed[place], paths, fixed)), given[place])
                for place in places
            ]
        return found


def _equilibria(branches: Mapping[str, Branch]) -> Branch:
    return next(branch for branch in branches.values() if branch.kind == "equilibrium")


def draw_diagrams(box: SubFigure, diagrams: Mapping[tuple[str, str], Sequence[Diagram]]) -> Axes:
    """Draw a row of diagrams for each theory and parameter, without titles that repeat.

    The diagrams show the rate of the population whose parameter is followed, if there is one, and
    the first variable otherwise.
    """
    columns = max(len(row) for row in diagrams.values())
    followed = [parameter for _, parameter in diagrams]
    alike = len(set(followed)) == 1
    places = box.subplots(
        len(diagrams), columns, squeeze=False, sharex=True if alike else "row",
        sharey=True if alike else "row",
    )  # fmt: skip
    above = [""] * columns
    rows = zip(diagrams.items(), places, [*followed[1:], ""], strict=True)
    for ((field, parameter), row), row_places, below in rows:
        own = f"{parameter.partition('.')[0]}{RATE}"
        for number, (diagram, place) in enumerate(zip(row, row_places, strict=False)):
            branch = _equilibria(diagram.branches)
            variable = own if own in branch.variables else branch.variables[0]
            draw_diagram(place, diagram.branches, variable, PER_SECOND if variable == own else 1.0)
            place.set_title("" if diagram.title == above[number] else diagram.title, fontsize=6.5)
            above[number] = diagram.title
            if number == 0:
                label = (
                    f"rate of {variable.partition('.')[0]} (Hz)" if variable == own else variable
                )
                place.set_ylabel(f"{field}\n{label}" if field else label)
            if parameter != below:
                place.set_xlabel(path_label(parameter))
        for place in row_places[len(row) :]:
            place.set_visible(False)
    corner: Axes = places[0, 0]
    return corner


def _values(
    fixed: Mapping[str, float], paths: Sequence[str], others: Sequence[Mapping[str, float]]
) -> list[str]:
    """The grid values of a diagram, where they differ between diagrams."""
    found = []
    for path in paths:
        tail = path.removeprefix("*")
        every = tail != path
        own = next((name for name in fixed if every and name.endswith(tail)), path)
        if own not in fixed or len({other.get(own) for other in others}) < 2:
            continue  # the theory does not depend on it, or it is the same in all diagrams
        name, _, unit = path_label(own).partition(" (")
        if every:
            name = f"every {name.partition(' ')[2]}"
        found.append(f"{name} {fixed[own]:g} {unit.rstrip(')')}".rstrip())
    return found
