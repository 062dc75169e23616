"""Evaluation of a problem's field and its derivatives at many points at once."""

from __future__ import annotations

import numpy as np

from ikmeanfield.continuation.problem import FloatArray, Problem
from ikmeanfield.continuation.stacks import Stacked

#: Step of first differences, relative to what is changed.
_SHARE = float(np.finfo(float).eps ** (1 / 3))
#: Step of central differences of a Jacobian that is given, or one of differences itself.
_STEP, _LONG_STEP = 1e-5, 1e-3


class FieldNotFiniteError(ArithmeticError):
    """The field or its Jacobian returned a value that is not finite."""


class PointwiseField:
    """The field f(y, p) of a problem with some free parameters, at stacks of points.

    Parameters
    ----------
    problem, free
        The system and the names of its free parameters.
    base
        Values of all parameters, shape (m,), in which `p` replaces the free ones; by default those
        of the problem.
    scale
        Typical sizes of the variables, shape (n,), for the steps of differences; one by default.
    parameter_scale
        Typical sizes of the free parameters; by default their sizes in the problem.

    Attributes
    ----------
    places
        Where the free parameters are in p.
    """

    def __init__(
        self,
        problem: Problem,
        *free: str,
        base: FloatArray | None = None,
        scale: FloatArray | None = None,
        parameter_scale: FloatArray | None = None,
    ) -> None:
        self.problem, self.free = problem, free
        self.places = [problem.index(name) for name in free]
        own = problem.vector()
        self.base = own if base is None else base
        start = np.abs(own[self.places])
        self._sizes = np.where(start > 0, start, 1.0)
        self.scale = np.ones(len(problem.variables)) if scale is None else scale
        self.parameter_scale = self._sizes if parameter_scale is None else parameter_scale
        self._field = Stacked(problem.field)
        self._jacobian = None if problem.jacobian is None else Stacked(problem.jacobian)
        self._step = _LONG_STEP if problem.jacobian is None else _STEP

    @property
    def index(self) -> int:
        """Place of the free parameter, or of the first one, in p."""
        return self.places[0]

    @property
    def based(self) -> Problem:
        """The problem with `base` as its parameters."""
        return self.problem.at(dict(zip(self.problem.parameters, self.base.tolist(), strict=True)))

    def p(self, values: FloatArray) -> FloatArray:
        """All parameters, given the free ones."""
        p = self.base.copy()
        p[self.places] = values
        return p

    def parameters(self, values: FloatArray) -> dict[str, float]:
        """All parameters by name, given the free ones."""
        return self.problem.named(self.p(values), self.free)

    def values(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """F at points y of shape (K, n): shape (K, n)."""
        return self._evaluate(self._field, y, p)

    def jacobians(
        self, y: FloatArray, p: FloatArray, scale: FloatArray | None = None
    ) -> FloatArray:
        """df/dy at points y of shape (K, n): shape (K, n, n).

        Central differences with steps relative to `scale` (n,), by default the field's, where the
        problem has none.
        """
        if self._jacobian is not None:
            return self._evaluate(self._jacobian, y, p)
        n = y.shape[1]
        scale = self.scale if scale is None else scale
        out = np.empty((len(y), n, n))
        for i in range(n):
            step = np.zeros(n)
            step[i] = _SHARE * max(scale[i], float(np.abs(y[:, i]).max()))
            difference = self.values(y + step, p) - self.values(y - step, p)
            out[:, :, i] = difference / (2 * step[i])
        return out

    def by_parameter(self, y: FloatArray, p: FloatArray, which: int = 0) -> FloatArray:
        """Derivative of f by one free parameter, the first by default: shape (K, n)."""
        place = self.places[which]
        above, below = _beside(p, place, _SHARE * max(abs(p[place]), self._sizes[which]))
        width = above[place] - below[place]
        return np.asarray((self.values(y, above) - self.values(y, below)) / width)

    def by_parameters(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """Derivatives of f by the free parameters, shape (K, n, len(free))."""
        return np.stack([self.by_parameter(y, p, i) for i in range(len(self.free))], axis=-1)

    def jacobians_by_parameters(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """Derivatives of df/dy by the free parameters, shape (K, n, n, len(free))."""
        out = []
        for place, size in zip(self.places, self.parameter_scale, strict=True):
            step = self._step * size
            above, below = _beside(p, place, step)
            out.append((self.jacobians(y, above) - self.jacobians(y, below)) / (2 * step))
        return np.stack(out, axis=-1)

    def bends(self, y: FloatArray, p: FloatArray, v: FloatArray) -> FloatArray:
        """Derivatives of df/dy along directions v (K, n): shape (K, n, n)."""
        size = np.abs(v / self.scale).max(axis=1)
        step = (self._step / np.where(size > 0, size, 1.0))[:, None]
        change = self.jacobians(y + step * v, p) - self.jacobians(y - step * v, p)
        return np.asarray(change / (2 * step[..., None]))

    def _evaluate(self, function: Stacked, y: FloatArray, p: FloatArray) -> FloatArray:
        out: FloatArray = function(y, p).astype(float, copy=False)
        if not np.isfinite(out).all():
            msg = "the field or its Jacobian is not finite on the orbit"
            raise FieldNotFiniteError(msg)
        return out


def _beside(p: FloatArray, place: int, step: float) -> tuple[FloatArray, FloatArray]:
    """Parameters with one of them a step larger, and a step smaller."""
    above, below = p.copy(), p.copy()
    above[place] += step
    below[place] -= step
    return above, below
