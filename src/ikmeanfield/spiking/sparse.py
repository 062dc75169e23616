"""The scheme ``exact`` for networks in which a neuron receives input from some neurons only.

It is the same as in `exact`, with an activation of every synapse for each neuron of its target:
activations are held over a step at a forecast average, neurons are carried along their exact
flow, every spike acts on its targets' activations at its own time inside the step, and what the
forecast missed reaches a neuron as a push at the beginning of the next step. So a neuron receives
the true integral of its inputs. The order is two. What a spike adds within its own step is
displaced by up to a step, by an amount in proportion to the step; that is of second order, and is
all that remains where a neuron's inputs are too few for a forecast to be of use.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ikmeanfield.spiking.compiled import ALLOCATING, OPTIONS, VECTOR
from ikmeanfield.spiking.exact import (
    AHEAD,
    BEFORE,
    LATE,
    MEAN,
    MISSED,
    Cells,
    _cell,
    _share,
    cells,
    scales,
    various,
)
from ikmeanfield.spiking.flow import MAX_SPIKES
from ikmeanfield.spiking.layout import SPIKES_FULL, Records, SpikeLog, State, Synapses, average
from ikmeanfield.spiking.noise import stirred
from ikmeanfield.spiking.passes import SPIKES, carry, scratch
from ikmeanfield.spiking.wiring import Wiring

__all__ = ["advance", "cells", "scales", "various"]

FloatArray = NDArray[np.float64]


@njit(**ALLOCATING)
def advance(
    first: int, steps: int, stride: int, begun: int, c: Cells, more: Wiring, synapses: Synapses,
    currents: FloatArray, state: State, records: Records, log: SpikeLog,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Carry a network over a number of steps, in place.

    Parameters
    ----------
    first, steps, stride, begun, c, synapses, currents, records, log
        As in `exact.advance`.
    more
        The connections, and the neurons' own currents.
    state
        What changes; ``s`` and ``s_past`` are along all activations, see `Wiring`.

    Returns
    -------
    tuple of int
        Status (0: done), steps carried out, population and neuron of an error.
    """
    room = more.everyone.size * MAX_SPIKES
    events = SpikeLog(
        more.everyone, np.empty(room, np.int64), np.empty(room), np.zeros(1, np.int64), 0
    )
    done: tuple[int, int, int, int] = _advance(
        first, steps, stride, begun, c, more, synapses, currents, state, records, log, scratch(),
        np.zeros((c.own.size, 6)), np.zeros(0), events,
    )  # fmt: skip
    return done


