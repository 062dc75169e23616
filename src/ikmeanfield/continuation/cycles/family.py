"""Cycles in one parameter as a curve to follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation.bvp.corrector import AnyCorrector
from ikmeanfield.continuation.bvp.newton import Solved
from ikmeanfield.continuation.bvp.points import CurvePoint, Ending, Event, Limit, Located, bound
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.options import ContinuationOptions
from ikmeanfield.continuation.problem import Scalar
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .curve import Cycle, CycleCurve
from .ends import hopf_end, hopf_special, vertical
from .events import Step, evidence
from .kinks import kink_ranges
from .options import CycleOptions
from .orbit import Orbit
from .system import CycleSystem
from .unbounded import HOMOCLINIC_GROWTH, unbounded_period

if TYPE_CHECKING:
    from .equilibria import Hopf

#: An orbit grazes a kink of which it lies beyond by no more than this share of its range.
_GRAZES = 1e-9


class CycleFamily(CycleCurve):
    """Cycles in one parameter.

    Parameters
    ----------
    field
        The field and its free parameter.
    scales
        First scales; those of the variables grow with the cycles.
    options, cycles
        Bounds, scales, and when a growing period ends the branch.
    """

    kind = "cycle"

    def __init__(
        self,
        field: PointwiseField,
        scales: Scales,
        options: ContinuationOptions,
        cycles: CycleOptions,
    ) -> None:
        super().__init__(CycleSystem(field, scales), options, cycles)
        (self.parameter,) = field.free
        self.scales = scales
        self.watched = {**self.problem.kinks, **options.events}

    def facts(self, solved: Solved) -> Cycle:
        """Return what is known of a cycle, with the range of every kink function along it."""
        cycle = super().facts(solved)
        orbit = self.orbit(solved.profile)
        return replace(cycle, kinks=kink_ranges(self.watched, orbit, self.p(orbit)))

    def at_hopf(self, orbit: Orbit, tangent: Orbit, hopf: Hopf) -> CurvePoint:
        """Return the point of amplitude zero from which cycles leave a Hopf point."""
        cycle = self.without_amplitude(hopf_special(self, hopf))
        return CurvePoint(orbit, tangent, cycle, residual=hopf.residual)

    def without_amplitude(self, special: SpecialPoint) -> Cycle:
        """Return what is known of the cycle at a Hopf point, kink functions' values included."""
        y, p = special.state, self.field.p(np.array([special.parameters[self.parameter]]))
        kinks = {name: float(kink(y, p)) for name, kink in self.watched.items()}
        ranges = {name: (value, value) for name, value in kinks.items()}
        return replace(super().without_amplitude(special), kinks=ranges)

    def limits(self, before: CurvePoint) -> list[Limit]:
        """Return the bounds of the parameter and of variables, and a Hopf point."""
        limits = super().limits(before)
        for i, name in enumerate(self.problem.variables):
            if name in self.options.bounds:
                low, high = self.options.bounds[name]
                limits.append(bound(name, low, partial(_minimum_above, i, low)))
                limits.append(bound(name, high, partial(_maximum_below, i, high)))
        if before.facts.hopf is None:
            hopf = Event("HB", partial(self.likeness, before))
            limits.append(Limit(Termination("hopf"), hopf, partial(hopf_end, self)))
        return limits

    def special(
        self, corrector: AnyCorrector, before: CurvePoint, after: CurvePoint
    ) -> list[Located]:
        """Return the special points between two cycles, none on the way to a Hopf point."""
        if before.facts.hopf is None and self.likeness(before, after) < 0:
            return []
        return Step(self, before, after).special(corrector)

    def evidence(self, located: Located, row: int) -> SpecialPoint:
        """Return a located point with its evidence, as a branch holds it."""
        return evidence(self, located, super().evidence(located, row))

    def refused(self, before: CurvePoint, after: CurvePoint) -> str:
        """Say if stability changes by more than the special points between two cycles explain."""
        if Step(self, before, after).unexplained():
            return "stability changes by more than the special points found explain"
        return ""

    def end(self, points: Sequence[CurvePoint], row: int) -> Ending | None:
        """Whether the branch has closed, or its period grows without bound."""
        growing = unbounded_period(self, points, row)
        if growing is not None:
            return growing
        why = self.closed(points) or vertical(self, points)
        return None if why is None else Ending(why)

    def columns(self, points: Sequence[CurvePoint]) -> dict[str, NDArray[Any]]:
        """Whether an orbit crosses each kink, and means of what the user wants recorded."""
        out: dict[str, NDArray[Any]] = {}
        for kink in self.problem.kinks:
            low, high = np.array([point.facts.kinks[kink] for point in points]).T
            out[f"crosses_{kink}"] = (np.minimum(-low, high) > _GRAZES * (high - low)).astype(int)
        for name, function in self.options.record.items():
            out[name] = np.array([self._mean(function, point.profile) for point in points])
        return out

    def _mean(self, function: Scalar, orbit: Profile) -> float:
        """Mean over the period of a function of state and parameters."""
        p = self.p(orbit)
        values = np.array([function(y, p) for y in orbit.at_gauss().reshape(-1, self.n)])
        weights = orbit.widths[:, None] * orbit.basis.weights
        return float(weights.ravel() @ values)

    def remark(self, points: Sequence[CurvePoint]) -> str:
        """Say if the period has grown, as it does near homoclinic orbits and saddle-nodes."""
        periods = [self.period(point) for point in points]
        if periods[-1] <= HOMOCLINIC_GROWTH * min(periods):
            return ""
        return "; the period has grown so far that a homoclinic orbit or a saddle-node is likely"


def _minimum_above(variable: int, value: float, point: CurvePoint) -> float:
    return float(point.facts.minimum[variable] - value)


def _maximum_below(variable: int, value: float, point: CurvePoint) -> float:
    return float(value - point.facts.maximum[variable])
