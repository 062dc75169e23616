"""Escape times from metastable states: mean times with censoring, and barriers from their noise.

A state from which noise alone leads away is left after a time that is exponentially distributed,
if the noise is weak. Its mean T grows as log T = V/σ² + constant with the intensity σ of the noise
(Freidlin & Wentzell, *Random perturbations of dynamical systems*); for a particle in a potential U,
dx = −U′(x) dt + σ dW, V is twice the height of the barrier (Kramers).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import isfinite, log, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

LEVEL = 0.95
"""Probability of confidence intervals."""
FEWEST = 3
"""Points that a line of log T is fitted to at least."""


class MeanTime(NamedTuple):
    """Maximum-likelihood mean of exponential times, some of which are known to be longer only."""

    mean: float
    """NaN without an escape."""
    low: float
    """Lower end of the confidence interval; without an escape, a lower bound."""
    high: float
    """Upper end; NaN without an escape."""
    escapes: int
    """Number of escapes that were seen."""
    observed: float
    """Sum of all times, the censored ones included."""


def mean_time(times: ArrayLike, escaped: ArrayLike, level: float = LEVEL) -> MeanTime:
    """Mean escape time: the whole time observed over the number of escapes.

    Parameters
    ----------
    times
        How long each trial was observed.
    escaped
        Whether it ended by an escape; otherwise it was cut there (right-censored).
    level
        Probability of the interval.

    Notes
    -----
    With d escapes in the time S, 2S/T is distributed between χ² with 2d and with 2d + 2 degrees of
    freedom when trials are cut at a fixed time; the interval takes the wider side of each.
    """
    from scipy.stats import chi2  # noqa: PLC0415

    total, events = float(np.sum(times)), int(np.sum(escaped))
    if total <= 0:
        return MeanTime(nan, nan, nan, events, total)
    if not events:
        return MeanTime(nan, 2 * total / float(chi2.ppf(level, 2)), nan, 0, total)
    tail = (1 - level) / 2
    low = 2 * total / float(chi2.ppf(1 - tail, 2 * events + 2))
    high = 2 * total / float(chi2.ppf(tail, 2 * events))
    return MeanTime(total / events, low, high, events, total)


class Barrier(NamedTuple):
    """The line log T = barrier · x + constant, fitted to mean escape times."""

    barrier: float
    """Slope, in the inverse unit of x; NaN where too few times are known."""
    error: float
    """Its standard error; larger than that of counting where the line does not fit."""


def barrier(inverse: ArrayLike, means: ArrayLike, escapes: ArrayLike) -> Barrier:
    """Slope of the logarithm of mean escape times (an Arrhenius plot).

    Parameters
    ----------
    inverse
        x: one over the squared intensity of the noise, or the number of neurons.
    means
        Mean escape times; those that are not finite are left out.
    escapes
        The number of escapes behind each mean; log T has the variance one over it.
    """
    x, mean, count = (np.asarray(values, float) for values in (inverse, means, escapes))
    known = np.isfinite(x) & np.isfinite(mean) & (mean > 0) & (count > 0)
    if known.sum() < FEWEST or np.ptp(x[known]) == 0:
        return Barrier(nan, nan)
    x, y, weight = x[known], np.log(mean[known]), count[known]
    centre = np.average(x, weights=weight)
    spread = float(np.sum(weight * (x - centre) ** 2))
    slope = float(np.sum(weight * (x - centre) * y)) / spread
    rest = y - np.average(y, weights=weight) - slope * (x - centre)
    excess = float(np.sum(weight * rest**2)) / (known.sum() - 2)
    return Barrier(slope, float(np.sqrt(max(excess, 1.0) / spread)))


def reaches(intensities: ArrayLike, means: ArrayLike, least: float) -> float:
    """Intensity of the noise at which the mean escape time falls below `least`.

    By interpolation of log T in log σ; NaN where no two neighbouring times enclose it.
    """
    sigma, mean = np.asarray(intensities, float), np.asarray(means, float)
    order = np.argsort(sigma)
    known = [(s, t) for s, t in zip(sigma[order], mean[order], strict=True) if isfinite(t)]
    for (s0, t0), (s1, t1) in pairwise(known):
        if t0 >= least > t1:
            share = log(t0 / least) / log(t0 / t1)
            return float(s0 * (s1 / s0) ** share)
    return nan


def first_passage(series: FloatArray, level: float, *, rising: bool) -> int | None:
    """Number of the first sample beyond a level; None if there is none."""
    beyond = np.flatnonzero(series > level if rising else series < level)
    return int(beyond[0]) if beyond.size else None


def threshold(
    switches: Callable[[float], bool], first: float, most: float, tolerance: float = 1e-3
) -> float:
    """The smallest size of a perturbation that switches, by doubling and bisection.

    Parameters
    ----------
    switches
        Whether a perturbation of a size does; it must do so from some size on.
    first
        A positive size to begin with.
    most
        The largest size that is tried; NaN is returned if it does not switch.
    tolerance
        Relative width of the interval in which the threshold is known at the end.
    """
    low, high = 0.0, min(first, most)
    while not switches(high):
        if high >= most:
            return nan
        low, high = high, min(2 * high, most)
    while high - low > tolerance * high:
        middle = (low + high) / 2
        low, high = (low, middle) if switches(middle) else (middle, high)
    return high
