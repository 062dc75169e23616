"""Boundaries of oscillations, from an oscillating state or from oscillations on a ramp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.boundary_search import BoundarySearch
from ikmeanfield.analysis.transitions.brackets import Bracket
from ikmeanfield.analysis.transitions.holds import running_mean, whole_samples
from ikmeanfield.analysis.transitions.oscillation_end import bracket_silence
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

FloatArray = NDArray[np.float64]

UPPER = ("upper_up", "upper_down")
LOWER = ("lower_down", "lower_up")
"""Searches for the upper and for the lower boundary, moving out of the oscillations and into
them."""


@dataclass
class OscillationSearch:
    """The search for the boundaries of oscillations that follow a jump from the lower branch.

    Attributes
    ----------
    system
        The system.
    bracket
        The end of the lower branch.
    hint
        The jump on the ramp.
    settings
        How to search.
    result
        Receives the points.
    highest
        Highest current of the ramp in pA.
    upper
        Holds about the upper boundary; None if the oscillations end beyond the ramp.
    """

    system: DrivenSystem
    bracket: Bracket
    hint: JumpHint
    settings: SearchSettings
    result: SearchResult
    highest: float
    upper: BoundarySearch | None = None

    def upper_boundary(self, state: SavedState) -> bool:
        """Hold about the upper boundary, starting from an oscillating state.

        Returns
        -------
        bool
            Whether the oscillation is persistent; otherwise it has only been decaying.
        """
        if self.hint.last_oscillation >= self.highest - 2.0:
            return True
        beyond = max(self.hint.last_oscillation, state.current + 1.0)
        system, settings = self.system, self.settings
        until = min(system.spent + settings.upper, system.budget - settings.reserve)
        with self.result.timed(self.system, UPPER[0], "ringdowns"):
            self.upper = _enclosed(system, state, beyond, settings)
            self.upper.refine(until)
        boundary = self.upper.fit()
        if boundary is not None and boundary.last < self.bracket.bounds[1]:
            for name in UPPER:
                self.result.add(name, "none")
            return False
        return True

    def add_boundaries(self, state: SavedState) -> None:
        """Add the upper boundary, and the current at which oscillations end as it falls."""
        lowest = self._lower_end(state)
        if self.upper is not None:
            _add_boundary(self.result, self.upper, UPPER, self.settings)
        self.result.add(LOWER[0], lowest)

    def _lower_end(self, state: SavedState) -> Point | Status:
        settings = self.settings.hold
        with self.result.timed(self.system, LOWER[0], "holds"):
            bracket = bracket_silence(
                self.system, state, self.bracket.bounds[0], self.hint.level, settings
            )
        if bracket is None or bracket.width > 2 * settings.resolution:
            return "not resolved"
        return bracket_point(bracket, "hopf", "down", self.system)


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
    boundaries = ((lower, hint.begins, LOWER), (upper, hint.ends, UPPER))
    for (driven, state, beyond), within_ramp, names in boundaries:
        if not within_ramp:
            continue
        room = system.budget - system.spent
        until = system.spent + (room / 2 if hint.ends and names is LOWER else room)
        with result.timed(system, names[0], "ringdowns"):
            search = _enclosed(driven, state, max(beyond, state.current + 1.0), settings)
            search.refine(until)
        _add_boundary(result, search, names, settings)


def oscillating_state(
    system: DrivenSystem, bracket: Bracket, level: float, settings: SearchSettings
) -> SavedState | None:
    """Return the oscillating state that the system has reached after leaving, if it has.

    Parameters
    ----------
    system, bracket
        The system, and the bracket that it has left.
    level
        Value of the observable that separates both branches.
    settings
        How large an oscillation must be.
    """
    late = bracket.after[bracket.after.size // 2 :]
    window = round(settings.hold.smoothing / system.sample)
    if bracket.end is None or late.size < 32 + window:
        return None
    least = settings.oscillates * max(float(np.mean(running_mean(late, window))), level)
    return bracket.end if _amplitude(late, window) > least else None


def persists(system: DrivenSystem, bracket: Bracket, settings: SearchSettings) -> bool:
    """Whether the oscillation after leaving a bracket has persisted for another two seconds.

    It has if it has not lost half of its amplitude. If the budget does not suffice, it counts as
    persistent.

    Parameters
    ----------
    system, bracket
        The system, and the bracket that it has left for an oscillating state.
    settings
        How long the oscillation is followed.
    """
    assert bracket.end is not None
    system.load(bracket.end)
    duration = whole_samples(settings.boundary.coarse, system)
    try:
        trace = system.drive(bracket.end.current, 0.0, duration)
    except BudgetError:
        return True
    window = round(settings.hold.smoothing / system.sample)
    late = trace[trace.size // 4 :]
    return (
        _amplitude(late, window) > _amplitude(bracket.after[bracket.after.size // 2 :], window) / 2
    )


def _amplitude(trace: FloatArray, window: int) -> float:
    """Half of the range of the running mean, without its extremes."""
    low, high = np.quantile(running_mean(trace, window), [0.02, 0.98])
    return float(high - low) / 2


def bracket_point(
    bracket: Bracket, kind: Kind, direction: Direction, system: DrivenSystem
) -> Point:
    """Return the middle of a bracket as a point, with the blur by noise.

    Parameters
    ----------
    bracket
        The bracket.
    kind, direction
        Kind and direction of the point.
    system
        The system, for the sampling interval of its observable.
    """
    low, high = bracket.bounds
    noise = noise_width(bracket, system.sample)
    return Point(kind, direction, bracket.current, "held", low, high, noise)


def _enclosed(
    system: DrivenSystem, state: SavedState, beyond: float, settings: SearchSettings
) -> BoundarySearch:
    search = BoundarySearch(system, state, beyond, settings.boundary)
    try:
        search.enclose()
    except BudgetError:
        search.enclosed = False
    return search


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
