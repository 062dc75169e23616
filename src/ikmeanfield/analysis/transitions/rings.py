"""The border of oscillations from how fast they grow and decay at constant current.

Near a Hopf point an oscillation takes seconds to grow or decay (at a distance of 0.1 pA ten
seconds or more), so no affordable hold shows directly whether it lasts. But every hold shows a
rate. The amplitude equation, for X the squared amplitude,

    dX/dt = 2 [λ(I) X − c X² − e X³] + D,    λ(I) = −m (I − I_H),

is fitted to the envelopes of several holds at once, some from large oscillations and some from
the state that does not oscillate. Moving out of the oscillations, they end at I_H if c ≥ 0, else
at the fold of cycles, where λ = −c²/(4e); moving in, they begin at I_H.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.held import smooth

FloatArray = NDArray[np.float64]

SUBSTEPS = 4


@dataclass(frozen=True)
class Ring:
    """The squared amplitude of an oscillation during a hold.

    Attributes
    ----------
    current
        In pA.
    interval
        Between the values of `power`, in ms.
    power
        Squared amplitude, averaged over a period.
    """

    current: float
    interval: float
    power: FloatArray

    @property
    def growth(self) -> float:
        """Rate of the amplitude's growth in 1/s, where noise does not hide it."""
        low = float(self.power.min())
        hidden = np.flatnonzero(self.power < 5 * low)
        decays = self.power[0] > 20 * low and hidden[0] >= 3
        y = np.log(self.power[: hidden[0]] if decays else self.power[self.power.size // 3 :])
        t = np.arange(y.size) * self.interval / 1000.0
        return float(np.polyfit(t, y, 1)[0] / 2) if y.size > 2 else 0.0


@dataclass(frozen=True)
class Border:
    """The border of oscillations in both directions, in pA, each with its standard error.

    Attributes
    ----------
    hopf, hopf_error
        Where the state that does not oscillate becomes unstable.
    last, last_error
        Where oscillations end.
    noise
        Half-width over which noise blurs the border; not a number if no hold shows it.
    misfit
        Root mean square of the residuals; about 1 for a good fit.
    """

    hopf: float
    hopf_error: float
    last: float
    last_error: float
    noise: float
    misfit: float


def dominant_period(trace: FloatArray, sample: float) -> float:
    """Period in ms of the strongest oscillation that fits into a trace at least three times."""
    x = trace - np.polyval(np.polyfit(np.arange(trace.size), trace, 1), np.arange(trace.size))
    power = np.abs(np.fft.rfft(x * np.hanning(x.size), 8 * x.size)) ** 2
    frequency = np.fft.rfftfreq(8 * x.size, sample)
    allowed = (frequency > 3 / (x.size * sample)) & (frequency < 0.1 / sample)
    return float(1 / frequency[allowed][np.argmax(power[allowed])])


def ring(trace: FloatArray, current: float, sample: float, period: float, skip: float) -> Ring:
    """Squared amplitude in a trace, three values to a period, after `skip` ms."""
    n = max(3, round(period / sample))
    x = smooth(trace[round(skip / sample) :], max(1, n // 8))
    mean = smooth(x, n)
    offset = (x.size - mean.size) // 2
    power = smooth((x[offset : offset + mean.size] - mean) ** 2, n) * 2
    step = max(1, n // 3)
    return Ring(current, step * sample, np.maximum(power[::step], 1e-12))


def fit_border(rings: Sequence[Ring], guess: float) -> Border | None:
    """Fit the amplitude equation to several holds.

    Returns
    -------
    Border or None
        None if the holds do not enclose a border: rates of one sign only, or no fit.
    """
    from scipy.optimize import least_squares  # noqa: PLC0415

    scale = max(float(r.power.max()) for r in rings)
    floor = min(float(np.median(r.power[-6:])) for r in rings) / scale
    counted = np.log(0.3 * floor)  # the part of the floor that is no oscillation
    data = [np.log(r.power / scale) for r in rings]
    # the equation is one of small amplitudes; noise matters near the floor
    spread = [
        np.sqrt(0.05**2 + 0.15**2 * np.exp(2 * y) + np.minimum(1.0, 2 * floor * np.exp(-y)))
        for y in data
    ]

    def residuals(q: FloatArray) -> FloatArray:
        parts = []
        for r, y, w, x0 in zip(rings, data, spread, q[5:], strict=True):
            x = _solve(r, y.size, q, np.exp(x0))
            parts.append((np.log(x + np.exp(counted)) - y) / w)
        prior = [(q[2] - 2.0) / 4, (q[3] - 2.0) / 4, (q[1] - 1.0) / 2]
        return np.concatenate([*parts, prior])

    low, high = min(r.current for r in rings) - 3, max(r.current for r in rings) + 3
    start = [guess, 1.0, 1.0, 2.0, np.log(2 * floor)]
    begin = np.array(start + [float(y[0]) for y in data])
    box = (
        np.array([low, 0.05, -30, 0.05, -30] + [-30.0] * len(rings)),
        np.array([high, 20, 60, 100, 0] + [1.0] * len(rings)),
    )
    fit = least_squares(
        residuals, np.clip(begin, box[0] + 1e-6, box[1] - 1e-6), bounds=box, loss="soft_l1",
        x_scale=np.concatenate([[0.3, 0.5, 2, 2, 1], np.full(len(rings), 0.3)]), max_nfev=120,
    )  # fmt: skip
    free = fit.fun.size - fit.x.size
    # neighbouring values of the envelope overlap: about one in six is independent
    misfit = float(np.sqrt(np.sum(fit.fun**2) / max(1, free)))
    covariance = np.linalg.pinv(fit.jac.T @ fit.jac) * misfit**2 * 6
    return _border(fit.x, covariance, misfit)


def _border(q: FloatArray, covariance: FloatArray, misfit: float) -> Border:
    def last(p: FloatArray) -> float:
        return float(p[0] + (p[2] ** 2 / (4 * p[3] * p[1]) if p[2] < 0 else 0.0))

    gradient = np.zeros(q.size)
    for j in range(4):
        shift = np.zeros(q.size)
        shift[j] = 1e-5
        gradient[j] = (last(q + shift) - last(q - shift)) / 2e-5
    drive = float(np.exp(float(q[4])))
    # where growth and noise balance at the border: X² = D/(2c), or X³ = D/(2e)
    if q[2] > 0:
        x = float(np.sqrt(drive / (2 * q[2])))
    else:
        x = float(np.cbrt(float(drive / (2 * q[3]))))
    return Border(
        hopf=float(q[0]),
        hopf_error=float(np.sqrt(covariance[0, 0])),
        last=last(q),
        last_error=max(0.0, float(gradient @ covariance @ gradient)) ** 0.5,
        # noise that no hold shows cannot be told
        noise=float(drive / (2 * x) / q[1]) if drive > 1e-6 else nan,
        misfit=misfit,
    )


def _solve(r: Ring, size: int, q: FloatArray, x0: float) -> FloatArray:
    """The amplitude equation by fourth-order Runge-Kutta steps in ln X, rates in 1/s."""
    rate = -q[1] * (r.current - q[0])
    drive = float(np.exp(float(q[4])))
    h = r.interval / 1000.0 / SUBSTEPS

    def slope(y: float) -> float:
        x = float(np.exp(min(max(y, -40.0), 3.0)))
        return float(2 * (rate - q[2] * x - q[3] * x * x) + drive / max(x, 1e-15))

    out = np.empty(size)
    y = float(np.log(x0))
    for k in range(size):
        out[k] = np.exp(y)
        for _ in range(SUBSTEPS):
            a = slope(y)
            b = slope(y + h / 2 * a)
            c = slope(y + h / 2 * b)
            d = slope(y + h * c)
            y = min(max(y + h / 6 * (a + 2 * b + 2 * c + d), -40.0), 3.0)
    return out
