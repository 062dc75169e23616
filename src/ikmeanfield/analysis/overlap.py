"""How well regions that a mean field predicts cover those that a network shows.

All is told line by line: at each value of the second parameter a region is a set of intervals of
the first one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.analysis.sides import Found

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.analysis.diagrams import Region

    FloatArray = NDArray[np.float64]

Interval = tuple[float, float]
REGIONS = {"oscillatory": ("hopf", 0), "bistable": ("fold", 2)}
"""Regions by name: the kind of their borders, and the number of stable equilibria inside."""


def predicted(regions: Sequence[Region], second: float, stable: int) -> list[Interval]:
    """Intervals in which a plane has so many stable equilibria, at one second parameter."""
    found = []
    for region in regions:
        left, right = np.array(region.left), np.array(region.right)
        if region.stable == stable and left[0, 1] <= second <= left[-1, 1]:
            low, high = (np.interp(second, side[:, 1], side[:, 0]) for side in (left, right))
            found.append((float(low), float(high)))
    return united(found)


def bistable(points: Sequence[Found]) -> list[Interval]:
    """Currents between the fold met on the way down and that met on the way up, if both are."""
    low = [p.current for p in points if (p.kind, p.direction) == ("fold", "down")]
    high = [p.current for p in points if (p.kind, p.direction) == ("fold", "up")]
    return [(min(low), max(high))] if low and high and min(low) < max(high) else []


def oscillating(points: Sequence[Found], direction: str) -> list[Interval]:
    """Currents at which a network oscillates on one slope of a ramp.

    The borders come in pairs, as `ramp_points` gives them; those at the ends of the sweep count.
    """
    ends = [p.current for p in points if (p.kind, p.direction) == ("hopf", direction)]
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return united([(min(pair), max(pair)) for pair in pairs])


def united(intervals: Sequence[Interval]) -> list[Interval]:
    """The same set as disjoint intervals in ascending order."""
    joined: list[Interval] = []
    for low, high in sorted(intervals):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return [(low, high) for low, high in joined if low < high]


def shared(a: Sequence[Interval], b: Sequence[Interval]) -> list[Interval]:
    """What two sets of intervals have in common."""
    return united([
        (max(low, other), min(high, end))
        for low, high in a for other, end in b if max(low, other) < min(high, end)
    ])  # fmt: skip


def length(intervals: Sequence[Interval]) -> float:
    """Sum of the lengths of disjoint intervals."""
    return float(sum(high - low for low, high in intervals))


def widths(seconds: FloatArray) -> FloatArray:
    """How much of the second parameter each of its values stands for."""
    if seconds.size == 1:
        return np.ones(1)
    edges = np.concatenate([seconds[:1], (seconds[1:] + seconds[:-1]) / 2, seconds[-1:]])
    return np.diff(edges)


def jaccard(
    expected: Sequence[Sequence[Interval]], found: Sequence[Sequence[Interval]], seconds: FloatArray
) -> tuple[float, float, float]:
    """Area that two regions share as a part of the area that they cover together.

    Parameters
    ----------
    expected, found
        Disjoint intervals at every value of the second parameter.
    seconds
        These values, ascending.

    Returns
    -------
    overlap, expected area, found area
        The overlap is NaN where both regions are empty.
    """
    weights = widths(seconds)
    both = sum(w * length(shared(a, b)) for w, a, b in zip(weights, expected, found, strict=True))
    areas = [
        float(sum(w * length(line) for w, line in zip(weights, lines, strict=True)))
        for lines in (expected, found)
    ]
    either = sum(areas) - both
    return (float(both / either) if either > 0 else np.nan), areas[0], areas[1]


def distance_along(curves: Sequence[FloatArray], point: tuple[float, float]) -> float:
    """Distance to the nearest curve in the first parameter, at the same second one.

    Parameters
    ----------
    curves
        Polygons through (first, second), shape (points, 2).
    point
        First and second parameter.

    Returns
    -------
    float
        Infinity where no curve has this second parameter.
    """
    least = np.inf
    for curve in curves:
        (x0, y0), (x1, y1) = curve[:-1].T, curve[1:].T
        on = (np.minimum(y0, y1) <= point[1]) & (point[1] <= np.maximum(y0, y1)) & (y0 != y1)
        x = x0[on] + (point[1] - y0[on]) / (y1[on] - y0[on]) * (x1[on] - x0[on])
        least = min(least, float(np.abs(x - point[0]).min(initial=np.inf)))
    return least


def distance_scaled(
    curves: Sequence[FloatArray], point: tuple[float, float], scale: tuple[float, float]
) -> float:
    """Distance to the nearest curve in the plane, each parameter in units of `scale`."""
    least = np.inf
    for curve in curves:
        path = (curve - np.array(point)) / np.array(scale)
        start, step = path[:-1], np.diff(path, axis=0)
        square = np.maximum((step**2).sum(axis=1), 1e-300)
        along = np.clip(-(start * step).sum(axis=1) / square, 0.0, 1.0)
        gaps = np.hypot(*(start + along[:, None] * step).T)
        least = min(least, float(gaps.min()) if gaps.size else np.inf)
    return least
