"""Whether one quantity rises or falls with another."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def rank_correlation(x: ArrayLike, y: ArrayLike) -> tuple[float, float]:
    """Spearman's rank correlation of the finite pairs, and its standard error.

    NaN for fewer than three pairs. The error is the one without correlation, 1/√(n − 1).
    """
    from scipy.stats import spearmanr  # noqa: PLC0415

    x, y = np.asarray(x, float), np.asarray(y, float)
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < 3:
        return float("nan"), float("nan")
    error = 1 / np.sqrt(known.sum() - 1)
    if np.ptp(x[known]) == 0 or np.ptp(y[known]) == 0:
        return 0.0, float(error)
    return float(spearmanr(x[known], y[known]).statistic), float(error)
