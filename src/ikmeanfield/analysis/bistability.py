"""Where theories have two stable states: between the folds that a study of points has found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Range(NamedTuple):
    """The parameter at both folds of a theory, along another that varies over the runs."""

    theory: str
    varied: FloatArray
    low: FloatArray
    high: FloatArray
    """NaN where there is no such fold."""


def bistable_ranges(points: xr.Dataset, varied: str) -> Iterator[Range]:
    """The ranges of all theories in the summary of a study of points.

    Parameters
    ----------
    points
        The summary.
    varied
        The coordinate that varies over its runs. Of runs that share a value, the first counts.
    """
    levels = np.unique(points[varied].values)
    value = points[varied].values[points["run_number"].values]
    for theory in dict.fromkeys(points["theory"].values.tolist()):
        ends = []
        for side in ("lower", "upper"):
            mine = (points["theory"].values == theory) & (points["side"].values == side)
            mine &= points["kind"].values == "fold"
            found = [points["value"].values[mine & (value == level)] for level in levels]
            ends.append(np.array([float(each[0]) if each.size else np.nan for each in found]))
        yield Range(theory, levels, *ends)
