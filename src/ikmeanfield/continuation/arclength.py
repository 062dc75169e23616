"""Pseudo-arclength continuation of a curve F(z) = 0, F: R^{N+1} -> R^N (Keller 1977).

A `Curve` says what the equations are, what is measured at a point and how special points are
refined; `tracer` takes the steps.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import dense
from .augmented import Block, equilibrium, stack
from .newton import Solution, newton, row_size
from .options import ContinuationOptions
from .problem import FloatArray
from .scaled import ScaledField
from .special_point import SpecialPoint, Termination
from .spectrum import ComplexArray
from .stencils import unit_vector

#: Iterations of Newton's method for a special point.
_ITERATIONS = 20
#: From so many unknowns on, singular vectors cost several times what singular values do, and
#: steps become longer: where all unknowns change alike, distances grow with their number.
MANY = 30
#: Special points of one kind closer than this, in scaled coordinates, are one, if they are no
#: further apart along the curve than that: a curve that crosses itself passes a point twice.
SAME, APART = 1e-6, 1e-3


@dataclass(frozen=True)
class Measure:
    """Eigenvalues, test functions and columns of the branch at a point.

    A test function is exactly zero where rounding hides its sign and NaN where it has none;
    `unstable` counts the eigenvalues that no test function follows by itself.
    """

    eigenvalues: ComplexArray
    unstable: int
    undecided: int
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
    arclength: float
    step: float
    iterations: int
    #: The scale of the coordinates to which what follows refers.
    scale: FloatArray = field(repr=False)
    #: The point in these coordinates, the tangent as a unit vector, gradients of the equations.
    z: FloatArray = field(repr=False)
    direction: FloatArray = field(repr=False)
    gradients: FloatArray = field(repr=False)


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


def solve_for(
    kind: str, field: ScaledField, z: FloatArray, tolerance: float, *conditions: Block
) -> Refined:
    """Solve for a special point near z: an equilibrium that meets conditions."""
    system = stack(equilibrium(field), *conditions)
    return Refined(kind, newton(system, z, tolerance, _ITERATIONS))


class Curve(ABC):
    """A kind of curve: equilibria, folds, Hopf points."""

    kind: str
    #: Test functions, in the order in which a step's events are refined.
    events: tuple[str, ...]
    #: By how many the number of unstable eigenvalues changes at each kind of special point.
    changes: Mapping[str, int]
    #: Test functions that may be zero all along the curve, as in conservative systems.
    may_vanish: tuple[str, ...]

    def __init__(self, field: ScaledField, options: ContinuationOptions):
        self.field = field
        self.options = options
        #: Typical sizes of the equations' gradients, which may vanish at a point; 0 where unknown.
        self.rows = np.zeros(1)
        #: How many zeros, by test function, are there all along the curve.
        self.vanishing = dict.fromkeys(self.may_vanish, 0)

    @abstractmethod
    def block(self) -> Block:
        """Return the N equations, with gradients that are good enough for Newton's method."""

    @abstractmethod
    def gradients(self, z: FloatArray) -> FloatArray:
        """Return the accurate gradients of the N equations, shape (N, N + 1)."""

    @abstractmethod
    def measure(self, z: FloatArray, tangent: FloatArray, gap: float = np.nan) -> Measure:
        """Return eigenvalues, test functions and columns at a point with a unit tangent.

        `gap` is the smallest singular value of the equations' scaled gradients.
        """

    @abstractmethod
    def refine(self, event: str, z: FloatArray) -> Refined:
        """Solve for the special point near z."""

    @abstractmethod
    def accept(self, z: FloatArray) -> None:
        """Adapt internal references to an accepted point."""

    def finished(self, measure: Measure) -> Termination | None:
        """Why the curve must end at a point, if it must."""
        return None


class PlaneCurve(Curve):
    """Equilibria that meet a condition, in two free parameters."""

    @abstractmethod
    def condition(self) -> Block:
        """Return the condition."""

    def block(self) -> Block:
        """Return the equilibrium equations and the condition."""
        return stack(equilibrium(self.field), self.condition())

    def gradients(self, z: FloatArray) -> FloatArray:
        """Return the derivative of the field and that of the condition."""
        return np.vstack([self.field.full_jacobian(z), self.condition()(z)[1]()])


def tangent_at(
    curve: Curve, z: FloatArray, along: FloatArray
) -> tuple[FloatArray, float, FloatArray]:
    """Return the unit null vector of the curve's scaled Jacobian, oriented like `along`.

    Also the smallest singular value, which vanishes where two curves cross, and the Jacobian.
    """
    jacobian = curve.gradients(z)
    matrix = jacobian / np.maximum(row_size(jacobian), curve.rows)[:, None]
    tangent: FloatArray
    if len(z) > MANY:
        whole = np.vstack([matrix, along])
        tangent = np.asarray(np.linalg.solve(whole, unit_vector(len(z), -1)), dtype=float)
        tangent = tangent / norm(tangent)
        gap = float(np.linalg.svd(matrix, compute_uv=False)[-1])
    else:
        tangent, gap = dense.null_vector(matrix)
    return (tangent if tangent.dot(along) >= 0 else -tangent), gap, jacobian


def angle(a: FloatArray, b: FloatArray) -> float:
    """Angle between two unit vectors in degrees."""
    return math.degrees(2 * math.asin(min(1.0, norm(a - b) / 2)))


def norm(vector: FloatArray) -> float:
    """Euclidean norm of a vector, at a third of the cost of numpy's."""
    return math.sqrt(vector.dot(vector))


def hermite(a: Any, b: Any, slope_a: Any, slope_b: Any, s: Any) -> Any:
    """Return the cubic through two values with given slopes, at a fraction s of the way."""
    left = (1 + 2 * s) * (1 - s) ** 2 * a + s * (1 - s) ** 2 * slope_a
    return left + s**2 * (3 - 2 * s) * b + s**2 * (s - 1) * slope_b
