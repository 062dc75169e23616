"""The detector at constant current: what to look for, and what became of every search.

Between two states that do not oscillate an edge is a fold. Where the system, having left the
lower branch, keeps oscillating, the edge is a border of oscillations, and so are the currents at
which the oscillation ends above and below, and at which it grows out of the upper branch. Where
the ramp oscillates though nothing jumps, the borders are sought from inside the oscillations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.border import BorderSearch, BorderSettings
from ikmeanfield.analysis.transitions.confirm import confirm
from ikmeanfield.analysis.transitions.course import Hint, Ripple
from ikmeanfield.analysis.transitions.held import (
    Edge,
    HoldSettings,
    find_edge,
    follow,
    noise_width,
    smooth,
)
from ikmeanfield.analysis.transitions.plant import BudgetError, Mirrored, Plant, Saved, mirrored
from ikmeanfield.analysis.transitions.points import (
    MARK,
    SOUGHT,
    Direction,
    Kind,
    Point,
    Status,
)

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class HeldSettings:
    """How the detector searches; times in ms, currents in pA.

    Attributes
    ----------
    hold
        How edges are bisected.
    back
        A search starts from the state saved this far before the place at which the ramp left.
    settle
        How long that state is held first.
    steepest
        The ramp hints at an edge where ln(rate) changes faster than this per pA.
    oscillates
        Least amplitude, relative to the mean, of an oscillation.
    border
        How borders are sought that show by growth and decay.
    onset
        What is kept of the budget, in ms, for the end of oscillations as the current falls.
    error
        A border whose standard error is larger is not reported.
    budget
        What all holds may cost, in durations of the ramp.
    """

    hold: HoldSettings = field(default_factory=HoldSettings)
    back: float = 3.5
    settle: float = 600.0
    steepest: float = 0.3
    oscillates: float = 0.2
    border: BorderSettings = field(default_factory=BorderSettings)
    onset: float = 9000.0
    error: float = 0.5
    budget: float = 1.95


@dataclass
class Findings:
    """Points at constant current, and for each of `SOUGHT` what became of the search."""

    points: list[Point] = field(default_factory=list)
    status: dict[str, Status] = field(default_factory=lambda: dict.fromkeys(SOUGHT, "no hint"))

    @property
    def oscillates(self) -> bool:
        """Whether a border of oscillations is among the points."""
        return any(point.kind == "hopf" for point in self.points)

    def add(self, sought: str, point: Point | Status) -> None:
        """A point that was found, or why there is none."""
        if isinstance(point, Point):
            self.points.append(point)
            half = (point.upper - point.lower) / 2
            self.status[sought] = "found" if half <= MARK * (1 + 1e-9) else "wide"
        else:
            self.status[sought] = point


def held_points(
    plant: Plant,
    saved: Sequence[Saved],
    turn: int,
    hints: tuple[Hint | None, Hint | None],
    settings: HeldSettings,
) -> Findings:
    """Where a system held at constant current changes state.

    Parameters
    ----------
    plant
        The system.
    saved
        States along a ramp up and down, in order of time.
    turn
        The number of those before the current falls.
    hints
        Where the ramp left a branch on its way up and down.
    settings
        How to search.
    """
    up, down = hints
    found = Findings()
    if up is not None and _rising(found, plant, saved[:turn], up, settings):
        return found
    if down is not None:
        falling = _edge(plant, saved[turn:], down, settings, direction=-1.0)
        if isinstance(falling, Edge):
            kind: Kind = "hopf" if _oscillation(plant, falling, down.level, settings) else "fold"
            confirm(plant, falling, down.level, settings.hold, above=down.rises)
            found.add("edge_down", _point(falling, kind, "down", plant))
        else:
            found.add("edge_down", falling)
    return found


def _rising(
    found: Findings, plant: Plant, saved: Sequence[Saved], up: Hint, settings: HeldSettings
) -> bool:
    """Leave the lower branch; whether that ends in oscillations, whose borders are then sought."""
    edge = _edge(plant, saved, up, settings, direction=1.0)
    if not isinstance(edge, Edge):
        found.add("edge_up", edge)
        return False
    state = _oscillation(plant, edge, up.level, settings)
    upper = None
    if state is not None:
        if up.calm < max(s.current for s in saved) - 2.0:  # else it ends beyond the ramp
            beyond = max(up.calm, state.current + 1.0)
            upper = _border_search(plant, state, beyond, settings)
            upper.refine(plant.budget - settings.onset)
        border = upper.fit() if upper is not None else None
        if border is not None and border.last < edge.bounds[1]:
            state = None  # what was seen only rings down
    found.add("edge_up", _point(edge, "hopf" if state else "fold", "up", plant))
    if state is None:
        return False
    onset = _onset(plant, state, edge.bounds[0], up.level, settings)
    if upper is not None:
        upper.refine()
        _borders(found, upper, ("upper_up", "upper_down"), settings)
    found.add("lower_down", onset)
    return True


def soft_borders(
    found: Findings, plant: Plant, saved: Sequence[Saved], ripple: Ripple, settings: HeldSettings
) -> None:
    """Add both borders of oscillations that begin and end without a jump.

    The plant's observable must show the oscillations.
    """
    inside = min(saved, key=lambda s: abs(s.current - ripple.strongest))
    lower: tuple[Plant, Saved, float] = (Mirrored(plant), mirrored(inside), -ripple.low)
    upper: tuple[Plant, Saved, float] = (plant, inside, ripple.high)
    sides = (
        (lower, ripple.begins, ("lower_down", "lower_up")),
        (upper, ripple.ends, ("upper_up", "upper_down")),
    )
    for (system, state, beyond), known, names in sides:
        if not known:
            continue
        room = plant.budget - plant.spent
        until = plant.spent + (room / 2 if ripple.ends and names[0] == "lower_down" else room)
        search = _border_search(system, state, max(beyond, state.current + 1.0), settings)
        search.refine(until)
        _borders(found, search, names, settings)


def _border_search(
    plant: Plant, state: Saved, beyond: float, settings: HeldSettings
) -> BorderSearch:
    search = BorderSearch(plant, state, beyond, settings.border)
    try:
        search.approach()
    except BudgetError:
        search.enclosed = False
    return search


def _edge(
    plant: Plant, saved: Sequence[Saved], hint: Hint, settings: HeldSettings, direction: float
) -> Edge | Status:
    """Bisect the edge that a hint points at; or why there is none."""
    start = _settled(plant, saved, hint, settings, direction)
    if start is None:
        return "not resolved"
    edge = find_edge(
        plant, start[0], hint.current, hint.level, settings.hold,
        above=hint.rises, settled=start[1],
    )  # fmt: skip
    spent = plant.budget - plant.spent < settings.hold.hold + settings.hold.approach
    if edge is None:
        return "not resolved" if spent else "none"
    if not edge.reached:
        return "not resolved"
    follow(plant, edge, settings.hold)
    if edge.after.size == 0:
        return "not resolved"
    inside = edge.levels[-1][1]
    late = smooth(edge.after[edge.after.size // 3 :], round(settings.hold.smoothing / plant.sample))
    # of an oscillation the far extreme counts: near its onset most of a cycle is spent at rest
    outside = float(np.quantile(late, 0.98 if hint.rises else 0.02))
    ratio = outside / max(inside, 1e-9)
    return edge if max(ratio, 1 / max(ratio, 1e-9)) >= settings.hold.jump else "none"


def _settled(
    plant: Plant, saved: Sequence[Saved], hint: Hint, settings: HeldSettings, direction: float
) -> tuple[Saved, float] | None:
    """A settled state on the branch, and the mean of the observable there."""
    back = settings.back
    for _ in range(3):
        behind = [s for s in saved if direction * (hint.current - s.current) >= back]
        if not behind:
            return None
        nearest = max(behind, key=lambda s: direction * s.current)
        plant.load(nearest)
        try:
            trace = plant.drive(nearest.current, 0.0, _whole(settings.settle, plant))
        except BudgetError:
            return None
        mean = float(np.mean(trace[trace.size // 2 :]))
        if (mean < hint.level) == hint.rises:
            return plant.save(), mean
        back += 2.0
    return None


def _oscillation(plant: Plant, edge: Edge, level: float, settings: HeldSettings) -> Saved | None:
    """The oscillating state that a system has gone to after leaving, if it has."""
    late = smooth(edge.after[edge.after.size // 2 :], round(settings.hold.smoothing / plant.sample))
    if edge.end is None or late.size < 32:
        return None
    strength = float(np.quantile(late, 0.98) - np.quantile(late, 0.02)) / 2
    return edge.end if strength > settings.oscillates * max(float(np.mean(late)), level) else None


def _borders(
    found: Findings, search: BorderSearch, names: tuple[str, str], settings: HeldSettings
) -> None:
    """Both directions of a border, outwards and inwards, where they are known well enough."""
    border = search.fit() if search.enclosed else None
    sign = -1.0 if isinstance(search.plant, Mirrored) else 1.0
    for name, outwards in zip(names, (True, False), strict=True):
        at, error = (0.0, np.inf) if border is None else border.end(outwards=outwards)
        if border is None or error > settings.error:
            found.add(name, "not resolved")
            continue
        direction: Direction = "up" if outwards == (sign > 0) else "down"
        at *= sign
        found.add(
            name,
            Point("hopf", direction, at, "held", at - 2 * error, at + 2 * error, border.noise),
        )


def _onset(
    plant: Plant, state: Saved, lowest: float, level: float, settings: HeldSettings
) -> Point | Status:
    """Where oscillations end as the current falls."""
    close = replace(settings.hold, stride=0.3)
    edge = find_edge(
        plant, state, lowest - settings.hold.resolution, level, close,
        above=False, silent=True,
    )  # fmt: skip
    if edge is None or edge.bounds[1] - edge.bounds[0] > 2 * settings.hold.resolution:
        return "not resolved"
    return _point(edge, "hopf", "down", plant)


def _point(edge: Edge, kind: Kind, direction: Direction, plant: Plant) -> Point:
    low, high = edge.bounds
    noise = noise_width(edge, plant.sample)
    return Point(kind, direction, edge.current, "held", low, high, noise)


def _whole(duration: float, plant: Plant) -> float:
    return plant.sample * round(duration / plant.sample)
