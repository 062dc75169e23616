"""A problem seen in scaled coordinates, with the derivatives that continuation needs.

Everything below works on z = (y, free parameters) / scale, all of order one whatever the units.
Eigenvalues do not depend on the scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from .dense import is_finite
from .newton import CHORD, TOO_FAR, Solution
from .one_sided import extrapolated, row_of_points
from .problem import Field, FloatArray, IntArray, Problem
from .sparsity import Groups, agrees, check_direction
from .spectrum import ComplexArray, Spectrum, entry_errors, spectrum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Value = TypeVar("_Value", float, FloatArray)
_Cached = TypeVar("_Cached")

#: Step of the fourth-order stencil for first derivatives: truncation and rounding meet near 1e-13.
FIRST_STEP = 2e-4
#: Step of one-sided differences for Newton's method: truncation and rounding below 1e-7.
_ONE_SIDED = 1e-7
#: Step of the two-point stencil for gradients of equations that contain the Jacobian.
GRADIENT_STEP = 1e-5
#: Step of the four-point stencil for mixed second derivatives of the field.
_MIXED_STEP = 1e-4
#: Step for second derivatives: truncation h^6 and rounding eps / h^2 both near 1e-12.
SECOND_STEP = 0.016
#: A kink this many gradient steps away needs no look (its function may be curved).
_FAR = 100.0
#: First differences without a Jacobian reach to this share of a kink's distance.
_BERTH = 16
#: How often a stencil is halved so as to stay on one side of a kink.
_HALVINGS = 16
#: How often a stencil that reaches out of the field's domain shrinks by ten.
_SHRINKINGS = 6
#: A stencil's two pairs agree to this share of the field's change, or else it shrinks; rounding.
_VARIES, _ROUNDING = 0.02, 1e-12
#: Relative error of the Jacobian's entries: analytic, and from differences.
_EXACT, _DIFFERENCES = 1e-13, 1e-10
#: Rounding of the field over the step of a difference, as a share of the row's largest entry.
_NOISE = 5e-12
#: Rounding of a stated Jacobian, as a share of its largest entry.
_EXACT_ROUNDING = 1e-16
#: How many matrices are remembered: those at a few points, or at the points of a stencil.
_REMEMBERED = 80
#: Decimals by which points are told apart where derivatives are differences.
_DECIMALS = 13
#: From so many unknowns on, differences for a Jacobian are costly.
_MANY = 12


def unit_vector(size: int, index: int) -> FloatArray:
    """Return the unit vector along one component."""
    unit = np.zeros(size)
    unit[index] = 1.0
    return unit


def slope(
    function: Callable[[FloatArray], _Value], z: FloatArray, direction: FloatArray, step: float
) -> _Value:
    """Return the derivative of a function of z along a direction, error of order step^4."""
    near = function(z + step * direction) - function(z - step * direction)
    far = function(z + 2 * step * direction) - function(z - 2 * step * direction)
    return (8 * near - far) / (12 * step)


class FieldUndefinedError(ArithmeticError):
    """The field has no real value at a point; the message says why."""


def _real(function: Field, y: FloatArray, p: FloatArray) -> FloatArray:
    """Evaluate a field or Jacobian; what it raises or returns outside its domain is one error."""
    try:
        value = np.asarray(function(y, p))
    except (ValueError, ArithmeticError) as error:
        raise FieldUndefinedError(str(error)) from error
    if value.dtype.char == "d":
        return value
    if value.dtype.kind == "c":
        msg = "its value is complex"
        raise FieldUndefinedError(msg)
    return value.astype(float, copy=False)


@dataclass(frozen=True)
class ScaledField:
    """The field of a problem with some parameters free, as a function of z = (y, p_free) / scale.

    Attributes
    ----------
    problem
        The problem; its default parameters hold for those not free.
    free
        Names of the k free parameters.
    scale
        Shape (n + k,), positive.
    """

    problem: Problem
    free: tuple[str, ...]
    scale: FloatArray

    @cached_property
    def _base(self) -> FloatArray:
        return self.problem.vector()

    @cached_property
    def _index(self) -> IntArray:
        return np.array([self.problem.index(name) for name in self.free], dtype=np.intp)

    @cached_property
    def _frame(self) -> tuple[FloatArray, FloatArray, IntArray]:
        """What compiled code has to know of the coordinates."""
        return self.scale, self._base, self._index

    def corrected(
        self, guess: FloatArray, normal: FloatArray, tolerance: float, iterations: int
    ) -> Solution | None:
        """Return the field's zero on the hyperplane through a guess, from compiled code.

        None where there is no such code or no zero: `newton` says why.
        """
        compiled = self.problem.compiled
        if compiled is None:
            return None
        try:
            z, effort, residual = compiled.corrected(
                guess, normal, *self._frame, _ONE_SIDED, CHORD, TOO_FAR, tolerance, iterations
            )
        except np.linalg.LinAlgError:
            return None
        return None if effort < 0 else Solution(z, True, effort, residual)

    @cached_property
    def n(self) -> int:
        """Number of variables."""
        return len(self.problem.variables)

    @cached_property
    def _latest(self) -> dict[tuple[str, bytes], Any]:
        """Matrices at the last points: a step asks for the same ones several times."""
        return {}

    def _cached(
        self, name: str, z: FloatArray, compute: Callable[[FloatArray], _Cached]
    ) -> _Cached:
        # differences do not resolve rounding, by which a point that is given again may differ
        place = z if self.problem.jacobian is not None else z.round(_DECIMALS)
        key = name, place.tobytes()
        if key not in self._latest:
            if len(self._latest) >= _REMEMBERED:
                del self._latest[next(iter(self._latest))]
            self._latest[key] = compute(z)
        value: _Cached = self._latest[key]
        return value

    @cached_property
    def costly(self) -> bool:
        """Whether a Jacobian takes many evaluations of the field."""
        return self.problem.jacobian is None and len(self.names) > _MANY

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the components of z."""
        return (*self.problem.variables, *self.free)

    def rescaled(self, scale: FloatArray) -> ScaledField:
        """Return the same field on another scale."""
        return replace(self, scale=scale)

    def split(self, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """State and full parameter vector, in the problem's units."""
        x = z * self.scale
        p = self._base.copy()
        p[self._index] = x[self.n :]
        return x[: self.n], p

    def parameters(self, z: FloatArray) -> dict[str, float]:
        """Every parameter by name at z."""
        return self.problem.named(self.split(z)[1], self.free)

    def field(self, z: FloatArray) -> FloatArray:
        """dz_y/dt, shape (n,)."""
        y, p = self.split(z)
        return _real(self.problem.field, y, p) / self.scale[: self.n]

    def fields(self, points: FloatArray) -> FloatArray:
        """`field` at points of shape (N, n + k), shape (N, n).

        At once for those with the parameters of the first, if the problem's field takes stacks.
        """
        n, values = self.n, np.empty((len(points), self.n))
        same = (points[:, n:] == points[0, n:]).all(axis=1)
        p = self.split(points[0])[1]
        values[same] = _real(self.problem.stacked_field, points[same, :n] * self.scale[:n], p)
        values[same] /= self.scale[:n]
        for place in np.flatnonzero(~same):
            values[place] = self.field(points[place])
        return values

    def jacobian(self, z: FloatArray) -> FloatArray:
        """Return the derivative by the scaled variables, shape (n, n); not to be changed."""
        return self._cached("jacobian", z, self._jacobian)

    def _jacobian(self, z: FloatArray) -> FloatArray:
        n = self.n
        if self.problem.compiled is not None:
            return np.ascontiguousarray(self.full_jacobian(z)[:, :n])
        if self.problem.jacobian is None:
            beside = self._beside_kink(z)
            return self._differences(z) if beside is None else beside[1]
        y, p = self.split(z)
        matrix = _real(self.problem.jacobian, y, p)
        scaled: FloatArray = matrix * self.scale[:n] / self.scale[:n, None]
        return scaled

    def full_jacobian(self, z: FloatArray) -> FloatArray:
        """Return the derivative by variables and free parameters, (n, n + k); as above."""
        return self._cached("full", z, self._full_jacobian)

    def _full_jacobian(self, z: FloatArray) -> FloatArray:
        n = self.n
        compiled = self.problem.compiled
        if compiled is not None:
            matrix = compiled.derivative(z, *self._frame, FIRST_STEP, _VARIES)
            if is_finite(matrix):
                return matrix
        else:
            matrix = np.empty((n, len(z)))
            matrix[:, :n] = self.jacobian(z)
        for column in range(n, len(z)):
            if compiled is None or not is_finite(matrix[:, column]):
                matrix[:, column] = self._by_parameter(z, column)
        return matrix

    def _by_parameter(self, z: FloatArray, column: int) -> FloatArray:
        """Return the derivative of `field` by a free parameter, as stated or from differences."""
        stated = self._stated_slope(z, column)
        return self.slope(z, unit_vector(len(z), column)) if stated is None else stated

    def _stated_slope(self, z: FloatArray, column: int) -> FloatArray | None:
        """Return the problem's own derivative by a component of z, if it states one."""
        function = self.problem.slopes.get(self.names[column])
        if function is None:
            return None
        scaled: FloatArray = _real(function, *self.split(z)) * self.scale[column]
        scaled /= self.scale[: self.n]
        return scaled

    def rough_jacobian(self, z: FloatArray, value: FloatArray) -> FloatArray:
        """Return `full_jacobian` with one-sided differences for what no Jacobian states.

        Good to about 1e-7: meant for Newton's method, to which the field's `value` at z is known.
        """
        if self._groups(z) is not None:
            return self.full_jacobian(z)  # of few evaluations
        known = self.n if self.problem.jacobian is not None else 0
        matrix = np.empty((self.n, len(z)))
        if known:
            matrix[:, :known] = self.jacobian(z)
        moved = z.copy()
        try:
            for column in range(known, len(z)):
                stated = self._stated_slope(z, column)
                if stated is not None:
                    matrix[:, column] = stated
                    continue
                moved[column] += _ONE_SIDED
                width = moved[column] - z[column]
                if width == 0:
                    return self.full_jacobian(z)
                matrix[:, column] = (self.field(moved) - value) / width
                moved[column] = z[column]
        except FieldUndefinedError:
            return self.full_jacobian(z)
        # beyond the edge of the field's domain there may be no value
        return matrix if np.isfinite(matrix).all() else self.full_jacobian(z)

    def _groups(self, z: FloatArray) -> Groups | None:
        """Return groups of variables that may move together, where that saves evaluations."""
        return self.problem.sparsity.groups(self.fields, z) if self.costly else None

    def _beside_kink(self, z: FloatArray) -> tuple[FloatArray, FloatArray] | None:
        """Return a point next to z from which differences reach no kink, and the Jacobian at z.

        None where no kink is close, or where the field is not smooth on z's side of it.
        """
        return None if self._far_from_kinks(z) else self._cached("beside", z, self._one_sided)

    def _one_sided(self, z: FloatArray) -> tuple[FloatArray, FloatArray] | None:
        points = row_of_points(self, z)
        found = None if points is None else extrapolated(self._differences, points)
        return None if points is None or found is None else (points[0], found)

    def _differences(self, z: FloatArray) -> FloatArray:
        """Return `jacobian` from the stencil of `slope`, for all variables together.

        A sparse one is checked along a direction; what it lacks is looked for.
        """
        while (groups := self._groups(z)) is not None:
            matrix = self._by_group(z, groups)
            along = check_direction(self.n)
            if agrees(matrix, along, self.slope(z, self._padded(z, along))):
                return matrix
            self.problem.sparsity.extend(self.fields, z)
        return self._by_group(z, self.problem.sparsity.apart)

    def _by_group(self, z: FloatArray, groups: Groups) -> FloatArray:
        units, n = np.eye(self.n, len(z)), self.n
        if self._near_kinks(z, 2 * _BERTH * FIRST_STEP):
            return np.column_stack([self.slope(z, unit) for unit in units])
        moves = groups.moves(len(z))[: groups.count]
        steps = np.concatenate([reach * FIRST_STEP * moves for reach in (1, 2, -1, -2)])
        try:
            values = self.fields(z + steps)
        except FieldUndefinedError:
            return np.column_stack([self.slope(z, unit) for unit in units])
        one, two, minus_one, minus_two = values.reshape(4, groups.count, n)
        near, far = groups.by_variable(one - minus_one), groups.by_variable(two - minus_two)
        matrix: FloatArray = np.ascontiguousarray((8 * near - far).T) / (12 * FIRST_STEP)
        fits = np.abs(2 * near - far).max(axis=1) <= _VARIES * np.abs(near).max(axis=1)
        for column in np.flatnonzero(~fits):
            matrix[:, column] = self.slope(z, units[column])
        return matrix

    def _first_step(self, z: FloatArray, direction: FloatArray) -> float:
        """Return a step for differences; without a Jacobian, small beside the distance of kinks."""
        if self.problem.jacobian is not None or not self._near_kinks(z, 2 * _BERTH * FIRST_STEP):
            return FIRST_STEP
        return self.clear_step(z, direction, _BERTH * FIRST_STEP)[0] / _BERTH

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
            if gap.max() <= _VARIES * size.max():
                break
            bend = np.abs(two + minus_two - one - minus_one)
            noise = _ROUNDING * np.abs(one)
            if (gap <= _VARIES * (size + bend) + noise).all():
                break
            step /= 10
        else:
            return slope(self.field, z, direction, step)
        value: FloatArray = (8 * near - far) / (12 * step)
        return value

    def bends(self, z: FloatArray, vectors: FloatArray) -> FloatArray:
        """Return the derivative of `jacobian` @ v by z for every column v, shape (m, n, n + k).

        From differences, good to 1e-8 or better: meant for Newton's method. Without a stated
        Jacobian they are mixed second differences of the field.
        """
        n = self.n
        result = np.empty((vectors.shape[1], n, len(z)))
        if self.problem.jacobian is None:
            for row, vector in enumerate(vectors.T):
                result[row] = self._mixed(z, vector)
            return result
        for row, vector in enumerate(vectors.T):
            result[row, :, :n] = self.along(z, vector)
        for column in range(n, len(z)):
            change = self.along(z, unit_vector(len(z), column)) @ vectors
            result[:, :, column] = change.T
        return result

    def _mixed(self, z: FloatArray, vector: FloatArray) -> FloatArray:
        """Return the field's second derivative along a vector and by every component of z."""
        n, padded = self.n, self._padded(z, vector)
        beside = self._beside_kink(z)
        far = beside is not None or self._far_from_kinks(z)
        z = z if beside is None else beside[0]
        groups = (self._groups(z) if far else None) or self.problem.sparsity.apart
        moves = groups.moves(len(z))
        steps = np.full((len(moves), 1), _MIXED_STEP)
        if not far:
            for column, unit in enumerate(moves):
                clear = (self.clear_step(z, w, _MIXED_STEP)[0] for w in (unit, padded))
                steps[column] = min(clear)
        a, b = steps * padded, steps * moves
        corners = np.concatenate([z + a + b, z + a - b, z - a + b, z - a - b])
        values = self.fields(corners).reshape(4, len(moves), n)
        mixed = (values[0] - values[1] - (values[2] - values[3])) / (4 * steps * steps)
        rows = np.vstack([groups.by_variable(mixed[: groups.count]), mixed[groups.count :]])
        return np.ascontiguousarray(rows.T)

    def second_slope(self, z: FloatArray, direction: FloatArray, step: float) -> FloatArray:
        """Return the second derivative of `field` along a direction, shape (n,).

        Error of order step^6. The stencil reaches three steps; the caller keeps it clear of kinks.
        """
        w = self._padded(z, direction)
        if self.problem.jacobian is not None:
            second: FloatArray = self.curvature(z, direction, step)[0] @ w[: self.n]
            return second
        total = np.zeros(self.n)
        for reach, odd in ((1, 45), (2, -9), (3, 1)):
            right, left = z + reach * step * w, z - reach * step * w
            total += odd * (self.slope(right, w) - self.slope(left, w))
        return total / (60 * step)

    def along(self, z: FloatArray, direction: FloatArray) -> FloatArray:
        """Return the derivative of `jacobian` along a direction of length n or n + k, shape (n, n).

        From two points, good to about 1e-10: meant for Newton's method. The stencil shrinks so
        as not to reach across a kink.
        """
        w = self._padded(z, direction)
        h = GRADIENT_STEP if self._far_from_kinks(z) else self.clear_step(z, w, GRADIENT_STEP)[0]
        return (self.jacobian(z + h * w) - self.jacobian(z - h * w)) / (2 * h)

    def curvature(
        self, z: FloatArray, direction: FloatArray, step: float = SECOND_STEP
    ) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of `jacobian` along a direction, each of shape (n, n).

        Seven points, error of order step^6; the caller chooses a step clear of kinks (see
        `clear_step`; the stencil reaches three steps).
        """
        w = self._padded(z, direction)
        first, second = np.zeros((self.n, self.n)), -490 * self.jacobian(z)
        for reach, odd, even in ((1, 45, 270), (2, -9, -27), (3, 1, 2)):
            right = self.jacobian(z + reach * step * w)
            left = self.jacobian(z - reach * step * w)
            first += odd * (right - left)
            second += even * (right + left)
        return first / (60 * step), second / (180 * step**2)

    def _padded(self, z: FloatArray, direction: FloatArray) -> FloatArray:
        w = np.zeros_like(z)
        w[: len(direction)] = direction
        return w

    @property
    def precision(self) -> float:
        """Relative error of the entries of `jacobian`."""
        return _EXACT if self.problem.jacobian is not None else _DIFFERENCES

    @property
    def _noise(self) -> float:
        return _NOISE if self.problem.jacobian is None else 0.0

    def rounding(self, z: FloatArray, direction: FloatArray) -> float:
        """Rounding of derivatives along a direction, as a share of the largest one."""
        if self.problem.jacobian is not None:
            return _EXACT_ROUNDING
        return _NOISE * FIRST_STEP / self._first_step(z, self._padded(z, direction))

    def errors(self, z: FloatArray) -> FloatArray:
        """Return what the entries of `jacobian` may be wrong by, shape (n, n)."""
        return entry_errors(self.jacobian(z), self.precision, self._noise)

    def spectrum(self, z: FloatArray) -> Spectrum:
        """Return the eigenvalues of `jacobian` with their error bounds."""
        return self._cached(
            "spectrum", z, lambda x: spectrum(self.jacobian(x), self.precision, self._noise)
        )

    def eigenvalues(self, z: FloatArray) -> ComplexArray:
        """Return the eigenvalues of `jacobian`, most unstable first."""
        return self.spectrum(z).values

    def kinks(self, z: FloatArray) -> Mapping[str, float]:
        """Values of the kink functions at z."""
        return self._cached("kinks", z, self._kinks) if self.problem.kinks else {}

    def _kinks(self, z: FloatArray) -> Mapping[str, float]:
        y, p = self.split(z)
        return {name: float(kink(y, p)) for name, kink in self.problem.kinks.items()}

    def kink(self, name: str, z: FloatArray) -> float:
        """Value of one kink function at z."""
        return self.kinks(z)[name]

    @cached_property
    def _kink_slopes(self) -> dict[str, float]:
        """Size of the kink functions' gradients, from the first point that asks."""
        return {}

    def _far_from_kinks(self, z: FloatArray) -> bool:
        """Whether every kink is much further away than a gradient's stencil reaches."""
        return not self._near_kinks(z, _FAR * GRADIENT_STEP)

    def _near_kinks(self, z: FloatArray, distance: float) -> bool:
        """Whether a kink is closer than a distance, as far as its function's slope tells."""
        for name, value in self.kinks(z).items():
            if name not in self._kink_slopes:
                units = np.eye(len(z))
                kink = partial(self.kink, name)
                rates = [slope(kink, z, unit, FIRST_STEP) for unit in units]
                self._kink_slopes[name] = float(np.linalg.norm(rates))
            if not abs(value) > distance * self._kink_slopes[name]:
                return True
        return False

    def clear_step(self, z: FloatArray, direction: FloatArray, step: float) -> tuple[float, bool]:
        """Return a step such that z ± 2 step direction lies on z's side of every kink.

        The step is halved as often as needed; the second value says whether the stencil is clear.
        """
        if not self.problem.kinks:
            return step, True
        here = self.kinks(z)
        w = self._padded(z, direction)
        for _ in range(_HALVINGS):
            ends = (self.kinks(z + 2 * step * w), self.kinks(z - 2 * step * w))
            if all(end[name] * here[name] > 0 for end in ends for name in here):
                return step, True
            step /= 2
        return step, False
