"""Pseudo-arclength continuation of a curve F(z) = 0, F: R^{N+1} -> R^N (Keller 1977).

A `Curve` says what the equations are, what is measured at a point and how special points are
refined; `Tracer` takes the steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from .augmented import Block, coordinate, hyperplane, stack
from .newton import Solution, newton, row_size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .options import ContinuationOptions
    from .problem import FloatArray
    from .scaled import ScaledField
    from .special_point import SpecialPoint, Termination
    from .spectrum import ComplexArray


@dataclass(frozen=True)
class Measure:
    """What is known at a point: eigenvalues, test functions, columns of the branch."""

    eigenvalues: ComplexArray
    unstable: int
    tests: Mapping[str, float]
    columns: Mapping[str, float]


@dataclass(frozen=True)
class Point:
    """A point of a curve, in the problem's units.

    `tangent` is the direction in which the curve is followed, of any length.
    """

    x: FloatArray
    tangent: FloatArray
    measure: Measure
    kinks: Mapping[str, float]
    arclength: float = 0.0
    step: float = 0.0
    iterations: int = 0


@dataclass(frozen=True)
class Refined:
    """A special point as its defining system gives it, before it is placed on a branch."""

    kind: str
    solution: Solution
    data: Mapping[str, float] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True)
class Located:
    """A special point with the point of the curve it sits on."""

    point: Point
    special: SpecialPoint


class Curve(Protocol):
    """A kind of curve: equilibria, folds, Hopf points."""

    kind: str
    field: ScaledField
    #: Test functions, in the order in which a step's events are refined.
    events: tuple[str, ...]
    #: Those that depend on the Jacobian alone.
    of_jacobian: tuple[str, ...]

    def block(self) -> Block:
        """Return the N equations."""

    def measure(self, z: FloatArray, tangent: FloatArray) -> Measure:
        """Return eigenvalues, test functions and columns at a point with a unit tangent."""

    def refine(self, event: str, z: FloatArray) -> Refined:
        """Solve for the special point near z."""

    def accept(self, z: FloatArray) -> None:
        """Adapt internal references to an accepted point."""

    def unexplained_change(self, before: Measure, after: Measure) -> bool:
        """Whether more happened between two points than the test functions tell."""

    def finished(self, measure: Measure) -> Termination | None:
        """Why the curve must end at a point, if it must."""


def has_fixed_scale(name: str, options: ContinuationOptions) -> bool:
    """Whether the scale of a component is stated or given by its bounds."""
    lower, upper = options.bounds.get(name, (-np.inf, np.inf))
    return name in options.scales or bool(np.isfinite(upper - lower))


def unexplained_crossings(events: tuple[str, ...], before: Measure, after: Measure) -> bool:
    """Whether more eigenvalues crossed than the signs of the test functions tell of."""
    flips = sum(before.tests[name] * after.tests[name] < 0 for name in events)
    return abs(after.unstable - before.unstable) > 2 * flips


def tangent_at(curve: Curve, z: FloatArray, along: FloatArray) -> FloatArray:
    """Return the unit null vector of the curve's scaled Jacobian, oriented like `along`."""
    jacobian = curve.block()(z)[1]()
    matrix = jacobian / row_size(jacobian)[:, None]
    tangent: FloatArray = np.linalg.svd(matrix)[2][-1]
    return tangent if tangent @ along >= 0 else -tangent


def angle(a: FloatArray, b: FloatArray) -> float:
    """Angle between two unit vectors in degrees."""
    return float(np.degrees(2 * np.arcsin(min(1.0, float(np.linalg.norm(a - b)) / 2))))


