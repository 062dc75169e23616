"""The arrays that both schemes work on."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.heterogeneity import Differences
from ikmeanfield.spiking.compiled import OPTIONS, SUMMED

FloatArray = NDArray[np.float64]

TOO_MANY_SPIKES, NON_FINITE, SPIKES_FULL = 1, 2, 3

THRESHOLDS, CURRENTS, CONDUCTANCES = 0, 1, 2
"""What differs between the neurons of a population: thresholds alone, background currents too,
conductances too."""


class Synapses(NamedTuple):
    """Constants of every synapse, shape (synapses,), for one step length."""

    target: NDArray[np.int64]
    conductance: FloatArray
    drive: FloatArray  # g (E − v_r) of the target, pA
    rate: FloatArray  # Δt/τ_s
    decay: FloatArray
    mean: FloatArray  # average over a step of what decays from 1
    weight: FloatArray  # J/N of each source, shape (synapses, populations)


class Variety(NamedTuple):
    """What neurons have beyond the centres of their population, scaled as a scheme needs it.

    Arrays over neurons are empty if no population of the circuit needs them.
    """

    differs: NDArray[np.int64]  # (populations,) see `THRESHOLDS`
    current: FloatArray  # (neurons,) background currents
    conductance: FloatArray  # (synapses, neurons)
    lever: FloatArray  # (synapses,) scaled E − v_r of the target
    force: FloatArray  # (neurons,) scratch of a step: what currents, conductances, noise make
    field: FloatArray  # (neurons,) scratch: what the conductances, and in `exact` thresholds, make
    noisy: NDArray[np.int64]  # (populations,) 1 where each neuron has noise of its own
    cauchy: FloatArray  # (populations,) scaled strength of Cauchy noise
    gaussian: FloatArray  # (populations,) scaled standard deviation of Gaussian noise in a step
    largest: FloatArray  # (populations,) scaled, of a kick of Cauchy noise
    key: NDArray[np.uint64]  # (1,) of the noise


class State(NamedTuple):
    """What a step changes; potentials and recovery variables in the scheme's own scaling."""

    v: FloatArray  # (neurons,)
    u: FloatArray  # (neurons,); unused where the population shares one
    shared: FloatArray  # (populations,) the shared recovery variable
    shared_past: FloatArray  # (5, populations) what `exact` remembers of it, see `exact.LATE`
    s: FloatArray  # (synapses,)
    s_past: FloatArray  # (5, synapses)
    spikes: NDArray[np.int64]  # (populations,) since the last sample

    def copy(self) -> State:
        """An independent copy."""
        return State(*(np.copy(array) for array in self))  # type: ignore[arg-type]


class Records(NamedTuple):
    """Samples, shape (populations or synapses, samples); empty where not wanted."""

    spikes: NDArray[np.int64]
    potential: FloatArray
    recovery: FloatArray
    activation: FloatArray


class SpikeLog(NamedTuple):
    """Spikes of watched neurons; `watched` numbers them, −1 elsewhere, and is empty for none."""

    watched: NDArray[np.int64]
    neuron: NDArray[np.int64]
    time: FloatArray  # in steps
    filled: NDArray[np.int64]
    reserve: int  # free places that a step may need


def offsets(circuit: Circuit) -> NDArray[np.int64]:
    """Index of every population's first neuron, and the number of neurons."""
    return np.cumsum([0, *(p.size for p in circuit.populations.values())], dtype=np.int64)


def synapses(circuit: Circuit, step: float) -> Synapses:
    """Collect the constants of a circuit's synapses for a step in ms."""
    names = list(circuit.populations)
    rows = [
        (target, population.resting_potential, synapse)
        for target, population in enumerate(circuit.populations.values())
        for synapse in population.synapses.values()
    ]
    weight = np.zeros((len(rows), len(names)))
    for j, (_, _, synapse) in enumerate(rows):
        for source, value in synapse.weights.items():
            weight[j, names.index(source)] = value / circuit.populations[source].size
    rate = np.array([step / synapse.synaptic_time for _, _, synapse in rows])
    return Synapses(
        target=np.array([target for target, _, _ in rows], dtype=np.int64),
        conductance=np.array([synapse.conductance for _, _, synapse in rows]),
        drive=np.array([s.conductance * (s.reversal_potential - rest) for _, rest, s in rows]),
        rate=rate,
        decay=np.exp(-rate),
        mean=-np.expm1(-rate) / rate,
        weight=weight,
    )


def variety(
    circuit: Circuit,
    neurons: Mapping[str, Differences],
    force: FloatArray,
    field: FloatArray,
    lever: FloatArray,
    step: float,
    largest: FloatArray,
) -> Variety:
    """Collect what differs between neurons besides their thresholds.

    Parameters
    ----------
    circuit, neurons
        Populations, and what differs between their neurons.
    force, field, lever
        Scales of a current, a conductance and a potential in every population.
    step, largest
        Step in ms, and the largest kick of Cauchy noise in pA. The key of the noise is 0.
    """
    populations = circuit.populations.values()
    cauchy = force * np.array([p.cauchy_noise for p in populations])
    gaussian = force * np.array([p.gaussian_noise for p in populations]) / sqrt(step)
    noisy = (cauchy > 0) | (gaussian > 0)
    differs = np.array(
        [
            CONDUCTANCES if each.conductance
            else CURRENTS if each.current.size or stirs
            else THRESHOLDS
            for each, stirs in zip(neurons.values(), noisy, strict=True)
        ],
        dtype=np.int64,
    )  # fmt: skip
    offset = offsets(circuit)
    rows = [
        (target, name, synapse.reversal_potential - population.resting_potential)
        for target, population in enumerate(circuit.populations.values())
        for name, synapse in population.synapses.items()
    ]
    uneven = bool((differs == CONDUCTANCES).any())
    current = np.zeros(offset[-1] if differs.any() else 0)
    conductance = np.zeros((len(rows), offset[-1] if uneven else 0))
    for p, each in enumerate(neurons.values()):
        if each.current.size:
            current[offset[p] : offset[p + 1]] = force[p] * each.current
    for j, (target, name, _) in enumerate(rows):
        given = list(neurons.values())[target].conductance
        if name in given:
            conductance[j, offset[target] : offset[target + 1]] = field[target] * given[name]
    forces = np.zeros(offset[-1] if uneven or noisy.any() else 0)
    fields = np.zeros(offset[-1] if uneven else 0)
    levers = np.array([lever[target] * distance for target, _, distance in rows])
    return Variety(
        differs, current, conductance, levers, forces, fields, noisy.astype(np.int64), cauchy,
        gaussian, force * largest, np.zeros(1, dtype=np.uint64),
    )  # fmt: skip


@njit(**SUMMED)
def average(values):
    """Mean of an array."""
    total = 0.0
    for i in range(values.size):
        total += values[i]
    return total / values.size


@njit(**OPTIONS)
def record(sample, offset, own, state, records):
    """Store a sample and begin to count the spikes of the next."""
    for p in range(own.size):
        lo = offset[p]
        hi = offset[p + 1]
        records.spikes[p, sample] = state.spikes[p]
        state.spikes[p] = 0
        if records.potential.size > 0:
            records.potential[p, sample] = average(state.v[lo:hi])
        if records.recovery.size > 0:
            each = own[p] == 1
            records.recovery[p, sample] = average(state.u[lo:hi]) if each else state.shared[p]
    if records.activation.size > 0:
        for j in range(state.s.size):
            records.activation[j, sample] = state.s[j]
