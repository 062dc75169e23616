"""Shared by claims on codes: a statistic of heterogeneous and of noisy networks by strength."""

from __future__ import annotations

import numpy as np
import xarray as xr

from ikmeanfield.datasets.runs import of_sweep

STRENGTHS = {"heterogeneous": "rs_current_width", "noisy": "rs_cauchy_noise"}
"""The sweeps, each with the coordinate of what it varies."""


def by_strength(summary: xr.Dataset, name: str) -> dict[str, dict[float, tuple[float, float]]]:
    """Mean over replicates and its standard error (NaN of one), by sweep and rising strength."""
    found: dict[str, dict[float, tuple[float, float]]] = {}
    for sweep, coordinate in STRENGTHS.items():
        own = of_sweep(summary, sweep)
        strength, values = own[coordinate].values, own[name].values
        found[sweep] = {}
        for one in np.unique(strength):
            row = values[strength == one]
            row = row[np.isfinite(row)]
            error = row.std(ddof=1) / np.sqrt(row.size) if row.size > 1 else np.nan
            mean = row.mean() if row.size else np.nan
            found[sweep][float(one)] = (float(mean), float(error))
    return found
