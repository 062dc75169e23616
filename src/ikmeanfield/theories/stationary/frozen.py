"""Closed forms for a neuron whose recovery variable does not change (Eqs. 28-31).

With y = v − v_r, h = B/(2k), w = y − h and q = Q/k − h², a neuron obeys dw/dt = (k/C)(w² + q),
where B = k (v_θ − v_r) + Σ g s and Q = I − u + Σ g s (E − v_r).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_NEWTON = 6


class Response(NamedTuple):
    """Rate per ms and mean of v − v_r in mV, with derivatives by Q (pA) and B (nS); arrays."""

    rate: FloatArray
    potential: FloatArray
    rate_by_drive: FloatArray
    potential_by_drive: FloatArray
    rate_by_slope: FloatArray
    potential_by_slope: FloatArray


def at_rest(k: float, B: FloatArray, Q: FloatArray, upper: bool = False) -> Response:
    """The neurons' stable equilibrium, or the unstable one where `upper`.

    For a neuron with its own recovery variable, u = b (v − v_r) at rest adds b to B.
    """
    h = B / (2.0 * k)
    root = np.sqrt(np.maximum(h**2 - Q / k, 0.0)) * (-1.0 if upper else 1.0)
    far = np.where(h * root > 0, h + root, 1.0)
    y = np.where(h * root > 0, Q / (k * far), h - root)
    with np.errstate(divide="ignore"):
        by_Q = 1.0 / (2.0 * k * root)
    zero = np.zeros_like(y)
    return Response(zero, y, zero, by_Q, zero, -y * by_Q)


def firing(C: float, k: float, B: FloatArray, Q: FloatArray, y0: float, yp: float) -> Response:
    """Rate (Eqs. 30-31) and mean potential of neurons that fire.

    Holds for q > 0, and for q ≤ 0 where the reset lies above the unstable equilibrium.
    """
    h = B / (2.0 * k)
    q = Q / k - h**2
    first, last = y0 - h, yp - h
    x = _crossing(q, first, last)
    near, far = first**2 + q, last**2 + q
    moment = 0.5 * np.log(far / near)
    rate = k / (C * x)
    y = h + moment / x
    safe = np.where(q == 0.0, 1.0, q)
    # With both ends on one side of the vertex nothing is singular at q = 0, but terms cancel.
    cancels = (first * last > 0) & (np.abs(q) < 1e-6 * np.minimum(first**2, last**2))
    x_q = np.where(
        cancels,
        (last**-3.0 - first**-3.0) / 3.0,
        -0.5 * (x + last / far - first / near) / safe,
    )
    x_h = 1.0 / near - 1.0 / far
    m_q = 0.5 * (1.0 / far - 1.0 / near)
    m_h = first / near - last / far

    def both(by_q: FloatArray, by_h: FloatArray) -> tuple[FloatArray, FloatArray]:
        return by_q / k, (by_h - 2.0 * h * by_q) / (2.0 * k)

    (x_Q, x_B), (m_Q, m_B) = both(x_q, x_h), both(m_q, m_h)
    by_x = -rate / x
    return Response(
        rate, y,
        by_x * x_Q, (m_Q - moment / x * x_Q) / x,
        by_x * x_B, 0.5 / k + (m_B - moment / x * x_B) / x,
    )  # fmt: skip


def adapted(
    C: float, k: float, B: FloatArray, Q: FloatArray, ends: tuple[float, float],
    recovery: tuple[float, float, float],
) -> Response:  # fmt: skip
    """`firing` of neurons whose own u hardly varies over a period, and stays at its mean.

    Parameters
    ----------
    ends
        y_0 and y_p in mV.
    recovery
        b in nS, τ_u in ms and κ in pA. The mean of u is b ⟨y⟩ + τ_u κ r.
    """
    b, tau, kappa = recovery
    u = np.zeros_like(Q)
    for _ in range(_NEWTON):
        found = firing(C, k, B, Q - u, *ends)
        by_Q = b * found.potential_by_drive + tau * kappa * found.rate_by_drive
        u += (b * found.potential + tau * kappa * found.rate - u) / (1.0 + by_Q)
    by_B = b * found.potential_by_slope + tau * kappa * found.rate_by_slope
    shift = by_B / (1.0 + by_Q)  # of u by B
    return Response(
        found.rate, found.potential,
        found.rate_by_drive / (1.0 + by_Q), found.potential_by_drive / (1.0 + by_Q),
        found.rate_by_slope - shift * found.rate_by_drive,
        found.potential_by_slope - shift * found.potential_by_drive,
    )  # fmt: skip


def _crossing(q: FloatArray, first: FloatArray, last: FloatArray) -> FloatArray:
    """∫ dw/(w² + q) from `first` to `last`."""
    root = np.sqrt(np.abs(q))
    safe = np.where(root > 0, root, 1.0)
    turned = (np.arctan2(last, root) - np.arctan2(first, root)) / safe
    with np.errstate(divide="ignore", invalid="ignore"):
        straight = np.where(first * last > 0, 1.0 / first - 1.0 / last, np.inf)
        inner = root * (last - first) / (first * last + q)
        logarithm = np.arctanh(np.clip(inner, -1.0, 1.0)) / safe
    return np.where(q > 0, turned, np.where(q < 0, logarithm, straight))
