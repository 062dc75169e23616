"""Means over replicates of a grid point, with their standard errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def over_replicates(
    mean: FloatArray, error: FloatArray, place: NDArray[np.int64], count: int
) -> FloatArray:
    """Mean and standard error at every grid point.

    With replicates the error is the larger one of two: that of the scatter between replicates
    (which few of them tell poorly), and that which the runs' own errors leave in their mean.

    Parameters
    ----------
    mean, error
        Mean of each run, and its standard error in time.
    place
        Number of each run's grid point, below `count`.

    Returns
    -------
    ndarray
        Shape (2, count): means and errors; NaN where there is no run.
    """
    found = np.full((2, count), np.nan)
    for number in range(count):
        here = place == number
        runs = int(here.sum())
        if not runs:
            continue
        own = float(np.sqrt((error[here] ** 2).sum())) / runs
        scatter = float(mean[here].std(ddof=1) / np.sqrt(runs)) if runs > 1 else 0.0
        found[:, number] = mean[here].mean(), max(own, scatter)
    return found
