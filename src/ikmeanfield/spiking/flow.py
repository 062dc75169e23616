"""The flow of one neuron between spikes when its synapses and recovery variable are held.

With y = v − v_r and both held, Eq. 1 reads dy/dt = (k/C)[(y − h)² + q]. Time counts in steps and
potentials are scaled by x = k·Δt/C, so that W = x(y − h) obeys dW/dτ = W² + P with P = x²q. After
a time λ, with C = cos(λ√P) and S = sin(λ√P)/√P (hyperbolic for P < 0),

    W ↦ (W C + P S)/(C − W S),    ∫W dτ = −ln(C − W S),

a Möbius map of W. The time to a peak and the integrals that the recovery variable needs have
closed forms too. Everything here takes and returns floats.
"""

from __future__ import annotations

import math

from numba import njit

from ikmeanfield.spiking.compiled import OPTIONS

MAX_SPIKES = 100
"""A neuron that spikes more often in one step is an error: the step is far too long."""

SMALL = 0.04
"""Up to this |Pλ²|, series replace transcendental functions; their relative error is 6e-8."""


@njit(**OPTIONS)
def cosine_and_sine(P: float, duration: float) -> tuple[float, float]:
    """cos(λ√P) and sin(λ√P)/√P, or their hyperbolic twins where P < 0."""
    square = P * duration * duration
    if abs(square) <= SMALL:
        cosine = 1.0 - square * (1 / 2 - square * (1 / 24 - square * (1 / 720)))
        sine = 1.0 - square * (1 / 6 - square * (1 / 120 - square * (1 / 5040)))
        return cosine, duration * sine
    root = math.sqrt(abs(P))
    if P > 0:
        return math.cos(root * duration), math.sin(root * duration) / root
    return math.cosh(root * duration), math.sinh(root * duration) / root


@njit(**OPTIONS)
def time_to(W: float, target: float, P: float) -> float:
    """Time in steps from W up to `target`; zero if already there, infinite if never reached.

    A time of more than one step may also be returned as infinite.
    """
    if target <= W:
        return 0.0
    above = target - W
    product = P + W * target
    if P < 0:
        # W rises only outside the two fixed points ±√−P, and cannot pass either of them.
        if W * target <= 0 or W * W <= -P or target * target <= -P:
            return math.inf
    elif product <= 0 and P < 2.4:
        return math.inf  # an angle of at least π/2, at a speed of √P < π/2
    tangent = above / product
    if P == 0.0:
        return tangent
    square = P * tangent * tangent
    if product > 0 and abs(square) <= SMALL:
        series = 1 / 3 - square * (1 / 5 - square * (1 / 7 - square * (1 / 9 - square * (1 / 11))))
        return tangent * (1.0 - square * series)
    root = math.sqrt(abs(P))
    if P > 0:
        return math.atan2(root * above, product) / root
    return math.atanh(root * tangent) / root


@njit(**OPTIONS)
def piece(W: float, P: float, start: float, duration: float) -> tuple[float, float, float]:
    """Carry W over part of a step that holds no spike.

    Parameters
    ----------
    W, P
        Scaled potential and curvature at the part's beginning.
    start, duration
        Where in the step, of length 1, the part begins and how long it is.

    Returns
    -------
    tuple of float
        W at its end, ∫W dτ over it, and ∫W (τ − 1/2) dτ over it.
    """
    cosine, sine = cosine_and_sine(P, duration)
    denominator = cosine - W * sine
    area = -math.log(denominator)
    # About the part's own middle; exact at P = 0, and to first order in P at W = 0.
    own = area * area / 12 if abs(area) < 1e-3 else area / 2 / math.tanh(area / 2) - 1.0
    square = P * duration * duration
    moment = (start + duration / 2 - 0.5) * area + duration * (own + square / 12)
    return (W * cosine + P * sine) / denominator, area, moment


@njit(**OPTIONS)
def whole_step(y, H, P, peak, reset, jump, decay_rate, spike_times):  # type: ignore[no-untyped-def]
    """Carry one neuron over a step, through any number of spikes.

    Parameters
    ----------
    y, H, P
        Scaled potential, centre of its parabola and curvature.
    peak, reset
        Scaled v_p − v_r and v_0 − v_r.
    jump
        What a spike subtracts from P at once: the neuron's own adaptation (0 if shared).
    decay_rate
        Δt/τ_u, for the decay of a jump over the rest of the step.
    spike_times
        Scratch of length `MAX_SPIKES`; receives the times of the spikes in the step, in [0, 1].

    Returns
    -------
    tuple
        y at the end, ∫y dτ, ∫y (τ − 1/2) dτ, the decayed sum of jumps, the number of spikes
        (more than `MAX_SPIKES` stands for too many).
    """
    W = y - H
    elapsed = 0.0
    area = 0.0
    moment = 0.0
    jumps = 0.0
    count = 0
    while True:
        rest = 1.0 - elapsed
        wait = time_to(W, peak - H, P)
        if not wait < rest:  # also where a NaN has come in
            break
        _, a, m = piece(W, P, elapsed, wait)
        area += a
        moment += m
        elapsed += wait
        if count == MAX_SPIKES:
            count += 1
            break
        spike_times[count] = elapsed
        count += 1
        late = decay_rate * (1.0 - elapsed)
        jumps += jump * (1.0 - late * (1.0 - late / 2 * (1.0 - late / 3)))
        P -= jump * (1.0 - late / 2)  # its average over the rest of the step
        W = reset - H
    W, a, m = piece(W, P, elapsed, 1.0 - elapsed)
    return W + H, area + a + H, moment + m, jumps, count
