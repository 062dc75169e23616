"""A curve of cycles in two parameters: what is measured and looked for along it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.continuation.bvp.follow import Event
from ikmeanfield.continuation.bvp.profile import Scales
from ikmeanfield.continuation.cycles import floquet, linear
from ikmeanfield.continuation.cycles.collocation import (
    Collocation,
    Metric,
    NewtonFailureError,
    parameter_direction,
)
from ikmeanfield.continuation.cycles.fields import FieldNotFiniteError
from ikmeanfield.continuation.cycles.orbit import Orbit
from ikmeanfield.continuation.special_point import Termination

from .doubling import cubic_coefficient
from .resonances import limits_of_torus, resonances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.continuation.bvp.follow import CurvePoint
    from ikmeanfield.continuation.bvp.profile import Profile
    from ikmeanfield.continuation.cycles.options import CycleOptions
    from ikmeanfield.continuation.options import ContinuationOptions
    from ikmeanfield.continuation.problem import FloatArray

    from .systems import CycleSystem

#: A closed curve has at least so many points.
_FEWEST = 10
#: A curve may pass this far from its start, relative to a step, and count as closed.
_ASIDE = 0.2


class CycleCurve:
    """Cycles that satisfy a defining system, in two free parameters.

    Parameters
    ----------
    kind
        ``"cycle_fold"``, ``"period_doubling"``, ``"torus"`` or ``"fixed_period"``.
    equations
        The defining system.
    options, cycles
        Bounds, scales and the longest period.
    """

    def __init__(
        self,
        kind: str,
        equations: CycleSystem,
        options: ContinuationOptions,
        cycles: CycleOptions,
    ) -> None:
        self.kind, self.equations, self.options, self.cycles = kind, equations, options, cycles

    @property
    def scales(self) -> Scales:
        """Typical sizes of components and scalars."""
        return self.equations.scales

    @scales.setter
    def scales(self, scales: Scales) -> None:
        self.equations.scales = scales
        self.equations.field.scale = scales.components[: self.equations.n]

    def normalised(self, profile: Profile) -> Profile:
        """Return the solution with variations of size one."""
        return self.equations.normalised(profile)

    def free(self, point: CurvePoint) -> dict[str, float]:
        """Values of the two free parameters, by name."""
        values = self.equations.free(point.profile.scalars)
        return dict(zip(self.equations.field.free, map(float, values), strict=True))

    def orbit(self, profile: Profile) -> Orbit:
        """Return the cycle alone."""
        system, q = self.equations, profile.scalars
        values = profile.values[:, system.cycle]
        return Orbit(profile.mesh, values, system.period(q), float(system.free(q)[0]))

    def facts(self, profile: Profile) -> dict[str, NDArray[Any]]:
        """Multipliers, extrema and mean of the cycle; the cubic coefficient of a doubling."""
        system, orbit = self.equations, self.orbit(profile)
        if not orbit.period > 0:
            msg = f"Newton's method went to a period of {orbit.period:.3g}"
            raise NewtonFailureError(msg)
        minimum, maximum = orbit.extrema()
        found = self._multipliers(orbit, system.field.p(system.free(profile.scalars)))
        cubic = cubic_coefficient(system, profile) if self.kind == "period_doubling" else np.nan
        return {
            "cubic": np.array(cubic),
            "multipliers": found.multipliers,
            "trivial": np.array(found.trivial),
            "minimum": minimum,
            "maximum": maximum,
            "mean": orbit.mean(),
        }

    def _multipliers(self, orbit: Orbit, p: FloatArray) -> floquet.Floquet:
        system = self.equations
        scale = self.scales.components[system.cycle]
        collocation = Collocation(system.field, p)
        metric = Metric(scale, orbit.period, float(system.field.parameter_scale[0]))
        try:
            step, divergence = collocation.linearise(
                orbit, metric, orbit, parameter_direction(orbit)
            )
            chain = linear.condense(step, system.n)[0]
            starts = orbit.values[: -1 : orbit.basis.degree]
            flow = system.field.values(starts, p) / scale
        except FieldNotFiniteError as error:
            raise NewtonFailureError(str(error)) from error
        if not np.linalg.norm(flow, axis=1).min() > 0:
            return floquet.Floquet(np.full(system.n - 1, np.nan, dtype=complex), np.nan, np.nan)
        return floquet.multipliers(chain, flow, divergence)

    def rescaled(self, point: CurvePoint) -> Scales:
        """Let the scales follow the cycle's amplitudes and its period."""
        system, old = self.equations, self.scales
        amplitude = (point.facts["maximum"] - point.facts["minimum"]) / 2
        seen = np.maximum(old.components[: system.n], amplitude)
        for i, name in enumerate(system.field.problem.variables):
            seen[i] = self.options.scales.get(name, seen[i])
        scalars = old.scalars.copy()
        if len(scalars) > 2:
            scalars[0] = system.period(point.profile.scalars)
        if self.kind == "cycle_fold":
            scalars[3] = scalars[0]
        return Scales(np.tile(seen, 1 + system.copies), scalars)

    def events(self, before: CurvePoint, after: CurvePoint) -> list[Event]:
        """Return cusps and resonances to look for between two points."""
        found = resonances(self.kind, self.equations, before)
        if self.kind == "cycle_fold":
            found.append(Event("CPC", partial(self._advance, before)))
        if self.kind == "period_doubling":
            found.append(Event("GPD", _cubic))
        return found + [
            Event("UZ", partial(self._inside, 0, value, 1.0)) for value in self.cycles.report_at
        ]

    def _advance(self, before: CurvePoint, point: CurvePoint) -> float:
        """Speed of the parameters along where they were going: negative beyond a cusp."""
        scale = self.equations.free(self.scales.scalars)
        a, b = (self.equations.free(x.tangent.scalars) / scale for x in (before, point))
        return float(a @ b)

    def limits(self, before: CurvePoint) -> list[tuple[Termination, Event]]:
        """Bounds of the parameters, vanishing amplitude, the longest period, real multipliers."""
        out: list[tuple[Termination, Event]] = []
        for i, name in enumerate(self.equations.field.free):
            low, high = self.options.bounds.get(name, (-np.inf, np.inf))
            for bound, sign in ((low, 1.0), (high, -1.0)):
                if np.isfinite(bound):
                    why = Termination("bound", f"reached the bound {name} = {bound:.10g}")
                    out.append((why, Event("", partial(self._inside, i, bound, sign))))
        kind = {"cycle_fold": "GH", "torus": "HH", "fixed_period": "HB"}.get(self.kind, "")
        why = Termination("hopf", "the amplitude of the cycle goes to zero")
        out.append((why, Event(kind, partial(self._likeness, before))))
        if self.cycles.max_period is not None and len(self.scales.scalars) > 2:
            why = Termination("period", f"the period reached {self.cycles.max_period:g}")
            out.append((why, Event("", self._below_longest)))
        if self.kind == "torus":
            out += limits_of_torus()
        return out

    def _inside(self, i: int, bound: float, sign: float, point: CurvePoint) -> float:
        return sign * float(self.equations.free(point.profile.scalars)[i] - bound)

    def _below_longest(self, point: CurvePoint) -> float:
        longest = self.cycles.max_period or np.inf
        return longest - self.equations.period(point.profile.scalars)

    def _likeness(self, before: CurvePoint, point: CurvePoint) -> float:
        """Inner product of two oscillations: negative beyond a Hopf point (see `hopf_end`)."""
        own, other = (self._oscillation(x) for x in (before, point))
        return self.scales.inner(own, other) / float(np.sqrt(self.scales.inner(own, own)))

    def _oscillation(self, point: CurvePoint) -> Profile:
        system, w = self.equations, point.profile
        return system.direction(w, system.cycle, w.values[:, system.cycle] - point.facts["mean"])

    def end(self, points: list[CurvePoint]) -> Termination | None:
        """Return the end of a curve whose period has grown too far, or that is closed."""
        last = self.equations.period(points[-1].profile.scalars)
        shortest = min(self.equations.period(point.profile.scalars) for point in points)
        if last > self.cycles.period_ratio * shortest:
            text = f"the period has grown to {last:.6g}, {last / shortest:.3g} times the shortest"
            return Termination("period", text)
        trivial = float(points[-1].facts["trivial"])
        if self.equations.n > 2 and abs(trivial - 1) > floquet.LOST:
            text = f"at the period {last:.6g} the multipliers are lost to rounding: the orbit "
            return Termination("period", text + "repels and attracts too strongly")
        if len(points) < _FEWEST:
            return None
        first, setting_out, before, after = (
            self._summary(points[k]) - self._summary(points[0]) for k in (0, 1, -2, -1)
        )
        leg = after - before
        length = float(leg @ leg)
        along = float((first - before) @ leg) / length if length > 0 else -1.0
        miss = float(np.linalg.norm(before + along * leg))
        if 0 <= along <= 1 and miss < _ASIDE * np.sqrt(length) and setting_out @ leg > 0:
            return Termination("closed", "the curve has come back to its start")
        return None

    def _summary(self, point: CurvePoint) -> FloatArray:
        """Numbers that tell cycles apart, scaled."""
        scale = self.scales.components[: self.equations.n]
        ranges = [point.facts[key] / scale for key in ("minimum", "maximum", "mean")]
        free = self.equations.free(point.profile.scalars / self.scales.scalars)
        period = np.log(self.equations.period(point.profile.scalars))
        return np.concatenate([*ranges, free, [period]])


def _cubic(point: CurvePoint) -> float:
    return float(point.facts["cubic"])
