"""Match the transition points of a network with the bifurcations of a mean field.

As the current rises, a network leaves its lower branch at the fold with the higher current. As it
falls, the network leaves its upper branch at the fold with the lower current. Oscillations have a
lower and an upper boundary, which may be met in either direction. Every point thus is the lower or
the upper end of some range of currents, and it is matched with the mean field's nearest
bifurcation of the same kind and side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import inf, nan
from typing import NamedTuple

DIRECTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "fold": {"upper": ("up",), "lower": ("down",)},
    "hopf": {"lower": ("up", "down"), "upper": ("up", "down")},
}
"""Directions of the current in which a bifurcation of each kind and side is met."""
END_MARGIN = 0.01
"""Points closer to an end of a sweep than this fraction of it only show where the sweep ends."""


class Bifurcation(NamedTuple):
    """A fold or Hopf point of the mean field: its kind, its side, and its current in pA."""

    kind: str
    side: str
    current: float


@dataclass(frozen=True)
class NetworkPoint:
    """A transition point of a network.

    Attributes
    ----------
    row
        Number of the point in the table it was read from.
    kind, direction, method, side
        See `transitions.Point`; `side` may be empty.
    current
        The current in pA.
    """

    row: int
    kind: str
    direction: str
    method: str
    side: str
    current: float


@dataclass(frozen=True)
class Transition:
    """A transition in one direction of the current: a bifurcation and the points matched with it.

    Attributes
    ----------
    kind, direction, side
        Kind, direction and side of the transition.
    bifurcation
        Current in pA of the mean field's bifurcation; NaN if there is none.
    ramp, held
        The network's points on the ramp and at constant current; None if there is none.
    """

    kind: str
    direction: str
    side: str
    bifurcation: float = nan
    ramp: NetworkPoint | None = None
    held: NetworkPoint | None = None


def inside_sweep(points: Iterable[NetworkPoint], low: float, high: float) -> list[NetworkPoint]:
    """Drop points on ramps that only show where the ramp begins, turns or ends.

    Parameters
    ----------
    points
        Points of one network.
    low, high
        Range of the ramp in pA.
    """
    margin = END_MARGIN * (high - low)
    return [
        p for p in points
        if p.method != "ramp" or low + margin < p.current < high - margin
    ]  # fmt: skip


def assign_sides(
    points: Sequence[NetworkPoint], bifurcations: Sequence[Bifurcation]
) -> list[NetworkPoint]:
    """Complete the sides of points whose side is unknown.

    The direction determines the side of a fold. Of several boundaries of oscillations in one
    direction, the lowest and the highest are the outer ones. Any other one takes the side of the
    mean field's nearest bifurcation, or ``"lower"`` if the mean field has none.
    """
    found = []
    for point in points:
        side = point.side
        if not side and point.kind == "fold":
            side = "upper" if point.direction == "up" else "lower"
        elif not side:
            alike = [
                p.current for p in points
                if (p.kind, p.direction, p.method) == (point.kind, point.direction, point.method)
            ]  # fmt: skip
            if len(alike) > 1 and point.current in (min(alike), max(alike)):
                side = "lower" if point.current == min(alike) else "upper"
            else:
                same = [b for b in bifurcations if b.kind == point.kind]
                at = point.current
                side = min(same, key=lambda b: abs(b.current - at)).side if same else "lower"
        found.append(replace(point, side=side))
    return found


def match_transitions(
    points: Sequence[NetworkPoint], bifurcations: Sequence[Bifurcation]
) -> list[Transition]:
    """Match points of a network with bifurcations of a mean field.

    Parameters
    ----------
    points
        Points of one network.
    bifurcations
        Bifurcations of one mean field.

    Returns
    -------
    list of Transition
        First every bifurcation in every direction, with the points matched with it; if several
        points have the same nearest bifurcation, the nearest of them is taken. Then the remaining
        points, ramp and held paired in the order of their currents.
    """
    sided = assign_sides(points, bifurcations)

    def alike(
        kind: str, direction: str, side: str, method: str, among: list[NetworkPoint]
    ) -> list[NetworkPoint]:
        want = (kind, direction, side, method)
        return [p for p in among if (p.kind, p.direction, p.side, p.method) == want]

    made: list[Transition] = []
    taken: set[int] = set()
    for kind, side, current in bifurcations:
        for direction in DIRECTIONS[kind][side]:
            ramp, held = (
                _nearest(alike(kind, direction, side, method, sided), current, bifurcations)
                for method in ("ramp", "held")
            )
            taken |= {point.row for point in (ramp, held) if point is not None}
            made.append(Transition(kind, direction, side, current, ramp, held))
    free = sorted((p for p in sided if p.row not in taken), key=lambda p: p.current)
    for kind, direction, side in dict.fromkeys((p.kind, p.direction, p.side) for p in free):
        both = (alike(kind, direction, side, method, free) for method in ("ramp", "held"))
        for ramp, held in zip_longest(*both):
            made.append(Transition(kind, direction, side, nan, ramp, held))
    return made


def _nearest(
    points: Sequence[NetworkPoint], current: float, bifurcations: Sequence[Bifurcation]
) -> NetworkPoint | None:
    """Return the nearest of those points that have no other bifurcation nearer to them."""
    best, least = None, inf
    for point in points:
        gap = abs(point.current - current)
        rivals = (abs(point.current - b.current) for b in bifurcations
                  if (b.kind, b.side) == (point.kind, point.side))  # fmt: skip
        if gap <= min(rivals) and gap < least:
            best, least = point, gap
    return best


SEARCH_OF = {
    ("fold", "up", "upper"): "edge_up",
    ("fold", "down", "lower"): "edge_down",
    ("hopf", "up", "lower"): "lower_up",
    ("hopf", "up", "upper"): "upper_up",
    ("hopf", "down", "upper"): "upper_down",
    ("hopf", "down", "lower"): "lower_down",
}
"""The search at constant current for a transition, by its kind, direction and side. A search for
the end of a branch may find a boundary of oscillations, in which case there is no fold."""


def held_status(
    transition: Transition, half_width: float, searches: Mapping[str, str], target: float
) -> str:
    """Outcome of the search for a transition at constant current.

    Parameters
    ----------
    transition
        The transition.
    half_width
        Half-width in pA of the interval that contains its point at constant current, including
        the blur by noise.
    searches
        Outcome of each search, by its name.
    target
        A point known at least this well, in pA either way, is ``"found"``, any other ``"wide"``.
    """
    if transition.held is not None:
        return "found" if half_width <= target * (1 + 1e-9) else "wide"
    status = searches[SEARCH_OF[transition.kind, transition.direction, transition.side]]
    return "none" if status in ("found", "wide") else status


def ramp_counterpart(transition: Transition, status: str) -> str:
    """Whether the point on the ramp is a transition at constant current too.

    Parameters
    ----------
    transition
        The transition.
    status
        Outcome of the search for it, from `held_status`.

    Returns
    -------
    str
        ``"yes"``, ``"no"`` or ``"unknown"``; empty if there is no point on the ramp.
    """
    if transition.ramp is None:
        return ""
    known = {"found": "yes", "wide": "yes", "not resolved": "unknown", "not searched": "unknown"}
    return known.get(status, "no")
