"""How a quantity changes with a width, over independent draws of networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.claims.trends import rank_correlation

FloatArray = NDArray[np.float64]


class Change(NamedTuple):
    """From the narrowest to the widest distribution at which the quantity is known."""

    correlation: float
    """Rank correlation of the means over draws with the width."""
    first: float
    last: float
    """Means over the draws at both ends."""
    error: float
    """Standard error of their difference; NaN for single draws."""


def change(widths: FloatArray, values: FloatArray) -> Change:
    """The change of a quantity, given for every run beside its width; NaN where unknown."""
    known = np.isfinite(values)
    levels = np.unique(widths[known])
    if levels.size < 2:
        return Change(float("nan"), float("nan"), float("nan"), float("nan"))
    draws = [values[known & (widths == level)] for level in levels]
    means = [float(draw.mean()) for draw in draws]
    ends = (draws[0], draws[-1])
    error = float("nan")
    if min(end.size for end in ends) > 1:
        error = float(np.sqrt(sum(end.var(ddof=1) / end.size for end in ends)))
    return Change(rank_correlation(levels, means)[0], means[0], means[-1], error)


def rises(found: Change, correlation: float, by: float, errors: float) -> bool | None:
    """Whether a quantity rises steadily and enough; None if that cannot be told.

    Parameters
    ----------
    found
        The change.
    correlation
        Least rank correlation.
    by
        Share of its first value by which it must rise.
    errors
        How many standard errors of the difference the rise must exceed.
    """
    if not np.isfinite([found.correlation, found.first, found.error]).all():
        return None
    rise = found.last - found.first
    enough = rise > by * abs(found.first) and rise > errors * found.error
    return bool(found.correlation > correlation and enough)


def rises_in_cases(
    cases: Mapping[str, tuple[FloatArray, FloatArray]],
    correlation: float,
    by: float,
    errors: float,
) -> tuple[dict[str, bool | None], list[float]]:
    """Whether a quantity rises with the width in every case, and its last value over its first.

    Parameters
    ----------
    cases
        Widths and values of all runs, by case.
    correlation, by, errors
        See `rises`.
    """
    found = {case: change(widths, values) for case, (widths, values) in cases.items()}
    holds = {case: rises(one, correlation, by, errors) for case, one in found.items()}
    return holds, [one.last / one.first for one in found.values()]
