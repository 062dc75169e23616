"""Circuits of the literature.

Gast, Solla & Kennedy, Phys. Rev. E 107, 024306 (2023); Chen & Campbell, J. Comput. Neurosci. 50,
445-469 (2022).
"""

from __future__ import annotations

from collections.abc import Callable

from ikmeanfield.circuit.derived import Derived
from ikmeanfield.circuit.model import Circuit, Population, RecoveryForm, Synapse
from ikmeanfield.circuit.scaling import SYNAPSE, Dimensionless, Units


def regular_spiking() -> Circuit:
    """Table I: excitatory regular-spiking neurons, with Δ_v of Fig. 1."""
    return Circuit(populations={"rs": _regular_spiking(weight=15.0)})


def truncated() -> Circuit:
    """Table II: the population whose threshold distribution is truncated (Fig. 4)."""
    population = _regular_spiking(
        weight=15.0, resting_potential=-80.0, adaptation=20.0, input_current=250.0,
        threshold_width=2.0, recovery="population",
    )  # fmt: skip
    return Circuit(populations={"rs": population})


def excitatory_inhibitory() -> Circuit:
    """Sec. IV.C: regular-spiking (rs) and fast-spiking (fs) neurons coupled both ways (Fig. 3)."""

    def synapses(rs: float, fs: float) -> dict[str, Synapse]:
        ampa = Synapse(
            conductance=1.0, reversal_potential=0.0, synaptic_time=6.0, weights={"rs": rs}
        )
        gaba = Synapse(
            conductance=1.0, reversal_potential=-65.0, synaptic_time=8.0, weights={"fs": fs}
        )
        return {"ampa": ampa, "gaba": gaba}

    rs = _regular_spiking(
        weight=16.0, adaptation=20.0, input_current=50.0, recovery="population"
    ).model_copy(update={"synapses": synapses(rs=16.0, fs=16.0)})
    fs = Population(
        capacitance=20.0, leakage=1.0, resting_potential=-55.0, threshold=-40.0,
        threshold_width=0.3, recovery_time=5.0, recovery_coupling=0.025, adaptation=0.0,
        peak_potential=1000.0, reset_potential=-1000.0, input_current=20.0,
        recovery="population", synapses=synapses(rs=4.0, fs=4.0),
    )  # fmt: skip
    return Circuit(populations={"rs": rs, "fs": fs})


HIPPOCAMPAL = Units(capacitance=250.0, leakage=2.5, resting_potential=-65.0)
"""Units of the pyramidal cells of Chen & Campbell."""
S_JUMP = 1.2308
"""Jump of the activation at a spike in their figures (see `scaling`)."""


def bursting() -> Circuit:
    """Chen & Campbell: one population that bursts, with the rounded parameters of their figures.

    At μ = 0.12, which is 1267.5 pA; all neurons receive the same current unless they are given a
    width (theirs is Δ = 0.02, which is 211.25 pA).
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


def _regular_spiking(
    *,
    weight: float,
    resting_potential: float = -60.0,
    threshold_width: float = 1.0,
    adaptation: float = 10.0,
    input_current: float = 0.0,
    recovery: RecoveryForm = "neuron",
) -> Population:
    return Population(
        capacitance=100.0, leakage=0.7, resting_potential=resting_potential, threshold=-40.0,
        threshold_width=threshold_width, recovery_time=33.33, recovery_coupling=-2.0,
        adaptation=adaptation, peak_potential=1000.0, reset_potential=-1000.0,
        input_current=input_current, recovery=recovery,
        synapses={
            "ampa": Synapse(
                conductance=1.0, reversal_potential=0.0, synaptic_time=6.0, weights={"rs": weight}
            )
        },
    )  # fmt: skip


PRESETS: dict[str, Callable[[], Circuit]] = {
    "regular_spiking": regular_spiking,
    "truncated": truncated,
    "excitatory_inhibitory": excitatory_inhibitory,
    "bursting": bursting,
    "bursting_pair": bursting_pair,
}
