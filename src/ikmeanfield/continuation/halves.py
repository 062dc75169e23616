"""The two halves of a curve, followed from one point in opposite directions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from .arclength import Point
from .bvp.points import CurvePoint
from .special_point import SpecialPoint, Termination

AnyPoint = TypeVar("AnyPoint", Point, CurvePoint)

#: Two special points of one kind closer than this in arclength are one.
_SAME = 1e-6


@dataclass
class HalfCurve(Generic[AnyPoint]):
    """One direction of a curve: its points, the special ones among them, and why it ends."""

    points: list[AnyPoint]
    special: list[SpecialPoint] = field(default_factory=list)
    end: Termination = field(default_factory=lambda: Termination("unknown"))


def joined(
    backward: HalfCurve[AnyPoint] | None, forward: HalfCurve[AnyPoint] | None, start: Termination
) -> tuple[list[AnyPoint], tuple[SpecialPoint, ...], tuple[Termination, Termination]]:
    """Points, special points and ends of one direction, or of two that leave one point.

    What is found at that point in both directions is named once. A closed curve has no other end.
    """
    points: list[AnyPoint] = []
    special: list[SpecialPoint] = []
    first, last = (start if half is None else half.end for half in (backward, forward))
    if backward is not None:
        row = len(backward.points) - 1
        kept = backward.points[0 if forward is None else 1 :]
        points += [replace(point, arclength=-point.arclength) for point in reversed(kept)]
        special += [
            replace(item, row=row - item.row, bracket=(-item.bracket[1], -item.bracket[0]))
            for item in reversed(backward.special)
        ]
    if forward is not None:
        offset, met = len(points), special.copy()
        points += forward.points
        for item in forward.special:
            known = (
                (other.kind, other.name) == (item.kind, item.name)
                and abs(other.bracket[0] - item.bracket[0]) < _SAME
                for other in met
            )
            if not any(known):
                special.append(replace(item, row=offset + item.row))
    return points, tuple(special), (last if last.reason == "closed" else first, last)
