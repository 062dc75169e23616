"""Circuits as pure data: populations, synapses, parameters with units, presets of the papers."""

from ikmeanfield.circuit.derived import Derived
from ikmeanfield.circuit.model import Circuit, checked_circuit, unit_of
from ikmeanfield.circuit.population import Population, RecoveryForm, Synapse
from ikmeanfield.circuit.presets import (
    PRESETS,
    bursting,
    bursting_pair,
    cortical,
    excitatory_inhibitory,
    fast_spiking,
    low_threshold_spiking,
    regular_spiking,
    truncated,
)

__all__ = [
    "PRESETS",
    "Circuit",
    "Derived",
    "Population",
    "RecoveryForm",
    "Synapse",
    "bursting",
    "bursting_pair",
    "checked_circuit",
    "cortical",
    "excitatory_inhibitory",
    "fast_spiking",
    "low_threshold_spiking",
    "regular_spiking",
    "truncated",
    "unit_of",
]
