"""A curve of cycles in two parameters: what all kinds of them have in common."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation.bvp.points import CurvePoint, Ending, Event, Limit, Located, values_of
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.cycles import floquet
from ikmeanfield.continuation.cycles.curve import CycleCurve
from ikmeanfield.continuation.cycles.family import CycleFamily
from ikmeanfield.continuation.cycles.orbit import Orbit
from ikmeanfield.continuation.cycles.start import parameter_scales
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.problem import FloatArray
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .corners import SHRUNK, corner
from .systems import VariationalSystem

#: How far from the unit circle the pair at a point named for it may be.
_ON_CIRCLE = 1e-4

#: Variations of a cycle (N m + 1, copies n), the last scalar of the system and its typical size.
Variations = tuple[FloatArray, list[float], list[float]]


class BifurcationCurve(CycleCurve):
    """Cycles that satisfy a defining system, in two free parameters.

    Attributes
    ----------
    system
        Its defining system.
    corner
        The point of equilibria at which the cycles shrink to nothing; empty if they do not.
    doubles
        The points at which another multiplier is 1, at which one is -1, and at which another pair
        is on the unit circle (Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, section 9).
    """

    system: type[VariationalSystem]
    corner: str = ""
    doubles: tuple[str, ...] = ()

    # --- starts ------------------------------------------------------------------------------

    @staticmethod
    def normal(orbit: Orbit) -> Orbit:
        """Return the normal of the plane in which the first cycle is looked for: one parameter."""
        return orbit.along_scalar(1)

    @staticmethod
    def variations(family: CycleFamily, near: CurvePoint) -> Variations:
        """Return a first guess of the critical variations of a cycle near the curve."""
        raise NotImplementedError

    @classmethod
    def beside(
        cls, family: CycleFamily, near: CurvePoint, free: tuple[str, str]
    ) -> tuple[BifurcationCurve, Profile]:
        """Return the curve near a cycle, and a first guess of its solution."""
        problem, options, orbit = family.problem, family.options, family.orbit(near.profile)
        values = problem.vector()[[problem.index(name) for name in free]]
        values[0] = orbit.parameter
        sizes = parameter_scales(problem, free, values, options)
        amplitude = family.scales.components
        field = PointwiseField(problem, *free, scale=amplitude, parameter_scale=sizes)
        return cls._guess(family, near, field, values)

    @classmethod
    def _guess(
        cls, family: CycleFamily, near: CurvePoint, field: PointwiseField, values: FloatArray
    ) -> tuple[BifurcationCurve, Profile]:
        """Return the same, given the field and the values of its free parameters."""
        variation, last, size = cls.variations(family, near)
        orbit, amplitude = near.profile, family.scales.components
        period = float(orbit.scalars[0])
        scalars = np.array([period, *field.parameter_scale, *size])
        scales = Scales(np.tile(amplitude, 1 + cls.system.copies), scalars)
        system = cls.system(field, scales)
        both = np.hstack([orbit.values, variation])
        profile = Profile(orbit.mesh, both, np.array([period, *values, *last]))
        return cls(system, family.options, family.cycles), system.normalised(profile)

    # --- special points ----------------------------------------------------------------------

    def critical(self, point: CurvePoint) -> list[complex]:
        """Multipliers that define the curve."""
        return []

    def counted(self, point: CurvePoint) -> NDArray[np.complex128]:
        """Multipliers besides the trivial one and those that define the curve."""
        mu = super().counted(point)
        for target in self.critical(point):
            if len(mu):
                mu = np.delete(mu, int(np.argmin(np.abs(mu - target))))
        return mu

    def events(self, before: CurvePoint, after: CurvePoint) -> list[Event]:
        """Return the double bifurcations that multipliers tell of, and values to report."""
        found, rest = [], len(self.counted(before))
        if self.doubles and rest:
            fold, flip, torus = self.doubles
            found += [Event(fold, partial(self._unit, 1.0)), Event(flip, partial(self._unit, -1.0))]
            found += [Event(torus, self._pair)] if rest > 1 else []
        return found + values_of(self.equations.first, self.cycles.report_at)

    def _unit(self, target: float, point: CurvePoint) -> float:
        return floquet.at_value(self.counted(point), target)

    def _pair(self, point: CurvePoint) -> float:
        return floquet.pair_at_one(self.counted(point))

    def placed(self, located: Located, row: int) -> tuple[CurvePoint, SpecialPoint] | None:
        """Return a special point with its evidence; None where a pair is not on the circle."""
        if located.event.kind in self.doubles[2:]:
            mu = self.counted(located.point)
            if not (np.abs(np.abs(mu) - 1) < _ON_CIRCLE)[np.abs(mu.imag) > _ON_CIRCLE].any():
                return None
        return super().placed(located, row)

    # --- ends --------------------------------------------------------------------------------

    def limits(self, before: CurvePoint) -> list[Limit]:
        """Bounds of the parameters, vanishing amplitude, the longest period."""
        limits = super().limits(before)
        arrive = partial(corner, self) if self.corner in {"GH", "HH"} else None
        limits.append(Limit(SHRUNK, Event(self.corner, partial(self.likeness, before)), arrive))
        longest = self.cycles.max_period
        if longest is not None and self.equations.times:
            words = f"the period {longest:g}"
            below = Event("", partial(self._below, longest), words)
            limits.append(Limit(Termination("period", f"reached {words}"), below))
        return limits

    def _below(self, longest: float, point: CurvePoint) -> float:
        return longest - self.period(point)

    def end(self, points: Sequence[CurvePoint], row: int) -> Ending | None:
        """Return the end of a curve whose period has grown too far, or that is closed."""
        last = self.period(points[-1])
        growth = last / min(self.period(point) for point in points)
        if growth > self.cycles.period_ratio:
            text = f"the period has grown to {last:.6g}, {growth:.3g} times the shortest"
            return Ending(Termination("period", text))
        trivial = points[-1].facts.floquet.trivial
        if self.n > 2 and abs(trivial - 1) > floquet.LOST:
            text = f"at the period {last:.6g} the multipliers are lost to rounding: the orbit "
            return Ending(Termination("period", text + "repels and attracts too strongly"))
        closed = self.closed(points)
        return None if closed is None else Ending(closed)
