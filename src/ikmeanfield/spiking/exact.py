"""The scheme ``exact``: Möbius steps of the membrane potential, second order in the step.

Each step holds every population's mean recovery and synaptic input at their averages over the
step and carries every neuron along its exact flow (`flow`), spikes and resets included. A spike
acts on s and u at its own time inside the step. What it adds to the averages over the rest of
that step comes too late for the other neurons: the next step's averages make up for it, plus its
change since the step before. These corrections add up to the true integral of every input, so
that the scheme is second order for any number of neurons and does not guess at a spike train.

Potentials and recovery variables are scaled as in `flow` (y = x(v − v_r), U = x²u/k).
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.spiking.compiled import OPTIONS, VECTOR
from ikmeanfield.spiking.flow import (
    MAX_SPIKES,
    P_LIMIT,
    Z_LIMIT,
    logarithm_series,
    one_spike,
    whole_step,
)
from ikmeanfield.spiking.layout import (
    NON_FINITE,
    SPIKES_FULL,
    TOO_MANY_SPIKES,
    Records,
    SpikeLog,
    State,
    Synapses,
    record,
)

FloatArray = NDArray[np.float64]

ORDER = 2
BLOCK = 512
"""Neurons per block: a block stays in the first cache between its two passes."""


class Cells(NamedTuple):
    """Constants of every population, shape (populations,), for one step length."""

    offset: NDArray[np.int64]  # of its first neuron, shape (populations + 1,)
    own: NDArray[np.int64]  # 1: one u per neuron, 0: one for all
    x: FloatArray  # kΔt/C
    field: FloatArray  # of the total conductance in H
    force: FloatArray  # of a current in P
    peak: FloatArray  # x(v_p − v_r)
    reset: FloatArray  # x(v_0 − v_r)
    jump: FloatArray  # scaled κ
    rate: FloatArray  # Δt/τ_u
    decay: FloatArray  # of u over a step
    mean: FloatArray  # average over a step of a u that decays from 1
    coupling: FloatArray  # scaled b
    area: FloatArray  # of ∫y dτ in u
    moment: FloatArray  # of ∫y(τ − 1/2) dτ in u


class Cell(NamedTuple):
    """The constants of one population, by value: handing arrays on costs time in every step."""

    own: bool
    peak: float
    reset: float
    jump: float
    rate: float
    decay: float
    mean: float
    coupling: float
    area: float
    moment: float


def cells(circuit: Circuit, step: float) -> Cells:
    """Collect the constants of a circuit's populations for a step in ms."""
    populations = list(circuit.populations.values())

    def array(values: list[float]) -> FloatArray:
        return np.array(values, dtype=float)

    x = array([p.leakage * step / p.capacitance for p in populations])
    k = array([p.leakage for p in populations])
    rest = array([p.resting_potential for p in populations])
    rate = array([step / p.recovery_time for p in populations])
    force = x**2 / k
    coupling = x / k * array([p.recovery_coupling for p in populations])
    return Cells(
        offset=np.cumsum([0, *(p.size for p in populations)]),
        own=np.array([p.recovery == "neuron" for p in populations], dtype=np.int64),
        x=x,
        field=x / (2 * k),
        force=force,
        peak=x * (array([p.peak_potential for p in populations]) - rest),
        reset=x * (array([p.reset_potential for p in populations]) - rest),
        jump=force * array([p.adaptation for p in populations]),
        rate=rate,
        decay=np.exp(-rate),
        mean=-np.expm1(-rate) / rate,
        coupling=coupling,
        area=-coupling * np.expm1(-rate),
        moment=coupling * rate**2 * np.exp(-rate / 2),
    )


