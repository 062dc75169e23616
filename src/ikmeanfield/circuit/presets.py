"""The circuits of Gast, Solla & Kennedy: Phys. Rev. E 107, 024306 (2023) and PNAS 121 (2024)."""

from __future__ import annotations

from collections.abc import Callable

from ikmeanfield.circuit.cells import (
    fast_spiking_cells,
    low_threshold_spiking_cells,
    regular_spiking_cells,
    synapses,
)
from ikmeanfield.circuit.model import Circuit


def regular_spiking() -> Circuit:
    """Table I: excitatory regular-spiking neurons, with Δ_v of Fig. 1."""
    rs = regular_spiking_cells(synapses=synapses(ampa={"rs": 15.0}))
    return Circuit(populations={"rs": rs})


def truncated() -> Circuit:
    """Table II: the population whose threshold distribution is truncated (Fig. 4)."""
    rs = regular_spiking_cells(
        synapses=synapses(ampa={"rs": 15.0}), resting_potential=-80.0, threshold_width=2.0,
        adaptation=20.0, input_current=250.0, recovery="population",
    )  # fmt: skip
    return Circuit(populations={"rs": rs})


def excitatory_inhibitory() -> Circuit:
    """Sec. IV.C: regular-spiking (rs) and fast-spiking (fs) neurons coupled both ways (Fig. 3)."""
    rs = regular_spiking_cells(
        synapses=synapses(ampa={"rs": 16.0}, gaba={"fs": 16.0}), adaptation=20.0,
        input_current=50.0, recovery="population",
    )  # fmt: skip
    fs = fast_spiking_cells(
        synapses=synapses(ampa={"rs": 4.0}, gaba={"fs": 4.0}), input_current=20.0
    )
    return Circuit(populations={"rs": rs, "fs": fs})


def fast_spiking() -> Circuit:
    """PNAS: inhibitory fast-spiking neurons (fs) that inhibit one another."""
    fs = fast_spiking_cells(synapses=synapses(gaba={"fs": 5.0}))
    return Circuit(populations={"fs": fs})


def low_threshold_spiking() -> Circuit:
    """PNAS: inhibitory low-threshold-spiking neurons (lts) that inhibit one another."""
    lts = low_threshold_spiking_cells(synapses=synapses(gaba={"lts": 5.0}))
    return Circuit(populations={"lts": lts})


def cortical() -> Circuit:
    """PNAS: regular-spiking, fast-spiking and low-threshold-spiking neurons (rs, fs, lts)."""
    rs = regular_spiking_cells(
        synapses=synapses(ampa={"rs": 10.0}, gaba={"fs": 8.0, "lts": 8.0}), input_current=60.0,
        recovery="population",
    )  # fmt: skip
    fs = fast_spiking_cells(
        synapses=synapses(ampa={"rs": 8.0}, gaba={"fs": 4.0, "lts": 4.0}), input_current=40.0
    )
    lts = low_threshold_spiking_cells(
        synapses=synapses(ampa={"rs": 4.0}, gaba={"fs": 4.0}), input_current=110.0
    )
    return Circuit(populations={"rs": rs, "fs": fs, "lts": lts})


PRESETS: dict[str, Callable[[], Circuit]] = {
    "regular_spiking": regular_spiking,
    "truncated": truncated,
    "excitatory_inhibitory": excitatory_inhibitory,
    "fast_spiking": fast_spiking,
    "low_threshold_spiking": low_threshold_spiking,
    "cortical": cortical,
}
