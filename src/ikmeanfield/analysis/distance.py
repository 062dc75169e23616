"""How far a mean field is from a network, and how far networks of one size are from each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def rmse(theory: FloatArray, network: FloatArray) -> FloatArray:
    """Root of the mean squared difference over the last axis, time."""
    squares = np.square(np.asarray(theory, dtype=float) - np.asarray(network, dtype=float))
    return np.asarray(np.sqrt(squares.mean(axis=-1)))


def beyond_noise(distances: FloatArray, noise: float) -> float:
    """How far a mean field is from the mean of infinitely many replicates.

    The mean squared distance to single replicates is, in expectation, the square of this plus
    that of the noise level; where it is smaller than the latter, this is 0.

    Parameters
    ----------
    distances
        Root mean square distances to single replicates.
    noise
        The noise level of `Spread`; NaN gives NaN.
    """
    excess = float(np.square(distances).mean()) - noise**2
    return float(np.sqrt(np.maximum(excess, 0.0)))


class Spread:
    """The finite-size noise level of a network, from replicates that differ in their seeds.

    It is the root of the variance over replicates (unbiased, so n − 1 in the denominator) averaged
    over time; what is the same, the root mean square difference between two replicates over √2.
    The mean of infinitely many replicates is this far from one of them in root mean square, so no
    theory of that mean can come closer. With random thresholds every replicate has its own, and
    this quenched disorder is part of the noise; with quantiles replicates are alike and the level
    is 0. Series come one at a time, so that only two are ever held.
    """

    def __init__(self) -> None:
        self.count = 0
        self._mean: FloatArray = np.zeros(())
        self._squares: FloatArray = np.zeros(())

    def add(self, series: FloatArray) -> None:
        """Take one replicate's series, time along the last axis."""
        series = np.asarray(series, dtype=float)
        self.count += 1
        deviation = series - self._mean
        self._mean = self._mean + deviation / self.count
        self._squares = self._squares + deviation * (series - self._mean)

    def level(self) -> FloatArray:
        """The noise level of each series; NaN for fewer than two replicates."""
        if self.count < 2:
            return np.full(self._squares.shape[:-1], np.nan)
        variance = self._squares / (self.count - 1)
        return np.asarray(np.sqrt(variance.mean(axis=-1)))
