"""The scheme ``euler``: explicit Euler steps of Eqs. 1-3 or 26-27, as in the paper.

First order: a spike is noticed at the end of the step in which it happens, v is reset and u and
s jump there. Potentials are in mV and recovery variables in pA.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.heterogeneity import Differences
from ikmeanfield.spiking.compiled import ALLOCATING, OPTIONS, SUMMED, VECTOR
from ikmeanfield.spiking.layout import (
    CURRENTS,
    NON_FINITE,
    SPIKES_FULL,
    THRESHOLDS,
    Records,
    SpikeLog,
    State,
    Synapses,
    Variety,
    average,
    offsets,
    record,
    variety,
)
from ikmeanfield.spiking.noise import largest_force, stirred

FloatArray = NDArray[np.float64]

ORDER = 1


class Cells(NamedTuple):
    """Constants of neurons and populations, shape (populations,), for one step length."""

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
    threshold: FloatArray  # shape (neurons,)


def cells(circuit: Circuit, step: float, neurons: Mapping[str, Differences]) -> Cells:
    """Collect the constants of a circuit and of its neurons for a step in ms."""
    populations = list(circuit.populations.values())
    return Cells(
        offset=offsets(circuit),
        own=np.array([p.recovery == "neuron" for p in populations], dtype=np.int64),
        gain=np.array([step / p.capacitance for p in populations]),
        leakage=np.array([p.leakage for p in populations]),
        rest=np.array([p.resting_potential for p in populations]),
        peak=np.array([p.peak_potential for p in populations]),
        reset=np.array([p.reset_potential for p in populations]),
        jump=np.array([p.adaptation for p in populations]),
        rate=np.array([step / p.recovery_time for p in populations]),
        coupling=np.array([p.recovery_coupling for p in populations]),
        threshold=np.concatenate([each.threshold for each in neurons.values()]),
    )


def various(circuit: Circuit, step: float, neurons: Mapping[str, Differences]) -> Variety:
    """What differs between neurons besides thresholds, in physical units."""
    one = np.ones(len(circuit.populations))
    return variety(circuit, neurons, one, one, one, step, largest_force(circuit, step))


def scales(circuit: Circuit, step: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Scale of v, its origin, and scale of u: physical units, whatever the step."""
    del step
    one = np.ones(len(circuit.populations))
    return one, 0 * one, one


@njit(**VECTOR)
def _own(v, u, threshold, F, D, gain, k, rest, total, G, peak, reset, rate, b, jump):
    """One step of a population with one u per neuron; returns its number of spikes.

    F and D are what each neuron has more than `total` and `G`, None where nothing.
    """
    count = 0
    for i in range(v.size):
        y = v[i] - rest
        drive = total
        if F is not None:
            drive = total + F[i]
        leak = G
        if D is not None:
            leak = G + D[i]
        moved = v[i] + gain * (k * y * (v[i] - threshold[i]) - u[i] + drive - leak * v[i])
        recovered = u[i] + rate * (b * y - u[i])
        spikes = moved >= peak
        v[i] = reset if spikes else moved
        u[i] = recovered + jump if spikes else recovered
        count += 1 if spikes else 0
    return count


@njit(**SUMMED)
def _shared(v, threshold, F, D, gain, k, rest, total, G, peak, reset):
    """One step of a population that shares u; returns its spikes and the sum of v − v_r before.

    F and D as in `_own`.
    """
    count = 0
    above = 0.0
    for i in range(v.size):
        y = v[i] - rest
        above += y
        drive = total
        if F is not None:
            drive = total + F[i]
        leak = G
        if D is not None:
            leak = G + D[i]
        moved = v[i] + gain * (k * y * (v[i] - threshold[i]) + drive - leak * v[i])
        spikes = moved >= peak
        v[i] = reset if spikes else moved
        count += 1 if spikes else 0
    return count, above


@njit(**OPTIONS)
def _move(v, u, threshold, F, D, own, gain, k, rest, total, G, peak, reset, rate, b, jump):
    """One step of a population; returns its spikes and, where it shares u, the sum of v − v_r."""
    if own == 1:
        count = _own(v, u, threshold, F, D, gain, k, rest, total, G, peak, reset, rate, b, jump)
        return count, 0.0
    return _shared(v, threshold, F, D, gain, k, rest, total, G, peak, reset)


@njit(**OPTIONS)
def _add_conductance(more, s, reversal, F, D):
    """Add to what acts on neurons what one synapse's conductances have more than their centre."""
    for i in range(D.size):
        D[i] += more[i] * s
        F[i] += more[i] * s * reversal


@njit(**OPTIONS)
def _conduct(p, lo, hi, rest, s, more, synapses, F, D):
    """Collect in F and D what each neuron of a population has beyond the centres."""
    for i in range(D.size):
        F[i] = more.current[lo + i]
        D[i] = 0.0
    for j in range(s.size):
        if synapses.target[j] == p:
            _add_conductance(more.conductance[j, lo:hi], s[j], more.lever[j] + rest, F, D)


@njit(**ALLOCATING)
def advance(
    first: int, steps: int, stride: int, begun: int, c: Cells, more: Variety, synapses: Synapses,
    currents: FloatArray, state: State, records: Records, log: SpikeLog,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Carry a network over a number of steps, in place; see `exact.advance`."""
    spikes = np.zeros(c.own.size)
    done: tuple[int, int, int, int] = _advance(
        first, steps, stride, begun, c, more, synapses, currents, state, records, log, spikes
    )
    return done


@njit(**OPTIONS)
def _advance(first, steps, stride, begun, c, more, synapses, currents, state, records, log, spikes):
    """Do what `advance` does, with room for the number of spikes of every population."""
    populations = c.own.size
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
            u, threshold, own = state.u[lo:hi], c.threshold[lo:hi], c.own[p]
            gain, k, rest, peak = c.gain[p], c.leakage[p], c.rest[p], c.peak[p]
            rate, b, jump = c.rate[p], c.coupling[p], c.jump[p]
            if own == 0:
                total -= state.shared[p]
            if more.differs[p] == THRESHOLDS:
                count, above = _move(
                    v, u, threshold, None, None, own, gain, k, rest, total, G, peak, reset, rate, b,
                    jump,
                )  # fmt: skip
            elif more.differs[p] == CURRENTS:
                F = more.current[lo:hi]
                if more.noisy[p] == 1:
                    F = stirred(p, lo, first + n, F, more.force[lo:hi], more)
                count, above = _move(
                    v, u, threshold, F, None, own, gain, k, rest, total, G, peak, reset, rate, b,
                    jump,
                )  # fmt: skip
            else:
                F, D = more.force[lo:hi], more.field[lo:hi]
                _conduct(p, lo, hi, rest, state.s, more, synapses, F, D)
                if more.noisy[p] == 1:
                    stirred(p, lo, first + n, F, F, more)
                count, above = _move(
                    v, u, threshold, F, D, own, gain, k, rest, total, G, peak, reset, rate, b, jump
                )
            if own == 0:
                state.shared[p] += (
                    rate * (b * above / v.size - state.shared[p]) + jump * count / v.size
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
