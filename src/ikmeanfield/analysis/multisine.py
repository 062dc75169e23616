"""The response of a network to many small sinusoids at once, estimated with its uncertainty.

All frequencies are multiples of one over the length of a segment, so that in every segment each of
them is a Fourier coefficient of its own and nothing leaks from one into another. Segments give
independent estimates, whose scatter is the uncertainty of their mean.
"""

from __future__ import annotations

from math import pi
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.inputs import Current, constant, sinusoid

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


class Estimate(NamedTuple):
    """Answers at every frequency of the input, shape (frequencies,)."""

    transfer: ComplexArray
    """Answer per unit of the input: gain and phase."""
    error: FloatArray
    """Standard error of either part, real and imaginary, of the answer."""
    coherence: FloatArray
    """Share of the power at this frequency that follows the input, from 0 to 1."""


def on_grid(frequencies: ArrayLike, segment: float) -> FloatArray:
    """The different multiples of one over a segment (ms) that are nearest to frequencies in Hz."""
    numbers = np.rint(np.asarray(frequencies, float) * segment / 1000.0)
    return np.unique(numbers[numbers > 0]) * 1000.0 / segment


def multisine(
    base: float,
    amplitude: float,
    frequencies: FloatArray,
    rng: np.random.Generator,
    start: float = 0.0,
) -> tuple[Current, FloatArray]:
    """A current of many sinusoids, and their phases at its start.

    Parameters
    ----------
    base
        Constant part in pA.
    amplitude
        Amplitude of every sinusoid in pA.
    frequencies
        In Hz.
    rng
        Draws the phases, so that the sinusoids do not add up to one pulse.
    start
        Time in ms at which the sinusoids have their phases.
    """
    phases = rng.uniform(0, 2 * pi, frequencies.size)
    current: Current = constant(base)
    for frequency, phase in zip(frequencies, phases, strict=True):
        current = current + sinusoid(amplitude, float(frequency), phase=float(phase), onset=start)
    return current, phases


def estimated(
    series: FloatArray,
    sample: float,
    frequencies: FloatArray,
    phases: FloatArray,
    amplitude: float,
    segment: float,
) -> Estimate:
    """Transfer from the sinusoids to a recorded series.

    Parameters
    ----------
    series
        Values in windows of `sample` ms, from the start of the sinusoids on.
    sample
        Length of a window in ms, over which a rate is an average.
    frequencies, phases, amplitude
        Of the sinusoids: in Hz, in radians, and in pA.
    segment
        Length of a segment in ms.
    """
    length = round(segment / sample)
    parts = np.asarray(series, float)[: series.size // length * length].reshape(-1, length)
    numbers = np.rint(frequencies * segment / 1000.0).astype(int)
    found = np.fft.rfft(parts, axis=1)[:, numbers] * 2 / length
    # A sinusoid sin(ωt + φ), averaged over windows that begin at 0, has the coefficient
    # exp(iφ − iπ/2 + iωh/2) sinc(ωh/2) at the windows' starts.
    half = pi * frequencies * sample / 1000.0
    window = np.exp(1j * half) * np.sinc(half / pi)
    answers = found / (amplitude * np.exp(1j * (phases - pi / 2)) * window)
    mean = answers.mean(axis=0)
    count = len(parts)
    scatter = (np.abs(answers - mean) ** 2).sum(axis=0)
    power = (np.abs(answers) ** 2).mean(axis=0)
    error = np.sqrt(scatter / (2 * max(count - 1, 1) * count)) if count > 1 else np.full(
        frequencies.size, np.nan)  # fmt: skip
    return Estimate(mean, error, np.abs(mean) ** 2 / power)
