"""How far a mean field's firing rate is from the network's, with standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SAFETY = 4
"""Blocks are made so many times longer than the rule says: too small an error misleads more than
one that scatters."""
FEWEST_BLOCKS = 16
"""So many blocks at least give the error to about 18 %."""


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

    The series is cut into blocks that exceed its correlation time (see `block_length`, applied
    to the series and to its squared deviation); the scatter of the blocks' averages gives the
    errors.
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
    """A length of blocks, in samples, chosen from the series so that it exceeds correlations.

    With n samples and the statistical inefficiency g(b) = b-blocks' squared error of the mean
    over that of independent samples, the shortest power of two with b³ > 2 n g(b)² is taken:
    there the blocks' own correlation and the scatter of their few averages cost equally much
    (Lee et al., Phys. Rev. E 83, 066706, 2011). A slow or oscillating part keeps g(b) large
    until blocks are longer than it. The length is then multiplied by `SAFETY`, as far as
    `FEWEST_BLOCKS` blocks remain; in a series too short for that, errors are lower bounds.
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
    """Standard error of the mean from the averages of whole blocks; 0 for fewer than two."""
    count = series.size // block
    if count < 2:
        return 0.0
    averages = series[: count * block].reshape(count, block).mean(axis=1)
    return float(averages.std(ddof=1) / sqrt(count))
