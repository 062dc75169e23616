"""Differences of a field that stay in its domain and on one side of its kinks.

A stencil that reaches across a kink sees the other side; one that is small enough not to, sees
rounding. Where the field is smooth on the side of a point, its derivatives there are those at
points further off, extrapolated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import numpy as np

from .coordinates import FieldUndefinedError, ScaledProblem, remembered
from .problem import FloatArray

_Value = TypeVar("_Value", float, FloatArray)

#: Step of the fourth-order stencil for first derivatives: truncation and rounding meet near 1e-13.
FIRST_STEP = 2e-4
#: Step of the two-point stencil for gradients of equations that contain the Jacobian.
GRADIENT_STEP = 1e-5
#: Step for gradients of functions of z, which may be differences themselves.
FUNCTION_STEP = 1e-4
#: A kink this many gradient steps away needs no look (its function may be curved).
_FAR = 100.0
#: First differences without a Jacobian reach to this share of a kink's distance.
_BERTH = 16
#: How often a stencil is halved so as to stay on one side of a kink.
_HALVINGS = 16
#: How often a stencil that reaches out of the field's domain shrinks by ten.
_SHRINKINGS = 6
#: A stencil's two pairs agree to this share of the field's change, or else it shrinks; rounding.
VARIES, _ROUNDING = 0.02, 1e-12
#: Distance between points in a row beside a kink: more than a stencil of differences reaches.
_APART = 5e-4
#: Weights of four such points for the value at the one before them, and for what a cubic
#: through them and that value would leave.
_VALUE, _ROUGH = np.array([4.0, -6.0, 4.0, -1.0]), np.array([1.0, -3.0, 3.0, -1.0])
#: Third differences of a smooth function are this share of it at most.
_SMOOTH = 1e-9


def unit_vector(size: int, index: int) -> FloatArray:
    """Return the unit vector along one component."""
    unit = np.zeros(size)
    unit[index] = 1.0
    return unit


def padded(direction: FloatArray, size: int) -> FloatArray:
    """Return a direction with zeros for the components that it lacks."""
    whole = np.zeros(size)
    whole[: len(direction)] = direction
    return whole


def slope(
    function: Callable[[FloatArray], _Value], z: FloatArray, direction: FloatArray, step: float
) -> _Value:
    """Return the derivative of a function of z along a direction, error of order step^4."""
    near = function(z + step * direction) - function(z - step * direction)
    far = function(z + 2 * step * direction) - function(z - 2 * step * direction)
    return (8 * near - far) / (12 * step)


def slopes(function: Callable[[FloatArray], _Value], z: FloatArray, step: float) -> FloatArray:
    """Return the derivatives of a function by every component of z, one per row."""
    return np.array([slope(function, z, unit, step) for unit in np.eye(len(z))])


def extrapolated(
    compute: Callable[[FloatArray], FloatArray], points: FloatArray
) -> FloatArray | None:
    """Return a function's values before a row of four points; None unless it is smooth there."""
    values = np.array([compute(point) for point in points])
    rough = np.tensordot(_ROUGH, values, 1)
    if not np.abs(rough).max() <= _SMOOTH * np.abs(values).max():
        return None
    found: FloatArray = np.tensordot(_VALUE, values, 1)
    return found


