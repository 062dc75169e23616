"""Cell types of the cortex, and the synapses that they make, as all circuits here have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ikmeanfield.circuit.population import Population, Synapse


def synapses(
    ampa: Mapping[str, float] | None = None, gaba: Mapping[str, float] | None = None
) -> dict[str, Synapse]:
    """Excitatory and inhibitory synapses, by weights J of their sources; none leaves one out."""
    found = {}
    if ampa:
        found["ampa"] = Synapse(
            conductance=1.0, reversal_potential=0.0, synaptic_time=6.0, weights=dict(ampa)
        )
    if gaba:
        found["gaba"] = Synapse(
            conductance=1.0, reversal_potential=-65.0, synaptic_time=8.0, weights=dict(gaba)
        )
    return found


def regular_spiking_cells(**changes: Any) -> Population:
    """Excitatory neurons that adapt (rs), Table I; `changes` are fields of the population."""
    return _population(
        changes, capacitance=100.0, leakage=0.7, resting_potential=-60.0, threshold=-40.0,
        threshold_width=1.0, recovery_time=33.33, recovery_coupling=-2.0, adaptation=10.0,
    )  # fmt: skip


def fast_spiking_cells(**changes: Any) -> Population:
    """Inhibitory neurons without adaptation (fs), Sec. IV.C."""
    return _population(
        changes, capacitance=20.0, leakage=1.0, resting_potential=-55.0, threshold=-40.0,
        threshold_width=0.3, recovery_time=5.0, recovery_coupling=0.025, adaptation=0.0,
        recovery="population",
    )  # fmt: skip


def low_threshold_spiking_cells(**changes: Any) -> Population:
    """Inhibitory neurons that adapt (lts); Gast, Solla & Kennedy, PNAS 121 (2024)."""
    return _population(
        changes, capacitance=100.0, leakage=1.0, resting_potential=-56.0, threshold=-42.0,
        threshold_width=0.3, recovery_time=33.33, recovery_coupling=8.0, adaptation=20.0,
        recovery="population",
    )  # fmt: skip


def _population(changes: Mapping[str, Any], **given: Any) -> Population:
    """A population whose peak and reset are far away, with changes."""
    return Population(peak_potential=1000.0, reset_potential=-1000.0, **{**given, **changes})
