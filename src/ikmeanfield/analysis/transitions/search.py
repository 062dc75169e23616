"""The detector at constant current: which edges to look for, and what they are.

Between two states that do not oscillate an edge is a fold. Where the system, having left the
lower branch, keeps oscillating, the edge is a border of oscillations, and so are the currents at
which the oscillation ends above and below, and at which it grows out of the upper branch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.course import Hint
from ikmeanfield.analysis.transitions.held import (
    Edge,
    HoldSettings,
    find_edge,
    follow,
    noise_width,
    smooth,
)
from ikmeanfield.analysis.transitions.plant import BudgetError, Plant, Saved
from ikmeanfield.analysis.transitions.points import Direction, Kind, Point
from ikmeanfield.analysis.transitions.rings import (
    Border,
    Ring,
    dominant_period,
    fit_border,
    ring,
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
    ring, rings
        Length of a hold that shows growth or decay, and how many start from oscillations.
    depths
        How far inside the border holds start from a state that does not oscillate.
    reach
        Holds further than this from the border are not fitted.
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
    ring: float = 2400.0
    rings: int = 4
    depths: tuple[float, float] = (0.9, 1.6)
    reach: float = 2.5
    error: float = 0.3
    budget: float = 1.95


def held_points(
    plant: Plant,
    saved: Sequence[Saved],
    turn: int,
    hints: tuple[Hint | None, Hint | None],
    settings: HeldSettings,
) -> list[Point]:
    """Where a system held at constant current changes state.

    Parameters
    ----------
    plant
        What is held.
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
    rising = _edge(plant, saved[:turn], up, settings, direction=1.0) if up is not None else None
    points: list[Point] = []
    if rising is not None and up is not None:
        state = _oscillation(plant, rising, up.level, settings)
        border = state and _border(plant, state, up.calm, settings)
        if border is not None and border.last < rising.bounds[1]:
            border = state = None  # what was seen only rings down
        points.append(_point(rising, "hopf" if state else "fold", "up", plant))
        if state is not None:
            lowest = rising.bounds[0]
            points += _borders(border, settings)
            points += _onset(plant, state, lowest, up.level, settings)
            return points
    if down is not None:
        falling = _edge(plant, saved[turn:], down, settings, direction=-1.0)
        if falling is not None:
            kind: Kind = "hopf" if _oscillation(plant, falling, down.level, settings) else "fold"
            points.append(_point(falling, kind, "down", plant))
    return points


def _edge(
    plant: Plant, saved: Sequence[Saved], hint: Hint, settings: HeldSettings, direction: float
) -> Edge | None:
    """Bisect the edge that a hint points at; None if there is none or nothing jumps there."""
    start = _settled(plant, saved, hint, settings, direction)
    if start is None:
        return None
    edge = find_edge(
        plant, start[0], hint.current, hint.level, settings.hold,
        above=hint.rises, settled=start[1],
    )  # fmt: skip
    if edge is None or not edge.reached:
        return None
    follow(plant, edge, settings.hold)
    if edge.after.size == 0:
        return None
    inside = edge.levels[-1][1]
    late = smooth(edge.after[edge.after.size // 3 :], round(settings.hold.smoothing / plant.sample))
    # of an oscillation the far extreme counts: near its onset most of a cycle is spent at rest
    outside = float(np.quantile(late, 0.98 if hint.rises else 0.02))
    ratio = outside / max(inside, 1e-9)
    return edge if max(ratio, 1 / max(ratio, 1e-9)) >= settings.hold.jump else None


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


def _border(plant: Plant, state: Saved, calm: float, settings: HeldSettings) -> Border | None:
    """Close in on the upper border of oscillations, then fit all holds together."""
    inside, outside = state.current, max(calm, state.current + 1.0)
    start, quiet, least = state, None, np.inf
    rings: list[Ring] = []
    guess = target = inside + 0.45 * (outside - inside)

    def one(begin: Saved, current: float, approach: float) -> tuple[Ring, bool]:
        plant.load(begin)
        over = _whole(approach, plant)
        trace = plant.drive(current, over, _whole(settings.ring + over, plant))
        period = dominant_period(trace[trace.size // 4 :], plant.sample)
        made = ring(trace, current, plant.sample, period, over + 0.5 * period)
        rings.append(made)
        strong = np.sqrt(made.power[-3:].mean()) > settings.oscillates * trace[-250:].mean()
        return made, bool(strong and made.growth > -0.2)

    try:
        for k in range(settings.rings):
            made, lasts = one(start, target, settings.hold.approach)
            if lasts:
                inside, start = target, plant.save()
                guess = inside + 0.4 * (outside - inside)
            else:
                outside = min(outside, target)
                if made.power[-1] < least:
                    least, quiet = made.power[-1], plant.save()
                guess = target - float(np.clip(abs(made.growth), 0.2, 3.0))
                guess = max(guess, inside + 0.2 * (outside - inside))
            target = guess + 0.3
            if any(abs(target - r.current) < 0.25 for r in rings) and inside > state.current:
                guess = target = (inside + outside) / 2
            if k == settings.rings - 2 and min(r.growth for r in rings) > -1.0:
                target = guess + 1.5  # far enough to come to rest, for the holds that start there
            while any(abs(target - r.current) < 0.25 for r in rings):
                target += 0.3
        first = fit_border(rings, guess) if quiet is not None else None
        guess = first.last if first is not None else guess
        room = guess - state.current
        for depth, part in zip(settings.depths, (0.4, 0.75), strict=True):
            if quiet is not None and room > 0.3:  # from rest, too slowly to start much ringing
                one(quiet, guess - min(depth, part * room), 2 * settings.hold.approach)
    except BudgetError:
        pass
    near = [r for r in rings if abs(r.current - guess) < settings.reach]
    return fit_border(near, guess) if len(near) >= 3 and quiet is not None else None


def _borders(border: Border | None, settings: HeldSettings) -> list[Point]:
    """Both directions of the upper border, where they are known well enough."""
    if border is None:
        return []
    found: list[tuple[Direction, float, float]] = [
        ("up", border.last, border.last_error),
        ("down", border.hopf, border.hopf_error),
    ]
    return [
        Point("hopf", direction, at, "held", at - 2 * error, at + 2 * error, border.noise)
        for direction, at, error in found
        if error <= settings.error
    ]


def _onset(
    plant: Plant, state: Saved, lowest: float, level: float, settings: HeldSettings
) -> list[Point]:
    """Where oscillations end as the current falls."""
    close = replace(settings.hold, stride=0.3)
    edge = find_edge(
        plant, state, lowest - settings.hold.resolution, level, close,
        above=False, silent=True,
    )  # fmt: skip
    if edge is None or edge.bounds[1] - edge.bounds[0] > 2 * settings.hold.resolution:
        return []
    return [_point(edge, "hopf", "down", plant)]


def _point(edge: Edge, kind: Kind, direction: Direction, plant: Plant) -> Point:
    low, high = edge.bounds
    noise = noise_width(edge, plant.sample)
    return Point(kind, direction, edge.current, "held", low, high, noise)


def _whole(duration: float, plant: Plant) -> float:
    return plant.sample * round(duration / plant.sample)
