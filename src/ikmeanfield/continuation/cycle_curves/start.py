"""From a cycle near a bifurcation to a solution of its defining system."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.bvp.follow import CurvePoint, Follower
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.cycles.collocation import (
    NewtonFailureError,
    parameter_direction,
)
from ikmeanfield.continuation.cycles.fields import PointwiseField
from ikmeanfield.continuation.cycles.modes import floquet_mode
from ikmeanfield.continuation.cycles.orbit import Orbit
from ikmeanfield.continuation.cycles.start import (
    CycleStartError,
    Trajectory,
    from_trajectory,
    parameter_scales,
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
    guess = from_trajectory(PointwiseField(problem, free[0]), start, options, cycles)
    p = problem.vector()
    tracer = Tracer(problem, free[0], p, guess.metric, options=options, cycles=cycles)
    try:
        near = _near(tracer, guess.orbit, kind)
        curve, profile = _guess(tracer, near, kind, free)
        follower = Follower(curve, options, cycles)
        return follower, _on_curve(follower, profile)
    except NewtonFailureError as error:
        msg = f"no {kind.replace('_', ' ')} found from the given cycle: {error}"
        raise CycleStartError(msg) from error


def _near(tracer: Tracer, orbit: Orbit, kind: str) -> CyclePoint:
    """Return the cycle near a sampled one: of its amplitude, its period or at its parameter.

    Near a fold the parameter does not determine the amplitude, near a homoclinic orbit not the
    period.
    """
    for attempt in range(3):
        still = np.zeros_like(orbit.values)
        if kind == "cycle_fold":
            normal = Orbit(orbit.mesh, orbit.values - orbit.mean(), orbit.period, 0.0)
        elif kind == "fixed_period":
            normal = Orbit(orbit.mesh, still, 1.0, 0.0)
        else:
            normal = parameter_direction(orbit)
        point = tracer.correct(orbit, tracer.metric.unit(normal), orbit)
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
    sizes = parameter_scales(problem, free, values, options)
    amplitude = tracer.metric.variables
    field = PointwiseField(problem, *free, scale=amplitude, parameter_scale=sizes)
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
        variation, extra = _critical(tracer, near, torus=kind == "torus")
    profile = Profile(
        orbit.mesh,
        np.concatenate([orbit.values, variation], axis=1),
        np.concatenate([[period], values, extra]),
    )
    return CycleCurve(kind, system, options, tracer.cycles), system.normalised(profile)


def _critical(tracer: Tracer, near: CyclePoint, *, torus: bool) -> tuple[FloatArray, list[float]]:
    """Variations that a period multiplies by about -1 or exp(i theta), and theta if it is free."""
    multiplier, extra = -1.0 + 0j, []
    if torus:
        mu = near.floquet.multipliers
        oscillating = mu[mu.imag > 1e-9]
        if not len(oscillating):
            msg = f"no complex multipliers ({mu})"
            raise NewtonFailureError(msg)
        multiplier = complex(oscillating[np.argmin(np.abs(np.abs(oscillating) - 1))])
        extra = [float(np.angle(multiplier))]
    mode = floquet_mode(tracer.collocation, near.orbit, tracer.metric, multiplier)
    return np.concatenate([mode.real, mode.imag], axis=1) if torus else mode.real, extra


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
