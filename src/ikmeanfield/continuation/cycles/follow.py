"""Branches of limit cycles in one parameter."""

from __future__ import annotations

from ikmeanfield.continuation.branch import Branch
from ikmeanfield.continuation.bvp.follow import Follower
from ikmeanfield.continuation.bvp.newton import NewtonFailureError
from ikmeanfield.continuation.bvp.points import CurvePoint
from ikmeanfield.continuation.compute_branch import check_names, empty_branch
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.options import ContinuationOptions, options_or
from ikmeanfield.continuation.problem import Problem, checked_problem
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .branch_table import cycle_branch
from .family import CycleFamily
from .hopf_start import from_hopf
from .options import CycleOptions
from .start import CycleStartError, Start, Trajectory, from_trajectory

#: Steps that suit cycles, whose points cost more than those of equilibria.
STEPS = ContinuationOptions(ds=0.02, ds_max=0.1, max_points=500, max_turn=20.0)


def continue_cycles(
    problem: Problem,
    start: SpecialPoint | Trajectory,
    parameter: str,
    options: ContinuationOptions | None = None,
    cycles: CycleOptions | None = None,
) -> Branch:
    """Follow a branch of limit cycles in one parameter.

    Orthogonal collocation with pseudo-arclength continuation (E. J. Doedel, Lecture notes on
    numerical analysis of nonlinear equations, 2007), on a mesh that adapts to the cycle.

    Parameters
    ----------
    problem
        The system.
    start
        A Hopf point (any special point with state and parameters near one), or one period of
        a cycle, see `simulated_cycle`.
    parameter
        Name of the free parameter.
    options
        Steps, tolerances and bounds; `STEPS` for None. Arclength is measured relative to the
        cycles' amplitudes, the period, and the parameter's scale. `direction` matters for
        trajectories only: from a Hopf point there is one branch, on whichever side it lies.
    cycles
        Discretisation, and when a growing period ends the branch.

    Returns
    -------
    branch
        Of kind ``"cycle"``: see `branch_table.cycle_branch` for what it holds. Both ends have a
        reason: ``"hopf"``, ``"vanishing"`` (amplitude zero where no Hopf point is found),
        ``"homoclinic"``, ``"heteroclinic"``, ``"snic"``, ``"period"`` (grows, but neither scaling
        was recognised), ``"bound"``, ``"closed"``, ``"vertical"`` (a family of cycles at one
        value of the parameter, as around a centre), a kind of `stop_at`, ``"max_points"`` or
        ``"step"`` (no further point was found, however small the step). Hopf points, homoclinic
        orbits and SNICs at an end are special points too (HB, HOM, HET, SNIC) and hold the limit's
        parameters, equilibrium and uncertainty. Without points and with the reason
        ``"no_start"`` when there is no Hopf point near the given one or Newton's method does not
        get from the given trajectory to a cycle.
    """
    options = options_or(options, STEPS)
    cycles = options_or(cycles, CycleOptions())
    check_names(checked_problem(problem), (parameter,), options)
    if not isinstance(start, SpecialPoint | Trajectory):
        msg = (
            f"start = {start!r}: must be a special point, such as branch.points('HB')[0], or a "
            "Trajectory from simulated_cycle"
        )
        raise TypeError(msg)
    at_start = problem.at(start.parameters)
    pointwise = PointwiseField(problem, parameter, base=at_start.vector())
    try:
        if isinstance(start, Trajectory):
            first = from_trajectory(pointwise, start, options, cycles)
            follower = follower_of(first, pointwise, options, cycles)
            halves = follower.both_ways(corrected(follower, first))
            here = Termination("start", "the cycle from which the branch was started")
            return cycle_branch(follower.curve, halves, here)
        hopf = from_hopf(pointwise, start.state, options, cycles)
    except CycleStartError as error:
        return empty_branch("cycle", at_start, (parameter,), Termination("no_start", str(error)))
    follower = follower_of(hopf, pointwise, options, cycles)
    point = follower.curve.at_hopf(hopf.orbit, hopf.direction, hopf.hopf)
    half = follower.follow(point, [point.facts.hopf])
    at = f"the Hopf point {parameter} = {hopf.orbit.parameter:.10g}"
    return cycle_branch(follower.curve, (None, half), Termination("start", at))


def follower_of(
    start: Start, field: PointwiseField, options: ContinuationOptions, cycles: CycleOptions
) -> Follower[CycleFamily]:
    """Return what follows cycles in one parameter from a start."""
    return Follower(CycleFamily(field, start.metric, options, cycles), options, cycles)


def corrected(follower: Follower[CycleFamily], start: Start) -> CurvePoint:
    """Return the cycle at the start's value of the parameter, on a mesh that suits it."""
    try:
        return follower.with_scalar(start.orbit, 1)
    except NewtonFailureError as error:
        at = f"{follower.curve.parameter} = {start.orbit.parameter:.10g}"
        msg = f"no cycle at {at} near the trajectory: {error}"
        raise CycleStartError(msg) from error
