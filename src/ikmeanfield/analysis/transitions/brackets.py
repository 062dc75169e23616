"""Bracketing the current at which a system leaves the branch it is on.

A bracket has a hold that stayed at one end and a hold that left at the other. Relaxation slows
down towards a fold like 1/√d, with d the distance to it, so every hold starts from the state that
the nearest hold so far has settled to.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.holds import (
    Hold,
    HoldSettings,
    hold,
    running_mean,
    whole_samples,
)
from ikmeanfield.analysis.transitions.passage_times import (
    RampExit,
    next_current,
    predict_fold,
    slowest_drift,
)
from ikmeanfield.analysis.transitions.system import BudgetError, DrivenSystem, SavedState

FloatArray = NDArray[np.float64]


@dataclass
class Bracket:
    """An interval of the current with a hold that stayed at one end and one that left.

    Attributes
    ----------
    inside
        The state from which the last holds started, and its current.
    left
        The hold at the outer end.
    stayed
        The hold at the inner end; None if only the starting state is known to stay.
    after
        The observable after the system has left; empty if the budget did not suffice to follow it.
    end
        The state at the end of `after`.
    passages
        Every hold that left.
    levels
        Current and mean of the observable of every state that stayed.
    states
        Those states.
    """

    inside: SavedState
    left: Hold
    stayed: Hold | None = None
    after: FloatArray = field(default_factory=lambda: np.zeros(0))
    end: SavedState | None = None
    passages: list[Hold] = field(default_factory=list)
    levels: list[tuple[float, float]] = field(default_factory=list)
    states: list[SavedState] = field(default_factory=list)

    @property
    def bounds(self) -> tuple[float, float]:
        """Ends of the interval in pA, in ascending order."""
        a, b = self.inside.current, self.left.current
        return min(a, b), max(a, b)

    @property
    def current(self) -> float:
        """Middle of the interval in pA."""
        return sum(self.bounds) / 2

    @property
    def width(self) -> float:
        """Width of the interval in pA."""
        return abs(self.left.current - self.inside.current)


class BracketSearch:
    """The search for a bracket about the current at which a system leaves its branch.

    Parameters
    ----------
    system
        The system.
    start
        A settled state on the branch.
    settled
        Mean of the observable in this state.
    ramp
        Where a ramp has left the branch, and its speed.
    level, above
        As for `hold`.
    settings
        Durations of the holds, and the width of the bracket to reach.
    """

    def __init__(
        self,
        system: DrivenSystem,
        start: SavedState,
        settled: float,
        ramp: RampExit,
        level: float,
        settings: HoldSettings,
        *,
        above: bool,
    ) -> None:
        self.system = system
        self.ramp = ramp
        self.level = level
        self.above = above
        self.settings = settings
        self.sign = 1.0 if ramp.current > start.current else -1.0
        self.span = abs(ramp.current - start.current)
        self.inside = start
        self.stayed: Hold | None = None
        self.passages: list[Hold] = []
        self.levels = [(start.current, settled)]
        self.states = [start]

    def run(self) -> Bracket | None:
        """Hold one current after another until the bracket is as narrow as requested.

        Returns
        -------
        Bracket or None
            The narrowest bracket that the budget and the number of holds allow. None if the system
            does not leave within four strides beyond the ramp's exit, or before the budget ends.
        """
        target = self.ramp.current - self.sign * self.settings.first * self.span
        widths = [np.inf, np.inf]
        try:
            for _ in range(self.settings.holds):
                self._hold(target)
                bracket = self.bracket
                if bracket is not None and self._is_narrow(bracket):
                    if not self._is_doubtful(bracket):
                        break
                    self.passages.remove(bracket.left)
                    target = bracket.left.current
                    continue
                widths.append(np.inf if bracket is None else bracket.width)
                stuck = np.inf > widths[-1] > 0.7 * widths[-3]
                following = self._next(bracket, divide=stuck)
                if following is None:
                    return None
                target = following
        except BudgetError:
            pass
        return self.bracket

    @property
    def bracket(self) -> Bracket | None:
        """The narrowest bracket so far; None if the system has not left yet."""
        if not self.passages:
            return None
        nearest = min(self.passages, key=lambda hold: self.sign * hold.current)
        return Bracket(
            self.inside, nearest, self.stayed, end=nearest.end, passages=self.passages,
            levels=self.levels, states=self.states,
        )  # fmt: skip

    def _hold(self, target: float) -> None:
        slowest, duration = self._requirements()
        one = hold(
            self.system, self.inside, target, self.level, replace(self.settings, hold=duration),
            above=self.above, slowest=slowest,
        )  # fmt: skip
        if one.left:
            self.passages.append(one)
            return
        tail = one.trace[one.trace.size * 3 // 4 :]
        self.levels.append((one.current, float(np.mean(tail))))
        self.inside, self.stayed = one.end, one
        self.states.append(one.end)

    def _requirements(self) -> tuple[float, float]:
        """Slowest drift, and longest duration, of a passage at half the resolution."""
        resolution = self.settings.resolution
        half = resolution / 2
        fold = predict_fold(self.passages, self.inside.current, self.ramp, self.span)
        if fold is None:
            return 0.0, self.settings.hold
        drift = slowest_drift(self.passages, fold.current, resolution, self.system.sample)
        longest = pi / sqrt(fold.coefficient * half)
        shortest = min(self.settings.settled, self.settings.hold)
        return drift * half / 2, float(np.clip(1.2 * longest, shortest, self.settings.hold))

    def _next(self, bracket: Bracket | None, *, divide: bool) -> float | None:
        """The next current to hold; None if there is no use in going further.

        With `divide`, it divides the bracket, because the prediction has not helped.
        """
        inside, exit_current = self.inside.current, self.ramp.current
        if bracket is not None:
            fold = None if divide else predict_fold(self.passages, inside, self.ramp, self.span)
            return next_current(inside, bracket.left.current, fold, self.settings.resolution)
        stride = self.settings.stride
        ahead = self.sign * (exit_current - inside)
        if ahead < -3.5 * stride:
            return None
        if ahead > stride:
            return (inside + exit_current) / 2
        return inside + self.sign * stride

    def _is_doubtful(self, bracket: Bracket) -> bool:
        """Whether the system may have left only because it came from far away."""
        return abs(bracket.left.start - bracket.inside.current) > self.settings.near

    def _is_narrow(self, bracket: Bracket) -> bool:
        return bracket.width <= self.settings.resolution * (1 + 1e-9)


def follow_departure(
    system: DrivenSystem,
    bracket: Bracket,
    level: float,
    settings: HoldSettings,
    stationary: float,
    *,
    above: bool,
) -> None:
    """Record in `bracket` where the system goes after it has left at the bracket's outer end.

    The recording ends early once the system is stationary on the far side of the level.

    Parameters
    ----------
    system, bracket
        The system, and the bracket about the transition.
    level, above
        As for `hold`.
    settings
        How long to follow the system.
    stationary
        Largest amplitude of the observable in a stationary state.
    """
    system.load(bracket.left.end)
    # one resolution further on: close to a SNIC a single cycle takes seconds
    a, b = bracket.inside.current, bracket.left.current
    target = b + np.sign(b - a) * settings.resolution
    window = round(settings.smoothing / system.sample)
    part = whole_samples(settings.after / 6, system)
    trace = np.zeros(0)
    try:
        for number in range(6):
            trace = np.concatenate([trace, system.drive(target, 0.0, part)])
            late = running_mean(trace[-round(part / system.sample) :], window)
            amplitude = float(np.quantile(late, 0.98) - np.quantile(late, 0.02)) / 2
            beyond = (float(np.mean(late)) > level) == above
            if number > 0 and beyond and amplitude < stationary:
                break
    except BudgetError:
        trace = np.zeros(0)
    else:
        bracket.end = system.save()
    bracket.after = trace


def confirm_bracket(
    system: DrivenSystem, bracket: Bracket, level: float, settings: HoldSettings, *, above: bool
) -> bool:
    """Check with longer holds that the system stays at the bracket's inner end.

    A branch may end at a fold, which a system passes within seconds, or at a subcritical Hopf
    point, beyond which an oscillation grows for many seconds before the system leaves. Unless the
    last state that stayed has settled without any oscillation, it is therefore held longer, as far
    as the budget allows. If the system leaves after all, the bracket moves inwards.

    Parameters
    ----------
    system
        The system.
    bracket
        The result of `BracketSearch.run`, which is changed in place. If the budget runs out
        before a state is known to stay, the bracket reaches back to the last state that did.
    level, above
        As for `hold`.
    settings
        Durations of the holds.

    Returns
    -------
    bool
        False if no state is left that is known to stay.
    """
    if bracket.stayed is not None and bracket.stayed.settled:
        return True
    longer = replace(settings, hold=settings.confirm)
    sign = 1.0 if bracket.left.current > bracket.inside.current else -1.0
    start = bracket.inside
    try:
        for _ in range(settings.holds):
            one = hold(system, start, start.current, level, longer, above=above)
            if not one.left:
                break
            bracket.left = one
            behind = [s for s in bracket.states if sign * (one.current - s.current) > 1e-9]
            if not behind:
                return False
            nearest = max(behind, key=lambda s: sign * s.current)
            bracket.inside = nearest
            target = one.current - sign * settings.resolution
            if sign * (target - nearest.current) <= 0:
                start = nearest
                continue
            one = hold(system, nearest, target, level, longer, above=above)
            if not one.left:
                bracket.inside, bracket.stayed = one.end, one
                break
            bracket.left, start = one, nearest
    except BudgetError:
        pass
    return True
