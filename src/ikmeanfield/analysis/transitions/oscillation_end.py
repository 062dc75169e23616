"""The current at which oscillations end abruptly, and the system falls silent."""

from __future__ import annotations

from math import nan

import numpy as np

from ikmeanfield.analysis.transitions.brackets import Bracket
from ikmeanfield.analysis.transitions.holds import (
    Hold,
    HoldSettings,
    approach,
    examined_chunk,
    running_mean,
)
from ikmeanfield.analysis.transitions.system import BudgetError, DrivenSystem, SavedState


def bracket_silence(
    system: DrivenSystem,
    state: SavedState,
    resting: float,
    level: float,
    settings: HoldSettings,
) -> Bracket | None:
    """Bracket the current at which an oscillation ends as the current falls.

    Parameters
    ----------
    system
        The system.
    state
        An oscillating state.
    resting
        Highest current in pA at which the system is known to have a stable state at rest. A pause
        in the oscillation above this current may be a slow passage, and is given more time.
    level
        The oscillation crosses this value of the observable.
    settings
        Durations of the holds, and the width of the bracket to reach.

    Returns
    -------
    Bracket or None
        The narrowest bracket that the budget and the number of holds allow; None if the
        oscillation was not seen to end.
    """
    inside, bracket, stride = state, None, 0.15 * settings.stride
    stayed: Hold | None = None
    target = resting
    try:
        for _ in range(settings.holds):
            shortest = 0.0 if target <= resting + 1e-9 else settings.hold
            one = hold_until_silent(system, inside, target, level, settings, shortest=shortest)
            if one.left:
                bracket = Bracket(inside, one, stayed)
            else:
                inside, stayed = one.end, one
                if bracket is not None:
                    bracket.inside, bracket.stayed = inside, stayed
            if bracket is None:
                target, stride = target - stride, 1.5 * stride
                continue
            if bracket.width <= settings.resolution * (1 + 1e-9):
                break
            closing = 0.98 * settings.resolution
            if bracket.width < 2 * closing:
                target = bracket.left.current + closing
            else:
                target = (inside.current + bracket.left.current) / 2
    except BudgetError:
        pass
    return bracket


def hold_until_silent(
    system: DrivenSystem,
    start: SavedState,
    current: float,
    level: float,
    settings: HoldSettings,
    *,
    shortest: float = 0.0,
) -> Hold:
    """Move an oscillating system to a current and find out whether the oscillation ends there.

    Parameters
    ----------
    system, start, current, settings
        As for `hold`.
    level
        The oscillation crosses this value of the observable, and ends below it.
    shortest
        Shortest time in ms after which the oscillation may be declared to have ended.

    Returns
    -------
    Hold
        The system has left if the oscillation has ended.

    Raises
    ------
    BudgetError
        If the budget of simulated time runs out.
    """
    trace, over = approach(system, start, current, settings)
    chunk, window = examined_chunk(system), round(settings.smoothing / system.sample)
    while True:
        trace = np.concatenate([trace, system.drive(current, 0.0, chunk)])
        x = running_mean(trace, window)
        crossed = np.flatnonzero(x >= level)
        last = (crossed[-1] + window) * system.sample - over if crossed.size else 0.0
        if last > settings.quiet:  # it persists
            return Hold(start.current, current, False, nan, trace, system.save())
        if trace.size * system.sample - over >= max(shortest, max(last, 0.0) + settings.quiet):
            return Hold(start.current, current, True, nan, trace, system.save())
