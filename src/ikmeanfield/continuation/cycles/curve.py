"""A curve of cycles in some parameters: what is measured along it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation.bvp import linear
from ikmeanfield.continuation.bvp.curve import FollowedCurve
from ikmeanfield.continuation.bvp.newton import NewtonFailureError, Solved, assembled
from ikmeanfield.continuation.bvp.points import CurvePoint, Located
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.fields import FieldNotFiniteError
from ikmeanfield.continuation.options import ContinuationOptions
from ikmeanfield.continuation.problem import FloatArray
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from . import floquet
from .options import CycleOptions
from .orbit import Orbit, sampled
from .start import stated
from .system import CycleSystem

#: A variable's amplitude counts as no smaller than this share of its scale.
_STILL = 1e-3
#: A closed curve has at least so many points, and passes its start at this share of a step or less.
_FEWEST, _ASIDE = 10, 0.2


@dataclass(frozen=True)
class Cycle:
    """What is known of a cycle besides itself.

    Attributes
    ----------
    floquet
        Its multipliers.
    minimum, maximum, mean
        Of every variable, from the polynomial, each of shape (n,).
    kinks
        Smallest and largest value along the orbit of every kink function and event.
    hopf
        The point of equilibria where the orbit has shrunk to one, else None.
    cubic
        Cubic coefficient of a period doubling.
    """

    floquet: floquet.Floquet
    minimum: FloatArray
    maximum: FloatArray
    mean: FloatArray
    kinks: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    hopf: SpecialPoint | None = None
    cubic: float = np.nan


class CycleCurve(FollowedCurve):
    """Cycles, perhaps with some variations along them, in free parameters.

    Parameters
    ----------
    equations
        Its boundary value problem.
    options, cycles
        Bounds, scales, and the longest period.
    """

    equations: CycleSystem

    def __init__(
        self, equations: CycleSystem, options: ContinuationOptions, cycles: CycleOptions
    ) -> None:
        self.equations, self.options, self.cycles = equations, options, cycles
        self.field, self.problem, self.n = equations.field, equations.field.problem, equations.n

    def normalised(self, profile: Profile) -> Profile:
        """Return the solution with free factors set to one."""
        return self.equations.normalised(profile)

    def period(self, point: CurvePoint) -> float:
        """Period of a cycle of the curve."""
        return self.equations.period(point.profile.scalars)

    def p(self, profile: Profile) -> FloatArray:
        """All parameters of a solution."""
        return self.equations.p(profile)

    def orbit(self, profile: Profile) -> Orbit:
        """Return the cycle alone."""
        q, values = profile.scalars, profile.values[:, self.equations.cycle]
        return Orbit.of(profile.mesh, values, self.equations.period(q), *self.equations.free(q))

    # --- facts -------------------------------------------------------------------------------

    def facts(self, solved: Solved) -> Cycle:
        """Multipliers, extrema and mean of a cycle.

        Raises
        ------
        NewtonFailureError
            The period is negative, or the field not finite.
        """
        orbit = self.orbit(solved.profile)
        if not orbit.period > 0:
            msg = f"Newton's method went to a period of {orbit.period:.3g}"
            raise NewtonFailureError(msg)
        try:
            multipliers = self._multipliers(solved, orbit)
        except FieldNotFiniteError as error:
            raise NewtonFailureError(str(error)) from error
        return Cycle(multipliers, *orbit.extrema(), orbit.mean())

    def without_amplitude(self, special: SpecialPoint) -> Cycle:
        """Return what is known of the cycle that has shrunk to a point of equilibria."""
        y, period = special.state, special.data["period"]
        mu = floquet.without_amplitude(special.eigenvalues, period)
        return Cycle(mu, y, y, y, hopf=special)

    def _multipliers(self, solved: Solved, orbit: Orbit) -> floquet.Floquet:
        scale = self.scales.components[: self.n]
        chain, divergence = solved.chain, solved.divergence
        if self.equations.copies:
            alone = CycleSystem(self.field, Scales(scale, np.ones_like(orbit.scalars)))
            system, divergence = assembled(alone, orbit, alone.scales, [])
            chain, _, _ = linear.condense(system, self.n)
        starts = orbit.values[: -1 : orbit.basis.degree]
        flow = self.field.values(starts, self.p(solved.profile)) / scale
        return floquet.multipliers(chain, flow, divergence)

    def sizes(self, facts: Cycle) -> FloatArray:
        """Amplitudes of the variables; scales of the variations."""
        sizes = self.scales.components.copy()
        amplitude = (facts.maximum - facts.minimum) / 2
        sizes[: self.n] = np.maximum(amplitude, _STILL * sizes[: self.n])
        return sizes

    def rescaled(self, point: CurvePoint) -> Scales:
        """Let the scales follow the cycle: amplitudes seen so far, the current period."""
        amplitude = (point.facts.maximum - point.facts.minimum) / 2
        seen = np.maximum(self.scales.components[: self.n], amplitude)
        seen = stated(self.problem, seen, self.options)
        scalars = self.scales.scalars.copy()
        for place in self.equations.times:
            scalars[place] = self.period(point)
        return Scales(np.tile(seen, 1 + self.equations.copies), scalars)

    # --- events ------------------------------------------------------------------------------

    def placed(self, located: Located, row: int) -> tuple[CurvePoint, SpecialPoint] | None:
        """Return a special point with its evidence."""
        hopf = located.point.facts.hopf
        if hopf is not None:
            return located.point, replace(hopf, row=row, bracket=located.bracket)
        return located.point, self.evidence(located, row)

    def likeness(self, before: CurvePoint, point: CurvePoint) -> float:
        """Inner product of two oscillations, negative beyond a Hopf point.

        A curve runs smoothly through a Hopf point, where its cycles come back shifted by half a
        period: their oscillation then points against that of the cycle before.
        """
        own, other = (self.oscillation(x) for x in (before, point))
        return self.scales.inner(own, other) / self.scales.norm(own)

    def oscillation(self, point: CurvePoint) -> Profile:
        """Return the direction from a cycle's mean to the cycle."""
        w, columns = point.profile, self.equations.cycle
        return w.direction(columns, w.values[:, columns] - point.facts.mean)

    def closed(self, points: Sequence[CurvePoint]) -> Termination | None:
        """Return the end of a curve that has come back to its first point."""
        if len(points) < _FEWEST or points[0].facts.hopf is not None:
            return None
        first = self._summary(points[0])
        setting_out, before, after = (self._summary(points[k]) - first for k in (1, -2, -1))
        leg = after - before
        length = float(leg @ leg)
        # the first point lies alongside the last step, and the curve left it in the same direction
        along = float(-before @ leg) / length if length > 0 else -1.0
        miss = float(np.linalg.norm(before + along * leg))
        if not (0 <= along <= 1 and miss < _ASIDE * np.sqrt(length) and setting_out @ leg > 0):
            return None
        return Termination("closed", "the curve has come back to its start: it is closed")

    def _summary(self, point: CurvePoint) -> FloatArray:
        """Numbers that tell cycles apart, scaled."""
        scale, cycle = self.scales.components[: self.n], point.facts
        ranges = [values / scale for values in (cycle.minimum, cycle.maximum, cycle.mean)]
        free = self.equations.free(point.profile.scalars / self.scales.scalars)
        return np.concatenate([*ranges, free, [np.log(self.period(point))]])

    # --- results -----------------------------------------------------------------------------

    def counted(self, point: CurvePoint) -> NDArray[np.complex128]:
        """Multipliers to which stability refers."""
        return np.asarray(point.facts.floquet.multipliers)

    def columns(self, points: Sequence[CurvePoint]) -> dict[str, NDArray[Any]]:
        """Further columns of the branch."""
        return {}

    def evidence(self, located: Located, row: int) -> SpecialPoint:
        """Return a located point with its evidence, as a branch holds it."""
        point = located.point
        cycle, orbit = point.facts.floquet, self.orbit(point.profile)
        return SpecialPoint(
            kind=located.event.kind,
            parameters=self.field.parameters(orbit.scalars[1:]),
            state=orbit.values[0],
            status="converged" if located.converged else "guess",
            bracket=located.bracket,
            residual=max(abs(located.value), point.residual),
            eigenvalues=cycle.multipliers,
            data={"period": orbit.period, "trivial_multiplier": cycle.trivial},
            name=located.event.name,
            row=row,
            orbit=sampled(orbit),
        )
