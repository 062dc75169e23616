"""Circuits of the literature.

Gast, Solla & Kennedy, Phys. Rev. E 107, 024306 (2023) and PNAS 121, e2311885121 (2024); Chen &
Campbell, J. Comput. Neurosci. 50, 445-469 (2022).
"""

from __future__ import annotations

from collections.abc import Callable

from ikmeanfield.circuit.cells import (
    fast_spiking_cells,
    low_threshold_spiking_cells,
    regular_spiking_cells,
    synapses,
)
from ikmeanfield.circuit.derived import Derived
from ikmeanfield.circuit.model import Circuit
from ikmeanfield.circuit.scaling import SYNAPSE, Dimensionless, Units

HIPPOCAMPAL = Units(capacitance=250.0, leakage=2.5, resting_potential=-65.0)
"""Units of the pyramidal cells of Chen & Campbell."""
S_JUMP = 1.2308
"""Jump of the activation at a spike in their figures (see `scaling`)."""


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


def bursting() -> Circuit:
    """Chen & Campbell: one population that bursts, with the rounded parameters of their figures.

    At μ = 0.12, which is 1267.5 pA, and Δ = 0.02, which is 211.25 pA.
    """
    neurons = _chen_campbell(a=0.0077, w_jump=0.0189, s_jump={"p": S_JUMP})
    return Circuit(populations={"p": neurons.population(HIPPOCAMPAL)})


def bursting_pair() -> Circuit:
    """Chen & Campbell: strongly (p) and weakly (q) adapting neurons that share one input.

    The parameter `share` is the fraction κ_p of p: all synapses receive κ_p s_p + (1 − κ_p) s_q.
    """
    s_jump = {"p": S_JUMP, "q": S_JUMP}
    p = _chen_campbell(a=0.0077, w_jump=0.0189, s_jump=s_jump)
    q = _chen_campbell(a=0.077, w_jump=0.0095, s_jump=s_jump)
    sets = {
        f"{target}.{SYNAPSE}.weights.{source}": f"{S_JUMP} * {fraction}"
        for target in "pq"
        for source, fraction in (("p", "share"), ("q", "(1 - share)"))
    }
    return Circuit(
        populations={
            "p": p.population(HIPPOCAMPAL, size=8000), "q": q.population(HIPPOCAMPAL, size=2000)
        },
        parameters={"share": Derived(value=0.8, sets=sets)},
    )  # fmt: skip


def _chen_campbell(*, a: float, w_jump: float, s_jump: dict[str, float]) -> Dimensionless:
    return Dimensionless(
        alpha=0.6215, a=a, b=-0.0062, w_jump=w_jump, g=1.2308, e_r=1.0, tau_s=2.6, s_jump=s_jump,
        eta=0.12, width=0.02,
    )  # fmt: skip


PRESETS: dict[str, Callable[[], Circuit]] = {
    "regular_spiking": regular_spiking,
    "truncated": truncated,
    "excitatory_inhibitory": excitatory_inhibitory,
    "fast_spiking": fast_spiking,
    "low_threshold_spiking": low_threshold_spiking,
    "cortical": cortical,
    "bursting": bursting,
    "bursting_pair": bursting_pair,
}
