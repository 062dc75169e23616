"""Settings and results of the searches at constant current, and the time that they took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ikmeanfield.analysis.transitions.boundary_search import BoundarySettings
from ikmeanfield.analysis.transitions.holds import HoldSettings
from ikmeanfield.analysis.transitions.points import (
    SEARCHES,
    TARGET_HALF_WIDTH,
    Point,
    Status,
)
from ikmeanfield.analysis.transitions.system import DrivenSystem

ACTIVITIES = ("settling", "holds", "following", "confirmation", "ringdowns")
"""What a search spends its time on: settling on the branch, holds that bracket a transition,
following the system after it has left, holds that confirm where it stays, and holds that measure
how oscillations grow and decay."""


@dataclass(frozen=True)
class SearchSettings:
    """How transitions are searched at constant current; times in ms, currents in pA.

    Attributes
    ----------
    hold
        How the ends of branches are bracketed.
    back
        A search starts from the state saved at least this far before the jump on the ramp.
    settle
        Time for which that state is held first.
    steepest
        A change of ln(rate) faster than this, in 1/pA, on the ramp is a hint at a jump.
    oscillates
        Smallest amplitude of an oscillation, relative to the mean.
    boundary
        How boundaries of oscillations are searched where oscillations grow and decay gradually.
    upper
        Longest time in which the upper boundary of oscillations is searched.
    reserve
        Time that is then left for the search for the end of oscillations as the current falls.
    error
        Boundaries with a larger standard error are not reported.
    budget
        Largest simulated time of all searches, in durations of the ramp.
    """

    hold: HoldSettings = field(default_factory=HoldSettings)
    back: float = 3.5
    settle: float = 320.0
    steepest: float = 0.3
    oscillates: float = 0.2
    boundary: BoundarySettings = field(default_factory=BoundarySettings)
    upper: float = 18_500.0
    reserve: float = 5000.0
    error: float = 0.5
    budget: float = 1.6


@dataclass
class SearchResult:
    """What the searches at constant current have found, and the time that they took.

    Attributes
    ----------
    points
        The points found.
    status
        Outcome of each of the `SEARCHES`.
    time
        Simulated time in ms of each search, by activity (see `ACTIVITIES`). Holds near a boundary
        of oscillations serve both directions, and count for the search that is named first.
    """

    points: list[Point] = field(default_factory=list)
    status: dict[str, Status] = field(default_factory=lambda: dict.fromkeys(SEARCHES, "no hint"))
    time: dict[str, dict[str, float]] = field(
        default_factory=lambda: {name: dict.fromkeys(ACTIVITIES, 0.0) for name in SEARCHES}
    )

    @property
    def oscillates(self) -> bool:
        """Whether a boundary of oscillations is among the points."""
        return any(point.kind == "hopf" for point in self.points)

    def add(self, search: str, outcome: Point | Status) -> None:
        """Add the point that a search has found, or the reason why it has found none."""
        if isinstance(outcome, Point):
            self.points.append(outcome)
            half = (outcome.upper - outcome.lower) / 2
            self.status[search] = "found" if half <= TARGET_HALF_WIDTH * (1 + 1e-9) else "wide"
        else:
            self.status[search] = outcome

    @contextmanager
    def timed(self, system: DrivenSystem, search: str, activity: str) -> Iterator[None]:
        """Add the time that is simulated within a ``with`` block to that of a search."""
        before = system.spent
        try:
            yield
        finally:
            self.time[search][activity] += system.spent - before