class Tracer:
    """Follows a curve in one direction and collects points and special points."""

    def __init__(self, curve: Curve, options: ContinuationOptions, stop_at: frozenset[str]):
        self.curve = curve
        self.options = options
        self.stop_at = stop_at
        self.points: list[Point] = []
        self.special: list[tuple[int, SpecialPoint]] = []

    # --- coordinates -------------------------------------------------------------------------

    @property
    def scale(self) -> FloatArray:
        """The current scale of z."""
        return self.curve.field.scale

    def unit(self, tangent: FloatArray) -> FloatArray:
        """Return a tangent in the problem's units as a unit vector in scaled coordinates."""
        scaled = tangent / self.scale
        return scaled / np.linalg.norm(scaled)

    def distance(self, a: Point, b: Point) -> float:
        """Scaled distance of two points."""
        return float(np.linalg.norm((a.x - b.x) / self.scale))

    def grow_scale(self, x: FloatArray) -> None:
        """Let the scale of what has no fixed one follow the largest magnitude seen."""
        fixed = [has_fixed_scale(name, self.options) for name in self.curve.field.names]
        grown = np.where(fixed, self.scale, np.maximum(self.scale, np.abs(x)))
        if (grown > 1.1 * self.scale).any():
            self.curve.field = self.curve.field.rescaled(grown)
            self.curve.accept(x / grown)

    # --- points ------------------------------------------------------------------------------

    def make_point(self, z: FloatArray, along: FloatArray, **numbers: float) -> Point:
        """Measure a point of the curve; `along` orients its tangent."""
        tangent = tangent_at(self.curve, z, along)
        measure = self.curve.measure(z, tangent)
        kinks = self.curve.field.kinks(z)
        return Point(z * self.scale, tangent * self.scale, measure, kinks, **numbers)  # type: ignore[arg-type]

    def correct(self, z: FloatArray, normal: FloatArray) -> Solution:
        """Return the curve's point on the hyperplane through z."""
        system = stack(self.curve.block(), hyperplane(normal, z))
        return newton(system, z, self.options.tolerance, self.options.max_newton)

    def between(self, a: Point, b: Point, fraction: float) -> Point | None:
        """Return the curve's point at a fraction of the way from a to b, or None."""
        za, zb, ta, tb = (
            a.x / self.scale,
            b.x / self.scale,
            self.unit(a.tangent),
            self.unit(b.tangent),
        )
        length = float(np.linalg.norm(zb - za))
        s = fraction
        z = (
            (1 + 2 * s) * (1 - s) ** 2 * za
            + s * (1 - s) ** 2 * length * ta
            + s**2 * (3 - 2 * s) * zb
            + s**2 * (s - 1) * length * tb
        )
        chord = (zb - za) / length
        solution = self.correct(z, chord)
        if not solution.converged or np.linalg.norm(solution.z - z) > length:
            return None
        arclength = a.arclength + fraction * (b.arclength - a.arclength)
        return self.make_point(
            solution.z, chord, arclength=arclength, step=a.step, iterations=solution.iterations
        )

    def advance(self, a: Point, ds: float) -> tuple[Point | None, str]:
        """One step from a; the new point, or None and the reason."""
        z, t = a.x / self.scale, self.unit(a.tangent)
        solution = self.correct(z + ds * t, t)
        if not solution.converged:
            return None, solution.message
        if np.linalg.norm(solution.z - z - ds * t) > ds:
            return None, "the corrector ended far from the prediction"
        b = self.make_point(
            solution.z, t, arclength=a.arclength + ds, step=ds, iterations=solution.iterations
        )
        crossed = any(a.kinks[name] * b.kinks[name] < 0 for name in a.kinks)
        turn = angle(self.unit(b.tangent), t)
        if turn > self.options.max_turn and not crossed:
            return None, f"the curve turns by {turn:.0f} degrees within a step"
        return b, ""

    def next_step(self, a: Point, b: Point, ds: float) -> float:
        """Step after the accepted step from a to b: by Newton's effort and the turn."""
        turn = angle(self.unit(a.tangent), self.unit(b.tangent))
        target = self.options.max_turn / 3
        factor = min(1.5, target / turn) if turn > 0 else 1.5
        if b.iterations > self.options.target_newton:
            factor = min(factor, self.options.target_newton / b.iterations)
        return float(np.clip(ds * max(factor, 0.3), self.options.ds_min, self.options.ds_max))

    def land_on(self, index: int, value: float, a: Point, b: Point) -> Point | None:
        """Return the curve's point between a and b where component `index` has a value."""
        za, zb = a.x / self.scale, b.x / self.scale
        fraction = (value - a.x[index]) / (b.x[index] - a.x[index])
        system = stack(self.curve.block(), coordinate(index, value / self.scale[index]))
        guess = za + fraction * (zb - za)
        solution = newton(system, guess, self.options.tolerance, self.options.max_newton)
        near = np.linalg.norm(solution.z - guess) <= np.linalg.norm(zb - za)
        if not (solution.converged and near):
            return None
        ds = float(np.linalg.norm(solution.z - za))
        point = self.make_point(
            solution.z, zb - za, arclength=a.arclength + ds, step=ds, iterations=solution.iterations
        )
        x = point.x.copy()
        x[index] = value
        return replace(point, x=x)
