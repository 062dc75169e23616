"""Distances between mean fields and networks, and the finite-size noise of networks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def rmse(theory: FloatArray, network: FloatArray) -> FloatArray:
    """Root mean square difference over the last axis, which is time.

    Parameters
    ----------
    theory, network
        Series of the same quantity, in the same unit.
    """
    squares = np.square(np.asarray(theory, dtype=float) - np.asarray(network, dtype=float))
    return np.asarray(np.sqrt(squares.mean(axis=-1)))


def noise_corrected_rmse(distances: FloatArray, noise: float) -> float:
    """Estimate the distance between a mean field and the mean of infinitely many replicates.

    The expected mean squared distance to single replicates is the square of this distance plus
    the square of the noise level.

    Parameters
    ----------
    distances
        Root mean square distances to single replicates.
    noise
        Noise level from `FiniteSizeNoise`, in the same unit.

    Returns
    -------
    float
        The distance; 0 if the replicates are closer than their noise level, NaN if `noise` is NaN.
    """
    excess = float(np.square(distances).mean()) - noise**2
    return float(np.sqrt(np.maximum(excess, 0.0)))


class FiniteSizeNoise:
    """The finite-size noise level of a network, from replicates that differ in their seeds.

    The noise level is the root of the variance over replicates (unbiased, with n − 1 in the
    denominator), averaged over time; equivalently, it is the root mean square difference between
    two replicates divided by √2. It is also the root mean square distance of one replicate from
    the mean of infinitely many, so no theory of this mean can come closer to a replicate. Random
    thresholds differ between replicates, and this quenched disorder is part of the noise. With
    quantile thresholds all replicates are alike and the noise level is 0.

    Replicates are added one at a time, so that only two series are in memory at once.
    """

    def __init__(self) -> None:
        self.count = 0
        self._mean: FloatArray = np.zeros(())
        self._squares: FloatArray = np.zeros(())

    def add(self, series: FloatArray) -> None:
        """Add one replicate's series, with time along the last axis."""
        series = np.asarray(series, dtype=float)
        self.count += 1
        deviation = series - self._mean
        self._mean = self._mean + deviation / self.count
        self._squares = self._squares + deviation * (series - self._mean)

    def level(self) -> FloatArray:
        """Return the noise level of each series; NaN for fewer than two replicates."""
        if self.count < 2:
            return np.full(self._squares.shape[:-1], np.nan)
        variance = self._squares / (self.count - 1)
        return np.asarray(np.sqrt(variance.mean(axis=-1)))
