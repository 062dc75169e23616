"""Draws of thresholds, and the variance of a rate that independent spikes have."""

from __future__ import annotations

import numpy as np
import xarray as xr

DRAWS, SIZE = "networks_thresholds", "rs.size"


def drawn(runs: xr.Dataset, draw: str) -> xr.Dataset:
    """The runs whose thresholds are ``random`` or ``quantiles``; all if this does not vary."""
    if DRAWS not in runs.coords:
        return runs
    return runs.isel(run=np.flatnonzero(runs[DRAWS].values == draw))


def independent(rate: xr.DataArray, size: float, sample: float) -> xr.DataArray:
    """Variance in Hz² of the rate of independent spikes.

    Parameters
    ----------
    rate
        Mean rate in Hz.
    size
        Number of neurons.
    sample
        Interval over which spikes are counted, in ms.
    """
    return rate / (size * sample / 1000.0)
