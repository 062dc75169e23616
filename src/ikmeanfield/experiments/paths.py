"""Paths of parameters in a configuration: of one population, or of every population (`*`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from ikmeanfield.circuit import Circuit
from ikmeanfield.heterogeneity import half_ranges
from ikmeanfield.schema import ConfigError, Value

V = TypeVar("V")

EVERY = "*"
"""Stands for every population: ``*.reset_potential``."""
ALL = "all"
"""What stands for every population in names of coordinates: ``all_reset_potential``."""


def coordinate_name(path: str) -> str:
    """Name of a coordinate: the path with its dots replaced, and ``all`` for every population.

    A parameter that sets others has no dot; ``parameter_`` keeps it apart from what else is stored.
    """
    if "." not in path:
        return f"parameter_{path}"
    return path.replace(EVERY, ALL).replace(".", "_")


def conflict(paths: Iterable[str]) -> str | None:
    """A message that names two paths which set the same parameter; None if there are none."""
    seen: list[str] = []
    for path in paths:
        for other in seen:
            if path == other:
                return f"{path} is set more than once"
            heads = {text.partition(".")[0] for text in (path, other)}
            tails = {text.partition(".")[2] for text in (path, other)}
            if EVERY in heads and len(tails) == 1:
                return f"{other} and {path} set the same parameter; keep one of them"
        seen.append(path)
    return None


def spread(circuit: Circuit, values: Mapping[str, V]) -> dict[str, V]:
    """The values by path, with ``*`` written out for all populations.

    Raises
    ------
    ConfigError
        If a population does not have the parameter; it is named.
    """
    found: dict[str, V] = {}
    for path, value in values.items():
        head, _, tail = path.partition(".")
        if head != EVERY:
            found[path] = value
            continue
        for name in circuit.populations:
            own = f"{name}.{tail}"
            try:
                circuit.get(own)
            except ConfigError as error:
                msg = f"{path} means every population, but there is {error}"
                raise ConfigError(f"{msg}; name the populations one by one") from None
            found[own] = value
    return found


def in_effect(circuit: Circuit, path: str) -> Value:
    """The value of a parameter; for a truncation of None, the default that takes effect.

    For every population (``*``), the value they share, or None if they differ.
    """
    head, _, tail = path.partition(".")
    if head == EVERY:
        values = [in_effect(circuit, f"{name}.{tail}") for name in circuit.populations]
        return values[0] if len(set(values)) == 1 else None
    value: Value = circuit.get(path)
    return half_ranges(circuit.populations[head]).get(tail) if value is None else value
