"""The free parameters of a theory where a circuit has parameters that set others.

A theory's equations take all its parameters. What the circuit's own parameters set is not free:
continuation sees their names instead, and moves together what they set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial, wraps
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit, unit_of
from ikmeanfield.circuit.expressions import Expression
from ikmeanfield.continuation.problem import Problem

FloatArray = NDArray[np.float64]
Found = TypeVar("Found")


@dataclass(frozen=True)
class FreeParameters:
    """Free parameters in order, and how all parameters follow from them.

    Attributes
    ----------
    values
        Names and values of the free parameters: first those of the equations that nothing sets,
        then those of the circuit that set some.
    names
        Names of all parameters of the equations, in their order.
    rules
        The expression for each that is set, by its name.
    constants
        What the expressions read besides.
    """

    values: Mapping[str, float]
    names: tuple[str, ...]
    rules: Mapping[str, Expression]
    constants: Mapping[str, float]

    def all(self, p: FloatArray) -> FloatArray:
        """All parameters of the equations; not a number where an expression has no value."""
        if not self.rules:
            return p
        kept, read, targets = self._places
        every = np.empty(len(self.names))
        every[kept] = p[: len(kept)]
        known = {**self.constants, **{name: float(p[place]) for name, place in read}}
        for place, rule in targets:
            try:
                every[place] = rule(known)
            except ValueError:
                every[place] = np.nan
        return every

    @cached_property
    def _places(self) -> tuple[list[int], list[tuple[str, int]], list[tuple[int, Expression]]]:
        """Where free parameters go, which of them expressions read, and where those go."""
        order = {name: place for place, name in enumerate(self.values)}
        read = {name for rule in self.rules.values() for name in rule.names}
        return (
            [place for place, name in enumerate(self.names) if name not in self.rules],
            [(name, order[name]) for name in read if name in order],
            [(self.names.index(name), rule) for name, rule in self.rules.items()],
        )

    def problem(self, problem: Problem) -> Problem:
        """A problem in all parameters as one in the free parameters."""
        if not self.rules:
            return problem
        jacobian = problem.jacobian
        return replace(
            problem,
            field=partial(self._at, problem.field),
            jacobian=None if jacobian is None else partial(self._at, jacobian),
            kinks={name: partial(self._at, kink) for name, kink in problem.kinks.items()},
            parameters=self.values,
            units={**problem.units, **{name: unit_of(name) for name in self.values}},
        )

    def _at(
        self, function: Callable[[FloatArray, FloatArray], Found], y: FloatArray, p: FloatArray
    ) -> Found:
        return function(y, self.all(p))


class Described(Protocol):
    """The part of a theory that is needed here."""

    @property
    def circuit(self) -> Circuit:
        """The circuit."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """Names and values of all parameters of the equations."""


def free_parameters(theory: Described) -> FreeParameters:
    """The free parameters of a theory."""
    circuit, values = theory.circuit, theory.parameters
    rules = {
        path: rule
        for derived in circuit.parameters.values()
        for path, rule in derived.expressions().items()
        if path in values
    }
    free = {name: value for name, value in values.items() if name not in rules}
    free |= {
        name: derived.value
        for name, derived in circuit.parameters.items()
        if any(path in values for path in derived.sets)
    }
    read = {name for rule in rules.values() for name in rule.names} - set(free)
    constants = {name: float(circuit.get(name)) for name in read}
    return FreeParameters(free, tuple(values), rules, constants)


T = TypeVar("T", bound=Described)


def in_free_parameters(method: Callable[[T], Problem]) -> Callable[[T], Problem]:
    """Let the `problem` of a theory be one in its free parameters."""

    @wraps(method)
    def problem(theory: T) -> Problem:
        return free_parameters(theory).problem(method(theory))

    return problem
