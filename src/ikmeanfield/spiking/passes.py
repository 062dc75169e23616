"""How a population's neurons are carried over a step: three passes, from common to rare.

1. `_glide_own`, `_glide_shared`: all neurons of a block, free of branches. A neuron that is too
   close to its peak or its reset for the series keeps its state and is marked.
2. `_carry_one_spike`: the marked neurons, gathered; free of branches, for at most one spike.
3. `flow.whole_step`: what remains, one neuron at a time, without limits.

All three compute the same map, described in `flow`; they differ in what they can handle.

Where background currents differ between neurons, F holds what each adds to the population's force;
elsewhere F is None, and kernels are compiled that do not look for it.

Invariants. A neuron's new state depends on its own old state and on the population's constants
alone. Sums over neurons are integers or are added in the order of the neurons. So results do not
depend on how neurons are cut into blocks or on the width of the processor's vectors.

In each loop over neurons, what is stored first is not a choice between a new value and one that was
loaded from the same place: compilers make a masked store of such a choice where no other store is
between, and with vectors of 256 bits some processors need as long for it as for the whole step.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import overload
from numpy.typing import NDArray

from ikmeanfield.spiking.compiled import ALLOCATING, OPTIONS, SUMMED, VECTOR
from ikmeanfield.spiking.flow import MAX_SPIKES, whole_step
from ikmeanfield.spiking.layout import NON_FINITE, TOO_MANY_SPIKES
from ikmeanfield.spiking.series import (
    P_LIMIT,
    Q_LIMIT,
    Z_LIMIT,
    arctangent_ratio,
    bits_of,
    half_coth,
    half_log1p,
    log_cosine_ratio,
    logarithm,
    logarithm_ratio,
    tangent_ratio,
)

FloatArray = NDArray[np.float64]

BLOCK = 512
"""Neurons per block: a block stays in the first cache between passes."""

GROUP, SINGLE_GROUP = 512, 64
"""Neurons whose areas are added up as a product, in double and in single precision; `BLOCK` is a
multiple of both."""

LANES = 16
"""The second pass takes neurons by so many: what is left over from a processor's vector would be
computed by other instructions, and differ in the last bit."""

H_LIMIT = 64.0
"""Up to this |H|, what the first two passes sum fits into a 64-bit integer."""

UNIT = 2.0**-30
OFFSET = 1.5 * 2.0**22
"""Adding this to a number below 2²¹ leaves it in the last bits, in units of `UNIT`."""

SPIKES, LEFT, LEFT2, LEFT3, AREA, MOMENT = range(6)
"""What is summed over a population's neurons in a step: number of spikes; the time left after
each, its square and its cube; where neurons share u, ∫y dτ and ∫y(τ − 1/2) dτ."""

THIRD, NONE = -1.0, 2.0
"""In place of the time left after a spike: the third pass is needed, there was no spike."""


class Cell(NamedTuple):
    """The constants of one population for one step length, and what acts on it in a step.

    Scaled as in `flow`: potentials by x = kΔt/C, recovery variables by x²/k, time in steps.
    """

    own: bool  # one u per neuron
    peak: float  # x(v_p − v_r)
    reset: float  # x(v_0 − v_r)
    jump: float  # scaled κ
    rate: float  # Δt/τ_u
    decay: float  # of u over a step
    mean: float  # average over a step of a u that decays from 1
    predict: float  # of y in the average of u over the step
    coupling: float  # scaled b
    area: float  # of ∫y dτ in u
    moment: float  # of ∫y(τ − 1/2) dτ in u
    field: float  # the conductances' part of H, the same for all neurons
    force: float  # the currents' part of P, the shared u's included
    keep: float  # what the last step's inputs missed, as a push at the beginning of this one:
    push: float  # y ↦ keep·y + push


class Work(NamedTuple):
    """Scratch of a step."""

    marks: NDArray[np.uint8]  # (BLOCK,)
    words: NDArray[np.uint64]  # the same memory
    near: NDArray[np.int64]  # marked neurons; one place more than two blocks
    lanes: FloatArray  # (4, 2 BLOCK), for the second pass
    times: FloatArray  # (MAX_SPIKES,)


@njit(**ALLOCATING)
def scratch():
    """Memory for a step, to be made once per call of the kernel."""
    marks = np.zeros(BLOCK, np.uint8)
    return Work(
        marks, marks.view(np.uint64), np.empty(2 * BLOCK + 1, np.int64),
        np.empty((4, 2 * BLOCK)), np.empty(MAX_SPIKES),
    )  # fmt: skip


def _summand(x: Any) -> Any:
    """What a neuron adds to a sum: a whole number of `UNIT`; in single precision, x itself."""
    raise NotImplementedError(x)  # compiled code alone calls it


def _in_units(total: Any) -> Any:
    """A sum of `_summand` over a group of neurons as a whole number of `UNIT`."""
    raise NotImplementedError(total)


@overload(_summand, inline="always")
def _summand_in(x):
    if x == types.float32:
        return lambda x: x
    return lambda x: bits_of(x + OFFSET) - bits_of(OFFSET)


@overload(_in_units, inline="always")
def _in_units_of(total):
    if total == types.float32:
        return lambda total: np.int64(np.rint(total / UNIT))
    return lambda total: total


@njit(inline="always", **VECTOR)
def _one_spike(y, H, P, peak, reset, jump, rate):
    """Carry one neuron over a step through at most one spike.

    Returns the new y, ∫y dτ, ∫y(τ − 1/2) dτ, the decayed jump, and the time left after the spike,
    or `NONE` or `THIRD`.
    """
    W = y - H
    product = P + W * (peak - H)
    inverse = 1.0 / product
    tangent = (peak - y) * inverse
    q = P * tangent * tangent
    wait = tangent * arctangent_ratio(q)
    spikes = (product > 0.0) & (wait >= 0.0) & (wait < 1.0) & (abs(q) <= Q_LIMIT)
    wait = wait if spikes else 0.0
    left = 1.0 - wait
    first = logarithm((W * W + P) * inverse if spikes else 1.0)
    begun = (half_log1p(q) if spikes else 0.0) - first
    early = P * wait * wait
    late = rate * left
    jumps = jump * (1.0 - late * (1.0 - late * (1 / 2 - late * (1 / 6)))) if spikes else 0.0
    P2 = P - (jump * (1.0 - late * (1 / 2)) if spikes else 0.0)
    W2 = reset - H if spikes else W
    p = P2 * left * left
    tangent, cosine = tangent_ratio(p)
    tangent *= left
    a = cosine - W2 * tangent
    second = -logarithm(a if a > 0.0 else 1.0)
    ended = log_cosine_ratio(p) + second
    after = (W2 * cosine + P2 * tangent) / a + H
    moment = (
        wait * (half_coth(first) + early * (1 / 12))
        + left * (half_coth(second) + p * (1 / 12))
        + (left * (-1 / 2)) * begun
        + (wait * (1 / 2)) * ended
    )
    holds = (a > 0.0) & (after < peak) & (abs(p) <= P_LIMIT)
    code = (left if spikes else NONE) if holds else THIRD
    return after, begun + ended + H, moment, jumps, code


@njit(**VECTOR)
def _glide_own(y, U, D, F, marks, c, limit):
    """First pass for neurons with their own u, in the precision of their state."""
    real = type(y[0])
    A, force, peak = real(c.field), real(c.force), real(c.peak)
    mean, predict, decay = real(c.mean), real(c.predict), real(c.decay)
    b0, b1 = real(c.area), real(c.moment / 12)
    keep, push = real(c.keep), real(c.push)
    limit, z_limit, one = real(limit), real(Z_LIMIT), real(1.0)
    for i in range(y.size):
        before = y[i]
        y0 = keep * before + push
        u0 = U[i]
        H = D[i] + A
        f = force
        if F is not None:
            f = force + F[i]
        P = (f - (mean * u0 + predict * y0)) - H * H
        W = y0 - H
        tangent, cosine = tangent_ratio(P)
        a = cosine - W * tangent
        b = one + a
        inverse = one / (a * b)  # one division serves 1/a and 1/(1 + a)
        after = (W * cosine + P * tangent) * (b * inverse) + H
        z = (one - a) * (a * inverse)
        s = z * z
        area = z * logarithm_ratio(s) + (log_cosine_ratio(P) + H)
        holds = (s <= z_limit) & (after < peak) & (abs(P) <= limit)
        marks[i] = 0 if holds else 1
        y[i] = after if holds else before
        # The moment of y about the middle of the step is (after − y0)/12, but for order W⁴.
        U[i] = (decay * u0 + b0 * area + b1 * (after - y0)) if holds else u0


@njit(**SUMMED)
def _glide_shared(y, D, F, marks, c, limit):
    """First pass for neurons that share u.

    Returns the product of a of the neurons that are not marked, and their sums of ∫y dτ + ln a and
    of the change of y, as `_summand` counts them. A product of a group's factors, which are between
    ⅓ and 3, stays finite.
    """
    real = type(y[0])
    A, force, peak = real(c.field), real(c.force), real(c.peak)
    keep, push, limit = real(c.keep), real(c.push), real(limit)
    lowest, highest, one = real(1 / 3), real(3.0), real(1.0)
    nothing = _summand(real(0.0))
    product = one
    areas = nothing
    rises = nothing
    for i in range(y.size):
        before = y[i]
        y0 = keep * before + push
        H = D[i] + A
        f = force
        if F is not None:
            f = force + F[i]
        P = f - H * H
        W = y0 - H
        tangent, cosine = tangent_ratio(P)
        a = cosine - W * tangent
        after = (W * cosine + P * tangent) / a + H
        area = log_cosine_ratio(P) + H
        holds = (a > lowest) & (a < highest) & (after < peak) & (abs(P) <= limit)
        marks[i] = 0 if holds else 1
        y[i] = after if holds else before
        product *= a if holds else one
        areas += _summand(area) if holds else nothing
        rises += _summand(after - y0) if holds else nothing
    return product, areas, rises


@njit(**VECTOR)
def _carry_one_spike(y, U, D, F, c):
    """Second pass, in place; D becomes the time left after the spike, `NONE` or `THIRD`.

    Neurons for the third pass keep their state. Returns sums in `UNIT` of the others.
    """
    A, force, peak, reset, rate = c.field, c.force, c.peak, c.reset, c.rate
    own = 1.0 if c.own else 0.0
    mean, predict, jump = own * c.mean, own * c.predict, own * c.jump
    decay, b0, b1 = c.decay, own * c.area, own * c.moment
    nothing = _summand(0.0)
    areas = nothing
    moments = nothing
    for i in range(y.size):
        y0 = y[i]
        u0 = U[i]
        H = D[i] + A
        f = force
        if F is not None:
            f = force + F[i]
        P = (f - (mean * u0 + predict * y0)) - H * H
        after, area, moment, jumps, left = _one_spike(y0, H, P, peak, reset, jump, rate)
        holds = left >= 0.0
        D[i] = left
        y[i] = after if holds else y0
        U[i] = (decay * u0 + b0 * area + b1 * moment + jumps) if holds else u0
        areas += _summand(area) if holds else nothing
        moments += _summand(moment) if holds else nothing
    return areas, moments


@njit(**OPTIONS)
def _collect(begin, end, work, filled):
    """Append the marked neurons of a block to `near`; returns how many there are now."""
    for word in range((end - begin + 7) // 8):
        if work.words[word] != 0:
            for j in range(8 * word, min(8 * word + 8, end - begin)):
                work.near[filled] = begin + j
                filled += work.marks[j]
    return filled


@njit(**OPTIONS)
def _carry_near(near, y, U, D, F, c, limit, work, sums, log, watched, now):
    """Second and third pass of the collected neurons, which have not been pushed yet.

    Returns a status, the neuron of an error, and sums in `UNIT` over the second pass.
    """
    n = near.size
    full = (n + LANES - 1) // LANES * LANES
    ys, us, lefts = work.lanes[0, :full], work.lanes[1, :full], work.lanes[2, :full]
    ys[n:] = np.nan  # carried by nobody, counted nowhere
    for j in range(n):
        i = near[j]
        ys[j] = c.keep * y[i] + c.push
        us[j] = U[i]
        lefts[j] = D[i]
    areas = 0
    moments = 0
    if limit > 0.0:
        forces = _gathered(F, near, work.lanes[3, :full])
        areas, moments = _carry_one_spike(ys, us, lefts, forces, c)
    else:
        lefts[:] = THIRD
    for j in range(n):
        i = near[j]
        count = 1
        if lefts[j] >= 0.0:
            y[i] = ys[j]
            U[i] = us[j]
            if lefts[j] == NONE:
                continue
            work.times[0] = 1.0 - lefts[j]
        else:
            count = _carry_any(i, y, U, D[i], F, c, work.times, sums)
            if count > MAX_SPIKES:
                return TOO_MANY_SPIKES, i, areas, moments
            if not math.isfinite(y[i]):
                return NON_FINITE, i, areas, moments
        for spike in range(count):
            left = 1.0 - work.times[spike]
            sums[SPIKES] += 1.0
            sums[LEFT] += left
            sums[LEFT2] += left * left
            sums[LEFT3] += left * left * left
            if watched.size > 0 and watched[i] >= 0:
                log.neuron[log.filled[0]] = watched[i]
                log.time[log.filled[0]] = now + work.times[spike]
                log.filled[0] += 1
    return 0, -1, areas, moments


@njit(**OPTIONS)
def _carry_any(i, y, U, half, F, c, times, sums):
    """Third pass: one neuron, through any number of spikes; returns that number."""
    own = 1.0 if c.own else 0.0
    H = half + c.field
    y0 = c.keep * y[i] + c.push
    force = c.force
    if F is not None:
        force = c.force + F[i]
    P = force - H * H - own * (c.mean * U[i] + c.predict * y0)
    after, area, moment, jumps, count = whole_step(
        y0, H, P, c.peak, c.reset, own * c.jump, c.rate, times
    )
    y[i] = after
    U[i] = c.decay * U[i] + own * (c.area * area + c.moment * moment) + jumps
    sums[AREA] += area
    sums[MOMENT] += moment
    return count


@njit(**OPTIONS)
def _gathered(F, near, out):
    """The forces of some neurons, in `out`; None where all neurons have the same."""
    if F is None:
        return None
    for j in range(near.size):
        out[j] = F[near[j]]
    return out


@njit(**OPTIONS)
def _part(F, begin, end):
    """The forces of a stretch of neurons; None where all neurons have the same."""
    if F is None:
        return None
    return F[begin:end]


@njit(**OPTIONS)
def carry(y, U, D, F, reach, c, work, sums, log, watched, now):
    """Carry one population over a step.

    Parameters
    ----------
    y, U
        Scaled potentials and recovery variables, in place.
    D, F, reach
        Half distances of thresholds from rest, scaled; what is added to the force on each neuron,
        or None; the largest absolute value of D.
    c
        The population's constants and what acts on it.
    work, sums
        Scratch; the sums listed at `SPIKES`.
    log, watched, now
        Where the spikes of watched neurons go, which these are, and the step's number.

    Returns
    -------
    tuple of int
        Status (0: done) and the neuron of an error.
    """
    sums[:] = 0.0
    limit = P_LIMIT if reach + abs(c.field) <= H_LIMIT else -1.0
    group = GROUP if y.itemsize == 8 else SINGLE_GROUP
    filled = 0
    areas = 0
    moments = 0
    rises = 0
    for begin in range(0, y.size, BLOCK):
        end = min(begin + BLOCK, y.size)
        if c.own:
            _glide_own(
                y[begin:end], U[begin:end], D[begin:end], _part(F, begin, end), work.marks, c, limit
            )
        else:
            product = 1.0
            for at in range(begin, end, group):
                to = min(at + group, end)
                marks = work.marks[at - begin :]
                factors, a, r = _glide_shared(y[at:to], D[at:to], _part(F, at, to), marks, c, limit)
                product *= factors
                areas += _in_units(a)
                rises += _in_units(r)
            sums[AREA] -= math.log(product)
        filled = _collect(begin, end, work, filled)
        if filled > 0 and (filled >= BLOCK or end == y.size):
            status, neuron, a, m = _carry_near(
                work.near[:filled], y, U, D, F, c, limit, work, sums, log, watched, now
            )
            if status != 0:
                return status, neuron
            areas += a
            moments += m
            filled = 0
    sums[AREA] += areas * UNIT
    sums[MOMENT] += (moments + rises / 12) * UNIT
    return 0, -1
