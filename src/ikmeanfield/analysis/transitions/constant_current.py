"""The detector at constant current: which transitions to look for, and the outcome of each search.

A transition between two stationary states is a fold. If the system oscillates persistently after
leaving the lower branch, this transition is a boundary of oscillations, and the search goes on for
the currents at which the oscillations end, above and below, and at which they grow out of the upper
branch. If the ramp oscillates although nothing jumps, both boundaries are searched from within the
oscillations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ikmeanfield.analysis.transitions.boundary_search import BoundarySearch
from ikmeanfield.analysis.transitions.brackets import (
    Bracket,
    bracket_transition,
    confirm_bracket,
    follow_departure,
)
from ikmeanfield.analysis.transitions.holds import running_mean
from ikmeanfield.analysis.transitions.passage_times import noise_width
from ikmeanfield.analysis.transitions.points import Direction, Kind, Point, Status
from ikmeanfield.analysis.transitions.ramp_hints import JumpHint, OscillationHint
from ikmeanfield.analysis.transitions.searches import SearchResult, SearchSettings
from ikmeanfield.analysis.transitions.system import (
    BudgetError,
    DrivenSystem,
    ReversedCurrent,
    SavedState,
    with_reversed_current,
)


def search_at_constant_current(
    system: DrivenSystem,
    saved: Sequence[SavedState],
    turn: int,
    hints: tuple[JumpHint | None, JumpHint | None],
    settings: SearchSettings,
) -> SearchResult:
    """Locate the transitions at constant current that jumps on a ramp hint at.

    Parameters
    ----------
    system
        The system.
    saved
        States along a ramp up and down, in order of time.
    turn
        Number of the states before the current falls.
    hints
        Where the ramp leaves a branch on its way up, and on its way down.
    settings
        How to search.
    """
    up, down = hints
    result = SearchResult()
    if up is not None and _search_upwards(result, system, saved[:turn], up, settings):
        return result
    if down is not None:
        falling = _bracket(system, saved[turn:], down, settings, direction=-1.0)
        if isinstance(falling, Bracket):
            oscillating = _oscillating_state(system, falling, down.level, settings)
            confirm_bracket(system, falling, down.level, settings.hold, above=down.rises)
            kind: Kind = "hopf" if oscillating else "fold"
            result.add("edge_down", _point(falling, kind, "down", system))
        else:
            result.add("edge_down", falling)
    return result


def search_gradual_boundaries(
    result: SearchResult,
    system: DrivenSystem,
    saved: Sequence[SavedState],
    hint: OscillationHint,
    settings: SearchSettings,
) -> None:
    """Locate both boundaries of oscillations that begin and end without a jump.

    Parameters
    ----------
    result
        Receives the points.
    system
        The system, whose observable must show the oscillations.
    saved
        States along a ramp.
    hint
        Where the ramp oscillates.
    settings
        How to search.
    """
    inside = min(saved, key=lambda s: abs(s.current - hint.strongest))
    lower: tuple[DrivenSystem, SavedState, float] = (
        ReversedCurrent(system), with_reversed_current(inside), -hint.low,
    )  # fmt: skip
    upper: tuple[DrivenSystem, SavedState, float] = (system, inside, hint.high)
    boundaries = (
        (lower, hint.begins, ("lower_down", "lower_up")),
        (upper, hint.ends, ("upper_up", "upper_down")),
    )
    for (driven, state, beyond), within_ramp, names in boundaries:
        if not within_ramp:
            continue
        room = system.budget - system.spent
        until = system.spent + (room / 2 if hint.ends and names[0] == "lower_down" else room)
        search = _boundary_search(driven, state, max(beyond, state.current + 1.0), settings)
        search.refine(until)
        _add_boundary(result, search, names, settings)


def _search_upwards(
    result: SearchResult,
    system: DrivenSystem,
    saved: Sequence[SavedState],
    up: JumpHint,
    settings: SearchSettings,
) -> bool:
    """Locate the end of the lower branch, and the boundaries of oscillations that follow it.

    Returns whether oscillations follow.
    """
    bracket = _bracket(system, saved, up, settings, direction=1.0)
    if not isinstance(bracket, Bracket):
        result.add("edge_up", bracket)
        return False
    state = _oscillating_state(system, bracket, up.level, settings)
    upper = None
    if state is not None:
        if up.last_oscillation < max(s.current for s in saved) - 2.0:  # they end within the ramp
            beyond = max(up.last_oscillation, state.current + 1.0)
            upper = _boundary_search(system, state, beyond, settings)
            upper.refine(system.budget - settings.reserve)
        boundary = upper.fit() if upper is not None else None
        if boundary is not None and boundary.last < bracket.bounds[1]:
            state = None  # the oscillation that was seen decays
    result.add("edge_up", _point(bracket, "hopf" if state else "fold", "up", system))
    if state is None:
        return False
    lowest = _search_lower_end(system, state, bracket.bounds[0], up.level, settings)
    if upper is not None:
        upper.refine()
        _add_boundary(result, upper, ("upper_up", "upper_down"), settings)
    result.add("lower_down", lowest)
    return True


def _boundary_search(
    system: DrivenSystem, state: SavedState, beyond: float, settings: SearchSettings
) -> BoundarySearch:
    search = BoundarySearch(system, state, beyond, settings.boundary)
    try:
        search.enclose()
    except BudgetError:
        search.enclosed = False
    return search


def _bracket(
    system: DrivenSystem,
    saved: Sequence[SavedState],
    hint: JumpHint,
    settings: SearchSettings,
    direction: float,
) -> Bracket | Status:
    """Bracket the transition that a jump on the ramp hints at, or say why there is none."""
    start = _settled_state(system, saved, hint, settings, direction)
    if start is None:
        return "not resolved"
    bracket = bracket_transition(
        system, start[0], hint.current, hint.level, settings.hold,
        above=hint.rises, settled=start[1],
    )  # fmt: skip
    exhausted = system.budget - system.spent < settings.hold.hold + settings.hold.approach
    if bracket is None:
        return "not resolved" if exhausted else "none"
    if not bracket.reached:
        return "not resolved"
    follow_departure(system, bracket, settings.hold)
    if bracket.after.size == 0:
        return "not resolved"
    inside = bracket.levels[-1][1]
    window = round(settings.hold.smoothing / system.sample)
    late = running_mean(bracket.after[bracket.after.size // 3 :], window)
    # of an oscillation the far extreme counts: near its onset most of a cycle is spent at rest
    outside = float(np.quantile(late, 0.98 if hint.rises else 0.02))
    ratio = outside / max(inside, 1e-9)
    return bracket if max(ratio, 1 / max(ratio, 1e-9)) >= settings.hold.jump else "none"


def _settled_state(
    system: DrivenSystem,
    saved: Sequence[SavedState],
    hint: JumpHint,
    settings: SearchSettings,
    direction: float,
) -> tuple[SavedState, float] | None:
    """Return a settled state on the branch, and the mean of the observable in it."""
    back = settings.back
    for _ in range(3):
        behind = [s for s in saved if direction * (hint.current - s.current) >= back]
        if not behind:
            return None
        nearest = max(behind, key=lambda s: direction * s.current)
        system.load(nearest)
        try:
            trace = system.drive(nearest.current, 0.0, _whole_samples(settings.settle, system))
        except BudgetError:
            return None
        mean = float(np.mean(trace[trace.size // 2 :]))
        if (mean < hint.level) == hint.rises:
            return system.save(), mean
        back += 2.0
    return None


def _oscillating_state(
    system: DrivenSystem, bracket: Bracket, level: float, settings: SearchSettings
) -> SavedState | None:
    """Return the oscillating state that the system has reached after leaving, if it has."""
    window = round(settings.hold.smoothing / system.sample)
    late = running_mean(bracket.after[bracket.after.size // 2 :], window)
    if bracket.end is None or late.size < 32:
        return None
    amplitude = float(np.quantile(late, 0.98) - np.quantile(late, 0.02)) / 2
    least = settings.oscillates * max(float(np.mean(late)), level)
    return bracket.end if amplitude > least else None


def _add_boundary(
    result: SearchResult,
    search: BoundarySearch,
    names: tuple[str, str],
    settings: SearchSettings,
) -> None:
    """Add a boundary of oscillations, met outwards and inwards, if it is known well enough."""
    boundary = search.fit() if search.enclosed else None
    sign = -1.0 if isinstance(search.system, ReversedCurrent) else 1.0
    for name, outwards in zip(names, (True, False), strict=True):
        at, error = (0.0, np.inf) if boundary is None else boundary.end(outwards=outwards)
        if boundary is None or error > settings.error:
            result.add(name, "not resolved")
            continue
        direction: Direction = "up" if outwards == (sign > 0) else "down"
        at *= sign
        result.add(
            name,
            Point("hopf", direction, at, "held", at - 2 * error, at + 2 * error, boundary.noise),
        )


def _search_lower_end(
    system: DrivenSystem, state: SavedState, lowest: float, level: float, settings: SearchSettings
) -> Point | Status:
    """Locate the current at which oscillations end as it falls."""
    close = replace(settings.hold, stride=0.3)
    bracket = bracket_transition(
        system, state, lowest - settings.hold.resolution, level, close,
        above=False, silent=True,
    )  # fmt: skip
    if bracket is None or bracket.bounds[1] - bracket.bounds[0] > 2 * settings.hold.resolution:
        return "not resolved"
    return _point(bracket, "hopf", "down", system)


def _point(bracket: Bracket, kind: Kind, direction: Direction, system: DrivenSystem) -> Point:
    low, high = bracket.bounds
    noise = noise_width(bracket, system.sample)
    return Point(kind, direction, bracket.current, "held", low, high, noise)


def _whole_samples(duration: float, system: DrivenSystem) -> float:
    return system.sample * round(duration / system.sample)
