"""Regions of a plane by their number of stable equilibria, as polygons between the curves.

The plane is cut into bands at every vertex of every curve, so that inside a band every curve is
a straight line from one edge to the other; the count changes where one is crossed. Polygons
therefore end exactly on the curves as drawn.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .domain_borders import border_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ikmeanfield.continuation import Branch

    from .domain_borders import BorderPiece

    FloatArray = NDArray[np.float64]

Pair = tuple[float, float]
#: Edges of two bands are the same when they differ by less than this share of the width.
_SAME = 1e-9
#: Two curves that end in the same point end at levels closer than this share of the height.
_SAME_LEVEL = 1e-7
#: Count where an equilibrium has left the domain of the field and no other is stable.
_UNKNOWN = -1


@dataclass
class Region:
    """A polygon with one number of stable equilibria.

    Attributes
    ----------
    stable
        Number of stable equilibria.
    left, right
        Borders, lists of (first, second) parameter, upwards in the second.
    """

    stable: int
    left: list[Pair] = field(default_factory=list)
    right: list[Pair] = field(default_factory=list)

    @property
    def polygon(self) -> FloatArray:
        """Vertices in order, shape (vertices, 2)."""
        return np.array(self.left + self.right[::-1])

    def holds(self, first: float, second: float) -> bool:
        """Whether a point lies inside."""
        left, right = np.array(self.left), np.array(self.right)
        if not left[0, 1] <= second <= left[-1, 1]:
            return False
        low, high = (np.interp(second, side[:, 1], side[:, 0]) for side in (left, right))
        return bool(low <= first <= high)


@dataclass(frozen=True)
class _Segments:
    """Pieces of curves that run upwards in the second parameter, and what crossing them changes."""

    lower: FloatArray  # (segments, 2): first, second
    upper: FloatArray
    change: NDArray[np.int64]  # (segments, 2): stable equilibria, equilibria that left the domain

    def between(self, low: float, high: float) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
        """First parameter at a band's edges, and the changes, of the segments that cross it."""
        middle = 0.5 * (low + high)
        inside = (self.lower[:, 1] < middle) & (middle < self.upper[:, 1])
        a, b = self.lower[inside], self.upper[inside]
        share = (np.array([[low], [high]]) - a[:, 1]) / (b[:, 1] - a[:, 1])
        share = share.clip(0.0, 1.0)
        edges = a[:, 0] + share * (b[:, 0] - a[:, 0])
        order = np.argsort(edges.mean(axis=0))
        return edges[0, order], edges[1, order], self.change[inside][order]


def _apart(levels: FloatArray) -> FloatArray:
    """Levels in order, without those that rounding alone tells from the one before."""
    ordered = np.unique(levels)
    gaps = np.diff(ordered, prepend=-np.inf)
    kept: FloatArray = ordered[gaps > _SAME_LEVEL * (ordered[-1] - ordered[0])]
    kept[-1] = ordered[-1]
    return kept


def _segments(curves: list[Branch], borders: list[BorderPiece]) -> _Segments:
    lower, upper, change = [np.empty((0, 2))], [np.empty((0, 2))], [np.empty((0, 2), dtype=int)]
    for curve in curves:
        a, b = curve.parameters[:-1], curve.parameters[1:]
        up = (b[:, 1] > a[:, 1])[:, None]
        lower.append(np.where(up, a, b))
        upper.append(np.where(up, b, a))
        changes = _changes(curve)
        change.append(np.stack([changes, np.zeros_like(changes)], axis=1))
    for piece in borders:
        lower.append(np.array([piece.lower]))
        upper.append(np.array([piece.upper]))
        change.append(np.array([[piece.side.stable * piece.side.step, -piece.side.step]]))
    return _Segments(np.concatenate(lower), np.concatenate(upper), np.concatenate(change))


def _changes(curve: Branch) -> NDArray[np.int64]:
    """What crossing each piece of a curve changes, from what is known at its ends.

    The change turns its sign where the curve turns around in the second parameter. At special
    points it is not known, nor so close to a kink that differences reach across it.
    """
    known = curve["stable_change"].astype(int)
    rising = np.diff(curve.parameters[:, 1]) > 0
    unknown = {p.row for p in curve.points("BT", "CP", "GH", "ZH", "HH")}
    unknown |= {p.row + k for p in curve.points("KINK") for k in (-2, -1, 0, 1, 2)}
    values = np.zeros(len(rising), dtype=int)
    for k in range(len(rising)):
        onwards = k == 0 or rising[k] == rising[k - 1]
        if k in unknown and k + 1 in unknown:
            before = values[k - 1] if k else 0
            values[k] = before if onwards else -before
        elif k + 1 in unknown or (onwards and k not in unknown):
            values[k] = known[k]
        else:
            values[k] = known[k + 1]
    return values


