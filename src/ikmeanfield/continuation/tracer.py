"""Steps along a curve: prediction, correction and the length of the next step."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from .arclength import MANY, Curve, Located, Point, angle, hermite, norm, tangent_at
from .augmented import hyperplane
from .newton import Solution, newton
from .options import ContinuationOptions
from .problem import FloatArray
from .scales import has_fixed_scale
from .special_point import SpecialPoint

#: A corrector that ends further from the prediction than this share of the step has jumped.
_DETOUR = 0.5
#: A scale follows a magnitude that exceeds it by so much.
_GROWN = 1.1
#: Largest relative change of a variable within a step, and the scaled size that counts as zero.
_RELATIVE, _SMALL = 0.5, 1e-3


class Tracer:
    """Follows a curve in one direction and collects points and special points."""

    def __init__(self, curve: Curve, options: ContinuationOptions, stop_at: frozenset[str]):
        self.curve = curve
        self.options = options
        self.stop_at = stop_at
        self.points: list[Point] = []
        self.special: list[tuple[int, SpecialPoint]] = []
        names = curve.field.names
        #: How many times its scale a component grows before the scale follows it.
        self._limits = np.array([np.inf if has_fixed_scale(x, options) else _GROWN for x in names])
        #: Every finite bound as (component, value, +1 for an upper and -1 for a lower one), those
        #: of the free parameters first: where several are met at once, these say how a curve ends.
        self.bounds = [
            (index, value, side)
            for index, name in reversed(list(enumerate(names)))
            for value, side in zip(options.bounds.get(name, ()), (-1.0, 1.0), strict=False)
            if np.isfinite(value)
        ]
        #: The largest step.
        self.longest = options.ds_max * max(1.0, math.sqrt(len(names) / MANY))
        #: The current scale of z, and the sizes at which it grows.
        self.scale = curve.field.scale
        self._largest = (self._limits * self.scale).tolist()
        #: How fast test and kink functions changed over the last step, by name.
        self.rates: dict[str, float] = {}
        #: Two points, the scale, and their distance and turn.
        self._latest: tuple[Point, Point, FloatArray, tuple[float, float]] | None = None
        #: Derivatives of the test functions along the curve at the last points that were asked.
        self.slopes: deque[tuple[Point, Mapping[str, float]]] = deque(maxlen=4)
        #: Last point at which each test function had a sign.
        self.decided: dict[str, Point] = {}

    # --- coordinates -------------------------------------------------------------------------

    def coordinates(self, point: Point) -> FloatArray:
        """Return a point in scaled coordinates."""
        return point.z if point.scale is self.scale else point.x / self.scale

    def unit(self, tangent: FloatArray) -> FloatArray:
        """Return a tangent in the problem's units as a unit vector in scaled coordinates."""
        scaled = tangent / self.scale
        return scaled / norm(scaled)

    def direction(self, point: Point) -> FloatArray:
        """Return the tangent at a point as a unit vector in scaled coordinates."""
        return point.direction if point.scale is self.scale else self.unit(point.tangent)

    def distance(self, a: Point, b: Point) -> float:
        """Scaled distance of two points."""
        return self._compared(a, b)[0]

    def turn(self, a: Point, b: Point) -> float:
        """Angle between the tangents at two points in degrees."""
        return self._compared(a, b)[1]

    def _compared(self, a: Point, b: Point) -> tuple[float, float]:
        """Return distance and turn, which are kept, as those of a step are asked for repeatedly."""
        known = self._latest
        if known is None or not (known[0] is a and known[1] is b and known[2] is self.scale):
            length = norm(self.coordinates(a) - self.coordinates(b))
            turn = angle(self.direction(a), self.direction(b))
            self._latest = known = a, b, self.scale, (length, turn)
        return known[3]

    def grow_scale(self, x: FloatArray) -> None:
        """Let the scale of what has no fixed one follow the largest magnitude seen."""
        sizes = zip(x.tolist(), self._largest, strict=True)
        if all(abs(value) <= most for value, most in sizes):
            return
        grown = np.where(np.isinf(self._limits), self.scale, np.maximum(self.scale, np.abs(x)))
        self.curve.field = self.curve.field.rescaled(grown)
        self.scale, self._largest = grown, (self._limits * grown).tolist()
        self.slopes.clear()
        self.curve.accept(x / grown)

    def remember(self, a: Point, b: Point) -> None:
        """Keep how fast test and kink functions changed over a step, and where they had signs."""
        length = self.distance(a, b)
        for point in (a, b):
            for event, value in point.measure.tests.items():
                if value != 0:
                    self.decided[event] = point
        for before, after in ((a.measure.tests, b.measure.tests), (a.kinks, b.kinks)):
            for name, value in before.items():
                self.rates[name] = (abs(after[name]) - abs(value)) / length

    # --- points ------------------------------------------------------------------------------

    def make_point(
        self,
        z: FloatArray,
        along: FloatArray,
        arclength: float = 0.0,
        step: float = 0.0,
        iterations: int = 0,
    ) -> Point:
        """Measure a point of the curve; `along` orients its tangent."""
        tangent, gap, gradients = tangent_at(self.curve, z, along)
        return Point(
            z * self.scale,
            tangent * self.scale,
            self.curve.measure(z, tangent, gap),
            self.curve.field.kinks(z),
            arclength,
            step,
            iterations,
            self.scale,
            z,
            tangent,
            gradients,
        )

    def located(
        self, point: Point, kind: str, bracket: tuple[float, float], **evidence: Any
    ) -> Located:
        """Return a special point at a point of the curve, with its evidence."""
        field = self.curve.field
        special = SpecialPoint(
            kind,
            field.parameters(self.coordinates(point)),
            point.x[: field.n],
            bracket=bracket,
            eigenvalues=point.measure.eigenvalues,
            **evidence,
        )
        return Located(point, special)

    def correct(self, z: FloatArray, normal: FloatArray, near: Point | None = None) -> Solution:
        """Return the curve's point on the hyperplane through z.

        Where gradients cost many evaluations of the field, those at a point near by serve as long
        as they do their work.
        """
        field, limits = self.curve.field, (self.options.tolerance, self.options.max_newton)
        # Compiled code does the same faster; where it fails, Newton's method says why.
        if self.curve.kind == "equilibrium":
            found = field.corrected(z, normal, *limits)
            if found is not None:
                return found
        system = hyperplane(self.curve.block(), normal, z)
        matrix: FloatArray | None = None
        if field.costly and near is not None and near.scale is self.scale:
            matrix = np.vstack([near.gradients, normal])
        return newton(system, z, *limits, matrix, differences=field.problem.jacobian is None)

    def between(self, a: Point, b: Point, fraction: float) -> Point | None:
        """Return the curve's point at a fraction of the way from a to b, or None."""
        za, zb = self.coordinates(a), self.coordinates(b)
        length = float(np.linalg.norm(zb - za))
        slopes = length * self.direction(a), length * self.direction(b)
        z = hermite(za, zb, *slopes, fraction)
        chord = (zb - za) / length
        solution = self.correct(z, chord)
        if not solution.converged or np.linalg.norm(solution.z - z) > _DETOUR * length:
            return None
        arclength = a.arclength + fraction * (b.arclength - a.arclength)
        if arclength in (a.arclength, b.arclength):
            return None
        return self.make_point(solution.z, chord, arclength, a.step, solution.iterations)

    def advance(self, a: Point, ds: float) -> tuple[Point | None, str]:
        """One step from a; the new point, or None and the reason."""
        z, t = self.coordinates(a), self.direction(a)
        guess = z + ds * t
        solution = self.correct(guess, t, a)
        if not solution.converged:
            return None, solution.message
        if norm(solution.z - guess) > _DETOUR * ds:
            return None, "the corrector ended far from the prediction"
        b = self.make_point(solution.z, t, a.arclength + ds, ds, solution.iterations)
        if any(a.kinks[name] * b.kinks[name] < 0 for name in a.kinks):
            return b, ""
        turn = max(self.turn(a, b), angle((solution.z - z) / self.distance(a, b), t))
        if turn > self.options.max_turn:
            return None, f"the curve turns by {turn:.0f} degrees within a step"
        return b, ""

    def resolving_step(self, a: Point) -> float:
        """Longest step that changes no variable by much more than its size at a.

        So what happens at small values is seen by a curve that comes from large ones. A variable
        below a thousandth of its scale is as good as zero.
        """
        size, rates = self.coordinates(a).tolist(), self.direction(a).tolist()
        return min(
            (
                _RELATIVE * max(abs(size[i]), _SMALL) / abs(rates[i])
                for i in range(self.curve.field.n)
                if rates[i] != 0
            ),
            default=math.inf,
        )

    def next_step(self, a: Point, b: Point, ds: float) -> float:
        """Step after the accepted step from a to b: by Newton's effort and the turn."""
        turn = self.turn(a, b)
        target = self.options.max_turn / 3
        factor = min(1.5, target / turn) if turn > 0 else 1.5
        if b.iterations > self.options.target_newton:
            factor = min(factor, self.options.target_newton / b.iterations)
        step = min(ds * max(factor, 0.3), self.longest)
        return max(step, self.options.ds_min)
