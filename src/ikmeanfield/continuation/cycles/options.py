"""How cycles are discretised and when a growing period ends a branch, checked when stated."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class CycleOptions:
    """Discretisation of cycles, and what is asked of a branch of them.

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
        for key, least in (("intervals", 4), ("max_intervals", self.intervals), ("adapt_every", 1)):
            value = getattr(self, key)
            if not isinstance(value, int) or value < least:
                _refuse(key, value, f"must be an integer >= {least}")
        if self.degree not in range(2, 8):
            _refuse("degree", self.degree, "must be an integer from 2 to 7")
        if not (math.isfinite(self.mesh_tolerance) and self.mesh_tolerance > 0):
            _refuse("mesh_tolerance", self.mesh_tolerance, "must be a finite number > 0")
        if self.max_period is not None and not self.max_period > 0:
            _refuse("max_period", self.max_period, "must be a number > 0, or None")
        if not self.period_ratio > 1:
            _refuse("period_ratio", self.period_ratio, "must be a number > 1")
        for value in self.report_at:
            if not math.isfinite(value):
                _refuse("report_at", value, "must hold finite numbers")


def _refuse(key: str, value: object, allowed: str) -> None:
    msg = f"{key} = {value!r}: {allowed}"
    raise ValueError(msg)