@njit(**OPTIONS)
def _advance(
    first, steps, stride, begun, c, more, synapses, currents, state, records, log, work, sums,
    nothing, events,
):  # fmt: skip
    """Do what `advance` does, with scratch and room for the spikes of a step given."""
    populations = c.own.size
    for n in range(steps):
        if log.filled[0] + log.reserve > log.time.size:
            return SPIKES_FULL, n, -1, -1
        events.filled[0] = 0
        for j in range(synapses.target.size):
            lo, hi = more.start[j], more.start[j + 1]
            past = state.s_past
            _hold(
                state.s[lo:hi], past[AHEAD, lo:hi], past[MEAN, lo:hi], past[BEFORE, lo:hi],
                synapses.mean[j], more.held[lo:hi],
            )  # fmt: skip
        for p in range(populations):
            lo, hi = c.offset[p], c.offset[p + 1]
            cell = _cell(p, currents[n, p], nothing, c, synapses, state)
            reach = _act(p, lo, hi, c, more, synapses, state)
            if more.noisy[p] == 1:
                stirred(p, lo, first + n, more.force[lo:hi], more.force[lo:hi], more)
            status, neuron = carry(
                state.v[lo:hi], state.u[lo:hi], more.field[lo:hi], more.force[lo:hi], reach, cell,
                work, sums[p], events, more.everyone[lo:hi], 0.0,
            )  # fmt: skip
            if status != 0:
                return status, n, p, neuron
            state.spikes[p] += int(sums[p, SPIKES])
            if c.own[p] == 0:
                _share(p, hi - lo, cell, sums[p], state)
        _deliver(events, c.offset, more, synapses)
        for j in range(synapses.target.size):
            _receive(j, more, synapses, state)
        if log.watched.size > 0:
            _keep(events, log, float(first + n))
        if (begun + n + 1) % stride == 0:
            _record((begun + n + 1) // stride - 1, c, more, state, records)
    return 0, steps, -1, -1


@njit(**VECTOR)
def _hold(s, ahead, mean, before, share, held):
    """Values at which activations are held over a step; as `exact._forecast`, for many at once."""
    for i in range(s.size):
        now = s[i] * share + ahead[i]
        bend = now - 2.0 * mean[i] + before[i]
        before[i] = mean[i]
        mean[i] = now
        held[i] = now - bend / 12


@njit(**OPTIONS)
def _act(p, lo, hi, c, more, synapses, state):
    """Collect the neurons' own parts of H and P, push the neurons by what the last step missed.

    Returns the largest absolute value of the neurons' part of H.
    """
    y, D, F = state.v[lo:hi], more.field[lo:hi], more.force[lo:hi]
    for i in range(y.size):
        D[i] = c.half[lo + i]
        F[i] = more.current[lo + i]
    for j in range(synapses.target.size):
        if synapses.target[j] == p:
            a, b = more.start[j], more.start[j + 1]
            _add(
                more.held[a:b], state.s_past[MISSED, a:b], c.field[p] * synapses.conductance[j],
                c.force[p] * synapses.drive[j], y, D, F,
            )  # fmt: skip
    low, high = _extrema(D)
    return max(-low, high)


@njit(**VECTOR)
def _extrema(values):
    """The smallest and the largest of some numbers."""
    low = high = 0.0
    for i in range(values.size):
        low = values[i] if values[i] < low else low
        high = values[i] if values[i] > high else high
    return low, high


@njit(**VECTOR)
def _add(held, missed, field, force, y, D, F):
    """Add what one synapse makes to H and P and, by what was missed, to the potentials."""
    for i in range(y.size):
        y[i] += missed[i] * (force - 2.0 * field * y[i])
        D[i] += held[i] * field
        F[i] += held[i] * force


@njit(**OPTIONS)
def _deliver(events, offset, more, synapses):
    """Let the spikes of a step enter the neurons that they reach.

    A unit jump decayed to the end of the step, and its average over the step, as `exact._kick`.
    """
    p = 0
    for event in range(events.filled[0]):
        neuron = events.neuron[event]
        while neuron >= offset[p + 1]:
            p += 1
        left = 1.0 - events.time[event]
        for q in range(more.source.size):
            if more.source[q] != p:
                continue
            rate = synapses.rate[more.synapse[q]]
            late = left - rate * left * left * (1 / 2 - rate * left * (1 / 6))
            jump = 1.0 - rate * late
            if more.dense[q] == 1:  # summed in the first entry, see `_receive`
                more.entering[more.place[q], 0] += jump
                more.entering[more.place[q], 1] += late
                continue
            at = more.first[q] + neuron - offset[p]
            _enter(more.entering, more.targets[more.pointer[at] : more.pointer[at + 1]], jump, late)


@njit(**OPTIONS)
def _enter(entering, targets, jump, late):
    """Add a spike to the entries that it reaches; unsigned numbers need no check of their sign."""
    for edge in range(targets.size):
        target = targets[edge]
        entering[target, 0] += jump
        entering[target, 1] += late


@njit(**OPTIONS)
def _receive(j, more, synapses, state):
    """Advance the activations of a synapse, and learn from what entered them."""
    lo, hi = more.start[j], more.start[j + 1]
    s, entered = state.s[lo:hi], more.held[lo:hi]  # what was held is no longer needed
    for i in range(s.size):
        entered[i] = 0.0
        s[i] *= synapses.decay[j]
    for q in range(more.source.size):
        if more.synapse[q] == j:
            a, b = more.place[q], more.place[q + 1]
            if more.dense[q] == 1:
                for entry in range(a + 1, b):
                    more.entering[entry, 0] = more.entering[a, 0]
                    more.entering[entry, 1] = more.entering[a, 1]
            _take(more.entering[a:b], more.gain[a:b], s, entered)
    past = state.s_past
    _learn(entered, past[LATE, lo:hi], past[AHEAD, lo:hi], past[MISSED, lo:hi], past[MEAN, lo:hi])


@njit(**VECTOR)
def _take(entering, gain, s, entered):
    """Add what came along one path; it is zero afterwards."""
    for i in range(s.size):
        s[i] += gain[i] * entering[i, 0]
        entered[i] += gain[i] * entering[i, 1]
        entering[i, 0] = 0.0
        entering[i, 1] = 0.0


@njit(**VECTOR)
def _learn(entered, late, ahead, missed, mean):
    """Compare with the forecasts, and make the next ones; as `exact._compare`, for many at once."""
    for i in range(entered.size):
        error = entered[i] - ahead[i]
        missed[i] = error
        mean[i] += error
        ahead[i] = 2.0 * entered[i] - late[i]
        late[i] = entered[i]


@njit(**OPTIONS)
def _keep(events, log, now):
    """Log the spikes of watched neurons."""
    for event in range(events.filled[0]):
        watched = log.watched[events.neuron[event]]
        if watched >= 0:
            log.neuron[log.filled[0]] = watched
            log.time[log.filled[0]] = now + events.time[event]
            log.filled[0] += 1


@njit(**OPTIONS)
def _record(sample, c, more, state, records):
    """Store a sample; activations are averaged over the neurons."""
    for p in range(c.own.size):
        lo, hi = c.offset[p], c.offset[p + 1]
        records.spikes[p, sample] = state.spikes[p]
        state.spikes[p] = 0
        if records.potential.size > 0:
            records.potential[p, sample] = average(state.v[lo:hi])
        if records.recovery.size > 0:
            each = c.own[p] == 1
            records.recovery[p, sample] = average(state.u[lo:hi]) if each else state.shared[p]
    if records.activation.size > 0:
        for j in range(more.start.size - 1):
            records.activation[j, sample] = average(state.s[more.start[j] : more.start[j + 1]])
