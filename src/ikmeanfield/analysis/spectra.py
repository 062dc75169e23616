"""Power spectra of firing rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SEGMENT = 4096
"""Number of samples per segment, as in the paper."""


def power_spectrum(rate: FloatArray, sample: float) -> tuple[FloatArray, FloatArray]:
    """Estimate the power spectral density of a firing rate by Welch's method.

    Parameters
    ----------
    rate
        Firing rate in Hz, with time along the last axis.
    sample
        Sampling interval in ms.

    Returns
    -------
    frequency
        Frequencies in Hz.
    density
        Spectral density in Hz²/Hz, whose integral over frequency is the variance of the rate.
    """
    from scipy.signal import welch  # noqa: PLC0415

    length = min(SEGMENT, rate.shape[-1])
    frequency, density = welch(rate, fs=1000.0 / sample, nperseg=length)
    return np.asarray(frequency), np.asarray(density)
