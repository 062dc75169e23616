"""The arrays that both schemes work on."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.spiking.compiled import OPTIONS, SUMMED

FloatArray = NDArray[np.float64]

TOO_MANY_SPIKES, NON_FINITE, SPIKES_FULL = 1, 2, 3


class Synapses(NamedTuple):
    """Constants of every synapse, shape (synapses,), for one step length."""

    target: NDArray[np.int64]
    conductance: FloatArray
    drive: FloatArray  # g (E − v_r) of the target, pA
    rate: FloatArray  # Δt/τ_s
    decay: FloatArray
    mean: FloatArray  # average over a step of what decays from 1
    weight: FloatArray  # J/N of each source, shape (synapses, populations)


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
