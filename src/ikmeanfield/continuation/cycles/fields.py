"""Evaluation of a problem's field and its derivatives at many points at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.stacks import Stacked

if TYPE_CHECKING:
    from ikmeanfield.continuation.problem import FloatArray, Problem

CUBE_ROOT_EPS = float(np.finfo(float).eps ** (1 / 3))


class FieldNotFiniteError(ArithmeticError):
    """The field or its Jacobian returned a value that is not finite."""


class PointwiseField:
    """The field f, its Jacobian and its derivative in one parameter, at stacks of points.

    Parameters
    ----------
    problem
        The system.
    parameter
        Name of the parameter in which derivatives are taken.
    """

    def __init__(self, problem: Problem, parameter: str) -> None:
        self.problem, self.name = problem, parameter
        self.index = problem.index(parameter)
        start = abs(problem.vector()[self.index])
        self._parameter_scale = float(start) if start > 0 else 1.0
        self._field = Stacked(problem.field)
        self._jacobian = None if problem.jacobian is None else Stacked(problem.jacobian)

    def values(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """F at points y of shape (N, n): shape (N, n)."""
        return self._evaluate(self._field, y, p)

    def jacobians(self, y: FloatArray, p: FloatArray, scale: FloatArray) -> FloatArray:
        """df/dy at points y of shape (N, n): shape (N, n, n).

        Central differences with steps relative to `scale` (n,) where the problem has none.
        """
        n = y.shape[1]
        if self._jacobian is not None:
            return self._evaluate(self._jacobian, y, p)
        out = np.empty((len(y), n, n))
        for i in range(n):
            step = np.zeros(n)
            step[i] = CUBE_ROOT_EPS * max(scale[i], float(np.abs(y[:, i]).max()))
            difference = self.values(y + step, p) - self.values(y - step, p)
            out[:, :, i] = difference / (2 * step[i])
        return out

    def parameter_derivatives(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """df/dparameter at points y of shape (N, n): shape (N, n)."""
        step = CUBE_ROOT_EPS * max(abs(p[self.index]), self._parameter_scale)
        above, below = p.copy(), p.copy()
        above[self.index] += step
        below[self.index] -= step
        width = above[self.index] - below[self.index]
        return np.asarray((self.values(y, above) - self.values(y, below)) / width)

    def _evaluate(self, function: Stacked, y: FloatArray, p: FloatArray) -> FloatArray:
        out: FloatArray = function(y, p).astype(float, copy=False)
        if not np.isfinite(out).all():
            msg = "the field or its Jacobian is not finite on the orbit"
            raise FieldNotFiniteError(msg)
        return out
