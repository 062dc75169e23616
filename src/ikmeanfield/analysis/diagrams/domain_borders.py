"""Where equilibria leave the domain of their field in a plane, from the scans that end there."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ikmeanfield.continuation import Branch

Pair = tuple[float, float]
#: Share of a branch's extent that rounding at its end, where the field is singular, stays below.
_APART = 1e-6


@dataclass(frozen=True)
class Side:
    """What lies on the inner side of a border.

    Attributes
    ----------
    step
        1 where the equilibrium exists above the border in the first parameter, -1 below.
    stable
        Whether the equilibrium is stable, 1 or 0.
    """

    step: int
    stable: int


@dataclass(frozen=True)
class BorderPiece:
    """A straight piece of a border, upwards in the second parameter."""

    lower: Pair
    upper: Pair
    side: Side


#: Where a scan meets borders: the first parameter and what ends there, in order.
Met = list[tuple[float, Side]]


def border_pieces(
    scans: Mapping[float, Sequence[Branch]],
    curves: Sequence[Branch],
    levels: Sequence[float],
    extent: Pair,
) -> list[BorderPiece]:
    """Borders of the domain as straight pieces from one scan to the next.

    Where two scans meet different borders, they change at a fold or Hopf curve that ends on the
    border between the two, if there is exactly one; else as if each scan told what lies nearer to
    it. Beyond the outermost scans borders go on straight.

    Parameters
    ----------
    scans
        Branches of equilibria by their value of the second parameter, in its order.
    curves
        Folds and Hopf points.
    levels
        For each two neighbouring scans, where one gives way to the other if nothing tells more.
    extent
        Lowest and highest value of the second parameter.
    """
    met = [(value, _met(branches)) for value, branches in scans.items()]
    corners = [
        (float(curve.parameters[row, 0]), float(curve.parameters[row, 1]))
        for curve in curves if len(curve)
        for row, end in zip((0, -1), curve.ends, strict=True) if end.reason == "domain"
    ]  # fmt: skip
    pieces: list[BorderPiece] = []
    for (below, above), level in zip(itertools.pairwise(met), levels, strict=True):
        inside = [corner for corner in corners if below[0] < corner[1] < above[0]]
        pieces += _between(below, above, inside[0] if len(inside) == 1 else (None, level))
    if met:
        pieces += _joined(_onwards(met[0], met[:2][-1], extent[0]), met[0])
        pieces += _joined(met[-1], _onwards(met[-1], met[-2:][0], extent[1]))
    return [piece for piece in pieces if piece.lower[1] < piece.upper[1]]


def _met(branches: Sequence[Branch]) -> Met:
    found = []
    for branch in branches:
        x = branch[branch.free[0]]
        inwards = (x, branch.stable), (x[::-1], branch.stable[::-1])
        for end, (values, stable) in zip(branch.ends, inwards, strict=True):
            away = values - values[0]
            apart = np.flatnonzero(np.abs(away) > _APART * np.ptp(x))
            if end.reason == "domain" and apart.size:
                side = Side(int(np.sign(away[apart[0]])), int(stable[0]))
                found.append((float(values[0]), side))
    return sorted(found, key=lambda end: end[0])


def _alike(a: Met, b: Met) -> bool:
    """Whether two scans meet the same borders, so that these run from one to the other."""
    return [side for _, side in a] == [side for _, side in b]


def _between(
    below: tuple[float, Met], above: tuple[float, Met], turn: tuple[float | None, float]
) -> Iterator[BorderPiece]:
    if _alike(below[1], above[1]):
        yield from _joined(below, above)
        return
    corner, level = turn
    yield from _joined(below, (level, _towards(below[1], corner)))
    yield from _joined((level, _towards(above[1], corner)), above)


def _joined(below: tuple[float, Met], above: tuple[float, Met]) -> Iterator[BorderPiece]:
    for (start, side), (end, _) in zip(below[1], above[1], strict=True):
        yield BorderPiece((start, below[0]), (end, above[0]), side)


def _towards(met: Met, corner: float | None) -> Met:
    """The same borders with the one nearest to a corner moved onto it, if there is one."""
    if corner is None or not met:
        return met
    nearest = min(range(len(met)), key=lambda k: abs(met[k][0] - corner))
    return [(corner if k == nearest else x, side) for k, (x, side) in enumerate(met)]


def _onwards(last: tuple[float, Met], inner: tuple[float, Met], level: float) -> tuple[float, Met]:
    """Borders of the outermost scan at a level beyond it, straight on from the one before."""
    if inner[0] == last[0] or not _alike(last[1], inner[1]):
        return level, last[1]
    share = (level - last[0]) / (last[0] - inner[0])
    return level, [
        (x + share * (x - before), side)
        for (x, side), (before, _) in zip(last[1], inner[1], strict=True)
    ]
