"""Which mean fields of an experiment are the same, and so share a plane of bifurcations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ikmeanfield.circuit import Circuit
from ikmeanfield.experiments.paths import in_effect
from ikmeanfield.experiments.simulation import MeanField

NETWORK_ONLY = ("size", "truncation", "recovery")
"""Parameters of a population that no mean field knows."""
RESET = ("peak_potential", "reset_potential")
"""Those that only the corrected mean field knows."""


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


def known_to(field: MeanField, circuit: Circuit, free: Mapping[str, float]) -> dict[str, Any]:
    """What determines a mean field: its settings, and the parameters that it knows.

    Parameters
    ----------
    field
        Settings of the mean field.
    circuit
        The circuit.
    free
        Parameters that are free, by path, each with one value for all.
    """
    data = circuit.replace(free).model_dump()
    hidden = NETWORK_ONLY if field.reset_correction else NETWORK_ONLY + RESET
    for population in data["populations"].values():
        for name in hidden:
            del population[name]
    return {"circuit": data, "meanfield": field.model_dump()}


def values_of(circuit: Circuit, field: MeanField, paths: Iterable[str]) -> dict[str, Any]:
    """Those of the given parameters that a mean field knows, by path."""
    hidden = NETWORK_ONLY if field.reset_correction else NETWORK_ONLY + RESET
    return {
        path: in_effect(circuit, path) for path in paths if path.rpartition(".")[2] not in hidden
    }
