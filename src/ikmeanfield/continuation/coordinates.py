"""A problem seen in scaled coordinates: its field and its kinks.

All coordinates z = (y, free parameters) / scale are of order one whatever the units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import Any, Self, TypeVar

import numpy as np

from .problem import Field, FloatArray, IntArray, Problem

_Value = TypeVar("_Value")

#: How many matrices are remembered: those at a few points, or at the points of a stencil.
_REMEMBERED = 80
#: Decimals by which points are told apart where derivatives are differences.
_DECIMALS = 13
#: From so many unknowns on, differences for a Jacobian are costly.
_MANY = 12


class FieldUndefinedError(ArithmeticError):
    """The field has no real value at a point; the message says why."""


def real_value(function: Field, y: FloatArray, p: FloatArray) -> FloatArray:
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


def remembered(
    method: Callable[[Any, FloatArray], _Value],
) -> Callable[[Any, FloatArray], _Value]:
    """Keep a method's values at the last points: a step asks for the same ones several times."""
    name = method.__name__

    @wraps(method)
    def kept(of: ScaledProblem, z: FloatArray) -> _Value:
        # differences do not resolve rounding, by which a point that is given again may differ
        place = z if of.problem.jacobian is not None else z.round(_DECIMALS)
        key, latest = (name, place.tobytes()), of.latest
        if key not in latest:
            if len(latest) >= _REMEMBERED:
                del latest[next(iter(latest))]
            latest[key] = method(of, z)
        value: _Value = latest[key]
        return value

    return kept


@dataclass(frozen=True)
class ScaledProblem:
    """A problem with some parameters free, as functions of z = (y, p_free) / scale.

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
    def _frame(self) -> tuple[FloatArray, FloatArray, IntArray]:
        """Scale, all parameters and the places of the free ones: what compiled code has to know."""
        places = [self.problem.index(name) for name in self.free]
        return self.scale, self.problem.vector(), np.array(places, dtype=np.intp)

    @cached_property
    def n(self) -> int:
        """Number of variables."""
        return len(self.problem.variables)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the components of z."""
        return (*self.problem.variables, *self.free)

    @cached_property
    def costly(self) -> bool:
        """Whether a Jacobian takes many evaluations of the field."""
        return self.problem.jacobian is None and len(self.names) > _MANY

    @cached_property
    def latest(self) -> dict[tuple[str, bytes], Any]:
        """What `remembered` keeps."""
        return {}

    def rescaled(self, scale: FloatArray) -> Self:
        """Return the same on another scale."""
        return replace(self, scale=scale)

    def split(self, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """State and full parameter vector, in the problem's units."""
        scale, base, free = self._frame
        x = z * scale
        p = base.copy()
        p[free] = x[self.n :]
        return x[: self.n], p

    def parameters(self, z: FloatArray) -> dict[str, float]:
        """Every parameter by name at z."""
        return self.problem.named(self.split(z)[1], self.free)

    def field(self, z: FloatArray) -> FloatArray:
        """dz_y/dt, shape (n,)."""
        y, p = self.split(z)
        return real_value(self.problem.field, y, p) / self.scale[: self.n]

    def fields(self, points: FloatArray) -> FloatArray:
        """`field` at points of shape (N, n + k), shape (N, n).

        At once for those with the parameters of the first, if the problem's field takes stacks.
        """
        n, values = self.n, np.empty((len(points), self.n))
        same = (points[:, n:] == points[0, n:]).all(axis=1)
        p = self.split(points[0])[1]
        values[same] = real_value(self.problem.stacked_field, points[same, :n] * self.scale[:n], p)
        values[same] /= self.scale[:n]
        for place in np.flatnonzero(~same):
            values[place] = self.field(points[place])
        return values

    def kinks(self, z: FloatArray) -> Mapping[str, float]:
        """Values of the kink functions at z."""
        return self._kinks(z) if self.problem.kinks else {}

    @remembered
    def _kinks(self, z: FloatArray) -> Mapping[str, float]:
        y, p = self.split(z)
        return {name: float(kink(y, p)) for name, kink in self.problem.kinks.items()}
