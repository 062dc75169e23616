"""Which mean fields of an experiment are the same, and so share a plane of bifurcations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ikmeanfield.circuit import Circuit
from ikmeanfield.experiments.paths import in_effect
from ikmeanfield.theories import MeanFieldSettings


class Plane(NamedTuple):
    """Curves of one mean field in two parameters.

    Attributes
    ----------
    meanfield
        Name of the mean field's settings.
    circuit
        A circuit whose mean field it is; its values of the two parameters mean nothing.
    values
        Those parameters, by path, that tell planes of an experiment apart.
    """

    meanfield: str
    circuit: Circuit
    values: dict[str, Any]


def values_of(circuit: Circuit, field: MeanFieldSettings, paths: Iterable[str]) -> dict[str, Any]:
    """Those of the given parameters that a mean field knows, by path."""
    return {path: in_effect(circuit, path) for path in paths if field.knows(path)}
