"""Drawing of bifurcation diagrams: a plane of two parameters, a line of one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from ikmeanfield.analysis.diagrams import codimension_two, stable_equilibria_regions
from ikmeanfield.continuation import Branch

Bounds = tuple[tuple[float, float], tuple[float, float]]

FOLD, HOPF = "#7d7d7d", "#00704f"
"""Curves of folds and of Hopf points: mid grey and a darker green, apart in grey as well."""
FILLS = {2: "#ececec", 0: "#b5dcc9"}
"""Fills by number of stable equilibria: bistable, and oscillating for want of any; the latter
is darker, so that they differ in grey too."""
STABLE = "#0c1f4a"

CODIMENSION_TWO: dict[str, tuple[str, str, float, str]] = {
    "BT": ("s", "black", 4.5, "Bogdanov–Takens"),
    "CP": ("D", FOLD, 4.2, "cusp"),
    "GH": ("o", HOPF, 5.0, "generalized Hopf"),
}
"""Marker, face, size and name of the points shown in a plane."""


def draw_plane(axes: Axes, branches: Mapping[str, Branch], bounds: Bounds) -> None:
    """Draw regions, curves and codimension-two points of a plane within bounds."""
    regions = stable_equilibria_regions(branches, bounds)
    for count, color in FILLS.items():
        polygons = [region.polygon for region in regions if region.stable == count]
        axes.add_collection(
            PolyCollection(
                polygons, facecolor=color, edgecolor=color, linewidth=0.3, zorder=0,
                label=f"region {count}",
            )
        )  # fmt: skip
    for branch in branches.values():
        if branch.kind in {"fold", "hopf"}:
            color = FOLD if branch.kind == "fold" else HOPF
            axes.plot(*branch.parameters.T, color=color, linewidth=1.3, zorder=2, label=branch.kind)
    for kind, (marker, face, size, _) in CODIMENSION_TWO.items():
        for point in codimension_two(branches, kind):
            x, y = (point.parameters[name] for name in _free(branches))
            axes.plot(
                x, y, marker, markersize=size, markerfacecolor=face, markeredgecolor="white",
                markeredgewidth=0.5, zorder=6, label=kind, linestyle="none",
            )  # fmt: skip
    axes.set_xlim(*bounds[0])
    axes.set_ylim(*bounds[1])


def _free(branches: Mapping[str, Branch]) -> tuple[str, ...]:
    return next(b.free for b in branches.values() if b.kind in {"fold", "hopf"})


def draw_line(axes: Axes, branches: Mapping[str, Branch], variable: str) -> None:
    """Draw equilibria of one parameter (stable solid, unstable dotted) and extrema of cycles."""
    for branch in branches.values():
        x = branch[branch.free[0]]
        if branch.kind == "equilibrium":
            heights, color = [branch[variable]], STABLE
        else:
            column = branch.variables.index(variable)
            heights = [branch.extra[name][1][:, column] for name in ("minimum", "maximum")]
            color = HOPF
        for height in heights:
            for stable, rows in _segments(branch):
                axes.plot(
                    x[rows], height[rows], color=color if stable else "0.45",
                    linestyle="-" if stable else (0, (1, 1)), label=branch.kind,
                )  # fmt: skip
        if branch.kind == "equilibrium":
            for kind, color in (("LP", FOLD), ("HB", HOPF)):
                for point in branch.points(kind):
                    place = point.parameters[branch.free[0]], float(branch[variable][point.row])
                    axes.plot(
                        *place, "o" if kind == "HB" else "D", color=color, markersize=3,
                        markeredgecolor="white", markeredgewidth=0.4, zorder=5, label=kind,
                    )  # fmt: skip


def _segments(branch: Branch) -> list[tuple[bool, slice]]:
    """Runs of equal stability; the Hopf points at the ends of cycles count as their neighbours."""
    if branch.kind != "cycle" or len(branch) < 3:
        return list(branch.segments())
    stable = branch.stable.copy()
    stable[0], stable[-1] = stable[1], stable[-2]
    edges = [0, *(np.flatnonzero(stable[1:] != stable[:-1]) + 1), len(stable)]
    return [
        (bool(stable[start]), slice(start, min(stop + 1, len(stable))))
        for start, stop in itertools.pairwise(edges)
    ]
