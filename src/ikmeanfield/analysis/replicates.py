"""Means over the replicates of a grid point, with their standard errors and intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def mean_over_replicates(
    mean: FloatArray, error: FloatArray, place: NDArray[np.int64], count: int
) -> FloatArray:
    """Average over the replicates of every grid point.

    The standard error is the larger of two: that from the scatter between replicates, which a few
    replicates determine poorly, and that which the errors of the single runs leave in their mean.

    Parameters
    ----------
    mean, error
        Mean of each run and its standard error in time.
    place
        Number of each run's grid point, below `count`.
    count
        Number of grid points.

    Returns
    -------
    ndarray
        Shape (2, count): means and standard errors; NaN for a grid point without runs.
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


def interval(values: FloatArray, level: float = 0.95) -> tuple[float, float]:
    """Mean of independent draws and half the width of its confidence interval, by Student's t.

    Values that are NaN are left out; the half width is NaN for fewer than two others.
    """
    from scipy.stats import t  # noqa: PLC0415

    known = values[np.isfinite(values)]
    if known.size < 2:
        return float(known.mean()) if known.size else float("nan"), float("nan")
    error = float(known.std(ddof=1)) / np.sqrt(known.size)
    return float(known.mean()), float(t.ppf((1 + level) / 2, known.size - 1) * error)
