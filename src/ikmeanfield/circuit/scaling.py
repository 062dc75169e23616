"""The dimensionless Izhikevich network of Chen & Campbell (2022) in units, and back.

J. Comput. Neurosci. 50, 445-469. With the unit of time C/(k|v_r|), of current k v_r², of
conductance k|v_r|, and potentials in units of |v_r| from v_r on, Eqs. 1-3 with one synapse read

    v' = v (v − α) − w + η + I + g s (e_r − v),    v ≥ v_peak: v → v_reset, w → w + w_jump
    w' = a (b v − w)
    s' = −s/τ_s, and at a spike of neuron j of N: s → s + s_jump/N.

Everything but s_jump scales. The activation s has no unit, so the jump per spike is the same in
both forms: it is the weight J of the synapse. Chen & Campbell give S_jump = 0.8 with units and
s_jump = S_jump C/(k|V_R|) = 1.2308 without, as for a rate of rise in 1/ms; in a circuit with units
that behaves as theirs without, the weights are 1.2308.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ikmeanfield.circuit.population import Population, Synapse

SYNAPSE = "ampa"
"""Name of the synapse of a population that is made here."""


@dataclass(frozen=True)
class Units:
    """The units in which a neuron has no parameters C, k and v_r.

    Attributes
    ----------
    capacitance, leakage, resting_potential
        C in pF, k in nS/mV and v_r in mV of the neuron; v_r < 0.
    """

    capacitance: float
    leakage: float
    resting_potential: float

    def __post_init__(self) -> None:
        if not (self.capacitance > 0 and self.leakage > 0 and self.resting_potential < 0):
            msg = (
                f"capacitance = {self.capacitance:g} pF and leakage = {self.leakage:g} nS/mV must "
                f"be positive, and resting_potential = {self.resting_potential:g} mV negative"
            )
            raise ValueError(msg)

    @property
    def time(self) -> float:
        """C/(k|v_r|) in ms."""
        return self.capacitance / self.conductance

    @property
    def rate(self) -> float:
        """The inverse of the unit of time, in Hz."""
        return 1e3 / self.time

    @property
    def current(self) -> float:
        """The unit of current k v_r² in pA."""
        return self.leakage * self.resting_potential**2

    @property
    def conductance(self) -> float:
        """k|v_r| in nS."""
        return self.leakage * abs(self.resting_potential)

    def potential(self, v: float) -> float:
        """A dimensionless potential in mV."""
        return self.resting_potential + abs(self.resting_potential) * v

    def without(self, potential: float) -> float:
        """A potential in mV without dimension."""
        return (potential - self.resting_potential) / abs(self.resting_potential)


@dataclass(frozen=True)
class Dimensionless:
    """Dimensionless parameters of a population with one synapse.

    Attributes
    ----------
    alpha, a, b, w_jump, v_peak, v_reset
        Of the neuron.
    g, e_r, tau_s, s_jump
        Of the synapse; `s_jump` by source population.
    eta, width
        Centre and half-width of the distribution of background currents.
    """

    alpha: float
    a: float
    b: float
    w_jump: float
    g: float
    e_r: float
    tau_s: float
    s_jump: Mapping[str, float]
    eta: float
    width: float
    v_peak: float = 200.0
    v_reset: float = -200.0

    def population(self, units: Units, size: int = 10_000) -> Population:
        """The population with units; its thresholds are all the same."""
        return Population.model_validate(
            {
                "size": size,
                "capacitance": units.capacitance,
                "leakage": units.leakage,
                "resting_potential": units.resting_potential,
                "threshold": units.potential(self.alpha),
                "threshold_width": 0.0,
                "recovery_time": units.time / self.a,
                "recovery_coupling": units.conductance * self.b,
                "adaptation": units.current * self.w_jump,
                "peak_potential": units.potential(self.v_peak),
                "reset_potential": units.potential(self.v_reset),
                "input_current": units.current * self.eta,
                "current_width": units.current * self.width,
                "synapses": {
                    SYNAPSE: Synapse(
                        conductance=units.conductance * self.g,
                        reversal_potential=units.potential(self.e_r),
                        synaptic_time=units.time * self.tau_s,
                        weights=dict(self.s_jump),
                    )
                },
            }
        )


def units_of(population: Population) -> Units:
    """The units that make a population dimensionless."""
    return Units(population.capacitance, population.leakage, population.resting_potential)


def dimensionless(population: Population) -> Dimensionless:
    """The dimensionless parameters of a population with one synapse.

    Parameters
    ----------
    population
        With one synapse and one threshold for all neurons. Its own units are those of `units_of`.

    Raises
    ------
    ValueError
        If the population has another number of synapses, different thresholds or noise.
    """
    units = units_of(population)
    for name in ("cauchy_noise", "gaussian_noise"):
        if getattr(population, name) > 0:
            msg = f"{name} = {getattr(population, name):g}: the dimensionless form has no noise"
            raise ValueError(msg)
    if len(population.synapses) != 1 or population.threshold_width != 0:
        msg = (
            f"the population has {len(population.synapses)} synapses and threshold_width = "
            f"{population.threshold_width:g} mV; the dimensionless form has one synapse and one "
            "threshold"
        )
        raise ValueError(msg)
    (synapse,) = population.synapses.values()
    return Dimensionless(
        alpha=units.without(population.threshold),
        a=units.time / population.recovery_time,
        b=population.recovery_coupling / units.conductance,
        w_jump=population.adaptation / units.current,
        g=synapse.conductance / units.conductance,
        e_r=units.without(synapse.reversal_potential),
        tau_s=synapse.synaptic_time / units.time,
        s_jump=dict(synapse.weights),
        eta=population.input_current / units.current,
        width=population.current_width / units.current,
        v_peak=units.without(population.peak_potential),
        v_reset=units.without(population.reset_potential),
    )
