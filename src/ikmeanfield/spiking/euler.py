"""The scheme ``euler``: explicit Euler steps of Eqs. 1-3 or 26-27, as in the paper.

First order: a spike is noticed at the end of the step in which it happens, v is reset and u and
s jump there. Potentials are in mV and recovery variables in pA.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from math import inf, isfinite
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.spiking.compiled import OPTIONS, SUMMED, VECTOR
from ikmeanfield.spiking.layout import (
    NON_FINITE,
    SPIKES_FULL,
    Records,
    SpikeLog,
    State,
    Synapses,
    average,
    record,
)

FloatArray = NDArray[np.float64]

ORDER = 1


class Cells(NamedTuple):
    """Constants of every population, shape (populations,), for one step length."""

    offset: NDArray[np.int64]
    own: NDArray[np.int64]
    gain: FloatArray  # Δt/C
    leakage: FloatArray
    rest: FloatArray
    peak: FloatArray
    reset: FloatArray
    jump: FloatArray
    rate: FloatArray  # Δt/τ_u
    coupling: FloatArray


def cells(circuit: Circuit, step: float) -> Cells:
    """Collect the constants of a circuit's populations for a step in ms."""
    populations = list(circuit.populations.values())
    return Cells(
        offset=np.cumsum([0, *(p.size for p in populations)]),
        own=np.array([p.recovery == "neuron" for p in populations], dtype=np.int64),
        gain=np.array([step / p.capacitance for p in populations]),
        leakage=np.array([p.leakage for p in populations]),
        rest=np.array([p.resting_potential for p in populations]),
        peak=np.array([p.peak_potential for p in populations]),
        reset=np.array([p.reset_potential for p in populations]),
        jump=np.array([p.adaptation for p in populations]),
        rate=np.array([step / p.recovery_time for p in populations]),
        coupling=np.array([p.recovery_coupling for p in populations]),
    )


def scales(circuit: Circuit, step: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Scale of v, its origin, and scale of u: physical units, whatever the step."""
    del step
    one = np.ones(len(circuit.populations))
    return one, 0 * one, one


@njit(**VECTOR)
def _own(v, u, threshold, gain, k, rest, total, G, peak, reset, rate, b, jump):
    """One step of a population with one u per neuron; returns its number of spikes."""
    count = 0
    for i in range(v.size):
        y = v[i] - rest
        moved = v[i] + gain * (k * y * (v[i] - threshold[i]) - u[i] + total - G * v[i])
        recovered = u[i] + rate * (b * y - u[i])
        spikes = moved >= peak
        v[i] = reset if spikes else moved
        u[i] = recovered + jump if spikes else recovered
        count += 1 if spikes else 0
    return count


@njit(**SUMMED)
def _shared(v, threshold, gain, k, rest, total, G, peak, reset):
    """One step of a population that shares u; returns its spikes and the sum of v − v_r before."""
    count = 0
    above = 0.0
    for i in range(v.size):
        y = v[i] - rest
        above += y
        moved = v[i] + gain * (k * y * (v[i] - threshold[i]) + total - G * v[i])
        spikes = moved >= peak
        v[i] = reset if spikes else moved
        count += 1 if spikes else 0
    return count, above


@njit(**OPTIONS)
def advance(
    first: int, steps: int, stride: int, begun: int, c: Cells, synapses: Synapses,
    currents: FloatArray, state: State, threshold: FloatArray, records: Records, log: SpikeLog,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Carry a network over a number of steps, in place; see `exact.advance`."""
    populations = c.own.size
    spikes = np.zeros(populations)
    watching = log.watched.size > 0
    for n in range(steps):
        if log.filled[0] + log.reserve > log.time.size:
            return SPIKES_FULL, n, -1, -1
        for p in range(populations):
            G = 0.0
            total = currents[n, p]
            for j in range(state.s.size):
                if synapses.target[j] == p:
                    G += synapses.conductance[j] * state.s[j]
                    total += (synapses.drive[j] + synapses.conductance[j] * c.rest[p]) * state.s[j]
            lo = c.offset[p]
            hi = c.offset[p + 1]
            v = state.v[lo:hi]
            # A watched neuron that spikes is marked first: rest, too, may be at the reset.
            reset = inf if watching else c.reset[p]
            if c.own[p] == 1:
                count = _own(
                    v, state.u[lo:hi], threshold[lo:hi], c.gain[p], c.leakage[p], c.rest[p],
                    total, G, c.peak[p], reset, c.rate[p], c.coupling[p], c.jump[p],
                )  # fmt: skip
            else:
                count, above = _shared(
                    v, threshold[lo:hi], c.gain[p], c.leakage[p], c.rest[p],
                    total - state.shared[p], G, c.peak[p], reset,
                )  # fmt: skip
                state.shared[p] += (
                    c.rate[p] * (c.coupling[p] * above / v.size - state.shared[p])
                    + c.jump[p] * count / v.size
                )
            spikes[p] = count
            state.spikes[p] += count
            if watching and count > 0:
                for i in range(lo, hi):
                    if state.v[i] == inf:
                        state.v[i] = c.reset[p]
                        if log.watched[i] >= 0:
                            log.neuron[log.filled[0]] = log.watched[i]
                            log.time[log.filled[0]] = first + n + 1.0
                            log.filled[0] += 1
        for j in range(state.s.size):
            kick = 0.0
            for p in range(populations):
                kick += synapses.weight[j, p] * spikes[p]
            state.s[j] += kick - synapses.rate[j] * state.s[j]
        if (begun + n + 1) % stride == 0:
            for p in range(populations):
                if not isfinite(average(state.v[c.offset[p] : c.offset[p + 1]])):
                    return NON_FINITE, n, p, -1
            record((begun + n + 1) // stride - 1, c.offset, c.own, state, records)
    return 0, steps, -1, -1
