"""The stationary states of a circuit's network in the limit of infinitely many neurons.

Names are imported when first used, since compiled kernels are slow to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ikmeanfield.lazy import importer

if TYPE_CHECKING:
    from ikmeanfield.theories.stationary.attribution import fold_attribution, folds
    from ikmeanfield.theories.stationary.model import Stationary
    from ikmeanfield.theories.stationary.neuron import neuron_states
    from ikmeanfield.theories.stationary.onsets import hopf_curve, hopf_point
    from ikmeanfield.theories.stationary.population import StationaryError
    from ikmeanfield.theories.stationary.settings import History, StationarySettings
    from ikmeanfield.theories.stationary.stability import AsynchronousState
    from ikmeanfield.theories.stationary.transfer import bistable_width, transfer_function

__all__ = [
    "AsynchronousState",
    "History",
    "Stationary",
    "StationaryError",
    "StationarySettings",
    "bistable_width",
    "fold_attribution",
    "folds",
    "hopf_curve",
    "hopf_point",
    "neuron_states",
    "transfer_function",
]

_HOMES = {
    "AsynchronousState": "stability",
    "History": "settings",
    "Stationary": "model",
    "StationaryError": "population",
    "StationarySettings": "settings",
    "bistable_width": "transfer",
    "fold_attribution": "attribution",
    "folds": "attribution",
    "hopf_curve": "onsets",
    "hopf_point": "onsets",
    "neuron_states": "neuron",
    "transfer_function": "transfer",
}

__getattr__ = importer(__name__, _HOMES)
