"""What is continued: a vector field with named variables and parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Field = Callable[[FloatArray, FloatArray], FloatArray]
Scalar = Callable[[FloatArray, FloatArray], float]


@dataclass(frozen=True)
class Problem:
    """A smooth system dy/dt = f(y, p) with named variables and parameters.

    Attributes
    ----------
    field
        ``f(y, p)``: y of shape (n,), p of shape (m,) in the order of `parameters`; returns (n,).
    variables
        Names of the n variables.
    parameters
        Names and default values of the m parameters; their order is the order of p.
    jacobian
        ``df/dy (y, p)`` of shape (n, n). Central differences of `field` where None.
    kinks
        Named scalar functions of (y, p) on whose zero set `field` is continuous but loses
        smoothness; continuation reports where it crosses one and takes no derivative across it.
    units
        Unit of each variable or parameter, by name (for labels and files).
    """

    field: Field
    variables: tuple[str, ...]
    parameters: Mapping[str, float]
    jacobian: Field | None = None
    kinks: Mapping[str, Scalar] = dataclasses.field(default_factory=dict)
    units: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def index(self, parameter: str) -> int:
        """Position of a parameter in p; an unknown name is an error that lists the known ones."""
        names = list(self.parameters)
        if parameter not in names:
            msg = f"no parameter {parameter!r}; the problem has {', '.join(names)}"
            raise KeyError(msg)
        return names.index(parameter)

    def vector(self, **values: float) -> FloatArray:
        """Return the parameter vector p, with some values replaced."""
        p = np.array(list(self.parameters.values()), dtype=float)
        for name, value in values.items():
            p[self.index(name)] = value
        return p

    def at(self, values: Mapping[str, float]) -> Problem:
        """Return the same problem with other default values of some parameters."""
        for name in values:
            self.index(name)
        return replace(self, parameters={**self.parameters, **values})
