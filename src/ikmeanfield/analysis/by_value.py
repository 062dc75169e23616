"""Runs of a summary by the value of what was varied, and their means over replicates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ikmeanfield.datasets.runs import of_sweep

FloatArray = NDArray[np.float64]

SWEEPS = {"heterogeneous": "rs_current_width", "noisy": "rs_cauchy_noise"}
"""Sweeps that are compared, each with the coordinate of what it varies, in pA."""


def by_value(summary: xr.Dataset, name: str) -> Iterator[tuple[float, xr.Dataset]]:
    """The runs at every value of a coordinate, in rising order, out of a Dataset along ``run``."""
    values = summary[name].values
    for value in np.unique(values).tolist():
        yield value, summary.isel(run=np.flatnonzero(values == value))


class ByStrength(NamedTuple):
    """A statistic along the strengths of a sweep, in rising order.

    Attributes
    ----------
    strength
        The strengths, pA.
    mean, deviation, error
        Mean over replicates, NaN of none; standard deviation and standard error of the mean, NaN
        of fewer than two.
    """

    strength: FloatArray
    mean: FloatArray
    deviation: FloatArray
    error: FloatArray

    def estimates(self) -> dict[float, tuple[float, float]]:
        """Mean and its standard error by strength."""
        pairs = zip(self.mean.tolist(), self.error.tolist(), strict=True)
        return dict(zip(self.strength.tolist(), pairs, strict=True))


def by_strength(summary: xr.Dataset, sweep: str, name: str) -> ByStrength:
    """A variable of a summary at every strength of one of `SWEEPS`; unknown values do not count."""
    found = dict(by_value(of_sweep(summary, sweep), SWEEPS[sweep]))
    rows = [runs[name].values[np.isfinite(runs[name].values)] for runs in found.values()]
    mean = np.array([row.mean() if row.size else np.nan for row in rows])
    deviation = np.array([row.std(ddof=1) if row.size > 1 else np.nan for row in rows])
    error = deviation / np.sqrt([max(1, row.size) for row in rows])
    return ByStrength(np.array(list(found)), mean, deviation, error)
