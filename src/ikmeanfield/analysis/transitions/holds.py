"""Holds: runs at constant current that show whether a system leaves the branch it is on.

Beyond a fold the observable keeps drifting, never more slowly than in proportion to the distance
from the fold. A system whose drift has become slower than that has settled on its branch, and the
hold can end early.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.ringdown import dominant_period, measure_ringdown
from ikmeanfield.analysis.transitions.system import DrivenSystem, SavedState

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class HoldSettings:
    """How long to hold, and how closely to bracket a transition; times in ms, currents in pA.

    Attributes
    ----------
    resolution
        Width of the bracket to reach.
    approach, longest_approach
        Time per pA, and longest time, within which the current moves to its constant value.
    hold
        A state that lasts this long counts as stable. The time must exceed that of the passage at
        half the resolution beyond the fold.
    settled
        Shortest duration of a hold that ends early because the system has settled.
    drift
        Time over which the drift of the observable is measured.
    confirm
        Duration of the hold that confirms the end of a branch which may be lost to slowly growing
        oscillations.
    after
        Longest time for which a system that has left is followed, to see where it goes.
    quiet
        An oscillation has ended if the observable does not cross the level for this long, and it
        persists if the observable still crosses the level after this time.
    smoothing
        Window of the running mean that is compared with the level.
    first
        Where the first hold is placed: this fraction of the way back from the jump on the ramp to
        the starting state.
    near
        A system that left must have come from a current closer to the bracket than this, because
        a large step of the current may carry it out of a basin of attraction.
    stride
        Step in the search for a current at which the system leaves, or stops oscillating.
    holds
        Largest number of holds per bracket.
    jump
        Smallest ratio of the observable on both sides of a transition. A smooth but steep change
        stays below it and is not reported.
    """

    resolution: float = 0.1
    approach: float = 400.0
    longest_approach: float = 300.0
    hold: float = 3000.0
    settled: float = 1000.0
    drift: float = 600.0
    confirm: float = 5000.0
    after: float = 2400.0
    quiet: float = 1500.0
    smoothing: float = 40.0
    first: float = 0.4
    near: float = 0.6
    stride: float = 1.0
    holds: int = 12
    jump: float = 1.6


@dataclass(frozen=True)
class Hold:
    """The outcome of one hold.

    Attributes
    ----------
    start, current
        The current of the starting state and the constant current, in pA.
    left
        Whether the system left its branch.
    time
        Time in ms until it left; NaN if it stayed.
    trace
        The observable, from the beginning of the approach.
    end
        The state at the end.
    settled
        Whether the observable had stopped drifting at the end, without any sign of an oscillation.
    """

    start: float
    current: float
    left: bool
    time: float
    trace: FloatArray
    end: SavedState
    settled: bool = False


def running_mean(trace: FloatArray, samples: int) -> FloatArray:
    """Running mean over the given number of samples; the result has that many minus one fewer."""
    samples = max(1, min(samples, trace.size))
    total = np.cumsum(np.concatenate([[0.0], trace]))
    return np.asarray((total[samples:] - total[:-samples]) / samples)


def whole_samples(duration: float, system: DrivenSystem) -> float:
    """Round a duration in ms to a whole number of samples, at least one."""
    return system.sample * max(1, round(duration / system.sample))


def hold(
    system: DrivenSystem,
    start: SavedState,
    current: float,
    level: float,
    settings: HoldSettings,
    *,
    above: bool,
    slowest: float = 0.0,
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
    slowest
        Slowest drift of the observable, per ms, of a system that will leave. The hold ends as soon
        as the drift has become slower, and it is prolonged, up to twice its duration, while the
        observable drifts faster towards the level. With 0, the duration of the hold decides.

    Returns
    -------
    Hold
        The outcome.

    Raises
    ------
    BudgetError
        If the budget of simulated time runs out.
    """
    trace, over = approach(system, start, current, settings)
    sample, window = system.sample, round(settings.smoothing / system.sample)
    settled, leaving, held = False, False, 0.0
    while held < settings.hold or (leaving and held < 2 * settings.hold):
        trace = np.concatenate([trace, system.drive(current, 0.0, examined_chunk(system))])
        x = running_mean(trace, window)
        beyond = np.flatnonzero(x > level if above else x < level)
        if beyond.size:
            when = (beyond[0] + window) * sample - over / 2
            return Hold(start.current, current, True, when, trace, system.save())
        recent = trace[round(over / sample) :]
        held = recent.size * sample
        settled = held >= settings.settled and _has_settled(recent, slowest, settings, sample)
        if settled:
            break
        slope, error = drift(recent, 2 * settings.drift, sample)
        leaving = slowest > 0 and (slope if above else -slope) - 2 * error > slowest
    return Hold(start.current, current, False, nan, trace, system.save(), settled)


def approach(
    system: DrivenSystem, start: SavedState, current: float, settings: HoldSettings
) -> tuple[FloatArray, float]:
    """Move from a saved state to a current; return the observable and the time it took in ms."""
    system.load(start)
    duration = min(settings.approach * abs(current - start.current), settings.longest_approach)
    over = whole_samples(max(duration, settings.smoothing), system)
    return system.drive(current, over, over), over


def examined_chunk(system: DrivenSystem) -> float:
    """Duration in ms of the runs between which the observable is examined."""
    return whole_samples(160.0, system)


def drift(trace: FloatArray, duration: float, sample: float) -> tuple[float, float]:
    """Drift of the observable, per ms, at the end of a trace, and its standard error.

    Parameters
    ----------
    trace
        The observable.
    duration
        Time in ms over which a line is fitted to averages over 20 ms.
    sample
        Sampling interval in ms.
    """
    block = max(1, round(20.0 / sample))
    count = min(round(duration / sample), trace.size) // block
    if count < 4:
        return nan, inf
    y = trace[trace.size - count * block :].reshape(count, block).mean(axis=1)
    t = (np.arange(count) - (count - 1) / 2) * block * sample
    slope = float(t @ y / (t @ t))
    rest = y - y.mean() - slope * t
    return slope, sqrt(float(rest @ rest) / (count - 2) / float(t @ t))


def _has_settled(trace: FloatArray, slowest: float, settings: HoldSettings, sample: float) -> bool:
    """Whether the observable drifts more slowly than `slowest` and shows no oscillation."""
    drifts = [drift(trace, factor * settings.drift, sample) for factor in (1.0, 2.0)]
    if not any(abs(slope) + 2 * error < slowest for slope, error in drifts):
        return False
    return not _oscillates(trace[trace.size // 2 :], slowest, sample)


def _oscillates(trace: FloatArray, slowest: float, sample: float) -> bool:
    """Whether an oscillation stands out of the noise, and changes faster than `slowest`."""
    if trace.size * sample < 400.0:
        return False
    period = dominant_period(trace, sample)
    ringdown = measure_ringdown(trace, nan, sample, period, 0.0)
    amplitude = float(ringdown.amplitude.mean())
    return amplitude > 3 * ringdown.floor and 2 * pi * amplitude / period > slowest