class Stencils(ScaledProblem):
    """A scaled problem with first differences of its field along a direction."""

    @cached_property
    def _kink_slopes(self) -> dict[str, float]:
        """Size of the kink functions' gradients, from the first point that asks."""
        return {}

    def kink_gradient(self, name: str, z: FloatArray) -> FloatArray:
        """Return the derivatives of a kink function by z, shape (n + k,)."""
        return slopes(lambda x: self.kinks(x)[name], z, FUNCTION_STEP)

    def _near_kinks(self, z: FloatArray, distance: float) -> bool:
        """Whether a kink is closer than a distance, as far as its function's slope tells."""
        for name, value in self.kinks(z).items():
            if name not in self._kink_slopes:
                self._kink_slopes[name] = float(np.linalg.norm(self.kink_gradient(name, z)))
            if not abs(value) > distance * self._kink_slopes[name]:
                return True
        return False

    def _far_from_kinks(self, z: FloatArray) -> bool:
        """Whether every kink is much further away than a gradient's stencil reaches."""
        return not self._near_kinks(z, _FAR * GRADIENT_STEP)

    def _reaches_kinks(self, z: FloatArray, step: float = FIRST_STEP) -> bool:
        """Whether a kink is so close that first differences have to take a smaller step."""
        return self._near_kinks(z, 2 * _BERTH * step)

    def row_beside_kink(self, z: FloatArray) -> FloatArray | None:
        """Return four points in a row from z, away from the closest kink, shape (4, n + k).

        None on a kink, and where others are too close.
        """
        here = self.kinks(z)
        gradients = {name: self.kink_gradient(name, z) for name in here}
        sizes = {name: float(np.linalg.norm(gradient)) for name, gradient in gradients.items()}
        near = [name for name in here if sizes[name] > 0]
        closest = min(near, key=lambda name: abs(here[name]) / sizes[name], default="")
        if not here.get(closest):
            return None
        away = np.sign(here[closest]) * gradients[closest] / sizes[closest]
        points: FloatArray = z + _APART * np.arange(1, 5)[:, None] * away
        clear = all(
            np.sign(value) == np.sign(here[name]) and abs(value) > 0.8 * _APART * sizes[name]
            for point in points
            for name, value in self.kinks(point).items()
        )
        return points if clear else None

    def clear_step(self, z: FloatArray, direction: FloatArray, step: float) -> tuple[float, bool]:
        """Return a step such that z ± 2 step direction lies on z's side of every kink.

        The step is halved as often as needed; the second value says whether the stencil is clear.
        """
        if not self.problem.kinks:
            return step, True
        here = self.kinks(z)
        w = padded(direction, len(z))
        for _ in range(_HALVINGS):
            ends = (self.kinks(z + 2 * step * w), self.kinks(z - 2 * step * w))
            if all(end[name] * here[name] > 0 for end in ends for name in here):
                return step, True
            step /= 2
        return step, False

    def _first_step(self, z: FloatArray, direction: FloatArray) -> float:
        """Return a step for differences; without a Jacobian, small beside the distance of kinks."""
        if self.problem.jacobian is not None or not self._reaches_kinks(z):
            return FIRST_STEP
        return self.clear_step(z, direction, _BERTH * FIRST_STEP)[0] / _BERTH

    @remembered
    def _noise_of_field(self, z: FloatArray) -> FloatArray:
        """What rounding does to `field`, whose terms cancel at an equilibrium, at most."""
        beside = z * (1 + _ROUNDING * np.cos(np.arange(len(z))))  # no two components alike
        try:
            here, moved = self.field(z), self.field(beside)
        except FieldUndefinedError:
            return np.zeros(self.n)
        return _ROUNDING * np.abs(here) + np.abs(moved - here)

    def slope(self, z: FloatArray, direction: FloatArray) -> FloatArray:
        """Return the derivative of `field` along a direction of length n + k, shape (n,).

        The stencil shrinks where it would reach out of the field's domain, or so close to its
        edge that the field varies too much within it.
        """
        step = self._first_step(z, direction)
        for _ in range(_SHRINKINGS):
            try:
                one, two, minus_one, minus_two = [
                    self.field(z + reach * step * direction) for reach in (1, 2, -1, -2)
                ]
            except FieldUndefinedError:
                step /= 10
                continue
            near, far = one - minus_one, two - minus_two
            gap, size = np.abs(2 * near - far), np.abs(near)
            if gap.max() <= VARIES * size.max():
                break
            bend = np.abs(two + minus_two - one - minus_one)
            if (gap <= VARIES * (size + bend) + self._noise_of_field(z)).all():
                break
            step /= 10
        else:
            return slope(self.field, z, direction, step)
        value: FloatArray = (8 * near - far) / (12 * step)
        return value
