"""Statistics of spike trains: synchrony, and how irregular the intervals are."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, nan, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

KERNEL = 2.0
"""Standard deviation in ms of the Gaussian that spike trains are convolved with."""
BIN = 0.1
"""Bins in ms in which the mean of all trains is convolved."""
FAR = 8.0
"""Distance, in standard deviations, beyond which two spikes no longer overlap."""

INTERVAL_EDGES = np.geomspace(1.0, 1e4, 81)
"""Edges in ms of the bins of inter-spike intervals, twenty per decade."""


class Intervals(NamedTuple):
    """Inter-spike intervals, averaged over the neurons that have at least three of them."""

    mean: float
    """Mean interval in ms; NaN, like the others, if no neuron has three."""
    cv: float
    """Coefficient of variation: standard deviation over mean, in each neuron."""
    cv2: float
    """Mean of 2 |I₂ − I₁| / (I₂ + I₁) over neighbouring intervals, blind to slow changes."""
    neurons: int
    """How many neurons have at least three intervals."""


def synchrony(trains: Sequence[FloatArray], duration: float) -> float:
    """How alike the spike trains of a population are: 0 for independent ones, 1 for equal ones.

    ``G = √(variance of the mean / mean of the variances)`` of the trains convolved with a
    Gaussian of 2 ms, rescaled by ``(G − 1/√N) / (1 − 1/√N)``, so that independent trains of N
    neurons give zero on average.

    Parameters
    ----------
    trains
        Spike times in ms of every neuron, from 0 to the duration.
    duration
        In ms.
    """
    from scipy.ndimage import gaussian_filter1d  # noqa: PLC0415

    size = len(trains)
    bins = max(1, ceil(duration / BIN))
    counts, _ = np.histogram(np.concatenate(trains), bins, (0.0, duration))
    width = duration / bins
    mean = gaussian_filter1d(counts / (width * size), KERNEL / width, mode="wrap")
    single = float(np.mean([_variance(np.sort(train), duration) for train in trains]))
    if single <= 0 or size < 2:
        return nan
    ratio, least = sqrt(float(mean.var()) / single), 1 / sqrt(size)
    return (ratio - least) / (1 - least)


def _variance(train: FloatArray, duration: float) -> float:
    """Variance in time of a train convolved with the Gaussian, exact but for the ends.

    Two spikes at a distance d contribute the Gaussian's correlation with itself,
    exp(−d²/4σ²) / 2σ√π.
    """
    total, lag = float(train.size), 1
    while lag < train.size:
        distance = train[lag:] - train[:-lag]
        if distance.min() > FAR * KERNEL:
            break
        total += 2.0 * float(np.exp(-((distance / (2 * KERNEL)) ** 2)).sum())
        lag += 1
    squares = total / (2 * KERNEL * sqrt(np.pi) * duration)
    return squares - (train.size / duration) ** 2


def intervals(trains: Sequence[FloatArray]) -> Intervals:
    """Mean and irregularity of the inter-spike intervals; times in ms."""
    found = [np.diff(np.sort(train)) for train in trains if train.size > 3]
    if not found:
        return Intervals(nan, nan, nan, 0)
    means = [gaps.mean() for gaps in found]
    spreads = [gaps.std() / gaps.mean() for gaps in found]
    local = [np.mean(2 * np.abs(np.diff(g)) / (g[1:] + g[:-1])) for g in found]
    return Intervals(
        float(np.mean(means)), float(np.mean(spreads)), float(np.mean(local)), len(found)
    )


def interval_shares(trains: Sequence[FloatArray]) -> FloatArray:
    """Shares of the inter-spike intervals of all neurons that lie between `INTERVAL_EDGES`.

    The first and the last bin also hold what is shorter or longer; NaN without any interval.
    """
    gaps = np.concatenate([np.diff(np.sort(train)) for train in trains])
    if not gaps.size:
        return np.full(INTERVAL_EDGES.size - 1, nan)
    inside = np.searchsorted(INTERVAL_EDGES[1:-1], gaps, side="right")
    return np.bincount(inside, minlength=INTERVAL_EDGES.size - 1) / gaps.size
