"""Hints on a recorded ramp that a network changes state: steep changes, and oscillations.

Hints come late, because the network needs time to leave a state that has just been lost. They only
tell the searches at constant current where to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.holds import running_mean
from ikmeanfield.analysis.transitions.ramp_run import RampRecording, RampSettings

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class JumpHint:
    """Where the firing rate on a ramp leaves a branch.

    Attributes
    ----------
    current
        The current in pA.
    level
        Firing rate in Hz that separates the two branches.
    rises
        Whether the rate rises above the level there or falls below it.
    last_oscillation
        Highest current in pA on the way up at which the rate oscillates markedly; NaN on the way
        down.
    """

    current: float
    level: float
    rises: bool
    last_oscillation: float = nan


@dataclass(frozen=True)
class OscillationHint:
    """The range in which the driven population's rate oscillates markedly on a ramp.

    Attributes
    ----------
    low, strongest, high
        Currents in pA before the oscillation begins, where it is strongest, and after it ends.
    begins, ends
        Whether it begins and whether it ends within the ramp.
    """

    low: float
    strongest: float
    high: float
    begins: bool
    ends: bool


def find_jump(
    recording: RampRecording, settings: RampSettings, *, up: bool, steepest: float
) -> JumpHint | None:
    """Find where the rate changes most steeply, relative to itself, on one slope of a ramp.

    Parameters
    ----------
    recording, settings
        The ramp.
    up
        Whether to look at the rising or at the falling slope.
    steepest
        Smallest rate of change of ln(rate), in 1/pA, that counts.

    Returns
    -------
    JumpHint or None
        None if the logarithm of the rate never changes faster than `steepest`.
    """
    n = max(3, round(100.0 / recording.window))
    smoothed = running_mean(np.pad(recording.observed_rate, (n - 1, 0), mode="edge"), n)
    edges = np.array([settings.settle, settings.settle + settings.rise, settings.duration])
    a, b, c = (round(t / recording.window) for t in edges)
    begin = a + (b - a) // 25  # until then the rate still reflects the start from rest
    x = smoothed[begin:b] if up else smoothed[b:c][::-1]
    stride = max(1, round(recording.window / settings.sample))
    current = recording.current[stride - 1 :: stride][: recording.observed_rate.size]
    i = current[begin:b] if up else current[b:c][::-1]
    lag = max(2, round(100.0 / recording.window))
    y = np.log(x + 0.06 * float(x.max()) + 1e-9)
    slope = (y[lag:] - y[:-lag]) / np.abs(i[lag:] - i[:-lag])
    k = int(np.argmax(np.abs(slope)))
    if abs(slope[k]) < steepest:
        return None
    rises = bool(slope[k] > 0)
    level = float(x[k + lag // 2])
    beyond = np.flatnonzero(x > level if rises else x < level)
    at = float(i[beyond[0]])
    if up:
        return JumpHint(at, level, rises, _last_oscillation(x, i, recording.window))
    return JumpHint(at, level, not rises)


def find_oscillations(
    recording: RampRecording, settings: RampSettings, least: float, jumps: Sequence[float] = ()
) -> OscillationHint | None:
    """Find where the driven population's rate oscillates on a ramp.

    The rate is cut into pieces of 400 ms. A piece oscillates if the highest peak of its spectrum,
    of at least three periods per piece, stands out of the noise.

    Parameters
    ----------
    recording, settings
        The ramp.
    least
        Smallest amplitude, relative to the mean rate, that counts.
    jumps
        Currents in pA of jumps. The damped oscillations that follow a jump within a second do not
        count.

    Returns
    -------
    OscillationHint or None
        None if fewer than two pieces oscillate.
    """
    n = round(400.0 / recording.window)
    begin = round((settings.settle + settings.rise / 25) / recording.window)  # after the start
    rate = recording.driven_rate
    pieces = rate[begin : begin + (rate.size - begin) // n * n].reshape(-1, n)
    stride = max(1, round(recording.window / settings.sample))
    current = recording.current[stride - 1 :: stride][begin : begin + pieces.size]
    centres = current.reshape(-1, n).mean(axis=1)
    weight = np.hanning(n)
    drift = np.stack([np.ones(n), np.arange(n)], axis=1)
    straight = pieces - (drift @ np.linalg.lstsq(drift, pieces.T, rcond=None)[0]).T
    peaks = 2 * np.abs(np.fft.rfft(straight * weight, axis=1)) / weight.sum()
    amplitude = peaks[:, 3:].max(axis=1)
    strong = amplitude > np.maximum(least * pieces.mean(axis=1), 6 * np.median(peaks, axis=1))
    step = 400.0 * float(np.ptp(recording.current)) / settings.rise
    for jump in jumps:
        strong &= np.abs(centres - jump) > 2.5 * step
    if strong.sum() < 2:
        return None
    low, high = float(centres[strong].min()), float(centres[strong].max())
    return OscillationHint(
        low=low - 2 * step,
        strongest=float(centres[np.argmax(np.where(strong, amplitude, 0.0))]),
        high=high + 2 * step,
        begins=low > centres.min() + step,
        ends=high < centres.max() - step,
    )


def _last_oscillation(rate: FloatArray, current: FloatArray, window: float) -> float:
    """Highest current at which the rate's oscillation exceeds a quarter of its maximum."""
    n = max(3, round(400.0 / window))
    mean = running_mean(rate, n)
    variance = running_mean((rate[n // 2 : n // 2 + mean.size] - mean) ** 2, n)
    strong = np.flatnonzero(variance > variance.max() / 16)
    return float(current[min(strong[-1] + n // 2, current.size - 1)])
