"""Curves of bifurcations of cycles, and of cycles of one period, in two parameters."""

from __future__ import annotations

from ikmeanfield.continuation.branch import Branch
from ikmeanfield.continuation.compute_branch import check_plane, empty_branch
from ikmeanfield.continuation.cycles.branch_table import cycle_branch
from ikmeanfield.continuation.cycles.follow import STEPS
from ikmeanfield.continuation.cycles.options import CycleOptions
from ikmeanfield.continuation.cycles.start import CycleStartError, Trajectory
from ikmeanfield.continuation.options import ContinuationOptions, options_or
from ikmeanfield.continuation.problem import Problem
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .beside import ISSUING, bifurcation_beside
from .start import first_point

#: Kind of curve through each kind of special point.
CURVES = {"LPC": "cycle_fold", "PD": "period_doubling", "TR": "torus"}


def continue_cycle_bifurcation(
    problem: Problem,
    start: SpecialPoint,
    free: tuple[str, str],
    options: ContinuationOptions | None = None,
    cycles: CycleOptions | None = None,
) -> Branch:
    """Curve of folds of cycles, period doublings or torus points in two parameters.

    Orthogonal collocation of the cycle together with its critical variations (see `systems`), on
    an adaptive mesh.

    Parameters
    ----------
    problem
        The system.
    start
        An LPC, PD or TR point of a branch of cycles or of another such curve; its kind says which
        curve is followed. Or a GH point, from which folds of cycles issue, or a ZH or HH point,
        from which torus points may.
    free
        The two free parameters; ``"forward"`` is towards larger values of the first.
    options
        Steps, tolerances, bounds (on the two parameters).
    cycles
        Discretisation, and the period at which a curve ends.

    Returns
    -------
    Branch
        Of kind ``"cycle_fold"``, ``"period_doubling"`` or ``"torus"``; see
        `cycles.branch_table.cycle_branch` for its rows.
        Special points: CPC (cusp), R1 to R4, LPPD, LPNS, PDNS, NSNS. Ends: ``"bound"``,
        ``"hopf"`` (the amplitude goes to zero at a GH, ZH or HH point), ``"period"``, ``"R1"``,
        ``"R2"`` (a pair leaves the unit circle along the real axis), ``"closed"``, ``"step"``,
        ``"max_points"``; ``"no_start"`` without points.
    """
    options = options_or(options, STEPS)
    cycles = options_or(cycles, CycleOptions())
    if start.kind in ISSUING:
        check_plane(problem, free, options)
        beside = bifurcation_beside(problem, start, free, options, cycles)
        if beside is None:
            kind = CURVES[ISSUING[start.kind]]
            text = f"no {kind.replace('_', ' ')} found beside the {start.kind} point"
            at = problem.at(start.parameters)
            return empty_branch(kind, at, free, Termination("no_start", text))
        start = beside
    if start.kind not in CURVES:
        msg = f"start.kind = {start.kind!r}: must be one of {', '.join((*CURVES, *ISSUING))}"
        raise ValueError(msg)
    return follow_cycles(problem, CURVES[start.kind], Trajectory.of(start), free, options, cycles)


def continue_fixed_period(
    problem: Problem,
    start: Trajectory,
    free: tuple[str, str],
    options: ContinuationOptions | None = None,
    cycles: CycleOptions | None = None,
) -> Branch:
    """Curve of cycles of one period in two parameters.

    A long period makes it stand for a curve of homoclinic orbits or of saddle-nodes on an
    invariant circle. Arguments and result as for `continue_cycle_bifurcation`; the period is the
    one of the given cycle, which is corrected first.
    """
    return follow_cycles(problem, "fixed_period", start, free, options, cycles)


def follow_cycles(
    problem: Problem,
    kind: str,
    start: Trajectory,
    free: tuple[str, str],
    options: ContinuationOptions | None,
    cycles: CycleOptions | None,
) -> Branch:
    """Follow one kind of curve from a cycle near it, in the directions asked for."""
    options = options_or(options, STEPS)
    cycles = options_or(cycles, CycleOptions())
    check_plane(problem, free, options)
    try:
        follower, point = first_point(problem, kind, start, free, options, cycles)
    except CycleStartError as error:
        at = problem.at(start.parameters)
        return empty_branch(kind, at, free, Termination("no_start", str(error)))
    here = Termination("start", "the cycle from which the curve was started")
    return cycle_branch(follower.curve, follower.both_ways(point), here)
