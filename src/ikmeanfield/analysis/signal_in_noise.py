"""How much of a fluctuating signal, or of a weak pulse, is told by a response to it."""

from __future__ import annotations

from math import log, nan, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


class Transmission(NamedTuple):
    """What a response tells of a signal at every frequency, shape (frequencies,)."""

    frequency: FloatArray
    """In Hz, from the first multiple of one over a segment on."""
    gain: FloatArray
    """Modulus of the best linear filter from signal to response, in units of both."""
    coherence: FloatArray
    """Share of the response's power that follows the signal, without the bias of few segments."""
    following: FloatArray
    """Power of the response that follows the signal, per Hz; over frequency it integrates to a
    variance."""
    power: FloatArray
    """All power of the response, per Hz."""
    signal: FloatArray
    """Power of the signal, per Hz."""
    information: FloatArray
    """−log₂(1 − coherence) in bits, without the bias of few segments."""


def transmission(
    signal: FloatArray, response: FloatArray, sample: float, segment: float
) -> Transmission:
    """Linear transmission from a signal to a response, from segments of both.

    Segments do not overlap and are weighted by a Hann window. In each of the n segments the
    Fourier coefficients of signal and response are taken as complex Gaussian numbers. If the true
    coherence is C and the estimated one Ĉ, then −ln(1 − Ĉ) exceeds −ln(1 − C) by 1/(n − 1) on
    average, whatever C is, since the power of the response and that of its residual have gamma
    distributions of n and n − 1 degrees; this is subtracted. The coherence is corrected as
    (n Ĉ − 1)/(n − 1), which vanishes on average if signal and response have nothing in common.

    Parameters
    ----------
    signal, response
        Values in windows of `sample` ms, shape (samples,) each.
    sample
        Length of a window in ms.
    segment
        Length of a segment in ms.

    Raises
    ------
    ValueError
        If there are fewer than three segments, or the series are not equally long.
    """
    if np.shape(signal) != np.shape(response):
        msg = f"signal and response differ in shape: {np.shape(signal)}, {np.shape(response)}"
        raise ValueError(msg)
    length = round(segment / sample)
    count = np.size(signal) // length
    if count < 3:
        msg = f"{count} segments of {segment:g} ms; give three or more, or shorten them"
        raise ValueError(msg)
    window = np.hanning(length + 1)[:-1]
    scale = 2.0 * sample / 1000.0 / (window**2).sum()  # one-sided density per Hz
    x, y = (_coefficients(values, count, length, window) for values in (signal, response))
    own, other = (scale * (np.abs(part) ** 2).mean(axis=0) for part in (x, y))
    cross = scale * (np.conj(x) * y).mean(axis=0)
    raw = np.abs(cross) ** 2 / np.maximum(own * other, np.finfo(float).tiny)
    raw = np.minimum(raw, 1.0 - np.finfo(float).eps)
    coherence = (count * raw - 1.0) / (count - 1.0)
    return Transmission(
        frequency=np.arange(1, x.shape[1] + 1) * 1000.0 / (length * sample),
        gain=np.abs(cross) / own,
        coherence=coherence,
        following=coherence * other,
        power=other,
        signal=own,
        information=-(np.log1p(-raw) + 1.0 / (count - 1.0)) / log(2.0),
    )


def _coefficients(values: FloatArray, count: int, length: int, window: FloatArray) -> FloatArray:
    """Fourier coefficients of segments, shape (segments, frequencies), without the mean."""
    parts = np.asarray(values, float)[: count * length].reshape(count, length)
    centred = parts - parts.mean()
    return np.asarray(np.fft.rfft(centred * window, axis=1)[:, 1 : (length - 1) // 2 + 1])


def information_rate(found: Transmission, highest: float) -> float:
    """Information of the best linear decoder in bits per second: ∫ −log₂(1 − coherence) df.

    For a Gaussian signal it is a lower bound of the mutual information of signal and response, and
    equal to it if the response is the filtered signal with Gaussian noise.

    Parameters
    ----------
    found
        The transmission.
    highest
        Frequency in Hz up to which is integrated.
    """
    inside = found.frequency <= highest
    return float(found.information[inside].sum() * _spacing(found))


def linear_share(found: Transmission, highest: float) -> float:
    """Share of the response's variance up to a frequency (Hz) that follows the signal linearly."""
    inside = found.frequency <= highest
    whole = float(found.power[inside].sum())
    return float(found.following[inside].sum()) / whole if whole > 0 else nan


def overall_gain(found: Transmission, highest: float) -> float:
    """Standard deviation of what follows the signal, over that of the signal, up to a frequency."""
    inside = found.frequency <= highest
    follows = max(float(found.following[inside].sum()), 0.0)
    return sqrt(follows / float(found.signal[inside].sum()))


def _spacing(found: Transmission) -> float:
    return float(found.frequency[0])


def d_prime(absent: ArrayLike, present: ArrayLike) -> float:
    """How far apart two samples of numbers are: difference of means over the pooled deviation.

    Parameters
    ----------
    absent, present
        Responses without and with what is to be detected, any number of each.
    """
    absent, present = np.asarray(absent, float), np.asarray(present, float)
    spread = sqrt(0.5 * (absent.var(ddof=1) + present.var(ddof=1)))
    return float(present.mean() - absent.mean()) / spread if spread > 0 else nan


def counted(rate: FloatArray, size: int, sample: float, rng: np.random.Generator) -> FloatArray:
    """The rate that `size` independent Poisson neurons of a given rate show.

    Parameters
    ----------
    rate
        In Hz, in windows of `sample` ms.
    size
        Number of neurons.
    sample
        In ms.
    rng
        Draws the spikes.
    """
    neurons_times_s = size * sample / 1000.0
    return rng.poisson(np.maximum(rate, 0.0) * neurons_times_s) / neurons_times_s
