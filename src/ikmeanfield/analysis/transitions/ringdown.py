"""The amplitude of an oscillation as it grows or decays at constant current.

The amplitude comes from a narrow band about the period. The total variance would not do: spike
counts are noisy at all frequencies, and this noise hides an oscillation that a narrow band shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

WINDOW_PERIODS, SHORTEST_WINDOW = 2.0, 300.0
"""Window over which an amplitude is measured: its length in periods, and at least so many ms."""


@dataclass(frozen=True)
class Ringdown:
    """The amplitude of an oscillation during a hold.

    Attributes
    ----------
    current
        The constant current in pA.
    period
        Period of the oscillation in ms.
    interval
        Sampling interval of `amplitude` in ms.
    window
        Number of successive amplitudes that share data.
    amplitude
        Amplitude of the oscillation at its fundamental frequency.
    floor
        Mean amplitude that noise alone would give.
    """

    current: float
    period: float
    interval: float
    window: int
    amplitude: FloatArray
    floor: float

    @property
    def growth(self) -> float:
        """Growth rate in 1/s over the second half of the amplitudes that exceed the noise."""
        hidden = np.flatnonzero(self.amplitude < 3 * self.floor)
        seen = self.amplitude[: hidden[0]] if hidden.size else self.amplitude
        y = np.log(seen[seen.size // 2 :])
        if y.size < self.window // 2:
            return nan
        return float(np.polyfit(np.arange(y.size) * self.interval / 1000.0, y, 1)[0])

    def pieces(self) -> list[FloatArray]:
        """Return the amplitude in successive windows, as far as it exceeds the noise."""
        n = self.window
        cut = [self.amplitude[k : k + n + 1] for k in range(0, self.amplitude.size - n, n)]
        return [piece for piece in cut if piece.min() > 3 * self.floor]


def dominant_period(trace: FloatArray, sample: float, near: float = nan) -> float:
    """Find the period in ms of the strongest oscillation in a trace.

    Parameters
    ----------
    trace
        Evenly sampled observable.
    sample
        Sampling interval in ms.
    near
        Expected period in ms. If it is given, only frequencies that differ from it by less than a
        third are considered.

    Returns
    -------
    float
        The period, which fits into the trace at least three times.
    """
    x = trace - np.polyval(np.polyfit(np.arange(trace.size), trace, 1), np.arange(trace.size))
    power = np.abs(np.fft.rfft(x * np.hanning(x.size), 8 * x.size)) ** 2
    frequency = np.fft.rfftfreq(8 * x.size, sample)
    allowed = (frequency > 3 / (x.size * sample)) & (frequency < 0.25 / sample)
    close = np.abs(frequency * near - 1) < 1 / 3
    allowed &= close if close.any() else True
    return float(1 / frequency[allowed][np.argmax(power[allowed])])


def measure_ringdown(
    trace: FloatArray, current: float, sample: float, period: float, skip: float
) -> Ringdown:
    """Measure the amplitude of an oscillation in a trace.

    Parameters
    ----------
    trace
        Evenly sampled observable.
    current
        Current in pA at which it was recorded.
    sample
        Sampling interval in ms.
    period
        Period of the oscillation in ms.
    skip
        Time in ms at the beginning of the trace that is left out.
    """
    x = trace[round(skip / sample) :]
    longest = (x.size - 1) // 2 * 2 - 1
    n = min(round(max(WINDOW_PERIODS * period, SHORTEST_WINDOW) / sample) | 1, longest)
    window = np.hanning(n + 2)[1:-1]
    window /= window.sum()
    t = np.arange(n) - n // 2
    # the kernel is orthogonal to the mean and to a quadratic drift
    drifts = np.stack([np.ones(n), t / n, (t / n) ** 2], axis=1)
    wave = np.exp(-2j * np.pi * t * sample / period)
    fitted = np.linalg.solve((drifts * window[:, None]).T @ drifts, drifts.T @ (window * wave))
    kernel = 2 * window * (wave - drifts @ fitted)
    amplitude = np.abs(np.convolve(x, kernel[::-1], "valid"))
    jitter = np.diff(x, 2)  # the noise of spike counts is white
    floor = float(np.sqrt(np.mean(jitter**2) / 6 * np.sum(np.abs(kernel) ** 2)))
    tiny = 1e-9 * (1.0 + float(np.abs(x).max()))
    return Ringdown(current, period, sample, n, np.maximum(amplitude, tiny), floor + tiny)
