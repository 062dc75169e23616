"""The field of a problem in scaled coordinates, with the derivatives that continuation needs.

Eigenvalues do not depend on the scale.
"""

from __future__ import annotations

import numpy as np

from .coordinates import remembered
from .first_derivatives import FirstDerivatives
from .problem import FloatArray
from .spectrum import ComplexArray, Spectrum, entry_errors, spectrum
from .stencils import FIRST_STEP, GRADIENT_STEP, padded, unit_vector

#: Step of the four-point stencil for mixed second derivatives of the field.
_MIXED_STEP = 1e-4
#: Step for second derivatives: truncation h^6 and rounding eps / h^2 both near 1e-12.
SECOND_STEP = 0.016
#: Step of first differences in second ones: truncation near 1e-11, rounding 25 times smaller than
#: that of `FIRST_STEP`.
_WIDE_STEP = 5e-3
#: Relative error of the Jacobian's entries: analytic, and from differences.
_EXACT, _DIFFERENCES = 1e-13, 1e-10
#: Rounding of the field over the step of a difference, as a share of the row's largest entry.
_NOISE = 5e-12
#: Rounding of a stated Jacobian, as a share of its largest entry.
_EXACT_ROUNDING = 1e-16


class ScaledField(FirstDerivatives):
    """The field of a problem with some parameters free, as a function of z = (y, p_free) / scale.

    With second derivatives, eigenvalues, and what errors of the Jacobian do to them.
    """

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
        n, whole = self.n, padded(vector, len(z))
        beside = self._beside_kink(z)
        far = beside is not None or self._far_from_kinks(z)
        z = z if beside is None else beside[0]
        groups = (self._groups(z) if far else None) or self.problem.sparsity.apart
        moves = groups.moves(len(z))
        steps = np.full((len(moves), 1), _MIXED_STEP)
        if not far:
            for column, unit in enumerate(moves):
                clear = (self.clear_step(z, w, _MIXED_STEP)[0] for w in (unit, whole))
                steps[column] = min(clear)
        a, b = steps * whole, steps * moves
        corners = np.concatenate([z + a + b, z + a - b, z - a + b, z - a - b])
        values = self.fields(corners).reshape(4, len(moves), n)
        mixed = (values[0] - values[1] - (values[2] - values[3])) / (4 * steps * steps)
        rows = np.vstack([groups.by_variable(mixed[: groups.count]), mixed[groups.count :]])
        return np.ascontiguousarray(rows.T)

    def second_slope(self, z: FloatArray, direction: FloatArray, step: float) -> FloatArray:
        """Return the second derivative of `field` along a direction, shape (n,).

        Error of order step^6. The stencil reaches three steps; the caller keeps it clear of kinks.
        """
        w = padded(direction, len(z))
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
        w = padded(direction, len(z))
        h = GRADIENT_STEP if self._far_from_kinks(z) else self.clear_step(z, w, GRADIENT_STEP)[0]
        return (self.jacobian(z + h * w) - self.jacobian(z - h * w)) / (2 * h)

    def curvature(
        self, z: FloatArray, direction: FloatArray, step: float
    ) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of `jacobian` along a direction, each of shape (n, n).

        Seven points, error of order step^6; the caller chooses a step clear of kinks (see
        `clear_step`; the stencil reaches three steps).
        """
        w = padded(direction, len(z))
        jacobian = self.jacobian if self.problem.jacobian is not None else self._wide_jacobian
        first, second = np.zeros((self.n, self.n)), -490 * jacobian(z)
        for reach, odd, even in ((1, 45, 270), (2, -9, -27), (3, 1, 2)):
            right = jacobian(z + reach * step * w)
            left = jacobian(z - reach * step * w)
            first += odd * (right - left)
            second += even * (right + left)
        return first / (60 * step), second / (180 * step**2)

    @remembered
    def _wide_jacobian(self, z: FloatArray) -> FloatArray:
        """Return `jacobian` with less rounding, which second differences of it magnify."""
        return self._differences(z, _WIDE_STEP)

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
        return _NOISE * FIRST_STEP / self._first_step(z, direction)

    def errors(self, z: FloatArray) -> FloatArray:
        """Return what the entries of `jacobian` may be wrong by, shape (n, n)."""
        return entry_errors(self.jacobian(z), self.precision, self._noise)

    @remembered
    def spectrum(self, z: FloatArray) -> Spectrum:
        """Return the eigenvalues of `jacobian` with their error bounds."""
        return spectrum(self.jacobian(z), self.precision, self._noise)

    def eigenvalues(self, z: FloatArray) -> ComplexArray:
        """Return the eigenvalues of `jacobian`, most unstable first."""
        return self.spectrum(z).values
