"""Newton's method for square systems in scaled coordinates, with a reason when it fails."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import dense
from .problem import FloatArray

#: Residuals (m,), and a function that returns their gradients (m, N) when they are needed
Equations = tuple[FloatArray, Callable[[], FloatArray]]
#: z -> as many residuals as unknowns, with their Jacobian
System = Callable[[FloatArray], Equations]
#: A step that shrank the residual by this factor or more lets the Jacobian be used once more.
CHORD = 0.02
#: The same where the Jacobian is given because it is costly.
_COSTLY_CHORD = 0.2
_UNDEFINED = "an equation cannot be evaluated here: {}"
_NOT_FINITE = "the field is not finite"
_SINGULAR = "the Jacobian is singular"
_NEARLY_SINGULAR = "the Jacobian is nearly singular: Newton's step has no bound"
#: A correction this long, in scaled coordinates, comes from a singular matrix.
TOO_FAR = 1e4
#: Corrections that no longer shrink are rounding up to this many times the tolerance.
_ROUNDED = 100.0


@dataclass(frozen=True)
class Solution:
    """Where Newton's method ended.

    Attributes
    ----------
    z
        The last iterate.
    converged
        Whether correction and residual are both below the tolerance.
    iterations
        Number of linear solves.
    residual
        Largest residual, each equation divided by the largest entry of its gradient, so that it
        reads as a distance in scaled coordinates.
    message
        Why it did not converge.
    """

    z: FloatArray
    converged: bool
    iterations: int
    residual: float
    message: str = ""


def row_size(jacobian: FloatArray, empty: float = 1.0) -> FloatArray:
    """Largest coefficient of every row (`empty` for zero): what residuals are measured in."""
    size: FloatArray = np.maximum.reduce(np.abs(jacobian), axis=1)
    return size if np.minimum.reduce(size) > 0 else np.where(size > 0, size, empty)


def largest(values: FloatArray) -> float:
    """Largest magnitude in a vector, without the cost of arrays; NaN if any is NaN."""
    numbers = values.tolist()
    return math.nan if math.isnan(sum(numbers)) else max(map(abs, numbers))


class _StuckError(ArithmeticError):
    """Newton's method cannot go on; the text says why."""


def _values(system: System, z: FloatArray) -> Equations:
    value, gradient = system(z)
    if not math.isfinite(sum(value.tolist())):
        raise _StuckError(_NOT_FINITE)
    return value, gradient


def _matrix(gradient: Callable[[], FloatArray]) -> FloatArray:
    matrix = gradient()
    if not dense.is_finite(matrix):
        raise _StuckError(_NOT_FINITE)
    return matrix


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, _StuckError) else _UNDEFINED.format(error)


def _inverse(matrix: FloatArray) -> FloatArray:
    try:
        return dense.inverse(matrix)
    except np.linalg.LinAlgError as error:
        raise _StuckError(_SINGULAR) from error


def _length(correction: FloatArray) -> float:
    length = largest(correction)
    if not length < TOO_FAR:
        raise _StuckError(_NEARLY_SINGULAR)
    return length


def _small(length: float, before: float, tolerance: float, differences: bool) -> bool:
    """Whether a correction is below the tolerance, or the rounding of differences."""
    return length < tolerance or (differences and before / 2 < length < _ROUNDED * tolerance)


def newton(
    system: System,
    z: FloatArray,
    tolerance: float,
    max_iterations: int,
    matrix: FloatArray | None = None,
    *,
    differences: bool = False,
) -> Solution:
    """Solve system(z) = 0 from a guess in scaled coordinates.

    Parameters
    ----------
    system
        Returns the residual (N,) and a function for the Jacobian (N, N); a slightly wrong
        Jacobian slows convergence but does not change the answer. The Jacobian is kept while
        it serves (chord steps).
    z
        Guess, shape (N,).
    tolerance
        Bound on the last correction and on the row-scaled residual.
    max_iterations
        Largest number of linear solves.
    matrix
        The Jacobian at a point near by, with which to begin.
    differences
        Whether the residual contains derivatives that are differences: their rounding may keep
        corrections from the tolerance.
    """
    residual, length, iteration = np.inf, np.inf, 0
    size, scaled, inverse = np.empty(0), np.empty(0), np.empty((0, 0))
    try:
        if matrix is not None:
            size = row_size(matrix)
            inverse = _inverse(matrix / size[:, None])
        for iteration in range((1 if matrix is None else 2) * max_iterations + 1):
            value, gradient = _values(system, z)
            previous, residual = residual, np.inf
            if len(size):
                scaled = value / size
                residual = largest(scaled)
            chord = residual < (CHORD if matrix is None else _COSTLY_CHORD) * previous
            if not (chord and (iteration > 0 or matrix is not None)):
                fresh = _matrix(gradient)
                size = row_size(fresh)
                scaled = value / size
                residual = largest(scaled)
                inverse = _inverse(fresh / size[:, None])
            correction = inverse.dot(scaled)
            before, length = length, _length(correction)
            if residual < tolerance and _small(length, before, tolerance, differences):
                # with a matrix from elsewhere two iterations do the work of one
                effort = iteration if matrix is None else (iteration + 1) // 2
                return Solution(z - correction, True, effort, residual)
            z = z - correction
    except (np.linalg.LinAlgError, ArithmeticError) as error:
        return Solution(z, False, iteration, residual, _reason(error))
    return Solution(z, False, max_iterations, residual, _too_slow(max_iterations, residual))


def _too_slow(iterations: int, residual: float) -> str:
    return f"no convergence in {iterations} iterations, residual {residual:.1e}"


def onto_curve(equations: System, z: FloatArray, tolerance: float, max_iterations: int) -> Solution:
    """Solve fewer equations than unknowns by Gauss-Newton: a point of the curve near a guess.

    Every correction is the shortest one, so the guess moves no further than it must.
    """
    residual, length, iteration = np.inf, np.inf, 0
    try:
        for iteration in range(max_iterations + 1):
            value, gradient = _values(equations, z)
            matrix = _matrix(gradient)
            size = row_size(matrix)
            residual = float(np.abs(value / size).max())
            correction: FloatArray = np.asarray(
                np.linalg.lstsq(matrix / size[:, None], value / size, rcond=None)[0], dtype=float
            )
            before, length = length, _length(correction)
            if residual < tolerance and _small(length, before, tolerance, differences=True):
                return Solution(z, True, iteration, residual)
            z = z - correction
    except (np.linalg.LinAlgError, ArithmeticError) as error:
        return Solution(z, False, iteration, residual, _reason(error))
    return Solution(z, False, max_iterations, residual, _too_slow(max_iterations, residual))
