"""The scheme ``exact``: Möbius steps of the membrane potential, second order in the step.

Each step holds every population's mean recovery and synaptic input constant and carries every
neuron along its exact flow (`flow`, `passes`), spikes and resets included. A spike acts on s and
u at its own time inside the step. What it adds to their averages over the rest of that step is
forecast from the last two steps; by how much the forecast was too low is known when all neurons
have been carried, and reaches them as a push at the beginning of the next step. So neurons
receive the true integral of every input, for any number of neurons and however irregular the
spikes, and errors that are smooth in time are of third order. The order of the scheme is two,
because a neuron's own u is extrapolated from its own v.

Potentials and recovery variables are scaled as in `flow` (y = x(v − v_r), U = x²u/k).
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.heterogeneity import Differences
from ikmeanfield.spiking.compiled import ALLOCATING, OPTIONS
from ikmeanfield.spiking.conductances import act, pushed
from ikmeanfield.spiking.layout import (
    CONDUCTANCES,
    CURRENTS,
    SPIKES_FULL,
    Records,
    SpikeLog,
    State,
    Synapses,
    Variety,
    offsets,
    record,
    variety,
)
from ikmeanfield.spiking.noise import largest_force, stirred
from ikmeanfield.spiking.passes import (
    AREA,
    LEFT,
    LEFT2,
    LEFT3,
    MOMENT,
    SPIKES,
    Cell,
    carry,
    scratch,
)

FloatArray = NDArray[np.float64]

ORDER = 2

LATE, AHEAD, MISSED, MEAN, BEFORE = range(5)
"""What is remembered of each variable that couples neurons (rows of `State.s_past`): the average
over the last step of what entered it within that step; the forecast of the same for the next
step; by how much the last forecast was too low; the variable's averages over the last two steps."""
PAST = 5


class Cells(NamedTuple):
    """Constants of neurons and populations, shape (populations,), for one step length."""

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
    half: FloatArray  # x(v_θ − v_r)/2, shape (neurons,)
    reach: FloatArray  # the largest of its absolute values


def cells(circuit: Circuit, step: float, neurons: Mapping[str, Differences]) -> Cells:
    """Collect the constants of a circuit and of its neurons for a step in ms."""
    populations = list(circuit.populations.values())

    def array(values: list[float]) -> FloatArray:
        return np.array(values, dtype=float)

    x, rest, force = scales(circuit, step)
    k = array([p.leakage for p in populations])
    halves = [
        scale * (each.threshold - origin) / 2
        for each, scale, origin in zip(neurons.values(), x, rest, strict=True)
    ]
    rate = array([step / p.recovery_time for p in populations])
    coupling = x / k * array([p.recovery_coupling for p in populations])
    return Cells(
        offset=offsets(circuit),
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
        half=np.concatenate(halves),
        reach=array([abs(half).max() for half in halves]),
    )


def various(circuit: Circuit, step: float, neurons: Mapping[str, Differences]) -> Variety:
    """What differs between neurons besides thresholds: currents as forces, conductances in H."""
    x, _, force = scales(circuit, step)
    k = np.array([p.leakage for p in circuit.populations.values()])
    largest = largest_force(circuit, step)
    return variety(circuit, neurons, force, x / (2 * k), 2 * x, step, largest)


