"""The stationary states of a circuit's network in the limit of infinitely many neurons.

Names are imported when first used, since compiled kernels are slow to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ikmeanfield.theories.stationary.model import Stationary
    from ikmeanfield.theories.stationary.neuron import neuron_states
    from ikmeanfield.theories.stationary.population import History, StationaryError

__all__ = ["History", "Stationary", "StationaryError", "neuron_states"]

_HOMES = {
    "History": "population",
    "Stationary": "model",
    "neuron_states": "neuron",
    "StationaryError": "population",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
