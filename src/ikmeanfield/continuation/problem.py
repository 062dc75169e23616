"""What is continued: a vector field with named variables and parameters."""

from __future__ import annotations

import dataclasses
import reprlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from .sparsity import Sparsity
from .stacks import Stacked

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Field = Callable[[FloatArray, FloatArray], FloatArray]
Scalar = Callable[[FloatArray, FloatArray], float]


@runtime_checkable
class CompiledField(Protocol):
    """A field that is itself compiled code for what continuation does most, for speed alone.

    Its numbers are those of `ScaledField` and of Newton's method there, to the last bit. It works
    in scaled coordinates z = (y, free parameters) / scale; `base` is the vector of all parameters,
    and `free` has the places of the free ones in it.
    """

    def __call__(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """Return dy/dt, as any field, or that of many states, one per column of y."""

    def jacobian(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """Return df/dy, which has to be that of the problem."""

    def derivative(
        self,
        z: FloatArray,
        scale: FloatArray,
        base: FloatArray,
        free: IntArray,
        step: float,
        varies: float,
    ) -> FloatArray:
        """Return the derivative by z, shape (n, n + k).

        Columns of parameters are central differences of fourth order; NaN where its two
        differences are further apart than a share `varies` of the inner one.
        """

    def corrected(
        self,
        guess: FloatArray,
        normal: FloatArray,
        scale: FloatArray,
        base: FloatArray,
        free: IntArray,
        step: float,
        chord: float,
        too_far: float,
        tolerance: float,
        iterations: int,
    ) -> tuple[FloatArray, int, float]:
        """Return the field's zero on the hyperplane through a guess, with one free parameter.

        Also the number of Newton's iterations, negative where they did not converge, and the
        residual. `step` is that of one-sided differences by the parameter, `chord` the factor by
        which a residual has to shrink for the matrix to be kept, and `too_far` the length of a
        correction that ends the search.
        """


@dataclass(frozen=True)
class Problem:
    """A smooth system dy/dt = f(y, p) with named variables and parameters.

    Attributes
    ----------
    field
        ``f(y, p)``: y of shape (n,), p of shape (m,) in the order of `parameters`; returns (n,).
        A `CompiledField` is followed faster.
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
    slopes
        ``df/dp (y, p)`` of shape (n,) for some parameters, by name; differences for the others.
    sizes
        Typical sizes of variables, by name. They are the scale of a variable that is zero at the
        start; without one it is searched for, which costs some hundred evaluations of `field`.
    absent_at_zero
        Parameters of terms that are not there where they are zero: a branch along which one is
        held at zero does not name it.
    """

    field: Field
    variables: tuple[str, ...]
    parameters: Mapping[str, float]
    jacobian: Field | None = None
    kinks: Mapping[str, Scalar] = dataclasses.field(default_factory=dict)
    units: Mapping[str, str] = dataclasses.field(default_factory=dict)
    slopes: Mapping[str, Field] = dataclasses.field(default_factory=dict)
    sizes: Mapping[str, float] = dataclasses.field(default_factory=dict)
    absent_at_zero: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not callable(self.field):
            msg = f"field = {self.field!r}: must be a function of the state and the parameters"
            raise TypeError(msg)
        if isinstance(self.variables, str) or len(set(self.variables)) != len(self.variables):
            msg = f"variables = {self.variables!r}: must be different names, such as ('x', 'y')"
            raise ValueError(msg)
        if not isinstance(self.parameters, Mapping):
            msg = f"parameters = {self.parameters!r}: must be a mapping from names to values"
            raise TypeError(msg)

    @cached_property
    def compiled(self) -> CompiledField | None:
        """The field, where it is compiled code for all derivatives that the problem states."""
        field = self.field
        if not isinstance(field, CompiledField) or self.jacobian != field.jacobian or self.slopes:
            return None
        return field

    @cached_property
    def stacked_field(self) -> Stacked:
        """The field at stacks of states."""
        return Stacked(self.field)

    @cached_property
    def sparsity(self) -> Sparsity:
        """What is known of which component of the field depends on which variable."""
        return Sparsity(len(self.variables))

    def checked_state(self, state: object) -> FloatArray:
        """A state as an array of shape (n,); anything else is refused in words.

        Raises
        ------
        ValueError
            Naming the variables that a state has to give a value.
        """
        try:
            values = np.array(state, dtype=float)
            fits = values.shape == (len(self.variables),)
        except (TypeError, ValueError):
            fits = False
        if not fits:
            names = ", ".join(self.variables)
            msg = f"state = {reprlib.repr(state)}: must hold one number for each of {names}"
            raise ValueError(msg)
        return values

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

    def fixed(self, free: Collection[str]) -> dict[str, float]:
        """Values of the parameters that are not free; not of those absent at zero."""
        named = self.named(self.vector(), free)
        return {name: value for name, value in named.items() if name not in free}

    def named(self, p: FloatArray, free: Collection[str]) -> dict[str, float]:
        """The parameters p by name, without those that are absent at zero and not free."""
        return {
            name: float(value)
            for name, value in zip(self.parameters, p, strict=True)
            if name in free or not (value == 0 and name in self.absent_at_zero)
        }

    def at(self, values: Mapping[str, float]) -> Problem:
        """Return the same problem with other default values of some parameters."""
        for name in values:
            self.index(name)
        return replace(self, parameters={**self.parameters, **values})


def checked_problem(given: object) -> Problem:
    """The problem itself; anything else is refused in words."""
    if not isinstance(given, Problem):
        shown = reprlib.repr(given)
        msg = f"problem = {shown}: must be a Problem, such as MeanField(circuit).problem()"
        raise TypeError(msg)
    return given
