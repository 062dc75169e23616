"""From a cycle near a bifurcation to a solution of its defining system."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.bvp.follow import CurvePoint, Follower
from ikmeanfield.continuation.bvp.newton import linearised
from ikmeanfield.continuation.bvp.problem import Boundary, Rates
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.cycles.collocation import (
    NewtonFailureError,
    parameter_direction,
)
from ikmeanfield.continuation.cycles.fields import PointwiseField
from ikmeanfield.continuation.cycles.orbit import Orbit
from ikmeanfield.continuation.cycles.start import (
    CycleStartError,
    Trajectory,
    from_trajectory,
    parameter_scale,
)
from ikmeanfield.continuation.cycles.tracer import Tracer

from .curve import CycleCurve
from .systems import (
    CycleSystem,
    DoublingSystem,
    FixedPeriodSystem,
    FoldSystem,
    TorusSystem,
)
from .variations import Variations

if TYPE_CHECKING:
    from ikmeanfield.continuation.cycles.options import CycleOptions
    from ikmeanfield.continuation.cycles.tracer import CyclePoint
    from ikmeanfield.continuation.options import ContinuationOptions
    from ikmeanfield.continuation.problem import FloatArray, Problem

SYSTEMS: dict[str, type[CycleSystem]] = {
    "cycle_fold": FoldSystem,
    "period_doubling": DoublingSystem,
    "torus": TorusSystem,
}
#: Shift of the Floquet exponent (times the period) in inverse iteration, and its sweeps.
_SHIFT, _SWEEPS = 1e-3, 3


def first_point(
    problem: Problem,
    kind: str,
    start: Trajectory,
    free: tuple[str, str],
    options: ContinuationOptions,
    cycles: CycleOptions,
) -> tuple[Follower, CurvePoint]:
    """Return the solution nearest to a cycle at its second parameter, ready to be followed.

    Raises
    ------
    CycleStartError
        Newton's method does not get to the bifurcation from there.
    """
    problem = problem.at(start.parameters)
    pointwise = PointwiseField(problem, free[0])
    guess = from_trajectory(pointwise, start, options, cycles)
    p = problem.vector()
    tracer = Tracer(problem, free[0], p, guess.metric, options=options, cycles=cycles)
    try:
        near = _near(tracer, guess.orbit, fold=kind == "cycle_fold")
        curve, profile = _guess(tracer, near, kind, free)
        follower = Follower(curve, options, cycles)
        return follower, _on_curve(follower, profile)
    except NewtonFailureError as error:
        msg = f"no {kind.replace('_', ' ')} found from the given cycle: {error}"
        raise CycleStartError(msg) from error


def _near(tracer: Tracer, orbit: Orbit, *, fold: bool) -> CyclePoint:
    """Return the cycle near a sampled one: at the same parameter or, for a fold, amplitude."""
    for attempt in range(3):
        normal = parameter_direction(orbit)
        if fold:
            normal = tracer.metric.unit(
                Orbit(orbit.mesh, orbit.values - orbit.mean(), orbit.period, 0.0)
            )
        point = tracer.correct(orbit, normal, orbit)
        if attempt < 2:
            orbit = tracer.remesh(point).orbit
    return point


def _guess(
    tracer: Tracer, near: CyclePoint, kind: str, free: tuple[str, str]
) -> tuple[CycleCurve, Profile]:
    """Return the curve and the first guess of its solution."""
    problem, options = tracer.problem, tracer.options
    values = problem.vector()[[problem.index(name) for name in free]]
    values[0] = near.orbit.parameter
    sizes = np.array(
        [
            parameter_scale(problem, name, float(value), options)
            for name, value in zip(free, values, strict=True)
        ]
    )
    amplitude = tracer.metric.variables
    field = Variations(problem, free, amplitude, sizes)
    period, orbit = near.orbit.period, near.orbit
    if kind == "fixed_period":
        system: CycleSystem = FixedPeriodSystem(field, Scales(amplitude, sizes), period)
        profile = Profile(orbit.mesh, orbit.values, values)
        return CycleCurve(kind, system, options, tracer.cycles), profile
    last = {"cycle_fold": [period], "torus": [1.0]}.get(kind, [])
    system_type = SYSTEMS[kind]
    scales = Scales(
        np.tile(amplitude, 1 + system_type.copies), np.concatenate([[period], sizes, last])
    )
    system = system_type(field, scales)
    if kind == "cycle_fold":
        variation, extra = near.tangent.values, [near.tangent.period]
    else:
        variation, extra = _critical(system, near, values)
    profile = Profile(
        orbit.mesh,
        np.concatenate([orbit.values, variation], axis=1),
        np.concatenate([[period], values, extra]),
    )
    return CycleCurve(kind, system, options, tracer.cycles), system.normalised(profile)


def _critical(
    system: CycleSystem, near: CyclePoint, values: FloatArray
) -> tuple[FloatArray, list[float]]:
    """Variations that a period multiplies by about -1 or exp(i theta), and theta if it is free."""
    mu = near.floquet.multipliers
    if system.copies == 2:
        oscillating = mu[mu.imag > 1e-9]
        if not len(oscillating):
            msg = f"no complex multipliers ({mu})"
            raise NewtonFailureError(msg)
        critical = oscillating[np.argmin(np.abs(np.abs(oscillating) - 1))]
        extra = [float(np.angle(critical))]
    else:
        extra = []
    q = np.concatenate([[near.orbit.period], values, extra])
    inverse = _InverseIteration(system, near.orbit, q)
    return inverse.critical(), extra


class _InverseIteration:
    """The linear problem v' = (T J + shift) v + g, v(1) = R v(0), solved for v again and again."""

    def __init__(self, system: CycleSystem, orbit: Orbit, q: FloatArray) -> None:
        self.system, self.orbit, self.q = system, orbit, q
        y = orbit.at_gauss().reshape(-1, system.n)
        jacobian = system.field.jacobians(y, system.field.p(system.free(q)))
        shift = _SHIFT * np.eye(system.n)
        blocks = system.period(q) * jacobian + shift
        self._matrix = np.stack([np.kron(np.eye(system.copies), block) for block in blocks])
        self._driven = np.zeros((len(y), system.copies * system.n))

    def values(self, w: FloatArray, q: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("kab,kb->ka", self._matrix, w) + self._driven)

    def rates(self, w: FloatArray, q: FloatArray) -> Rates:
        return Rates(self.values(w, q), self._matrix, np.zeros((*w.shape, 0)))

    def boundary(self, start: FloatArray, end: FloatArray, q: FloatArray) -> Boundary:
        by_start = np.asarray(-np.kron(self.system.turn(self.q)[0], np.eye(self.system.n)))
        none = np.zeros((len(start), 0))
        return Boundary(np.asarray(end + by_start @ start), by_start, np.eye(len(start)), none)

    def conditions(self, reference: Profile) -> list[object]:
        return []

    def critical(self) -> FloatArray:
        """Return the variations at the nodes."""
        scale = self.system.scales.components[self.system.variations]
        scales = Scales(scale, np.empty(0))
        # a first right-hand side in general position
        angles = 2 * np.pi * self.orbit.node_fractions()[:, None]
        start = scale * np.cos(angles + np.arange(len(scale)))
        w = Profile(self.orbit.mesh, start, np.empty(0))
        for _ in range(_SWEEPS):
            self._driven = w.at_gauss().reshape(self._driven.shape)
            zero = Profile(w.mesh, np.zeros_like(w.values), np.empty(0))
            w = linearised(self, zero, scales, [])[0]  # type: ignore[arg-type]
            w = scales.unit(w)
        return w.values


def _on_curve(follower: Follower, guess: Profile) -> CurvePoint:
    """Solve at the guess's second parameter, or at its first one, on a mesh that suits it."""
    where = len(guess.scalars) - (2 if follower.curve.kind in {"cycle_fold", "torus"} else 1)
    if follower.curve.kind == "fixed_period":
        where = 1
    failure = NewtonFailureError("")
    for held in (where, where - 1):
        profile = guess
        try:
            for attempt in range(2):
                point = follower.correct(profile, scalar_direction(profile, held), profile)
                follower.curve.scales = follower.curve.rescaled(point)
                if attempt == 0:
                    profile = follower.remeshed(point).profile
        except NewtonFailureError as error:
            failure = error
            continue
        return replace(point, tangent=follower.curve.scales.unit(point.tangent))
    raise failure


def scalar_direction(profile: Profile, index: int) -> Profile:
    """Return the direction in which only one scalar changes."""
    scalars = np.zeros_like(profile.scalars)
    scalars[index] = 1.0
    return Profile(profile.mesh, np.zeros_like(profile.values), scalars)
