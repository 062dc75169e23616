"""Holds: runs at constant current that show whether a system leaves the branch it is on."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.system import DrivenSystem, SavedState

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class HoldSettings:
    """How long to hold, and how closely to bracket a transition; times in ms, currents in pA.

    Attributes
    ----------
    resolution
        Width of the bracket to reach.
    approach
        Time within which the current moves to its constant value.
    hold
        A state that lasts this long counts as stable. The time must exceed that of the passage at
        half the resolution beyond the fold.
    confirm
        Duration of the hold that confirms the end of a branch which may be lost to slowly growing
        oscillations.
    after
        Time for which a system that has left is followed, to see where it goes.
    smoothing
        Window of the running mean that is compared with the level.
    stride
        First step in the search for a current at which the system leaves.
    holds
        Largest number of holds per bracket.
    jump
        Smallest ratio of the observable on both sides of a transition. A smooth but steep change
        stays below it and is not reported.
    """

    resolution: float = 0.1
    approach: float = 300.0
    hold: float = 3000.0
    confirm: float = 5000.0
    after: float = 2400.0
    smoothing: float = 40.0
    stride: float = 1.0
    holds: int = 9
    jump: float = 1.6


@dataclass(frozen=True)
class Hold:
    """The outcome of one hold.

    Attributes
    ----------
    current
        The constant current in pA.
    left
        Whether the system left its branch.
    time
        Time in ms until it left; NaN if it stayed.
    trace
        The observable, from the beginning of the approach.
    end
        The state at the end.
    """

    current: float
    left: bool
    time: float
    trace: FloatArray
    end: SavedState


def running_mean(trace: FloatArray, samples: int) -> FloatArray:
    """Running mean over the given number of samples; the result has that many minus one fewer."""
    samples = max(1, min(samples, trace.size))
    total = np.cumsum(np.concatenate([[0.0], trace]))
    return np.asarray((total[samples:] - total[:-samples]) / samples)


def hold(
    system: DrivenSystem,
    start: SavedState,
    current: float,
    level: float,
    settings: HoldSettings,
    *,
    above: bool,
    silent: bool = False,
) -> Hold:
    """Move from a saved state to a current and keep it constant until the system leaves.

    Parameters
    ----------
    system, start
        The system, and the state from which it starts.
    current
        The constant current in pA.
    level
        Value of the observable that separates the branch from where the system goes.
    settings
        Durations of the hold.
    above
        Whether the system leaves by rising above the level or by falling below it.
    silent
        If True, the system oscillates across the level, and it leaves when it has stayed on the
        far side of the level for the whole duration of a hold.

    Returns
    -------
    Hold
        The outcome.

    Raises
    ------
    BudgetError
        If the budget of simulated time runs out.
    """
    system.load(start)
    chunk = 20 * system.sample * max(1, round(200.0 / (20 * system.sample)))
    window = round(settings.smoothing / system.sample)
    over = system.sample * round(settings.approach / system.sample)
    longest = settings.hold + over
    trace = system.drive(current, over, over)
    while trace.size * system.sample < longest:
        trace = np.concatenate([trace, system.drive(current, 0.0, chunk)])
        x = running_mean(trace, window)
        beyond = np.flatnonzero(x > level if above else x < level)
        if silent:
            within = np.flatnonzero(~(x > level if above else x < level))
            last = within[-1] * system.sample if within.size else 0.0
            if last > over + 0.5 * settings.hold:  # it still oscillates late in the hold
                return Hold(current, False, nan, trace, system.save())
        elif beyond.size:
            when = (beyond[0] + window) * system.sample - over / 2
            return Hold(current, True, when, trace, system.save())
    return Hold(current, silent, nan, trace, system.save())
