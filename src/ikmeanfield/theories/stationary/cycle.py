"""One neuron with a recovery variable of its own: the return map from reset to reset.

At constant drive a neuron obeys, with y = v − v_r,

    C dy/dt = k y² − B y + Q − u,    τ_u du/dt = b y − u,    at y = y_p: y ← y_0, u ← u + κ,

where B = k (v_θ − v_r) + Σ g s and Q = I + Σ g s (E − v_r). The integration uses
y = B/(2k) + σ sinh x and a time s with dt = ds/cosh x. In these variables the excursion to the
peak and back from the reset is regular, whatever their size, so that an infinite peak and reset
are merely very large ones. Tangents with respect to u at the reset, Q and B run along; those
with respect to Q and B may be forced as exp(λt), which yields the response to a modulated drive.

Every kernel that uses another one stays in its file, because numba's cache on disk notices
changes only in the file of the compiled function.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from scipy.integrate import DOP853

OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy"}
_VECTOR: dict[str, Any] = {**OPTIONS, "fastmath": {"contract", "reassoc", "nsz"}}

SPIKES, RESTS, STALLS, IRREGULAR = 1, 0, -1, 2
"""Fate of a neuron: it spikes; it comes to rest; neither within `_MAX_STEPS`; no period found."""

_A = np.ascontiguousarray(DOP853.A)
_B = np.ascontiguousarray(DOP853.B)
_E3 = np.ascontiguousarray(DOP853.E3)
_E5 = np.ascontiguousarray(DOP853.E5)
_STAGES = 12
_SIZE = 16  # x, u, t, ∫y dt, and the tangents of all four with respect to u, Q, B
_TOLERANCE = 1e-11
_MAX_STEPS = 20_000
_NEWTON = 60
#: The last Newton step is applied to the result by its tangents; it must be this small.
_SMALL_STEP = 1e-8
_ALMOST_ONE = (
    0.99999  # slope of the map up to which Newton's step is taken; 1 − T/τ_u if T is short
)
#: Longest period, in spikes, that is looked for, and spikes that pass before.
MAX_PERIOD, _TRANSIENT = 32, 400


@njit(**OPTIONS)
def _rates(z, f, C, k, B, Q, b, tau, sigma, center, lam):
    """Derivatives of the state and its tangents with respect to s."""
    x, u = z[0].real, z[1].real
    up = math.exp(x)
    cosh, sinh = 0.5 * (up + 1.0 / up), 0.5 * (up - 1.0 / up)
    tanh = sinh / cosh
    y = center + sigma * sinh
    scale = 1.0 / (sigma * C * cosh * cosh)
    dx = (k * y * y - B * y + Q - u) * scale
    du = (b * y - u) / (tau * cosh)
    force, decay = scale + 0.0 * lam, 1.0 + 0.0 * lam
    if lam != 0.0:
        force = scale * np.exp(lam * z[2].real)
        decay = np.exp(-lam * z[2].real)
    f[0], f[1], f[2], f[3] = dx, du, 1.0 / cosh, y / cosh * decay
    xx = (2.0 * k * y - B) / (C * cosh) - 2.0 * tanh * dx
    ux = b * sigma / tau - tanh * du
    ax = (sigma - tanh * y / cosh) * decay
    at = lam * y / cosh * decay
    for j in range(3):
        o = 4 + 4 * j
        f[o] = xx * z[o] - scale * z[o + 1]
        f[o + 1] = ux * z[o] - z[o + 1] / (tau * cosh)
        f[o + 2] = -tanh / cosh * z[o]
        f[o + 3] = ax * z[o] - at * z[o + 2]
    f[8] += force
    f[12] -= y * force


@njit(**_VECTOR)
def _step(z, h, K, work, C, k, B, Q, b, tau, sigma, center, lam):
    """One step of Dormand and Prince's method of order 8 from K[0]; the error's norm."""
    for i in range(1, _STAGES):
        for m in range(_SIZE):
            work[m] = z[m]
        for j in range(i):
            a = h * _A[i, j]
            if a == 0.0:
                continue
            for m in range(_SIZE):
                work[m] += a * K[j, m]
        _rates(work, K[i], C, k, B, Q, b, tau, sigma, center, lam)
    for m in range(_SIZE):
        work[m] = z[m]
    for j in range(_STAGES):
        a = h * _B[j]
        for m in range(_SIZE):
            work[m] += a * K[j, m]
    _rates(work, K[_STAGES], C, k, B, Q, b, tau, sigma, center, lam)
    fifth = third = 0.0
    for m in range(_SIZE):
        e5 = e3 = 0.0 * K[0, m]
        for j in range(_STAGES + 1):
            e5 += _E5[j] * K[j, m]
            e3 += _E3[j] * K[j, m]
        size = _TOLERANCE * (1.0 + max(abs(z[m]), abs(work[m])))
        fifth += (abs(e5) / size) ** 2
        third += (abs(e3) / size) ** 2
    if fifth == 0.0:
        return 0.0
    return h * fifth / math.sqrt((fifth + 0.01 * third) * _SIZE)


@njit(**OPTIONS)
def rest(C, k, B, Q, b, tau):
    """The resting state: y (NaN where there is none), and whether it is stable."""
    total = B + b
    square = total * total - 4.0 * k * Q
    if square < 0.0:
        return math.nan, False
    root = math.sqrt(square)
    y = 2.0 * Q / (total + root) if total > 0.0 else (total - root) / (2.0 * k)
    return y, (2.0 * k * y - B) / C < 1.0 / tau and root > 0.0


@njit(**OPTIONS)
def interval(u0, C, k, B, Q, b, tau, y0, yp, lam, z):
    """Integrate from the reset to the next peak.

    Parameters
    ----------
    u0
        Recovery variable just after the reset.
    lam
        Exponent λ of the forcing, a real zero for tangents with respect to constant Q and B.
    z
        Receives, at the peak: [0] y's rate of change, [1] u, [2] time, [3] ∫y exp(−λt) dt, and
        from 4, 8 and 12 on the derivatives with respect to u0, Q and B of: [0] nothing, [1] u,
        [2] time, [3] that integral. Its type, float or complex, is that of λ.

    Returns
    -------
    int
        `SPIKES`, `RESTS` or `STALLS`.
    """
    center = B / (2.0 * k)
    sigma = C / (k * tau) + math.sqrt((abs(Q / k - center * center) + abs(u0) / k) + 1.0)
    y_rest, stable = rest(C, k, B, Q, b, tau)
    gap = 2.0 * abs((B + b) / (2.0 * k) - y_rest)  # from rest to the saddle
    K = np.zeros((_STAGES + 1, _SIZE), z.dtype)
    work = np.zeros(_SIZE, z.dtype)
    z[:] = 0.0
    z[0], z[1], z[5] = math.asinh((y0 - center) / sigma), u0, 1.0
    end = math.asinh((yp - center) / sigma)
    h = 0.02 * min(C / (k * sigma), tau)
    _rates(z, K[0], C, k, B, Q, b, tau, sigma, center, lam)
    for _ in range(_MAX_STEPS):
        error = _step(z, h, K, work, C, k, B, Q, b, tau, sigma, center, lam)
        if not error < 1.0:  # NaN as well
            h *= 0.2 if math.isnan(error) else max(0.2, 0.9 * error ** (-0.125))
            continue
        if work[0].real >= end:
            for _ in range(12):
                miss = end - work[0].real
                if abs(miss) < 4e-15 * (1.0 + abs(end)):
                    break
                h += miss / K[_STAGES, 0].real
                _step(z, h, K, work, C, k, B, Q, b, tau, sigma, center, lam)
            _at_peak(work, K[_STAGES], sigma, z)
            return SPIKES
        for m in range(_SIZE):
            z[m] = work[m]
            K[0, m] = K[_STAGES, m]
        h *= min(5.0, 0.9 * max(error, 1e-8) ** (-0.125))
        if stable:
            y = center + sigma * math.sinh(z[0].real)
            near = abs(y - y_rest) < 1e-4 * gap
            if near and abs(z[1].real - b * y_rest) < 1e-4 * k * gap * gap:
                return RESTS
    return STALLS


@njit(**OPTIONS)
def _at_peak(work, f, sigma, z):
    """Turn tangents at fixed s into tangents at the peak, and x' into y'."""
    for o in (4, 8, 12):
        late = -work[o] / f[0]
        for m in range(1, 4):
            z[o + m] = work[o + m] + f[m] * late
        z[o] = 0.0
    z[1], z[2], z[3] = work[1], work[2], work[3]
    cosh = math.cosh(work[0].real)
    z[0] = f[0] * sigma * cosh * cosh


@njit(**OPTIONS)
def _round(u0, spikes, C, k, B, Q, b, tau, kappa, y0, yp, z, total):
    """`interval` over a number of spikes, with tangents chained; u in `total` is after the last."""
    total[:] = 0.0
    u = u0
    chain = np.array([1.0, 0.0, 0.0])
    for _ in range(spikes):
        status = interval(u, C, k, B, Q, b, tau, y0, yp, 0.0, z)
        if status != SPIKES:
            return status
        total[2] += z[2]
        total[3] += z[3]
        for j in range(3):
            own = 4 + 4 * j
            for m in range(2, 4):
                total[own + m] += z[4 + m] * chain[j] + (z[own + m] if j > 0 else 0.0)
            chain[j] = z[5] * chain[j] + (z[own + 1] if j > 0 else 0.0)
        u = z[1] + kappa
    total[1] = u
    for j in range(3):
        total[5 + 4 * j] = chain[j]
    return SPIKES


@njit(**OPTIONS)
def _fixed_point(u, spikes, C, k, B, Q, b, tau, kappa, y0, yp, z, total):
    """Newton's method for u = P(u), kept within what the signs of P(u) − u have shown.

    Returns the fate (`RESTS` where every trial ends at rest), u before the last step, the step.
    """
    low, high = -math.inf, math.inf
    back = max(abs(kappa), 1.0)
    for _ in range(_NEWTON):
        status = _round(u, spikes, C, k, B, Q, b, tau, kappa, y0, yp, z, total)
        if status == STALLS:
            return STALLS, u, 0.0
        if status == RESTS:
            high = u
            if high - low < 1e-9 * (1.0 + abs(u)) or back > 1e6:
                return RESTS, u, 0.0
            u = 0.5 * (low + high) if low > -math.inf else u - back
            back *= 4.0
            continue
        excess, slope = total[1] - u, total[5]
        step = excess / (1.0 - slope) if slope < _ALMOST_ONE or spikes > 1 else excess
        if abs(step) < _SMALL_STEP * (1.0 + abs(u)):
            return SPIKES, u, step
        if excess > 0.0:
            low = max(low, u)
        else:
            high = min(high, u)
        if low < u + step < high:
            u += step
        elif low > -math.inf and high < math.inf:
            u = 0.5 * (low + high)
        else:
            u += excess
    return IRREGULAR, u, 0.0


@njit(**OPTIONS)
def _attractor(u, C, k, B, Q, b, tau, kappa, y0, yp, z, history):
    """Iterate the map; the period that it settles on (0: none found), and the fate."""
    history[:] = 0.0
    for n in range(_TRANSIENT + 2 * MAX_PERIOD):
        status = interval(u, C, k, B, Q, b, tau, y0, yp, 0.0, z)
        if status != SPIKES:
            return 0, u, status
        u = z[1] + kappa
        history[n % (2 * MAX_PERIOD)] = u
    last = (_TRANSIENT + 2 * MAX_PERIOD - 1) % (2 * MAX_PERIOD)
    for period in range(1, MAX_PERIOD + 1):
        same = True
        for n in range(MAX_PERIOD):
            here = history[(last - n) % (2 * MAX_PERIOD)]
            before = history[(last - n - period) % (2 * MAX_PERIOD)]
            same = same and abs(here - before) < 1e-6 * (1.0 + abs(here))
        if same:
            return period, u, SPIKES
    return 0, u, IRREGULAR


@njit(**OPTIONS)
def cycle(guess, C, k, B, Q, b, tau, kappa, y0, yp, out):
    """Find the firing state of one neuron.

    Parameters
    ----------
    guess
        Recovery variable after the reset to start from. From a low one, a firing state is found
        wherever a neuron that has fired fast goes on firing.
    out
        Receives: rate per ms, mean of y in mV, their derivatives with respect to Q (2) and B (2),
        u after the reset, its derivatives with respect to Q and B, and the period in spikes.

    Returns
    -------
    int
        `SPIKES`, `RESTS`, `STALLS` or `IRREGULAR`.
    """
    z, total = np.zeros(_SIZE), np.zeros(_SIZE)
    spikes = 1
    status, u, step = _fixed_point(guess, 1, C, k, B, Q, b, tau, kappa, y0, yp, z, total)
    if status in (STALLS, RESTS):
        return status
    if status == IRREGULAR or abs(total[5]) >= 1.0:
        history = np.zeros(2 * MAX_PERIOD)
        spikes, u, status = _attractor(guess, C, k, B, Q, b, tau, kappa, y0, yp, z, history)
        if spikes == 0:
            return status
        status, u, step = _fixed_point(u, spikes, C, k, B, Q, b, tau, kappa, y0, yp, z, total)
        if status != SPIKES or abs(total[5]) >= 1.0:
            return IRREGULAR
    contraction = 1.0 - total[5]
    period = total[2] + total[6] * step
    area = total[3] + total[7] * step
    rate = spikes / period
    out[0], out[1] = rate, area / period
    for j in range(2):
        o = 8 + 4 * j
        shift = total[o + 1] / contraction  # of u at the reset
        longer = total[o + 2] + total[6] * shift
        larger = total[o + 3] + total[7] * shift
        out[2 + 2 * j] = -rate * longer / period
        out[3 + 2 * j] = (larger - area / period * longer) / period
        out[7 + j] = shift
    out[6] = u + step
    out[9] = spikes
    return SPIKES


@njit(**OPTIONS)
def cycles(B, Q, guess, C, k, b, tau, kappa, y0, yp):
    """`cycle` for arrays of B and Q, each predicted from the one before; rows of `out`, fates."""
    out = np.zeros((B.size, 10))
    fate = np.zeros(B.size, np.int64)
    known = -1
    for i in range(B.size):
        u = guess
        if known >= 0:
            u = out[known, 6] + out[known, 7] * (Q[i] - Q[known])
            u += out[known, 8] * (B[i] - B[known])
        fate[i] = cycle(u, C, k, B[i], Q[i], b, tau, kappa, y0, yp, out[i])
        if fate[i] == SPIKES:
            known = i
    return out, fate


@njit(**OPTIONS)
def modulated(B, u, Q, C, k, b, tau, y0, yp, lam):
    """Response of neurons to Q and B modulated as exp(λt), Re λ > 0.

    The neurons' spikes at t move by τ exp(λt) and their u after a spike by η exp(λt); one
    interval carries (τ, η) into itself times exp(λT), which determines both. The phases of a
    population's neurons of one threshold are spread evenly.

    Parameters
    ----------
    B, u, Q
        Slope in nS, recovery variable in pA after a reset and drive in pA of every neuron, shape
        (n,).
    lam
        Exponent λ per ms, complex.

    Returns
    -------
    ndarray
        Complex, shape (n, 6). With e = exp(−λT): period T, ∫y exp(−λt) dt, and for Q and then B
        the shift τ (1 − e) and the change of that integral at the shifted end. All vary slowly
        from neuron to neuron, unlike 1/(1 − e).
    """
    out = np.zeros((B.size, 6), np.complex128)
    z = np.zeros(_SIZE, np.complex128)
    for i in range(B.size):
        interval(u[i], C, k, B[i], Q[i], b, tau, y0, yp, lam, z)
        back = np.exp(-lam * z[2].real)
        out[i, 0], out[i, 1] = z[2], z[3]
        for j in range(2):
            o = 8 + 4 * j
            change = z[o + 1] * back / (1.0 - z[5] * back)
            out[i, 2 + 2 * j] = (z[o + 2] + z[6] * change) * back
            out[i, 3 + 2 * j] = z[o + 3] + z[7] * change
    return out