def scales(circuit: Circuit, step: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """x, v_r and x²/k of every population: y = x(v − v_r), U = (x²/k) u."""
    populations = circuit.populations.values()
    k = np.array([p.leakage for p in populations], dtype=float)
    x = np.array([p.leakage * step / p.capacitance for p in populations], dtype=float)
    rest = np.array([p.resting_potential for p in populations], dtype=float)
    return x, rest, x**2 / k


def forget(state: State) -> None:
    """Take shared recovery variables and activations as having been what they are now."""
    for value, past in ((state.shared, state.shared_past), (state.s, state.s_past)):
        past[[LATE, AHEAD, MISSED]] = 0.0
        past[[MEAN, BEFORE]] = value


@njit(**ALLOCATING)
def advance(
    first: int, steps: int, stride: int, begun: int, c: Cells, more: Variety, synapses: Synapses,
    currents: FloatArray, state: State, records: Records, log: SpikeLog,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Carry a network over a number of steps, in place.

    Parameters
    ----------
    first, steps
        Index of the first step since time zero, and number of steps.
    stride, begun
        Steps per sample; steps done since the first sample's window began.
    c, more, synapses
        Constants of neurons, what differs between them, constants of synapses, for the length of
        a step.
    currents
        Average input current into every population over every step, shape (steps, populations).
    state
        What changes.
    records, log
        Where samples and spikes go.

    Returns
    -------
    tuple of int
        Status (0: done), steps carried out, population and neuron of an error.
    """
    sums = np.zeros((c.own.size, 6))
    held = np.zeros(synapses.target.size)
    done: tuple[int, int, int, int] = _advance(
        first, steps, stride, begun, c, more, synapses, currents, state, records, log, scratch(),
        sums, held,
    )  # fmt: skip
    return done


@njit(**OPTIONS)
def _advance(
    first, steps, stride, begun, c, more, synapses, currents, state, records, log, work, sums, held
):
    """Do what `advance` does, with scratch given."""
    populations = c.own.size
    for n in range(steps):
        if log.filled[0] + log.reserve > log.time.size:
            return SPIKES_FULL, n, -1, -1
        for j in range(held.size):
            held[j] = _forecast(state.s[j] * synapses.mean[j], state.s_past[:, j])
        for p in range(populations):
            lo = c.offset[p]
            hi = c.offset[p + 1]
            cell = _cell(p, currents[n, p], held, c, synapses, state)
            if more.differs[p] >= CURRENTS:
                D, F, reach = c.half[lo:hi], more.current[lo:hi], c.reach[p]
                if more.differs[p] == CONDUCTANCES:
                    D, F = more.field[lo:hi], more.force[lo:hi]
                    missed = state.s_past[MISSED]
                    reach = act(p, lo, hi, state.v, c.half, held, missed, cell, more, synapses)
                    cell = pushed(cell)
                if more.noisy[p] == 1:
                    F = stirred(p, lo, first + n, F, more.force[lo:hi], more)
                status, neuron = carry(
                    state.v[lo:hi], state.u[lo:hi], D, F, reach, cell, work, sums[p], log,
                    log.watched[lo:hi], float(first + n),
                )  # fmt: skip
            else:
                status, neuron = carry(
                    state.v[lo:hi], state.u[lo:hi], c.half[lo:hi], None, c.reach[p], cell, work,
                    sums[p], log, log.watched[lo:hi], float(first + n),
                )  # fmt: skip
            if status != 0:
                return status, n, p, neuron
            state.spikes[p] += int(sums[p, SPIKES])
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
            _compare(late, state.s_past[:, j])
        if (begun + n + 1) % stride == 0:
            record((begun + n + 1) // stride - 1, c.offset, c.own, state, records)
    return 0, steps, -1, -1


@njit(**OPTIONS)
def _cell(p, current, held, c, synapses, state):
    """Collect what acts on a population in a step, with its constants."""
    conductance = 0.0
    missed_conductance = 0.0
    missed_current = 0.0
    for j in range(held.size):
        if synapses.target[j] == p:
            missed = state.s_past[MISSED, j]
            conductance += synapses.conductance[j] * held[j]
            current += synapses.drive[j] * held[j]
            missed_conductance += synapses.conductance[j] * missed
            missed_current += synapses.drive[j] * missed
    force = c.force[p] * current
    push = c.force[p] * missed_current
    if c.own[p] == 0:
        push -= state.shared_past[MISSED, p]
        force -= _forecast(c.mean[p] * state.shared[p], state.shared_past[:, p])
    return Cell(
        c.own[p] == 1, c.peak[p], c.reset[p], c.jump[p], c.rate[p], c.decay[p], c.mean[p],
        c.coupling[p] * (1.0 - c.mean[p]), c.coupling[p], c.area[p], c.moment[p],
        c.field[p] * conductance, force, 1.0 - 2.0 * c.field[p] * missed_conductance, push,
    )  # fmt: skip


@njit(**OPTIONS)
def _share(p, size, c, sums, state):
    """Advance the recovery variable that a population shares, by what its neurons did."""
    jump, late = _kick(sums, c.rate)
    source = c.area * sums[AREA] + c.moment * sums[MOMENT] + c.jump * jump
    state.shared[p] = c.decay * state.shared[p] + source / size
    late = (c.jump * late + c.coupling * c.rate * (sums[AREA] / 2 - sums[MOMENT])) / size
    _compare(late, state.shared_past[:, p])


@njit(**OPTIONS)
def _forecast(decaying, past):
    """Value at which a variable is held over a step, from the average of what it holds already.

    Its average over the step, less a twelfth of the average's second difference: in a constant
    that replaces a smooth function in every step, the averages and the corners each take away a
    24th of it.
    """
    mean = decaying + past[AHEAD]
    bend = mean - 2.0 * past[MEAN] + past[BEFORE]
    past[BEFORE] = past[MEAN]
    past[MEAN] = mean
    return mean - bend / 12


@njit(**OPTIONS)
def _compare(late, past):
    """Learn from a step what entered a variable within it, and forecast the same for the next."""
    past[MISSED] = late - past[AHEAD]
    past[MEAN] += past[MISSED]
    past[AHEAD] = 2.0 * late - past[LATE]
    past[LATE] = late


@njit(**OPTIONS)
def _kick(sums, rate):
    """Spikes' unit jumps decayed to the end of the step, and their average over the step.

    Series in Δt/τ over the spikes' remaining times: the first omitted term is of order (Δt/τ)⁴.
    """
    late = sums[LEFT] - rate * (sums[LEFT2] / 2 - rate * sums[LEFT3] / 6)
    return sums[SPIKES] - rate * late, late
