"""Points of a network beside borders of the mean field: which belongs to which.

Along a rising current a network leaves its lower branch at the fold with the higher current, along
a falling one its upper branch at that with the lower; oscillations have lower and upper borders,
met in either direction. So every point is the lower or the upper border of something, and belongs
to the mean field's nearest border of the same kind and side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from math import inf, nan
from typing import NamedTuple

DIRECTIONS: dict[str, dict[str, tuple[str, ...]]] = {"fold": {"upper": ("up",), "lower": ("down",)},
              "hopf": {"lower": ("up", "down"), "upper": ("up", "down")}}  # fmt: skip
"""In which directions of the current a border of a kind and side is met."""
AT_END = 0.01
"""Points closer to the end of a sweep than this share of it show where the sweep ends."""


class Border(NamedTuple):
    """A fold or Hopf point of the mean field, by its kind, side and current in pA."""

    kind: str
    side: str
    current: float


@dataclass(frozen=True)
class Found:
    """A point of a network.

    Attributes
    ----------
    row
        Its number where it comes from.
    kind, direction, method, side
        See `transitions.Point`; `side` may be empty.
    current
        In pA.
    """

    row: int
    kind: str
    direction: str
    method: str
    side: str
    current: float


@dataclass(frozen=True)
class Transition:
    """One border in one direction, and the points that were found there.

    Attributes
    ----------
    kind, direction, side
        What it is.
    border
        The mean field's current; NaN where it has none.
    ramp, held
        The network's points; None where there is none.
    """

    kind: str
    direction: str
    side: str
    border: float = nan
    ramp: Found | None = None
    held: Found | None = None


def inside_sweep(points: Iterable[Found], low: float, high: float) -> list[Found]:
    """Those points of ramps that are not merely where the ramp begins, turns or ends."""
    margin = AT_END * (high - low)
    return [
        p for p in points
        if p.method != "ramp" or low + margin < p.current < high - margin
    ]  # fmt: skip


def with_sides(points: Sequence[Found], borders: Sequence[Border]) -> list[Found]:
    """The same points with their sides, where these are not known, told from the others.

    Of several borders of oscillations in one direction the lowest and the highest are outer ones;
    a single one takes the side of the mean field's nearest, and the lower one where it has none.
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
                same = [b for b in borders if b.kind == point.kind]
                at = point.current
                side = min(same, key=lambda b: abs(b.current - at)).side if same else "lower"
        found.append(replace(point, side=side))
    return found


def transitions(points: Sequence[Found], borders: Sequence[Border]) -> list[Transition]:
    """Every border of the mean field in every direction, with the points that belong to it.

    Where several points are nearest to one border, the nearest has it. Those that belong to no
    border come last, ramp and held together in the order of their currents.
    """
    told = with_sides(points, borders)

    def alike(kind: str, direction: str, side: str, method: str, among: list[Found]) -> list[Found]:
        want = (kind, direction, side, method)
        return [p for p in among if (p.kind, p.direction, p.side, p.method) == want]

    made: list[Transition] = []
    taken: set[int] = set()
    for kind, side, current in borders:
        for direction in DIRECTIONS[kind][side]:
            ramp, held = (
                _nearest(alike(kind, direction, side, method, told), current, borders)
                for method in ("ramp", "held")
            )
            taken |= {point.row for point in (ramp, held) if point is not None}
            made.append(Transition(kind, direction, side, current, ramp, held))
    free = sorted((p for p in told if p.row not in taken), key=lambda p: p.current)
    for kind, direction, side in dict.fromkeys((p.kind, p.direction, p.side) for p in free):
        both = (alike(kind, direction, side, method, free) for method in ("ramp", "held"))
        for ramp, held in zip_longest(*both):
            made.append(Transition(kind, direction, side, nan, ramp, held))
    return made


def _nearest(points: Sequence[Found], current: float, borders: Sequence[Border]) -> Found | None:
    """The nearest of those points for which no other border is nearer."""
    best, least = None, inf
    for point in points:
        gap = abs(point.current - current)
        rivals = (abs(point.current - b.current) for b in borders
                  if (b.kind, b.side) == (point.kind, point.side))  # fmt: skip
        if gap <= min(rivals) and gap < least:
            best, least = point, gap
    return best


SEARCHES = {
    ("fold", "up", "upper"): "edge_up",
    ("fold", "down", "lower"): "edge_down",
    ("hopf", "up", "lower"): "lower_up",
    ("hopf", "up", "upper"): "upper_up",
    ("hopf", "down", "upper"): "upper_down",
    ("hopf", "down", "lower"): "lower_down",
}
"""Which search at constant current looks for which border, by kind, direction and side. What the
search for an edge finds may turn out to be a border of oscillations: then there is no fold."""


def held_status(
    row: Transition, half_width: float, searches: Mapping[str, str], mark: float
) -> str:
    """What became of the search for a transition at constant current.

    Parameters
    ----------
    row
        The transition.
    half_width
        Half of the interval in pA that holds its point at constant current, noise included.
    searches
        What became of each search, by its name.
    mark
        A point known at least this well, either way, is found, any other ``"wide"``.
    """
    if row.held is not None:
        return "found" if half_width <= mark * (1 + 1e-9) else "wide"
    status = searches[SEARCHES[row.kind, row.direction, row.side]]
    return "none" if status in ("found", "wide") else status


def counterpart(row: Transition, status: str) -> str:
    """Whether a point on the ramp is one at constant current too: yes, no, unknown, or empty."""
    if row.ramp is None:
        return ""
    known = {"found": "yes", "wide": "yes", "not resolved": "unknown", "not searched": "unknown"}
    return known.get(status, "no")