def scales(circuit: Circuit, step: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """x, v_r and x²/k of every population: y = x(v − v_r), U = (x²/k) u."""
    c = cells(circuit, step)
    rest = np.array([p.resting_potential for p in circuit.populations.values()])
    return c.x, rest, c.force


@njit(inline="always", **VECTOR)
def _flow(y, H, P, peak):
    """Carry one neuron over a step if it is far from a spike.

    Returns the new y, ∫y dτ, ∫y(τ−1/2) dτ, and whether the series hold.
    """
    W = y - H
    t = 1.0 + P * (1 / 3 + P * (2 / 15 + P * (17 / 315)))
    r = W * t
    a = 1.0 - r
    b = 2.0 - r
    inverse = 1.0 / (a * b)  # one division serves 1/(1−r) and 1/(2−r)
    after = (W + P * t) * (b * inverse) + H
    z = r * (a * inverse)
    s = z * z
    g = logarithm_series(s)
    area = z * (2.0 + 2.0 * g) + (P * (1 / 2 + P * (1 / 12 + P * (1 / 45))) + H)
    near = (s <= Z_LIMIT) & (after < peak) & (abs(P) <= P_LIMIT)
    return after, area, g + P * (1 / 12), near


@njit(**VECTOR)
def _pass_own(y, U, D, slow, A, F, peak, mean, predict, decay, b0, b1):
    """Carry a block of neurons with their own recovery variables; mark those near a spike.

    Marked neurons keep their state and wait for the second pass. Free of branches, so that it
    vectorises. Returns the number of marked neurons.
    """
    marked = 0
    for i in range(y.size):
        y0 = y[i]
        u0 = U[i]
        H = D[i] + A
        after, area, moment, near = _flow(y0, H, (F - (mean * u0 + predict * y0)) - H * H, peak)
        y[i] = after if near else y0
        U[i] = (decay * u0 + b0 * area + b1 * moment) if near else u0
        slow[i] = 0 if near else 1
        marked += 0 if near else 1
    return marked


@njit(**VECTOR)
def _pass_shared(y, D, slow, A, F, peak):
    """Carry a block of neurons that share their recovery variable (held in F).

    Returns the number of marked neurons and the sums of ∫y dτ and ∫y(τ−1/2) dτ of the others.
    """
    marked = 0
    areas = 0.0
    moments = 0.0
    for i in range(y.size):
        y0 = y[i]
        H = D[i] + A
        after, area, moment, near = _flow(y0, H, F - H * H, peak)
        y[i] = after if near else y0
        areas += area if near else 0.0
        moments += moment if near else 0.0
        slow[i] = 0 if near else 1
        marked += 0 if near else 1
    return marked, areas, moments


@njit(**VECTOR)
def _pass_one_spike(y, U, D, A, F, peak, reset, jump, rate, mean, predict, decay, b0, b1):
    """Carry neurons that spike once, free of branches, so that it vectorises.

    In place: D becomes the time left after the spike, or −1 where something else happens; such
    neurons keep their state. Returns the sums of ∫y dτ and ∫y(τ−1/2) dτ of the others.
    """
    areas = 0.0
    moments = 0.0
    for i in range(y.size):
        y0 = y[i]
        u0 = U[i]
        H = D[i] + A
        P = (F - (mean * u0 + predict * y0)) - H * H
        after, area, moment, jumps, left, holds = one_spike(y0, H, P, peak, reset, jump, rate)
        y[i] = after if holds else y0
        U[i] = (decay * u0 + b0 * area + b1 * moment + jumps) if holds else u0
        D[i] = left if holds else -1.0
        areas += area if holds else 0.0
        moments += moment if holds else 0.0
    return areas, moments


@njit(**OPTIONS)
def _collect(begin, end, slow, slow_words, near, filled):
    """Append the marked neurons of a block to `near`; returns how many there are now."""
    for word in range((end - begin + 7) // 8):
        if slow_words[word] != 0:
            for j in range(8 * word, min(8 * word + 8, end - begin)):
                near[filled] = begin + j
                filled += slow[j]
    return filled


@njit(**OPTIONS)
def _carry_near(near, lanes, y, U, D, A, F, c, times, sums, log, watched, now):
    """Carry the collected neurons, nearly all of which spike once; adds to `sums`.

    Returns a status and the neuron of an error.
    """
    own = c.own
    mean = c.mean if own else 0.0
    predict = c.coupling * (1.0 - c.mean) if own else 0.0
    jump = c.jump if own else 0.0
    decay, b0, b1, rate = c.decay, c.area, c.moment, c.rate
    n = near.size
    ys, us, lefts = lanes[0, :n], lanes[1, :n], lanes[2, :n]
    for j in range(n):
        i = near[j]
        ys[j] = y[i]
        us[j] = U[i]
        lefts[j] = D[i]
    areas, moments = _pass_one_spike(
        ys, us, lefts, A, F, c.peak, c.reset, jump, rate, mean, predict, decay, b0, b1
    )
    sums[4] += areas
    sums[5] += moments
    for j in range(n):
        i = near[j]
        count = 1
        if lefts[j] >= 0.0:
            times[0] = 1.0 - lefts[j]
            y[i] = ys[j]
            U[i] = us[j]
        else:
            H = D[i] + A
            P = F - H * H - (mean * U[i] + predict * y[i])
            after, area, moment, jumps, count = whole_step(
                y[i], H, P, c.peak, c.reset, jump, rate, times
            )
            if count > MAX_SPIKES:
                return TOO_MANY_SPIKES, i
            if not isfinite(after):
                return NON_FINITE, i
            y[i] = after
            U[i] = decay * U[i] + b0 * area + b1 * moment + jumps
            sums[4] += area
            sums[5] += moment
        for spike in range(count):
            left = 1.0 - times[spike]
            sums[0] += 1.0
            sums[1] += left
            sums[2] += left * left
            sums[3] += left * left * left
            if watched.size > 0 and watched[i] >= 0:
                log.neuron[log.filled[0]] = watched[i]
                log.time[log.filled[0]] = now + times[spike]
                log.filled[0] += 1
    return 0, -1


@njit(**OPTIONS)
def _population(y, U, D, A, F, c, work, sums, log, watched, now):
    """Carry one population over a step.

    Fills `sums`: number of spikes, sums of (1−τ), (1−τ)² and (1−τ)³ over the spikes' times τ,
    and, where neurons share u, sums of ∫y dτ and ∫y(τ−1/2) dτ. Returns a status and a neuron.
    """
    slow, slow_words, near, lanes, times = work
    own = c.own
    predict = c.coupling * (1.0 - c.mean)
    sums[:] = 0.0
    filled = 0
    for begin in range(0, y.size, BLOCK):
        end = min(begin + BLOCK, y.size)
        if own:
            marked = _pass_own(
                y[begin:end], U[begin:end], D[begin:end], slow, A, F, c.peak,
                c.mean, predict, c.decay, c.area, c.moment,
            )  # fmt: skip
        else:
            marked, areas, moments = _pass_shared(y[begin:end], D[begin:end], slow, A, F, c.peak)
            sums[4] += areas
            sums[5] += moments
        if marked > 0:
            filled = _collect(begin, end, slow, slow_words, near, filled)
        if filled > 0 and (filled >= BLOCK or end == y.size):
            status, neuron = _carry_near(
                near[:filled], lanes, y, U, D, A, F, c, times, sums, log, watched, now
            )
            if status != 0:
                return status, neuron
            filled = 0
    return 0, -1


@njit(**OPTIONS)
def advance(
    first: int, steps: int, stride: int, begun: int, c: Cells, synapses: Synapses,
    currents: FloatArray, state: State, D: FloatArray, records: Records, log: SpikeLog,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Carry a network over a number of steps, in place.

    Parameters
    ----------
    first, steps
        Index of the first step since time zero, and number of steps.
    stride, begun
        Steps per sample; steps done since the first sample's window began.
    c, synapses
        Constants of populations and synapses, for the length of a step.
    currents
        Average input current into every population over every step, shape (steps, populations).
    state, D
        What changes; the scaled half distance of every threshold from rest.
    records, log
        Where samples and spikes go.

    Returns
    -------
    tuple of int
        Status (0: done), steps carried out, population and neuron of an error.
    """
    populations = c.own.size
    slow = np.zeros(BLOCK, np.uint8)
    # One place more than two blocks: `_collect` writes a neuron before it knows to keep it.
    near = np.empty(2 * BLOCK + 1, np.int64)
    lanes = np.empty((3, 2 * BLOCK))
    work = (slow, slow.view(np.uint64), near, lanes, np.empty(MAX_SPIKES))
    sums = np.zeros((populations, 6))
    held = np.zeros(synapses.target.size)
    for n in range(steps):
        if log.filled[0] + log.reserve > log.time.size:
            return SPIKES_FULL, n, -1, -1
        for j in range(held.size):
            held[j] = state.s[j] * synapses.mean[j] + state.s_ahead[j]
        for p in range(populations):
            G = 0.0
            total = currents[n, p]
            for j in range(held.size):
                if synapses.target[j] == p:
                    G += synapses.conductance[j] * held[j]
                    total += synapses.drive[j] * held[j]
            lo = c.offset[p]
            hi = c.offset[p + 1]
            cell = Cell(
                c.own[p] == 1, c.peak[p], c.reset[p], c.jump[p], c.rate[p], c.decay[p],
                c.mean[p], c.coupling[p], c.area[p], c.moment[p],
            )  # fmt: skip
            F = c.force[p] * total
            if c.own[p] == 0:
                F -= c.mean[p] * state.shared[p] + state.shared_ahead[p]
            status, neuron = _population(
                state.v[lo:hi], state.u[lo:hi], D[lo:hi], c.field[p] * G, F, cell, work,
                sums[p], log, log.watched[lo:hi], float(first + n),
            )  # fmt: skip
            if status != 0:
                return status, n, p, neuron
            state.spikes[p] += int(sums[p, 0])
            if c.own[p] == 0:
                _share(p, hi - lo, cell, sums[p], state)
        for j in range(held.size):
            kick = 0.0
            late = 0.0
            for p in range(populations):
                a, b = _kick(sums[p], synapses.rate[j])
                kick += synapses.weight[j, p] * a
                late += synapses.weight[j, p] * b
            state.s[j] = synapses.decay[j] * state.s[j] + kick
            state.s_ahead[j] = 2 * late - state.s_late[j]
            state.s_late[j] = late
        if (begun + n + 1) % stride == 0:
            record((begun + n + 1) // stride - 1, c.offset, c.own, state, records)
    return 0, steps, -1, -1


@njit(**OPTIONS)
def _share(p, size, c, sums, state):
    """Advance the recovery variable that a population shares, by what its neurons did."""
    jump, late = _kick(sums, c.rate)
    source = c.area * sums[4] + c.moment * sums[5] + c.jump * jump
    state.shared[p] = c.decay * state.shared[p] + source / size
    late = (c.jump * late + c.coupling * c.rate * (sums[4] / 2 - sums[5])) / size
    state.shared_ahead[p] = 2 * late - state.shared_late[p]
    state.shared_late[p] = late


@njit(**OPTIONS)
def _kick(sums, rate):
    """Spikes' unit jumps decayed to the end of the step, and their average over the step.

    Series in Δt/τ over the spikes' remaining times: the first omitted term is of order (Δt/τ)⁴.
    """
    late = sums[1] - rate * (sums[2] / 2 - rate * sums[3] / 6)
    return sums[0] - rate * late, late
