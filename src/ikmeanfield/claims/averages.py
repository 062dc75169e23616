"""Averages of values that need not all exist, with their standard errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

NONE = float("nan")


def mean(values: ArrayLike) -> tuple[float, float]:
    """Mean of the finite values and its standard error.

    The error is NaN for fewer than two values; both are NaN if there are none.
    """
    known = _known(values)
    if known.size < 2:
        return float(known[0]) if known.size else NONE, NONE
    return float(known.mean()), float(known.std(ddof=1) / np.sqrt(known.size))


def median(values: ArrayLike) -> tuple[float, float]:
    """Median of the finite values, and its standard error by their order statistics.

    The error is NaN for fewer than four values; both are NaN if there are none.
    """
    known = _known(values)
    if known.size < 4:
        return float(np.median(known)) if known.size else NONE, NONE
    spread = np.sqrt(known.size) / 2
    low, high = (round(known.size / 2 + sign * spread) for sign in (-1, 1))
    error = float(known[min(high, known.size - 1)] - known[max(low, 0)]) / 2
    return float(np.median(known)), error


def ratio(above: tuple[float, float], below: tuple[float, float]) -> tuple[float, float]:
    """Ratio of two averages, and its standard error by their own; NaN if neither has one."""
    value = above[0] / below[0] if below[0] else NONE
    parts = np.array([above[1] / above[0] if above[0] else NONE, below[1] / below[0]
                      if below[0] else NONE])  # fmt: skip
    known = parts[np.isfinite(parts)]
    return value, abs(value) * float(np.sqrt((known**2).sum())) if known.size else NONE


def _known(values: ArrayLike) -> NDArray[np.float64]:
    """The finite values, rising."""
    every = np.asarray(values, float).ravel()
    return np.sort(every[np.isfinite(every)])
