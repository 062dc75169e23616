"""Evaluation of a problem's field and its derivatives at many points at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ikmeanfield.continuation.problem import Field, FloatArray, Problem

CUBE_ROOT_EPS = float(np.finfo(float).eps ** (1 / 3))


class FieldNotFiniteError(ArithmeticError):
    """The field or its Jacobian returned a value that is not finite."""


class PointwiseField:
    """The field f, its Jacobian and its derivative in one parameter, at stacks of points.

    A `Problem` promises its field at single points only. A field written with plain arithmetic
    often takes a whole stack as well; this is tried once and kept only if the stack gives
    the values of the single calls. Compiled fields are not tried: another array type
    would make them compile again, which costs more than it saves.

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
        self._stacked: dict[int, bool] = {}

    def values(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """F at points y of shape (N, n): shape (N, n)."""
        return self._evaluate(self.problem.field, y, p, (y.shape[1],))

    def jacobians(self, y: FloatArray, p: FloatArray, scale: FloatArray) -> FloatArray:
        """df/dy at points y of shape (N, n): shape (N, n, n).

        Central differences with steps relative to `scale` (n,) where the problem has none.
        """
        n = y.shape[1]
        if self.problem.jacobian is not None:
            return self._evaluate(self.problem.jacobian, y, p, (n, n))
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

    def _evaluate(
        self, function: Field, y: FloatArray, p: FloatArray, shape: tuple[int, ...]
    ) -> FloatArray:
        stacked = self._stacked.get(id(function))
        if stacked is None:
            out = _one_by_one(function, y, p, shape)
            self._stacked[id(function)] = _takes_stacks(function, y, p, out)
        elif stacked:
            out = np.moveaxis(np.asarray(function(y.T, p), dtype=float), -1, 0)
        else:
            out = _one_by_one(function, y, p, shape)
        if not np.isfinite(out).all():
            msg = "the field or its Jacobian is not finite on the orbit"
            raise FieldNotFiniteError(msg)
        return out


def _one_by_one(
    function: Field, y: FloatArray, p: FloatArray, shape: tuple[int, ...]
) -> FloatArray:
    out = np.empty((len(y), *shape))
    for k in range(len(y)):
        out[k] = function(y[k], p)
    return out


def _takes_stacks(function: Field, y: FloatArray, p: FloatArray, expected: FloatArray) -> bool:
    """Whether function(y.T, p) gives the stack of the single values."""
    if hasattr(function, "py_func") or len(y) <= y.shape[1]:
        return False
    try:
        # a field that only handles single points may fail in any way when given a stack
        stack = np.asarray(function(y.T.copy(), p), dtype=float)
    except Exception:
        return False
    if stack.shape != (*expected.shape[1:], len(y)):
        return False
    same = np.allclose(np.moveaxis(stack, -1, 0), expected, rtol=1e-13, atol=0.0)
    return bool(same)
