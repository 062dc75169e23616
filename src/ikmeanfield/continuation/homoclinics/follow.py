"""Curves of homoclinic orbits in two parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ikmeanfield.continuation.branch import Branch
from ikmeanfield.continuation.bvp.follow import Follower
from ikmeanfield.continuation.bvp.newton import NewtonFailureError
from ikmeanfield.continuation.bvp.points import CurvePoint
from ikmeanfield.continuation.bvp.polynomial import node_points
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.compute_branch import check_plane, empty_branch
from ikmeanfield.continuation.cycles.equilibria import find_equilibrium
from ikmeanfield.continuation.cycles.follow import STEPS
from ikmeanfield.continuation.cycles.options import CycleOptions
from ikmeanfield.continuation.cycles.start import (
    CycleStartError,
    Trajectory,
    from_trajectory,
    parameter_scales,
)
from ikmeanfield.continuation.fields import FieldNotFiniteError, PointwiseField
from ikmeanfield.continuation.options import ContinuationOptions, options_or
from ikmeanfield.continuation.problem import FloatArray, Problem
from ikmeanfield.continuation.scaled import ScaledField
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .bogdanov_takens import DISTANCES, normal_form
from .curve import HomoclinicCurve
from .system import HomoclinicSystem


def continue_homoclinics(
    problem: Problem,
    start: SpecialPoint | Trajectory,
    free: tuple[str, str],
    options: ContinuationOptions | None = None,
    cycles: CycleOptions | None = None,
) -> Branch:
    """Curve of orbits homoclinic to a saddle, in two parameters.

    Parameters
    ----------
    problem
        The system.
    start
        A HOM point of a branch of cycles, or a cycle of long period near a homoclinic orbit. Its
        period becomes the duration of the orbits; the error decays exponentially with it. Or a BT
        point of a curve of folds or Hopf points, from which the curve is followed away.
    free
        The two free parameters; ``"forward"`` is towards larger values of the first.
    options
        Steps, tolerances, bounds (on the two parameters).
    cycles
        Discretisation.

    Returns
    -------
    Branch
        Of kind ``"homoclinic"``: states are the saddles, eigenvalues theirs; columns
        ``saddle_quantity`` and ``gap`` (scaled distance of the orbit's ends from the saddle: what
        the truncation leaves out), arrays ``minimum`` and ``maximum``. Special points: NSH (neutral
        saddle: a curve of folds of cycles ends there), NCS (the saddle meets a fold; the curve
        ends, and SNICs on the curve of folds take over). Without points and with the reason
        ``"no_start"`` if no homoclinic orbit is found near the start.
    """
    options = options_or(options, STEPS)
    cycles = options_or(cycles, CycleOptions())
    check_plane(problem, free, options)
    problem = problem.at(start.parameters)
    corner = start if isinstance(start, SpecialPoint) and start.kind == "BT" else None
    try:
        if corner is not None:
            follower, point = _beside(problem, corner, free, options, cycles)
        else:
            trajectory = Trajectory.of(start) if isinstance(start, SpecialPoint) else start
            follower, point = _first_point(problem, trajectory, free, options, cycles)
    except (CycleStartError, NewtonFailureError, FieldNotFiniteError) as error:
        what = "cycle" if corner is None else "Bogdanov-Takens point"
        text = f"no homoclinic orbit found from the given {what}: {error}"
        return empty_branch("homoclinic", problem, free, Termination("no_start", text))
    if corner is None:
        here = Termination("start", "the orbit from which the curve was started")
        return follower.curve.branch(follower.both_ways(point), here)
    here = Termination("BT", "the curve issues from a Bogdanov-Takens point")
    return follower.curve.branch((None, follower.follow(point)), here)


def _beside(
    problem: Problem,
    corner: SpecialPoint,
    free: tuple[str, str],
    options: ContinuationOptions,
    cycles: CycleOptions,
) -> tuple[Follower[HomoclinicCurve], CurvePoint]:
    """Return an orbit as far from a Bogdanov-Takens point as one is found, and the way from it."""
    form = normal_form(problem, corner, free, options)
    failure: Exception = CycleStartError("")
    for distance in DISTANCES:
        orbit = form.orbit(distance)
        try:
            follower, point = _first_point(
                problem.at(orbit.parameters), orbit, free, options, cycles, at_saddle=True
            )
        except (CycleStartError, NewtonFailureError, FieldNotFiniteError) as error:
            failure = error
            continue
        away = point.profile.scalars[:2] - [corner.parameters[name] for name in free]
        along = float((point.tangent.scalars[:2] / follower.curve.scales.scalars[:2] ** 2) @ away)
        tangent = point.tangent.times(1.0 if along >= 0 else -1.0)
        return follower, replace(point, tangent=tangent)
    raise failure


def _first_point(
    problem: Problem,
    trajectory: Trajectory,
    free: tuple[str, str],
    options: ContinuationOptions,
    cycles: CycleOptions,
    *,
    at_saddle: bool = False,
) -> tuple[Follower[HomoclinicCurve], CurvePoint]:
    """Turn a long cycle into a homoclinic orbit, at its second or its first parameter.

    `at_saddle` says that its samples begin at the saddle; otherwise that is where it is slowest.
    """
    first = from_trajectory(PointwiseField(problem, free[0]), trajectory, options, cycles)
    values = problem.vector()[[problem.index(name) for name in free]]
    sizes = parameter_scales(problem, free, values, options)
    scale = first.metric.components
    field = PointwiseField(problem, *free, scale=scale, parameter_scale=sizes)
    p = field.p(values)
    orbit = first.orbit
    speed = np.abs(field.values(orbit.values, p) / scale).max(axis=1)
    slowest = 0 if at_saddle else int(np.argmin(speed[:-1]))
    phase = float(orbit.nodes()[slowest])
    mesh = np.unique(np.concatenate([[0.0], np.mod(orbit.mesh - phase, 1.0), [1.0]]))
    saddle = _saddle(problem, orbit.values[slowest], scale)
    scales = Scales(scale, np.concatenate([sizes, scale]))
    scalars = np.concatenate([values, saddle])
    system = HomoclinicSystem(field, scales, orbit.period, scalars)
    if not 0 < system.unstable < system.n:
        msg = f"the equilibrium {saddle} that the cycle comes near to is not a saddle"
        raise CycleStartError(msg)
    profile = Profile(mesh, orbit(node_points(mesh, orbit.basis) + phase), scalars)
    follower = Follower(HomoclinicCurve(system, options), options, cycles)
    return follower, follower.with_scalar(profile, 1, 0)


def _saddle(problem: Problem, guess: FloatArray, scale: FloatArray) -> FloatArray:
    found = find_equilibrium(ScaledField(problem, (), scale), guess)
    if found is None:
        msg = f"no equilibrium near the slowest point {guess} of the cycle"
        raise CycleStartError(msg)
    return found.state
