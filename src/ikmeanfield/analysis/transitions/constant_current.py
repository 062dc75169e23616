"""The detector at constant current: which transitions to look for, and the outcome of each search.

A transition between two stationary states is a fold. If the system oscillates persistently after
leaving the lower branch, this transition is a boundary of oscillations, and the search goes on for
the currents at which the oscillations end, above and below, and at which they grow out of the upper
branch. If the ramp oscillates although nothing jumps, both boundaries are searched from within the
oscillations.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from ikmeanfield.analysis.transitions.brackets import (
    Bracket,
    BracketSearch,
    confirm_bracket,
    follow_departure,
)
from ikmeanfield.analysis.transitions.holds import running_mean, whole_samples
from ikmeanfield.analysis.transitions.oscillations import (
    LOWER,
    UPPER,
    OscillationSearch,
    bracket_point,
    oscillating_state,
    persists,
)
from ikmeanfield.analysis.transitions.passage_times import RampExit
from ikmeanfield.analysis.transitions.points import Direction, Kind, Status
from ikmeanfield.analysis.transitions.ramp_hints import JumpHint
from ikmeanfield.analysis.transitions.searches import SearchResult, SearchSettings
from ikmeanfield.analysis.transitions.system import BudgetError, DrivenSystem, SavedState


@dataclass(frozen=True)
class RampStates:
    """States saved along a ramp up and down.

    Attributes
    ----------
    saved
        The states in order of time.
    turn
        Number of the states before the current falls.
    speed
        Speed of the current in pA/ms.
    """

    saved: Sequence[SavedState]
    turn: int
    speed: float


def search_at_constant_current(
    system: DrivenSystem,
    ramp: RampStates,
    hints: tuple[JumpHint | None, JumpHint | None],
    settings: SearchSettings,
    kinds: Collection[Kind] = ("fold", "hopf"),
) -> SearchResult:
    """Locate the transitions at constant current that jumps on a ramp hint at.

    Parameters
    ----------
    system
        The system.
    ramp
        States along a ramp.
    hints
        Where the ramp leaves a branch on its way up, and on its way down.
    settings
        How to search.
    kinds
        Kinds of points to look for. Boundaries of oscillations take most of the time.
    """
    search = _Search(system, ramp, settings, kinds, SearchResult())
    if "hopf" not in kinds:
        search.result.status |= dict.fromkeys((*UPPER, *LOWER), "not searched")
    for name, hint in zip(("edge_up", "edge_down"), hints, strict=True):
        if hint is not None and search.branch_end(name, hint):
            break
    return search.result


@dataclass
class _Search:
    """The search for the ends of both branches, and for boundaries of oscillations beyond them."""

    system: DrivenSystem
    ramp: RampStates
    settings: SearchSettings
    kinds: Collection[Kind]
    result: SearchResult

    def branch_end(self, name: str, hint: JumpHint) -> bool:
        """Locate the end of a branch; return whether oscillations follow on the way up."""
        bracket = self._bracket(name, hint)
        if not isinstance(bracket, Bracket):
            self.result.add(name, bracket)
            return False
        state = oscillating_state(self.system, bracket, hint.level, self.settings)
        if name == "edge_up":
            return self._upper_state(bracket, hint, state)
        with self.result.timed(self.system, name, "confirmation"):
            known = confirm_bracket(
                self.system, bracket, hint.level, self.settings.hold, above=hint.rises
            )
        self._add_end(name, bracket if known else None, oscillates=state is not None)
        return False

    def _upper_state(self, bracket: Bracket, hint: JumpHint, state: SavedState | None) -> bool:
        """Classify the end of the lower branch by what follows it; return whether it oscillates."""
        oscillations = OscillationSearch(
            self.system, bracket, hint, self.settings, self.result,
            highest=max(s.current for s in self.ramp.saved),
        )  # fmt: skip
        if state is not None and "hopf" in self.kinds:
            if not oscillations.upper_boundary(state):
                state = None
        elif state is not None:
            with self.result.timed(self.system, "edge_up", "following"):
                state = state if persists(self.system, bracket, self.settings) else None
        self._add_end("edge_up", bracket, oscillates=state is not None)
        if state is not None and "hopf" in self.kinds:
            oscillations.add_boundaries(state)
        return state is not None

    def _add_end(self, name: str, bracket: Bracket | None, *, oscillates: bool) -> None:
        """Add the end of a branch, unless it is of a kind that is not looked for."""
        kind: Kind = "hopf" if oscillates else "fold"
        if kind not in self.kinds:
            self.result.status[name] = "none"
        elif bracket is None:
            self.result.add(name, "not resolved")
        else:
            direction: Direction = "up" if name == "edge_up" else "down"
            self.result.add(name, bracket_point(bracket, kind, direction, self.system))

    def _bracket(self, name: str, hint: JumpHint) -> Bracket | Status:
        """Bracket the transition that a jump on the ramp hints at, or say why there is none."""
        system, settings = self.system, self.settings
        with self.result.timed(system, name, "settling"):
            start = self._settled_state(name, hint)
        if start is None:
            return "not resolved"
        search = BracketSearch(
            system, start[0], start[1], RampExit(hint.current, self.ramp.speed), hint.level,
            settings.hold, above=hint.rises,
        )  # fmt: skip
        with self.result.timed(system, name, "holds"):
            bracket = search.run()
        exhausted = (
            system.budget - system.spent < settings.hold.hold + settings.hold.longest_approach
        )
        if bracket is None:
            return "not resolved" if exhausted else "none"
        if bracket.width > settings.hold.resolution * (1 + 1e-9):
            return "not resolved"
        with self.result.timed(system, name, "following"):
            stationary = settings.oscillates * hint.level / 4
            follow_departure(
                system, bracket, hint.level, settings.hold, stationary, above=hint.rises
            )
        if bracket.after.size == 0:
            return "not resolved"
        inside = bracket.levels[-1][1]
        window = round(settings.hold.smoothing / system.sample)
        late = running_mean(bracket.after[bracket.after.size // 3 :], window)
        # of an oscillation the far extreme counts: near its onset most of a cycle is spent at rest
        outside = float(np.quantile(late, 0.98 if hint.rises else 0.02))
        ratio = outside / max(inside, 1e-9)
        return bracket if max(ratio, 1 / max(ratio, 1e-9)) >= settings.hold.jump else "none"

    def _settled_state(self, name: str, hint: JumpHint) -> tuple[SavedState, float] | None:
        """Return a settled state on the branch, and the mean of the observable in it."""
        sign = 1.0 if name == "edge_up" else -1.0
        states = (
            self.ramp.saved[: self.ramp.turn] if sign > 0 else self.ramp.saved[self.ramp.turn :]
        )
        back = self.settings.back
        for _ in range(3):
            behind = [s for s in states if sign * (hint.current - s.current) >= back]
            if not behind:
                return None
            nearest = max(behind, key=lambda s: sign * s.current)
            self.system.load(nearest)
            duration = whole_samples(self.settings.settle, self.system)
            try:
                trace = self.system.drive(nearest.current, 0.0, duration)
            except BudgetError:
                return None
            mean = float(np.mean(trace[trace.size // 2 :]))
            if (mean < hint.level) == hint.rises:
                return self.system.save(), mean
            back += 2.0
        return None
