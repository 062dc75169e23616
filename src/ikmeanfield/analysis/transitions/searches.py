"""Settings and results of the searches at constant current."""

from __future__ import annotations

from dataclasses import dataclass, field

from ikmeanfield.analysis.transitions.boundary_search import BoundarySettings
from ikmeanfield.analysis.transitions.holds import HoldSettings
from ikmeanfield.analysis.transitions.points import (
    SEARCHES,
    TARGET_HALF_WIDTH,
    Point,
    Status,
)


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
    reserve
        Time that is reserved for the search for the end of oscillations as the current falls.
    error
        Boundaries with a larger standard error are not reported.
    budget
        Largest simulated time of all searches, in durations of the ramp.
    """

    hold: HoldSettings = field(default_factory=HoldSettings)
    back: float = 3.5
    settle: float = 600.0
    steepest: float = 0.3
    oscillates: float = 0.2
    boundary: BoundarySettings = field(default_factory=BoundarySettings)
    reserve: float = 9000.0
    error: float = 0.5
    budget: float = 1.95


@dataclass
class SearchResult:
    """Points found at constant current, and the outcome of each of the `SEARCHES`."""

    points: list[Point] = field(default_factory=list)
    status: dict[str, Status] = field(default_factory=lambda: dict.fromkeys(SEARCHES, "no hint"))

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
