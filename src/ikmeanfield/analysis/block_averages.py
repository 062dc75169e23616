"""Mean and variance of correlated time series, with standard errors from block averages."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SAFETY = 4
"""Factor by which blocks are longer than the rule requires: an error that is too small misleads
more than one that scatters."""
FEWEST_BLOCKS = 16
"""Smallest number of blocks, which determines the standard error to about 18 %."""


@dataclass(frozen=True)
class Moments:
    """Mean and variance of a stationary series, with standard errors from block averages."""

    mean: float
    mean_error: float
    variance: float
    variance_error: float
    block: int
    """Length of a block in samples."""


def moments(series: FloatArray) -> Moments:
    """Mean and variance of a series in time, with standard errors that allow for correlation.

    The series is cut into blocks longer than its correlation time (see `block_length`, which is
    applied to the series and to its squared deviation). The scatter of the block averages gives
    the errors.

    Parameters
    ----------
    series
        Stationary series, shape (time,).
    """
    series = np.asarray(series, dtype=float)
    mean = float(series.mean())
    squares = (series - mean) ** 2
    block = max(block_length(series), block_length(squares))
    return Moments(
        mean=mean,
        mean_error=block_error(series, block),
        variance=float(squares.mean()),
        variance_error=block_error(squares, block),
        block=block,
    )


def block_length(series: FloatArray) -> int:
    """Choose a block length, in samples, that exceeds the correlation time of a series.

    For n samples, let the statistical inefficiency g(b) be the squared standard error of the mean
    from blocks of b samples, relative to that of independent samples. The shortest power of two
    with b³ > 2 n g(b)² is chosen: at this length the correlation between blocks and the scatter of
    their few averages contribute equally (Lee et al., Phys. Rev. E 83, 066706, 2011). A slow or
    oscillating component keeps g(b) large until blocks are longer than it. The length is then
    multiplied by `SAFETY`, as far as `FEWEST_BLOCKS` blocks remain. In a series too short for
    that, the errors are lower bounds.
    """
    independent = float(np.var(series)) / series.size
    if independent == 0:
        return 1
    block = 1
    while series.size // (2 * block) >= FEWEST_BLOCKS:
        inefficiency = block_error(series, block) ** 2 / independent
        if block**3 > 2 * series.size * inefficiency**2:
            break
        block *= 2
    return min(SAFETY * block, max(1, series.size // FEWEST_BLOCKS))


def block_error(series: FloatArray, block: int) -> float:
    """Standard error of the mean from the averages of whole blocks; 0 for fewer than two blocks."""
    count = series.size // block
    if count < 2:
        return 0.0
    averages = series[: count * block].reshape(count, block).mean(axis=1)
    return float(averages.std(ddof=1) / sqrt(count))
