"""A field with two free parameters, and the derivatives of its linearisation, at many points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.cycles.fields import PointwiseField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ikmeanfield.continuation.problem import FloatArray, Problem

#: Step of central differences of a Jacobian that is given, or one of differences itself.
_STEP, _LONG_STEP = 1e-5, 1e-3


class Variations:
    """The field f(y, p) of a problem with some free parameters, at stacks of points.

    Parameters
    ----------
    problem, free
        The system and the names of its free parameters.
    scale
        Typical sizes of the variables, shape (n,), for the steps of differences.
    parameter_scale
        Typical sizes of the free parameters.
    """

    def __init__(
        self,
        problem: Problem,
        free: tuple[str, ...],
        scale: FloatArray,
        parameter_scale: FloatArray,
    ) -> None:
        self.problem, self.free, self.scale = problem, free, scale
        self.parameter_scale = parameter_scale
        self.fields = [PointwiseField(problem, name) for name in free]
        self._base = problem.vector()
        self._step = _LONG_STEP if problem.jacobian is None else _STEP

    def p(self, values: FloatArray) -> FloatArray:
        """All parameters, given the free ones."""
        p = self._base.copy()
        for field, value in zip(self.fields, values, strict=True):
            p[field.index] = value
        return p

    def parameters(self, values: FloatArray) -> Mapping[str, float]:
        """All parameters by name, given the free ones."""
        return self.problem.named(self.p(values), self.free)

    def values(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """F at points y (K, n): shape (K, n)."""
        return self.fields[0].values(y, p)

    def jacobians(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """df/dy, shape (K, n, n)."""
        return self.fields[0].jacobians(y, p, self.scale)

    def by_parameters(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """Derivatives of f by the free parameters, shape (K, n, len(free))."""
        return np.stack([field.parameter_derivatives(y, p) for field in self.fields], axis=-1)

    def jacobians_by_parameters(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """Derivatives of df/dy by the free parameters, shape (K, n, n, len(free))."""
        out = []
        for field, size in zip(self.fields, self.parameter_scale, strict=True):
            step = self._step * size
            above, below = p.copy(), p.copy()
            above[field.index] += step
            below[field.index] -= step
            out.append((self.jacobians(y, above) - self.jacobians(y, below)) / (2 * step))
        return np.stack(out, axis=-1)

    def bends(self, y: FloatArray, p: FloatArray, v: FloatArray) -> FloatArray:
        """Derivatives of df/dy along directions v (K, n): shape (K, n, n)."""
        size = np.abs(v / self.scale).max(axis=1)
        step = (self._step / np.where(size > 0, size, 1.0))[:, None]
        change = self.jacobians(y + step * v, p) - self.jacobians(y - step * v, p)
        return np.asarray(change / (2 * step[..., None]))
