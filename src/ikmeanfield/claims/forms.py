"""Folds of infinitely large networks with either form of the recovery variable."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ikmeanfield.claims.folds import SIDES
from ikmeanfield.datasets.runs import of_sweep

FloatArray = NDArray[np.float64]


def both_forms(attribution: xr.Dataset) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Folds in pA with a recovery variable each, with one for all, and of the mean field.

    Each has the shape (run, 2), with the folds in the order of `SIDES`, over the sweep ``kappa`` of
    a study of attribution. Reset and truncation of the networks are those of the circuit.
    """
    runs = of_sweep(attribution, "kappa").sel(fold_kind=list(SIDES))

    def folds(reset: int, lorentzian: int, shared: int) -> FloatArray:
        chosen = runs["fold"].sel(
            infinite_reset=reset, full_lorentzian=lorentzian, shared_recovery=shared
        )
        return np.asarray(chosen.transpose("run", "fold_kind").values, float)

    return folds(0, 0, 0), folds(0, 0, 1), folds(1, 1, 1)
