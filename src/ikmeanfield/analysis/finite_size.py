"""What is due to the number of neurons, and what remains as it grows: a quantity against N."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SizeScaling:
    """A quantity of networks that differ in their draws and sizes, as a function of the size N.

    A draw of N neurons gives limit + bias/N, and scatters around this by scatter/√N.

    Attributes
    ----------
    limit, limit_error
        The value as N → ∞ and its standard error, in the unit of the quantity.
    bias
        How far the mean over draws is from the limit, times N.
    scatter
        Standard deviation between draws, times √N, pooled over all sizes.
    exponent, exponent_error
        Slope of the logarithm of the standard deviation against that of N, and its standard
        error; −½ for independent neurons. NaN for fewer than two sizes with several draws.
    """

    limit: float
    limit_error: float
    bias: float
    scatter: float
    exponent: float
    exponent_error: float

    def deviation(self, size: ArrayLike) -> FloatArray:
        """Standard deviation between draws of networks of this size."""
        return np.asarray(self.scatter / np.sqrt(np.asarray(size, float)))

    def mean(self, size: ArrayLike) -> FloatArray:
        """Mean over draws of networks of this size."""
        return np.asarray(self.limit + self.bias / np.asarray(size, float))


def size_scaling(values: ArrayLike, sizes: ArrayLike) -> SizeScaling | None:
    """Separate a quantity of networks into what depends on their size and what does not.

    The limit and the bias are those of a weighted least squares fit, in which a draw of N neurons
    has the variance scatter²/N.

    Parameters
    ----------
    values
        The quantity, one value per network; NaN where a network has none.
    sizes
        Number of neurons of each network.

    Returns
    -------
    SizeScaling or None
        None unless there are two sizes with at least two draws each.
    """
    every, size = np.asarray(values, float), np.asarray(sizes, float)
    drawn, size = every[np.isfinite(every)], size[np.isfinite(every)]
    groups = [drawn[size == one] for one in np.unique(size)]
    several = np.array([group.size > 1 for group in groups], dtype=bool)
    if several.sum() < 2:
        return None
    free = np.array([g.size - 1 for g in groups], float)[several]
    spread = np.array([g.var(ddof=1) for g in groups if g.size > 1])
    there = np.unique(size)[several]
    scatter = float(np.sqrt((free * spread * there).sum() / free.sum()))
    design = np.stack([np.ones_like(size), 1 / size], axis=1) * np.sqrt(size)[:, None]
    (limit, bias), *_ = np.linalg.lstsq(design, drawn * np.sqrt(size), rcond=None)
    error = scatter * float(np.sqrt(np.linalg.inv(design.T @ design)[0, 0]))
    exponent, exponent_error = _exponent(there, spread, free)
    return SizeScaling(float(limit), error, float(bias), scatter, exponent, exponent_error)


def _exponent(sizes: FloatArray, spread: FloatArray, free: FloatArray) -> tuple[float, float]:
    """Slope of log standard deviation against log N; each has the variance 1/(2 (n − 1))."""
    used = spread > 0
    if used.sum() < 2:
        return float("nan"), float("nan")
    x, y, weight = np.log(sizes[used]), np.log(spread[used]) / 2, 2 * free[used]
    x = x - np.average(x, weights=weight)
    total = float((weight * x**2).sum())
    return float((weight * x * y).sum()) / total, total**-0.5
