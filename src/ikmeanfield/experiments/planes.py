"""Which mean fields of an experiment are the same, and so share a plane of bifurcations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ikmeanfield.circuit import Circuit
from ikmeanfield.keys import NETWORK_ONLY, RESET
from ikmeanfield.experiments.paths import in_effect
from ikmeanfield.experiments.simulation import MeanField


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


def values_of(circuit: Circuit, field: MeanField, paths: Iterable[str]) -> dict[str, Any]:
    """Those of the given parameters that a mean field knows, by path."""
    hidden = NETWORK_ONLY if field.reset_correction else NETWORK_ONLY + RESET
    return {
        path: in_effect(circuit, path) for path in paths if path.rpartition(".")[2] not in hidden
    }
