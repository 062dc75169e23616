"""Overlap of the regions that a mean field predicts with those that a network shows.

Regions are compared line by line: at each value of the second parameter, a region is a set of
intervals of the first one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.analysis.matching import NetworkPoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.analysis.diagrams import Region

    FloatArray = NDArray[np.float64]

Interval = tuple[float, float]
REGIONS = {"oscillatory": ("hopf", 0), "bistable": ("fold", 2)}
"""Regions by name: the kind of their boundaries, and the number of stable equilibria inside."""


def predicted_intervals(regions: Sequence[Region], second: float, stable: int) -> list[Interval]:
    """Intervals with a given number of stable equilibria, at one value of the second parameter.

    Parameters
    ----------
    regions
        Regions of the plane.
    second
        Value of the second parameter.
    stable
        Number of stable equilibria.
    """
    found = []
    for region in regions:
        left, right = np.array(region.left), np.array(region.right)
        if region.stable == stable and left[0, 1] <= second <= left[-1, 1]:
            low, high = (np.interp(second, side[:, 1], side[:, 0]) for side in (left, right))
            found.append((float(low), float(high)))
    return union(found)


def bistable_intervals(points: Sequence[NetworkPoint]) -> list[Interval]:
    """Currents between a network's fold on the way down and its fold on the way up, if any."""
    low = [p.current for p in points if (p.kind, p.direction) == ("fold", "down")]
    high = [p.current for p in points if (p.kind, p.direction) == ("fold", "up")]
    return [(min(low), max(high))] if low and high and min(low) < max(high) else []


def oscillatory_intervals(points: Sequence[NetworkPoint], direction: str) -> list[Interval]:
    """Currents at which a network oscillates on one slope of a ramp.

    Parameters
    ----------
    points
        Points of one network; boundaries of oscillations come in pairs, as `ramp_points` returns
        them, including those at the ends of the sweep.
    direction
        ``"up"`` or ``"down"``.
    """
    ends = [p.current for p in points if (p.kind, p.direction) == ("hopf", direction)]
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return union([(min(pair), max(pair)) for pair in pairs])


def union(intervals: Sequence[Interval]) -> list[Interval]:
    """Union of intervals, as disjoint intervals in ascending order."""
    joined: list[Interval] = []
    for low, high in sorted(intervals):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return [(low, high) for low, high in joined if low < high]


def intersection(a: Sequence[Interval], b: Sequence[Interval]) -> list[Interval]:
    """Intersection of two sets of intervals, as disjoint intervals in ascending order."""
    return union([
        (max(low, other), min(high, end))
        for low, high in a for other, end in b if max(low, other) < min(high, end)
    ])  # fmt: skip


def total_length(intervals: Sequence[Interval]) -> float:
    """Sum of the lengths of disjoint intervals."""
    return float(sum(high - low for low, high in intervals))


def line_weights(seconds: FloatArray) -> FloatArray:
    """Range of the second parameter that each of its ascending values represents."""
    if seconds.size == 1:
        return np.ones(1)
    edges = np.concatenate([seconds[:1], (seconds[1:] + seconds[:-1]) / 2, seconds[-1:]])
    return np.diff(edges)


def jaccard(
    expected: Sequence[Sequence[Interval]], found: Sequence[Sequence[Interval]], seconds: FloatArray
) -> tuple[float, float, float]:
    """Jaccard index of two regions: the area of their intersection over that of their union.

    Parameters
    ----------
    expected, found
        Disjoint intervals at every value of the second parameter.
    seconds
        These values, ascending.

    Returns
    -------
    overlap, expected area, found area
        The overlap is NaN if both regions are empty.
    """
    weights = line_weights(seconds)
    both = sum(
        w * total_length(intersection(a, b))
        for w, a, b in zip(weights, expected, found, strict=True)
    )
    areas = [
        float(sum(w * total_length(line) for w, line in zip(weights, lines, strict=True)))
        for lines in (expected, found)
    ]
    either = sum(areas) - both
    return (float(both / either) if either > 0 else np.nan), areas[0], areas[1]


def horizontal_distance(curves: Sequence[FloatArray], point: tuple[float, float]) -> float:
    """Distance to the nearest curve along the first parameter, at the point's second parameter.

    Parameters
    ----------
    curves
        Polygons through (first, second), shape (points, 2).
    point
        First and second parameter.

    Returns
    -------
    float
        The distance; infinite if no curve has this second parameter.
    """
    least = np.inf
    for curve in curves:
        (x0, y0), (x1, y1) = curve[:-1].T, curve[1:].T
        on = (np.minimum(y0, y1) <= point[1]) & (point[1] <= np.maximum(y0, y1)) & (y0 != y1)
        x = x0[on] + (point[1] - y0[on]) / (y1[on] - y0[on]) * (x1[on] - x0[on])
        least = min(least, float(np.abs(x - point[0]).min(initial=np.inf)))
    return least


def scaled_distance(
    curves: Sequence[FloatArray], point: tuple[float, float], scale: tuple[float, float]
) -> float:
    """Euclidean distance to the nearest curve in the plane, in units of `scale`.

    Parameters
    ----------
    curves
        Polygons through (first, second), shape (points, 2).
    point
        First and second parameter.
    scale
        Units of the first and of the second parameter.
    """
    least = np.inf
    for curve in curves:
        path = (curve - np.array(point)) / np.array(scale)
        start, step = path[:-1], np.diff(path, axis=0)
        square = np.maximum((step**2).sum(axis=1), 1e-300)
        along = np.clip(-(start * step).sum(axis=1) / square, 0.0, 1.0)
        gaps = np.hypot(*(start + along[:, None] * step).T)
        least = min(least, float(gaps.min()) if gaps.size else np.inf)
    return least
