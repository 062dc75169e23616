"""Pseudo-arclength continuation of a curve F(z) = 0, F: R^{N+1} -> R^N (Keller 1977).

A `Curve` says what the equations are, what is measured at a point and how special points are
refined; `Tracer` takes the steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from .augmented import Block, coordinate, hyperplane, stack
from .branch import SpecialPoint, Termination
from .newton import Solution, newton, row_size
from .options import ContinuationOptions
from .problem import FloatArray
from .scaled import ScaledField
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


class Curve(Protocol):
    """A kind of curve: equilibria, folds, Hopf points."""

    kind: str
    field: ScaledField
    #: Test functions, in the order in which a step's events are refined.
    events: tuple[str, ...]

    def block(self) -> Block:
        """Return the N equations."""

    def measure(self, z: FloatArray, tangent: FloatArray) -> Measure:
        """Return eigenvalues, test functions and columns at a point with a unit tangent."""

    def refine(self, event: str, z: FloatArray) -> Refined:
        """Solve for the special point near z."""

    def accept(self, z: FloatArray) -> None:
        """Adapt internal references to an accepted point."""

    def missed(self, before: Measure, after: Measure) -> bool:
        """Whether more happened between two points than the test functions tell."""

    def finished(self, measure: Measure) -> Termination | None:
        """Why the curve must end at a point, if it must."""


def tangent_at(curve: Curve, z: FloatArray, along: FloatArray) -> FloatArray:
    """Unit null vector of the curve's Jacobian, oriented like `along` (scaled coordinates)."""
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
        """A tangent in the problem's units as a unit vector in scaled coordinates."""
        scaled = tangent / self.scale
        return scaled / np.linalg.norm(scaled)

    def distance(self, a: Point, b: Point) -> float:
        """Scaled distance of two points."""
        return float(np.linalg.norm((a.x - b.x) / self.scale))

    def _grow_scale(self, x: FloatArray) -> None:
        """Let the scale of what has no fixed one follow the largest magnitude seen."""
        names = self.curve.field.names
        fixed = np.array([name in self.options.scales for name in names])
        bounded = np.array([name in self.options.bounds for name in names])
        grown = np.where(fixed | bounded, self.scale, np.maximum(self.scale, np.abs(x)))
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
        """The curve's point on the hyperplane through z."""
        system = stack(self.curve.block(), hyperplane(normal, z))
        return newton(system, z, self.options.tolerance, self.options.max_newton)

    def between(self, a: Point, b: Point, fraction: float) -> Point | None:
        """The curve's point at a fraction of the way from a to b, or None."""
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

    # --- the walk ----------------------------------------------------------------------------

    def run(self, start: Point) -> Termination:
        """Follow the curve from a point along its tangent until it ends."""
        from .events import process_step  # noqa: PLC0415 - events use the tracer

        self.points, self.special = [start], []
        ds = self.options.ds
        for _ in range(self.options.max_points * 20):
            a = self.points[-1]
            outcome = process_step(self, a, ds)
            if isinstance(outcome, Termination):
                return outcome
            ds = outcome
            b = self.points[-1]
            if b is not a:
                self.curve.accept(b.x / self.scale)
                end = self._closed()
                if end is not None:
                    return end
                self._grow_scale(b.x)
            if len(self.points) > self.options.max_points:
                return Termination("max_points", f"{self.options.max_points} points taken")
            if ds < self.options.ds_min:
                return Termination("step", f"the step fell below ds_min = {self.options.ds_min:g}")
        return Termination("step", "too many rejected steps")

    def next_step(self, a: Point, b: Point, ds: float) -> float:
        """Step after the accepted step from a to b: by Newton's effort and the turn."""
        turn = angle(self.unit(a.tangent), self.unit(b.tangent))
        target = self.options.max_turn / 3
        factor = min(1.5, target / turn) if turn > 0 else 1.5
        if b.iterations > self.options.target_newton:
            factor = min(factor, self.options.target_newton / b.iterations)
        return float(np.clip(ds * max(factor, 0.3), self.options.ds_min, self.options.ds_max))

    def _closed(self) -> Termination | None:
        """Whether the last step came back to the start."""
        start, last = self.points[0], self.points[-1]
        if len(self.points) < 10:
            return None
        before = self.points[-2]
        step = self.distance(before, last)
        gap = (start.x - before.x) / self.scale
        direction = (last.x - before.x) / self.scale / step
        ahead = float(gap @ direction)
        aside = float(np.linalg.norm(gap - ahead * direction))
        same = self.unit(start.tangent) @ self.unit(last.tangent) > 0.8
        if 0 <= ahead <= step * (1 + 1e-9) and aside < 0.2 * step and same:
            closing = replace(start, arclength=before.arclength + ahead, step=ahead)
            self.points[-1] = closing
            self.special = [(row, s) for row, s in self.special if row < len(self.points) - 1]
            return Termination("closed", "the curve is closed: it came back to its start")
        return None

    def land_on(self, index: int, value: float, a: Point, b: Point) -> Point | None:
        """The curve's point between a and b where component `index` has a value."""
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
