"""Oscillations in a series: how often, how high, and how low it swings."""

from __future__ import annotations

from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LOW, HIGH = 0.4, 0.6
"""A cycle begins where the series rises through the higher level after it fell below the lower
one; levels are fractions of the way from its smallest to its largest value."""


class Swings(NamedTuple):
    """Cycles of a series; frequency and irregularity are NaN with fewer than three cycles."""

    frequency: float
    """Cycles per second, Hz."""
    irregularity: float
    """Standard deviation of the periods over their mean."""
    highest: float
    """Largest value of the series, averaged over cycles."""
    lowest: float
    """Smallest value, averaged over cycles."""
    starts: FloatArray
    """Where the cycles begin, in samples."""


def smoothed(series: FloatArray, sample: float, width: float) -> FloatArray:
    """A series convolved with a Gaussian of standard deviation `width` in ms (0: unchanged)."""
    from scipy.ndimage import gaussian_filter1d  # noqa: PLC0415

    if width <= 0:
        return np.asarray(series, float)
    return np.asarray(gaussian_filter1d(np.asarray(series, float), width / sample, axis=-1))


def rise_and_fall(series: FloatArray) -> FloatArray:
    """How far a series both rises and falls again: the smaller of its largest rise and fall.

    That is twice the amplitude of an oscillation of a cycle or more, and nothing for a series that
    only rises or only falls, however slowly.

    Parameters
    ----------
    series
        Values in time, along the last axis.
    """
    rise = (series - np.minimum.accumulate(series, axis=-1)).max(axis=-1)
    fall = (np.maximum.accumulate(series, axis=-1) - series).max(axis=-1)
    return np.asarray(np.minimum(rise, fall))


def swings(series: FloatArray, sample: float, starts: FloatArray | None = None) -> Swings:
    """The cycles of a series.

    A series that does not oscillate has cycles too, those of its noise; whether they count is
    told by the distance from the lowest to the highest value.

    Parameters
    ----------
    series
        Values in time, smoothed enough for its noise not to cross both levels within a cycle.
    sample
        Sampling interval in ms.
    starts
        Where cycles begin, as another series of the same run gave it; by default they are found
        in this one.
    """
    if starts is None:
        starts = _starts(series)
    if len(starts) < 3:
        return Swings(nan, nan, float(series.max()), float(series.min()), starts)
    periods = np.diff(starts)
    parts = [series[a:b] for a, b in zip(*_whole(starts), strict=True)]
    return Swings(
        frequency=1000.0 / (sample * float(periods.mean())),
        irregularity=float(periods.std() / periods.mean()),
        highest=float(np.mean([part.max() for part in parts])),
        lowest=float(np.mean([part.min() for part in parts])),
        starts=starts,
    )


def _whole(starts: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First sample of each cycle, and the first one behind it."""
    edges = np.ceil(starts).astype(np.int64)
    return edges[:-1], edges[1:]


def _starts(series: FloatArray) -> FloatArray:
    """Where the series rises through the higher level, by linear interpolation."""
    bottom, top = float(series.min()), float(series.max())
    low, high = (bottom + part * (top - bottom) for part in (LOW, HIGH))
    found, armed = [], False
    beyond = np.where(series >= high, 1, np.where(series <= low, -1, 0))
    for place in np.flatnonzero(beyond):
        if beyond[place] < 0:
            armed = True
        elif armed:
            armed = False
            before, after = series[place - 1], series[place]
            found.append(place - 1 + (high - before) / (after - before))
    return np.array(found)
