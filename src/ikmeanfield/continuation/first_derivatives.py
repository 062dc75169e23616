"""The Jacobian of a field in scaled coordinates: as stated, or from differences."""

from __future__ import annotations

import numpy as np

from .coordinates import FieldUndefinedError, real_value, remembered
from .dense import is_finite
from .newton import CHORD, TOO_FAR, Solution
from .problem import FloatArray
from .sparsity import Groups, agrees, check_direction
from .stencils import FIRST_STEP, VARIES, Stencils, extrapolated, padded, unit_vector

#: Step of one-sided differences for Newton's method: truncation and rounding below 1e-7.
_ONE_SIDED = 1e-7


class FirstDerivatives(Stencils):
    """A scaled problem with the derivatives of its field by variables and free parameters."""

    @remembered
    def jacobian(self, z: FloatArray) -> FloatArray:
        """Return the derivative by the scaled variables, shape (n, n); not to be changed."""
        n = self.n
        if self.problem.compiled is not None:
            return np.ascontiguousarray(self.full_jacobian(z)[:, :n])
        if self.problem.jacobian is None:
            beside = self._beside_kink(z)
            return self._differences(z) if beside is None else beside[1]
        y, p = self.split(z)
        matrix = real_value(self.problem.jacobian, y, p)
        scaled: FloatArray = matrix * self.scale[:n] / self.scale[:n, None]
        return scaled

    @remembered
    def full_jacobian(self, z: FloatArray) -> FloatArray:
        """Return the derivative by variables and free parameters, (n, n + k); as above."""
        n = self.n
        compiled = self.problem.compiled
        if compiled is not None:
            matrix = compiled.derivative(z, *self._frame, FIRST_STEP, VARIES)
            if is_finite(matrix):
                return matrix
        else:
            matrix = np.empty((n, len(z)))
            matrix[:, :n] = self.jacobian(z)
        for column in range(n, len(z)):
            if compiled is None or not is_finite(matrix[:, column]):
                stated = self._stated_slope(z, column)
                found = self.slope(z, unit_vector(len(z), column)) if stated is None else stated
                matrix[:, column] = found
        return matrix

    def _stated_slope(self, z: FloatArray, column: int) -> FloatArray | None:
        """Return the problem's own derivative by a component of z, if it states one."""
        function = self.problem.slopes.get(self.names[column])
        if function is None:
            return None
        scaled: FloatArray = real_value(function, *self.split(z)) * self.scale[column]
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

    def _groups(self, z: FloatArray) -> Groups | None:
        """Return groups of variables that may move together, where that saves evaluations."""
        return self.problem.sparsity.groups(self.fields, z) if self.costly else None

    def _beside_kink(self, z: FloatArray) -> tuple[FloatArray, FloatArray] | None:
        """Return a point next to z from which differences reach no kink, and the Jacobian at z.

        None where no kink is close, or where the field is not smooth on z's side of it.
        """
        return None if self._far_from_kinks(z) else self._one_sided(z)

    @remembered
    def _one_sided(self, z: FloatArray) -> tuple[FloatArray, FloatArray] | None:
        points = self.row_beside_kink(z)
        found = None if points is None else extrapolated(self._differences, points)
        return None if points is None or found is None else (points[0], found)

    def _differences(self, z: FloatArray, step: float = FIRST_STEP) -> FloatArray:
        """Return `jacobian` from the stencil of `slope`, for all variables together.

        A sparse one is checked along a direction; what it lacks is looked for. The step is as
        given where the field varies little within it and kinks are far.
        """
        while (groups := self._groups(z)) is not None:
            matrix = self._by_group(z, groups, step)
            along = check_direction(self.n)
            if agrees(matrix, along, self.slope(z, padded(along, len(z)))):
                return matrix
            self.problem.sparsity.extend(self.fields, z)
        return self._by_group(z, self.problem.sparsity.apart, step)

    def _by_group(self, z: FloatArray, groups: Groups, step: float) -> FloatArray:
        n = self.n
        matrix, fits = np.empty((n, n)), np.zeros(n, dtype=bool)
        moves = groups.moves(len(z))[: groups.count]
        steps = np.concatenate([reach * step * moves for reach in (1, 2, -1, -2)])
        try:
            values = None if self._reaches_kinks(z, step) else self.fields(z + steps)
        except FieldUndefinedError:
            values = None
        if values is not None:
            one, two, minus_one, minus_two = values.reshape(4, groups.count, n)
            near, far = groups.by_variable(one - minus_one), groups.by_variable(two - minus_two)
            matrix = np.ascontiguousarray((8 * near - far).T) / (12 * step)
            fits = np.abs(2 * near - far).max(axis=1) <= VARIES * np.abs(near).max(axis=1)
        for column in np.flatnonzero(~fits).tolist():
            matrix[:, column] = self.slope(z, unit_vector(len(z), column))
        return matrix
