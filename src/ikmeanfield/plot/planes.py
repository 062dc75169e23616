"""Curves of folds and Hopf points in the plane of two parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ikmeanfield.analysis.diagrams import codimension_two, stable_equilibria_regions
from ikmeanfield.continuation import Branch
from ikmeanfield.plot.branches import (
    CODIMENSION_TWO,
    FOLD,
    HOPF,
    MARKS,
    Branches,
    Mark,
    draw_mark,
    listed,
    mark_handles,
)
from ikmeanfield.plot.labels import axis_label
from ikmeanfield.plot.paper_style import axes_to_draw_in, style

Bounds = tuple[tuple[float, float], tuple[float, float]]

FILLS = {2: "#ececec", 0: "#b5dcc9"}
"""Fills by number of stable equilibria: bistable, and oscillating because there is none; the
latter is darker, so that they differ in grey too."""


def parameter_plane(
    branches: Branches,
    *,
    bounds: Bounds | None = None,
    ax: Axes | None = None,
    legend: bool = True,
) -> Axes:
    """Draw curves of folds and Hopf points in the plane of their two parameters.

    With the scans of `bifurcation_plane` among the branches, regions with two stable equilibria
    are light grey and regions without any are green.

    Parameters
    ----------
    branches
        Curves from `continue_folds` and `continue_hopf`, or what `bifurcation_plane` returns.
    bounds
        The part of the plane to show, ((lowest, highest), (lowest, highest)) of the first and
        the second parameter; by default all of the curves.
    ax
        Where to draw; by default a new figure.
    legend
        Whether to explain curves, regions and marks.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is no curve, curves do not share their parameters, or the bounds are no ranges.
    TypeError
        If something else than branches is given.
    """
    given = listed(branches)
    curves = [branch for branch in given if branch.kind in {"fold", "hopf"}]
    if not curves:
        kinds = ", ".join(sorted({branch.kind for branch in given}))
        msg = f"a plane shows curves of folds and Hopf points; got only branches of kind {kinds}"
        raise ValueError(msg)
    free = {curve.free for curve in curves}
    if len(free) > 1:
        pairs = " and ".join(str(pair) for pair in sorted(free))
        msg = f"curves in different parameters do not share a plane: {pairs}"
        raise ValueError(msg)
    shown = _checked(bounds) if bounds is not None else _around(curves)
    named = {str(number): branch for number, branch in enumerate(given)}
    has_scans = len(curves) < len(given)
    with style():
        ax = axes_to_draw_in(ax, height=2.8)
        draw_plane(ax, named, shown, MARKS, regions=has_scans)
        labels = [axis_label(name, curves[0].units.get(name, "")) for name in curves[0].free]
        ax.set_xlabel(labels[0])
        ax.set_ylabel(labels[1])
        if legend:
            met = {point.kind for curve in curves for point in curve.special}
            filled = [
                count for count in FILLS
                if has_scans
                and any(r.stable == count for r in stable_equilibria_regions(named, shown))
            ]  # fmt: skip
            handles = plane_handles([curve.kind for curve in curves], filled)
            handles += mark_handles({kind: mark for kind, mark in MARKS.items() if kind in met})
            ax.legend(handles=handles)
    return ax


def draw_plane(
    axes: Axes,
    branches: Mapping[str, Branch],
    bounds: Bounds,
    marks: Mapping[str, Mark] = CODIMENSION_TWO,
    *,
    regions: bool = True,
) -> None:
    """Draw regions, curves and special points of a plane within bounds.

    Parameters
    ----------
    axes, branches, bounds
        Where, what and which part.
    marks
        Looks of the special points by kind.
    regions
        Whether to fill regions by their number of stable equilibria; needs scans.
    """
    found = stable_equilibria_regions(branches, bounds) if regions else []
    for count, color in FILLS.items():
        polygons = [region.polygon for region in found if region.stable == count]
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
    for kind, mark in marks.items():
        for point in codimension_two(branches, kind):
            x, y = (point.parameters[name] for name in free_parameters(branches))
            draw_mark(
                axes, x, y, mark, label=kind, edge=0.5, zorder=6,
                hollow=point.status != "converged",
            )  # fmt: skip
    axes.set_xlim(*bounds[0])
    axes.set_ylim(*bounds[1])


def plane_handles(kinds: Sequence[str], filled: Sequence[int]) -> list[Any]:
    """Curves and regions as a legend shows them, those that occur."""
    handles: list[Any] = []
    if "hopf" in kinds:
        handles.append(Line2D([], [], color=HOPF, label="Hopf"))
    if "fold" in kinds:
        handles.append(Line2D([], [], color=FOLD, label="fold"))
    if 0 in filled:
        handles.append(Patch(color=FILLS[0], label="oscillating"))
    if 2 in filled:
        handles.append(Patch(color=FILLS[2], label="bistable"))
    return handles


def free_parameters(branches: Mapping[str, Branch]) -> tuple[str, ...]:
    """The two parameters of a plane's curves."""
    return next(b.free for b in branches.values() if b.kind in {"fold", "hopf"})


def _checked(bounds: Bounds) -> Bounds:
    try:
        (left, right), (bottom, top) = bounds
        ordered = bool(left < right and bottom < top)
    except (TypeError, ValueError):
        ordered = False
    if not ordered:
        msg = f"bounds = {bounds!r} must be two ranges ((lowest, highest), (lowest, highest))"
        raise ValueError(msg)
    return (float(left), float(right)), (float(bottom), float(top))


def _around(curves: Sequence[Branch]) -> Bounds:
    """The smallest part of the plane that holds all curves."""
    places = np.concatenate([curve.parameters for curve in curves])
    if not len(places):
        return (0.0, 1.0), (0.0, 1.0)
    low, high = places.min(axis=0), places.max(axis=0)
    high = np.where(high > low, high, low + 1.0)
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))
