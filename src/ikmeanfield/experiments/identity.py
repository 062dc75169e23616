"""What determines a run or a file, as a hash: the keys by which they are known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.simulation import MeanField


NETWORK_ONLY = ("size", "truncation", "recovery")
"""Parameters of a population that no mean field knows."""
RESET = ("peak_potential", "reset_potential")
"""Those that only the corrected mean field knows."""


def hashed(identity: Mapping[str, Any]) -> str:
    """A short hash of plain data."""
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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


def seed_of(base: int, key: str) -> int:
    """A seed below 2⁶³ from the base seed and a run's key, wherever the run stands."""
    state = np.random.SeedSequence([base, int(key, 16)]).generate_state(1, np.uint64)
    return int(state[0]) >> 1
