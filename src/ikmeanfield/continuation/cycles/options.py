"""How cycles are discretised and when a growing period ends a branch, checked when stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

from ikmeanfield.continuation.options import (
    is_number,
    refuse,
    replace_none,
    require_integer,
    require_positive,
)


@dataclass(frozen=True)
class CycleOptions:
    """Discretisation of cycles, and what is asked of a branch of them.

    None means the default, for every option.

    Attributes
    ----------
    intervals, max_intervals
        Mesh intervals at the start; the mesh may grow to the larger number where the error
        estimate asks for it. Costs are proportional to it.
    degree
        Degree of the polynomials: 2 to 7. The error is O(h^(degree + 1)) between mesh points and
        O(h^(2 degree)) at them.
    mesh_tolerance
        Estimated collocation error, relative to the variables' amplitudes, above which intervals
        are added.
    adapt_every
        Points between mesh adaptations.
    max_period
        Period at which a branch ends at the latest; None for no other limit than `period_ratio`.
    period_ratio
        A branch ends at the latest when the period exceeds the shortest one on it by this factor.
    report_at
        Values of the free parameter at which a point is computed whenever the branch passes.
    save_profiles
        Keep mesh and orbit of every point in the branch.
    """

    intervals: int = 30
    max_intervals: int = 120
    degree: int = 4
    mesh_tolerance: float = 1e-6
    adapt_every: int = 3
    max_period: float | None = None
    period_ratio: float = 300.0
    report_at: tuple[float, ...] = ()
    save_profiles: bool = False

    def __post_init__(self) -> None:
        replace_none(self)
        for key, least in (("intervals", 4), ("max_intervals", self.intervals), ("adapt_every", 1)):
            require_integer(key, getattr(self, key), least)
        if self.degree not in range(2, 8):
            refuse("degree", self.degree, "must be an integer from 2 to 7")
        require_positive("mesh_tolerance", self.mesh_tolerance)
        longest = self.max_period
        if longest is not None and not (isinstance(longest, Real) and longest > 0):
            refuse("max_period", longest, "must be a number > 0, or None")
        if not (isinstance(self.period_ratio, Real) and self.period_ratio > 1):
            refuse("period_ratio", self.period_ratio, "must be a number > 1")
        if not isinstance(self.report_at, Sequence):
            refuse("report_at", self.report_at, "must be a sequence of finite numbers")
        for value in self.report_at:
            if not is_number(value):
                refuse("report_at", value, "must hold finite numbers")
