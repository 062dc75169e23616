"""Single points of a curve of solutions: corrected, on meshes that suit them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from operator import methodcaller
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ikmeanfield.continuation.options import ContinuationOptions

from .curve import FollowedCurve
from .mesh import equidistributed, error_estimate, halved, intervals_needed
from .newton import NewtonFailureError, Solved, as_it_is, solve
from .points import CurvePoint
from .profile import Profile

if TYPE_CHECKING:
    from ikmeanfield.continuation.cycles.options import CycleOptions

#: How often the mesh of a first solution is adapted.
_REMESHED = 2
#: Error, as a multiple of the one asked for, from which a point is computed on a better mesh.
_COARSE = 3


AnyCurve = TypeVar("AnyCurve", bound=FollowedCurve)


class Corrector(Generic[AnyCurve]):
    """Computes single points of a curve.

    Parameters
    ----------
    curve
        What is followed; its scales follow the solutions.
    options, mesh
        Step control and discretisation.
    """

    def __init__(self, curve: AnyCurve, options: ContinuationOptions, mesh: CycleOptions) -> None:
        self.curve, self.options, self.mesh = curve, options, mesh

    def correct(
        self, guess: Profile, normal: Profile, reference: Profile, tolerance: float | None = None
    ) -> CurvePoint:
        """Newton's method from a guess in the plane with the given normal.

        Raises
        ------
        NewtonFailureError
            It does not converge, or to a solution that the curve cannot have.
        """
        solved = solve(
            self.curve.equations, guess, self.curve.scales, reference, normal,
            tolerance=tolerance or self.options.tolerance, max_iterations=self.options.max_newton,
        )  # fmt: skip
        return self._described(solved)

    def as_it_is(self, profile: Profile, tangent: Profile) -> CurvePoint:
        """Return a profile between two of the curve without correcting it."""
        return self._described(as_it_is(self.curve.equations, profile, self.curve.scales, tangent))

    def _described(self, solved: Solved) -> CurvePoint:
        solved = replace(solved, profile=self.curve.normalised(solved.profile))
        facts = self.curve.facts(solved)
        return CurvePoint(
            solved.profile,
            solved.tangent,
            facts,
            error_estimate(solved.profile, self.curve.sizes(facts)),
            solved.residual,
            solved.iterations,
        )

    def along(self, point: CurvePoint, step: float, tolerance: float | None = None) -> CurvePoint:
        """Return the point of the curve whose projection on the tangent is `step` away."""
        guess = point.profile.plus(point.tangent, step)
        found = self.correct(guess, point.tangent, guess, tolerance)
        return replace(found, arclength=point.arclength + step, step=step)

    def remeshed(self, point: CurvePoint) -> CurvePoint:
        """Return the point on a mesh adapted to it, with more intervals if the error asks for them.

        Solution and tangent are only interpolated; the next correction starts from them.
        """
        profile, scale = point.profile, self.curve.scales.components
        moved = profile.on(equidistributed(profile, scale, profile.intervals))
        error = error_estimate(moved, self.curve.sizes(point.facts))
        needed = intervals_needed(
            error, self.mesh.mesh_tolerance, profile.basis.degree, profile.intervals
        )
        needed = min(needed + needed % 2, self.mesh.max_intervals)
        if needed > profile.intervals:
            moved = profile.on(equidistributed(profile, scale, needed))
        tangent = self.curve.scales.unit(point.tangent.on(moved.mesh))
        return replace(point, profile=moved, tangent=tangent)

    def resolved(self, point: CurvePoint) -> CurvePoint:
        """Return the point, on a better mesh if its error is far above what was asked for."""
        if point.error <= _COARSE * self.mesh.mesh_tolerance:
            return point
        better = self._corrected(self.remeshed(point))
        return point if better is None or better.error >= point.error else better

    def refined(self, point: CurvePoint) -> CurvePoint:
        """Return the point on a mesh of half the width, or as it is where Newton's method fails."""
        mesh = halved(point.profile.mesh)
        finer = replace(point, profile=point.profile.on(mesh), tangent=point.tangent.on(mesh))
        return self._corrected(finer) or point

    def _corrected(self, point: CurvePoint) -> CurvePoint | None:
        try:
            found = self.correct(point.profile, point.tangent, point.profile)
        except NewtonFailureError:
            return None
        return replace(found, arclength=point.arclength, step=point.step)

    def settled(self, guess: Profile, normal: Callable[[Profile], Profile]) -> CurvePoint:
        """Return the solution near a guess in a plane across the curve, on a mesh that suits it.

        `normal` gives the plane's normal, on the mesh of a profile.
        """
        for _ in range(_REMESHED):
            point = self.correct(guess, normal(guess), guess)
            guess = self.remeshed(point).profile
        point = self.correct(guess, normal(guess), guess)
        self.curve.scales = self.curve.rescaled(point)
        return replace(point, tangent=self.curve.scales.unit(point.tangent))

    def with_scalar(self, guess: Profile, *scalars: int) -> CurvePoint:
        """Return the same with a scalar held fixed, the first of some where that succeeds."""
        failure = NewtonFailureError("")
        for index in scalars:
            try:
                return self.settled(guess, methodcaller("along_scalar", index))
            except NewtonFailureError as error:
                failure = error
        raise failure


AnyCorrector = Corrector[Any]