def stable_equilibria_regions(
    branches: Mapping[str, Branch], bounds: tuple[Pair, Pair]
) -> list[Region]:
    """Cut a part of the plane into regions of equal numbers of stable equilibria.

    Where no equilibrium is stable, all activity that lasts oscillates; where two are, the
    network is bistable. (Where stable cycles coexist with a stable equilibrium the count is 1.)
    Where an equilibrium has left the domain of the field and no other is stable, nothing is known:
    no region lies there. Borders of the domain are known on the scans and drawn straight between
    them.
    Where two curves run closer together than their points are apart, or a cusp falls on a kink,
    slivers may be counted wrongly.

    Parameters
    ----------
    branches
        Curves and scans of `bifurcation_plane`. Between two scans no more than one curve may end
        at the lower bound of the first parameter.
    bounds
        The part of the plane, inside what was traced.
    """
    curves = [branch for branch in branches.values() if branch.kind in {"fold", "hopf"}]
    (left, right), (bottom, top) = bounds
    scans = _scans(branches, curves)
    base = _base(scans, curves)
    borders = border_pieces(scans, curves, base.borders.tolist(), bounds[1])
    segments = _segments(curves, borders)
    levels = np.concatenate([segments.lower[:, 1], segments.upper[:, 1]])
    levels = _apart(np.concatenate([levels[(levels > bottom) & (levels < top)], bounds[1]]))
    tolerance = _SAME * (right - left)
    done: list[Region] = []
    growing: list[Region] = []
    for low, high in itertools.pairwise(levels):
        at_low, at_high, change = segments.between(float(low), float(high))
        counts = _counts(base(float(low + high) / 2), change)
        lower = np.clip([left, *at_low, right], left, right)
        upper = np.clip([left, *at_high, right], left, right)
        current = []
        first = 0
        for k in range(len(counts)):
            if k + 1 < len(counts) and counts[k + 1] == counts[first]:
                continue
            a, b, c, d = lower[first], lower[k + 1], upper[first], upper[k + 1]
            if counts[first] != _UNKNOWN and max(b - a, d - c) > tolerance:
                region = _continued(growing, int(counts[first]), a, b, tolerance)
                if region is None:
                    region = Region(int(counts[first]), [(a, low)], [(b, low)])
                region.left.append((c, high))
                region.right.append((d, high))
                current.append(region)
            first = k + 1
        kept = {id(region) for region in current}
        done += [region for region in growing if id(region) not in kept]
        growing = current
    return done + growing


def _counts(base: int, change: NDArray[np.int64]) -> NDArray[np.int64]:
    """Stable equilibria between the lines that cross a band, from the left."""
    stable, outside = np.concatenate([[[0, 0]], np.cumsum(change, axis=0)]).astype(int).T
    counts: NDArray[np.int64] = base + stable
    # as few equilibria are outside the domain as may be
    counts[(counts == 0) & (outside > outside.min())] = _UNKNOWN
    return counts


def _continued(
    growing: list[Region], stable: int, a: float, b: float, tolerance: float
) -> Region | None:
    """The region of the band below that goes on between a and b."""
    for region in growing:
        ends = abs(region.left[-1][0] - a), abs(region.right[-1][0] - b)
        if region.stable == stable and max(ends) <= tolerance:
            growing.remove(region)
            return region
    return None


class _Base:
    """Number of stable equilibria at the lower bound of the first parameter.

    Known on the scans; between two of them it changes where a curve ends at that bound.
    """

    def __init__(self, at: FloatArray, counts: NDArray[np.int64], ends: FloatArray) -> None:
        self.counts = counts
        self.borders = np.empty(0)
        for a, b in itertools.pairwise(at):
            inside = ends[(a < ends) & (ends < b)]
            border = inside[0] if inside.size == 1 else 0.5 * (a + b)
            self.borders = np.append(self.borders, border)

    def __call__(self, second: float) -> int:
        return int(self.counts[np.searchsorted(self.borders, second)])


def _scans(branches: Mapping[str, Branch], curves: Sequence[Branch]) -> dict[float, list[Branch]]:
    """Scans by their value of the second parameter, in its order."""
    scans = [branch for branch in branches.values() if branch.kind == "equilibrium"]
    second = curves[0].free[1] if curves else _differing(scans)
    found: dict[float, list[Branch]] = {}
    for scan in scans:
        found.setdefault(scan.fixed[second] if second else 0.0, []).append(scan)
    return dict(sorted(found.items()))


def _differing(scans: Sequence[Branch]) -> str:
    """The parameter that tells scans apart; empty if none does."""
    names = scans[0].fixed if scans else ()
    return next((name for name in names if len({scan.fixed[name] for scan in scans}) > 1), "")


def _base(scans: Mapping[float, Sequence[Branch]], curves: Sequence[Branch]) -> _Base:
    if not scans:
        return _Base(np.zeros(1), np.ones(1, dtype=int), np.empty(0))
    lowest = float(min(scan[scan.free[0]].min() for same in scans.values() for scan in same))
    counts = [sum(_stable_at(scan, lowest) for scan in same) for same in scans.values()]
    ends = [
        curve.parameters[row, 1]
        for curve in curves for row in (0, -1) if curve.parameters[row, 0] == lowest
    ]  # fmt: skip
    return _Base(np.array(list(scans)), np.array(counts), np.array(ends))


def _stable_at(scan: Branch, lowest: float) -> int:
    """Number of a scan's ends on the lower bound of the first parameter that are stable."""
    ends = {0: scan.ends[0].reason, len(scan) - 1: scan.ends[1].reason}
    x = scan[scan.free[0]]
    return sum(int(scan.stable[k]) for k, why in ends.items() if x[k] == lowest and why != "domain")
