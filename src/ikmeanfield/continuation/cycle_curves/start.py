"""From a cycle near a bifurcation to a solution of its defining system."""

from __future__ import annotations

from ikmeanfield.continuation.bvp.follow import Follower
from ikmeanfield.continuation.bvp.newton import NewtonFailureError
from ikmeanfield.continuation.bvp.points import CurvePoint
from ikmeanfield.continuation.cycles.follow import follower_of
from ikmeanfield.continuation.cycles.options import CycleOptions
from ikmeanfield.continuation.cycles.start import CycleStartError, Trajectory, from_trajectory
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.options import ContinuationOptions
from ikmeanfield.continuation.problem import Problem

from .curve import BifurcationCurve
from .kinds import KINDS


def first_point(
    problem: Problem,
    kind: str,
    start: Trajectory,
    free: tuple[str, str],
    options: ContinuationOptions,
    cycles: CycleOptions,
) -> tuple[Follower[BifurcationCurve], CurvePoint]:
    """Return the solution nearest to a cycle at its second parameter, or its first one.

    Raises
    ------
    CycleStartError
        Newton's method does not get to the bifurcation from there.
    """
    problem = problem.at(start.parameters)
    pointwise = PointwiseField(problem, free[0])
    guess = from_trajectory(pointwise, start, options, cycles)
    along = follower_of(guess, pointwise, options, cycles)
    family, sort = along.curve, KINDS[kind]
    try:
        near = along.settled(guess.orbit, lambda w: sort.normal(family.orbit(w)))
        curve, profile = sort.beside(family, near, free)
        follower, last = Follower(curve, options, cycles), curve.equations.first + 1
        return follower, follower.with_scalar(profile, last, last - 1)
    except NewtonFailureError as error:
        msg = f"no {kind.replace('_', ' ')} found from the given cycle: {error}"
        raise CycleStartError(msg) from error
