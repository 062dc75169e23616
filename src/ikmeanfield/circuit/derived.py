"""Parameters of a circuit that set others: one number that moves several of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Protocol

from annotated_types import Len
from pydantic import AfterValidator, Field

from ikmeanfield.circuit.expressions import Expression
from ikmeanfield.schema import ConfigError, Validated


@lru_cache(maxsize=256)
def expression(text: str) -> Expression:
    """The expression that a text describes."""
    return Expression(text)


def _readable(text: str) -> str:
    expression(text)
    return text


class Derived(Validated):
    """A number without a unit from which other parameters follow.

    For example ``value: 0.8, sets: {p.ampa.weights.p: share, p.ampa.weights.q: 1 - share}`` under
    the name ``share``.
    """

    value: float
    """Its value; a sweep may vary it and a study follow it, by its name."""
    sets: Annotated[dict[str, Annotated[str, AfterValidator(_readable)]], Len(1)] = Field(...)
    """What it sets: an expression for each parameter, by path. It may contain the name, numbers,
    ``+ - * / **``, parentheses, and paths of parameters that nothing sets."""

    def expressions(self) -> dict[str, Expression]:
        """What it sets, by path."""
        return {path: expression(text) for path, text in self.sets.items()}


class _Parameters(Protocol):
    """The part of a circuit that is needed here."""

    @property
    def parameters(self) -> Mapping[str, Derived]: ...

    def get(self, path: str) -> Any: ...


def setters(parameters: Mapping[str, Derived]) -> dict[str, str]:
    """The name of the parameter that sets each path.

    Raises
    ------
    ConfigError
        If two of them set one path.
    """
    found: dict[str, str] = {}
    for name, derived in parameters.items():
        for path in derived.sets:
            if path in found:
                msg = f"parameters.{name}.sets.{path}: {found[path]} sets it already"
                raise ConfigError(msg)
            found[path] = name
    return found


def settled(circuit: _Parameters) -> dict[str, float]:
    """The values that the derived parameters of a circuit give to what they set, by path.

    Raises
    ------
    ConfigError
        If an expression reads or sets something that it may not; its key is named.
    """
    owner = setters(circuit.parameters)
    found = {}
    for name, derived in circuit.parameters.items():
        for path, rule in derived.expressions().items():
            key = f"parameters.{name}.sets.{path}"
            _number(circuit, path, key)
            values = {name: derived.value}
            for read in rule.names - {name}:
                if "." not in read:
                    msg = f"{key}: {rule.text!r} names {read!r}; it may name {name} and paths"
                    raise ConfigError(msg)
                if read in owner:
                    msg = f"{key}: {rule.text!r} reads {read}, which {owner[read]} sets"
                    raise ConfigError(msg)
                values[read] = _number(circuit, read, key)
            try:
                found[path] = rule(values)
            except ValueError as error:
                raise ConfigError(f"{key}: {error}") from None
    return found


def _number(circuit: _Parameters, path: str, key: str) -> float:
    try:
        value = circuit.get(path) if "." in path else None
    except ConfigError as error:
        raise ConfigError(f"{key}: {error}") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        msg = f"{key}: {path} is not a number of a population or synapse"
        raise ConfigError(msg)
    return float(value)
