"""One point of a branch of cycles, and the step from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.spectrum import nearest_pair

from . import floquet
from .collocation import Collocation, Metric, NewtonFailureError, Solved
from .fields import FieldNotFiniteError, PointwiseField
from .kinks import kink_ranges
from .mesh import equidistributed, error_estimate, halved, intervals_needed

if TYPE_CHECKING:
    from ikmeanfield.continuation.options import ContinuationOptions
    from ikmeanfield.continuation.problem import FloatArray, Problem

    from .equilibria import Hopf
    from .options import CycleOptions
    from .orbit import Orbit


@dataclass(frozen=True)
class CyclePoint:
    """A cycle and everything reported about it.

    Attributes
    ----------
    orbit, tangent
        The cycle and the unit direction of the branch there.
    floquet
        Its multipliers.
    minimum, maximum, mean
        Of every variable, from the polynomial, each of shape (n,).
    error
        Estimated collocation error relative to the variables' scales.
    kinks
        Smallest and largest value along the orbit of every kink function.
    residual, iterations
        Of Newton's method.
    arclength, step
        Distance from the start of the branch; length of the step that led here.
    hopf
        The Hopf point where the orbit has shrunk to one, else None.
    """

    orbit: Orbit
    tangent: Orbit
    floquet: floquet.Floquet
    minimum: FloatArray
    maximum: FloatArray
    mean: FloatArray
    error: float
    kinks: dict[str, tuple[float, float]] = field(default_factory=dict)
    residual: float = 0.0
    iterations: int = 0
    arclength: float = 0.0
    step: float = 0.0
    hopf: Hopf | None = None


class Tracer:
    """Computes single points of a branch of cycles; knows scales and options.

    Parameters
    ----------
    problem, parameter
        The system and its free parameter.
    p
        All parameters, shape (m,).
    metric
        First scales; the variables' scales grow with the cycles.
    options, cycles
        Step control and discretisation.
    """

    def __init__(
        self,
        problem: Problem,
        parameter: str,
        p: FloatArray,
        metric: Metric,
        *,
        options: ContinuationOptions,
        cycles: CycleOptions,
    ) -> None:
        self.problem, self.parameter = problem, parameter
        self.field = PointwiseField(problem, parameter)
        self.collocation = Collocation(self.field, p)
        self.metric, self.options, self.cycles = metric, options, cycles
        self.n = len(problem.variables)

    def correct(
        self, guess: Orbit, normal: Orbit, reference: Orbit, tolerance: float | None = None
    ) -> CyclePoint:
        """Newton's method from a guess in the plane with the given normal.

        Raises
        ------
        NewtonFailureError
            It does not converge, or to an orbit with a negative period.
        """
        solved = self.collocation.solve(
            guess,
            self.metric,
            reference,
            normal,
            tolerance=tolerance or self.options.tolerance,
            max_iterations=self.options.max_newton,
        )
        if not solved.orbit.period > 0:
            msg = f"Newton's method went to a period of {solved.orbit.period:.3g}"
            raise NewtonFailureError(msg)
        return self._describe(solved)

    def on_chord(self, orbit: Orbit, tangent: Orbit) -> CyclePoint:
        """Return an orbit between two of the branch with its multipliers, without correcting it."""
        return self._describe(self.collocation.linearised(orbit, self.metric, tangent))

    def _describe(self, solved: Solved) -> CyclePoint:
        orbit, scale = solved.orbit, self.metric.variables
        m, p = orbit.basis.degree, self.collocation.p(orbit)
        minimum, maximum = orbit.extrema()
        try:
            flow = self.field.values(orbit.values[:-1:m], p) / scale
        except FieldNotFiniteError as error:
            raise NewtonFailureError(str(error)) from error
        return CyclePoint(
            orbit=orbit,
            tangent=solved.tangent,
            floquet=floquet.multipliers(solved.chain, flow, solved.divergence),
            minimum=minimum,
            maximum=maximum,
            mean=orbit.mean(),
            error=error_estimate(orbit, self._amplitudes(minimum, maximum)),
            kinks=kink_ranges({**self.problem.kinks, **self.options.events}, orbit, p),
            residual=solved.residual,
            iterations=solved.iterations,
        )

    def _amplitudes(self, minimum: FloatArray, maximum: FloatArray) -> FloatArray:
        return np.maximum((maximum - minimum) / 2, 1e-3 * self.metric.variables)

    def resolved(self, point: CyclePoint) -> CyclePoint:
        """Return the point, on a better mesh if its error is far above what was asked for."""
        if point.error <= 3 * self.cycles.mesh_tolerance:
            return point
        moved = self.remesh(point)
        try:
            found = self.correct(moved.orbit, moved.tangent, moved.orbit)
        except NewtonFailureError:
            return point
        better = replace(found, arclength=point.arclength, step=point.step)
        return better if better.error < point.error else point

    def refined(self, point: CyclePoint) -> CyclePoint:
        """Return the point on a mesh of half the width, or as it is where Newton's method fails."""
        mesh = halved(point.orbit.mesh)
        orbit, tangent = point.orbit.on(mesh), point.tangent.on(mesh)
        try:
            return self.correct(orbit, tangent, orbit)
        except NewtonFailureError:
            return point

    def along(self, point: CyclePoint, step: float, tolerance: float | None = None) -> CyclePoint:
        """Return the point of the branch whose projection on the tangent is `step` away."""
        guess = point.orbit.plus(point.tangent, step)
        reference = guess if point.hopf is not None else point.orbit
        found = self.correct(guess, point.tangent, reference, tolerance)
        return replace(found, arclength=point.arclength + step, step=step)

    def rescale(self, point: CyclePoint) -> None:
        """Let the scales follow the cycle: amplitudes seen so far, the current period."""
        seen = np.maximum(self.metric.variables, (point.maximum - point.minimum) / 2)
        for i, name in enumerate(self.problem.variables):
            seen[i] = self.options.scales.get(name, seen[i])
        self.metric = Metric(seen, point.orbit.period, self.metric.parameter)

    def remesh(self, point: CyclePoint) -> CyclePoint:
        """Return the point on a mesh adapted to it, with more intervals if the error asks for them.

        Orbit and tangent are only interpolated; the next correction starts from them.
        """
        orbit, scale = point.orbit, self.metric.variables
        if point.hopf is not None:
            return point
        mesh = equidistributed(orbit, scale, orbit.intervals)
        moved = orbit.on(mesh)
        error = error_estimate(moved, self._amplitudes(point.minimum, point.maximum))
        needed = intervals_needed(
            error, self.cycles.mesh_tolerance, self.cycles.degree, orbit.intervals
        )
        needed = min(needed + needed % 2, self.cycles.max_intervals)
        if needed > orbit.intervals:
            mesh = equidistributed(orbit, scale, needed)
            moved = orbit.on(mesh)
        return replace(point, orbit=moved, tangent=self.metric.unit(point.tangent.on(mesh)))


def at_hopf(tracer: Tracer, orbit: Orbit, tangent: Orbit, hopf: Hopf) -> CyclePoint:
    """Return the point of amplitude zero at which cycles meet a Hopf point."""
    pair = nearest_pair(hopf.eigenvalues, hopf.frequency**2)
    others = np.delete(hopf.eigenvalues, pair.positions)
    mu = np.concatenate([[1.0 + 0j], np.exp(others * orbit.period)])
    mu = mu[np.argsort(-np.abs(mu), kind="stable")]
    y, p = hopf.state, hopf.p
    watched = {**tracer.problem.kinks, **tracer.options.events}
    return CyclePoint(
        orbit=orbit,
        tangent=tangent,
        floquet=floquet.Floquet(mu, 1.0, 0.0),
        minimum=y,
        maximum=y,
        mean=y,
        error=0.0,
        kinks={name: (g, g) for name, k in watched.items() for g in [float(k(y, p))]},
        residual=hopf.residual,
        hopf=hopf,
    )
