"""Bracketing the current at which a system leaves the branch it is on.

A bracket has a hold that stayed at one end and a hold that left at the other. Relaxation slows
down towards a fold like 1/√d, with d the distance to it, so every hold starts from the state that
the nearest hold so far has settled to.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.holds import Hold, HoldSettings, hold
from ikmeanfield.analysis.transitions.passage_times import next_current
from ikmeanfield.analysis.transitions.system import BudgetError, DrivenSystem, SavedState

FloatArray = NDArray[np.float64]


@dataclass
class Bracket:
    """An interval of the current with a hold that stayed at one end and one that left.

    Attributes
    ----------
    stayed, left
        The holds at both ends; `stayed` is None if only the starting state is known to stay.
    inside
        The state from which the last holds started, and its current.
    after
        The observable after the system has left; empty if the budget did not suffice to follow it.
    end
        The state at the end of `after`.
    reached
        Whether the interval is as narrow as requested.
    passages
        Current and passage time of every hold that left.
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
    reached: bool = False
    passages: list[tuple[float, float]] = field(default_factory=list)
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


def bracket_transition(
    system: DrivenSystem,
    start: SavedState,
    towards: float,
    level: float,
    settings: HoldSettings,
    *,
    above: bool,
    silent: bool = False,
    settled: float | None = None,
) -> Bracket | None:
    """Bracket the current at which a system leaves the branch it is on.

    Parameters
    ----------
    system
        The system.
    start
        A settled state on the branch.
    towards
        A current in pA at which the system probably leaves. If it stays there, the search goes on
        in the same direction.
    level, above, silent
        As for `hold`.
    settings
        Durations of the holds, and the width of the bracket to reach.
    settled
        Mean of the observable in the starting state, if it is known.

    Returns
    -------
    Bracket or None
        None if the system does not leave within four strides beyond `towards`.
    """
    sign = 1.0 if towards > start.current else -1.0
    inside, stayed, bracket = start, None, None
    levels = [] if settled is None else [(start.current, settled)]
    passages: list[tuple[float, float]] = []
    states = [start]
    target, stride = towards, settings.stride
    try:
        for _ in range(settings.holds):
            one = hold(system, inside, target, level, settings, above=above, silent=silent)
            if one.left:
                passages.append((one.current, one.time))
                bracket = Bracket(
                    inside, one, stayed, end=one.end, passages=passages, levels=levels,
                    states=states,
                )  # fmt: skip
            else:
                tail = one.trace[one.trace.size * 3 // 4 :]
                levels.append((one.current, float(np.mean(tail))))
                inside, stayed = one.end, one
                states.append(inside)
                if bracket is not None:
                    bracket.inside, bracket.stayed = inside, stayed
            if bracket is None:
                if sign * (target - towards) > 3.5 * stride:
                    return None
                target += sign * stride
                continue
            width = abs(bracket.left.current - inside.current)
            if width <= settings.resolution * (1 + 1e-9):
                bracket.reached = True
                break
            target = next_current(inside.current, passages, settings.resolution)
    except BudgetError:
        pass
    return bracket


def follow_departure(system: DrivenSystem, bracket: Bracket, settings: HoldSettings) -> None:
    """Record in `bracket` where the system goes after it has left at the bracket's outer end."""
    system.load(bracket.left.end)
    try:
        duration = system.sample * round(settings.after / system.sample)
        # one resolution further on: close to a SNIC a single cycle takes seconds
        a, b = bracket.inside.current, bracket.left.current
        target = b + np.sign(b - a) * settings.resolution
        bracket.after = system.drive(target, 0.0, duration)
        bracket.end = system.save()
    except BudgetError:
        bracket.after = np.zeros(0)


def confirm_bracket(
    system: DrivenSystem, bracket: Bracket, level: float, settings: HoldSettings, *, above: bool
) -> None:
    """Check with longer holds that the system stays at the bracket's inner end.

    A branch may end at a fold, which a system passes within seconds, or at a subcritical Hopf
    point, beyond which an oscillation grows for many seconds before the system leaves. The last
    state that stayed is therefore held longer, as far as the budget allows. If the system leaves
    after all, the bracket moves inwards.

    Parameters
    ----------
    system
        The system.
    bracket
        The result of `bracket_transition`, which is changed in place. If the budget runs out
        before a state is known to stay, the bracket reaches back to the last state that did.
    level, above
        As for `hold`.
    settings
        Durations of the holds.
    """
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
                break
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
