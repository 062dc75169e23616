"""Branches that leave a branch: at branch points and at period doublings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .augmented import equilibrium, hyperplane
from .branch import Branch
from .bvp.newton import NewtonFailureError
from .bvp.points import CurvePoint
from .compute_branch import check_names, compute_branch, empty_branch
from .cycles.branch_table import cycle_branch
from .cycles.follow import STEPS, follower_of
from .cycles.modes import floquet_mode, kernel
from .cycles.options import CycleOptions
from .cycles.orbit import Orbit
from .cycles.start import CycleStartError, Trajectory, from_trajectory
from .equilibria import EquilibriumCurve
from .fields import FieldNotFiniteError, PointwiseField
from .newton import newton
from .options import ContinuationOptions, options_or
from .problem import FloatArray, Problem
from .scaled import ScaledField
from .scales import initial_scale
from .special_point import SpecialPoint, Termination

if TYPE_CHECKING:
    from .bvp.follow import Follower
    from .cycles.family import CycleFamily

_ITERATIONS = 20
#: Distances, in scaled terms, at which the other branch is looked for.
_AWAY = (1e-2, 3e-3, 3e-2, 1e-3)
#: How far a point of the other branch may lie, relative to the distance in its direction.
_REACHES = (1.1, 20.0)


def switch_branch(
    problem: Problem,
    branch: Branch,
    point: SpecialPoint,
    options: ContinuationOptions | None = None,
    cycles: CycleOptions | None = None,
) -> Branch:
    """Follow the branch that leaves a branch at a BP or PD.

    Parameters
    ----------
    problem
        The system.
    branch
        The branch of equilibria or cycles on which the point was found.
    point
        One of its special points, of kind BP (equilibria: the curve that crosses; cycles:
        a pitchfork or a crossing) or PD (cycles of twice the period).
    options, cycles
        Steps, tolerances and bounds; discretisation.

    Returns
    -------
    Branch
        In both directions from a point just off the special point; a branch of doubled cycles in
        one, as the other holds the same cycles. Without points and with the reason ``"no_start"``
        where no other branch is found.
    """
    if point.kind not in {"BP", "PD"} or branch.kind not in {"equilibrium", "cycle"}:
        msg = f"no branch leaves a {point.kind} point of a branch of kind {branch.kind!r}"
        raise ValueError(msg)
    problem = problem.at(point.parameters)
    if branch.kind == "equilibrium":
        options = options_or(options, ContinuationOptions())
        check_names(problem, branch.free, options)
        return _equilibria(problem, branch, point, options)
    options, cycles = options_or(options, STEPS), options_or(cycles, CycleOptions())
    check_names(problem, branch.free, options)
    return _cycles(problem, branch, point, options, cycles)


def _no_start(kind: str, problem: Problem, branch: Branch, why: str) -> Branch:
    return empty_branch(kind, problem, branch.free, Termination("no_start", why))


# --- equilibria ------------------------------------------------------------------------------


def _equilibria(
    problem: Problem, branch: Branch, point: SpecialPoint, options: ContinuationOptions
) -> Branch:
    x = np.append(point.state, point.parameters[branch.free[0]])
    field = ScaledField(problem, branch.free, initial_scale(problem, branch.free, x, options))
    away = _off_branch(field, branch, point, x, options)
    if away is None:
        return _no_start("equilibrium", problem, branch, "no other curve found near the point")
    stop = options.stop_at or frozenset()
    return compute_branch(lambda: EquilibriumCurve(field, options), away, options, stop)


def _off_branch(
    field: ScaledField,
    branch: Branch,
    point: SpecialPoint,
    x: FloatArray,
    options: ContinuationOptions,
) -> FloatArray | None:
    """Return an equilibrium off the branch, in the plane orthogonal to it within the kernel."""
    z = x / field.scale
    matrix = field.full_jacobian(z)
    basis = np.linalg.svd(matrix)[2][-2:]
    rows = np.hstack([branch.states, branch.parameters]) / field.scale
    near = [rows[k] for k in (point.row - 1, point.row + 1) if 0 <= k < len(rows)]
    along = max((row - z for row in near), key=np.linalg.norm)
    inside = basis @ along
    direction = np.array([-inside[1], inside[0]]) @ basis
    direction /= np.linalg.norm(direction)
    # first where the other curve sets out at a right angle, then where it stays nearer
    for reach in _REACHES:
        for step in (sign * size for size in _AWAY for sign in (1, -1)):
            guess = z + step * direction
            system = hyperplane(equilibrium(field), direction, guess)
            found = newton(system, guess, options.tolerance, _ITERATIONS)
            if found.converged and np.linalg.norm(found.z - z) < reach * abs(step):
                return found.z * field.scale
    return None


# --- cycles ----------------------------------------------------------------------------------


def _cycles(
    problem: Problem,
    branch: Branch,
    point: SpecialPoint,
    options: ContinuationOptions,
    cycles: CycleOptions,
) -> Branch:
    (parameter,) = branch.free
    field = PointwiseField(problem, parameter)
    try:
        start = from_trajectory(field, Trajectory.of(point), options, cycles)
        follower = follower_of(start, field, options, cycles)
        first = _other_cycle(follower, start.orbit, doubled=point.kind == "PD")
    except (CycleStartError, NewtonFailureError, FieldNotFiniteError) as error:
        return _no_start("cycle", problem, branch, str(error))
    here = Termination("start", f"{point.kind} at {parameter} = {start.orbit.parameter:.10g}")
    family, scales = follower.curve, follower.curve.scales
    forward = follower.follow(first)
    if point.kind == "PD":
        return cycle_branch(family, (None, forward), here)
    family.scales = scales
    backward = follower.follow(replace(first, tangent=first.tangent.times(-1.0)))
    return cycle_branch(family, (backward, forward), here)


def _other_cycle(follower: Follower[CycleFamily], orbit: Orbit, *, doubled: bool) -> CurvePoint:
    """Return a cycle off the branch, along the critical direction at its special point."""
    family = follower.curve
    if doubled:
        mode = floquet_mode(family.equations, orbit, -1.0).real
        orbit, direction = _twice(orbit), _doubled_direction(orbit, mode)
        family.scales = replace(family.scales, scalars=family.scales.scalars * [2.0, 1.0])
    else:
        _, direction = kernel(family.equations, orbit)
    direction = family.scales.unit(direction)
    failure = NewtonFailureError("no cycle found off the branch")
    for step in _AWAY[::-1]:
        try:
            return follower.correct(orbit.plus(direction, 10 * step), direction, orbit)
        except NewtonFailureError as error:
            failure = error
    raise failure


def _twice(orbit: Orbit) -> Orbit:
    """Return a cycle run through twice."""
    mesh = np.concatenate([orbit.mesh / 2, 0.5 + orbit.mesh[1:] / 2])
    values = np.concatenate([orbit.values, orbit.values[1:]])
    return Orbit.of(mesh, values, 2 * orbit.period, orbit.parameter)


def _doubled_direction(orbit: Orbit, mode: FloatArray) -> Orbit:
    """Return the mode that changes sign after a period, over two periods."""
    values = np.concatenate([mode, -mode[1:]])
    values[-1] = values[0]
    return Orbit.of(_twice(orbit).mesh, values, 0.0, 0.0)
