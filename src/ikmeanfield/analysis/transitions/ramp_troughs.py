"""The paper's detector: troughs of the mean recovery variable along a ramp of the current.

A point found on a moving ramp is late, because the network needs time to leave a state that has
just been lost. `constant_current` locates the points at constant current.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.points import Direction, Kind, Point, Side

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class TroughSettings:
    """Which troughs of the recovery variable count; the defaults are those for Fig. 1.

    Attributes
    ----------
    fold_width, fold_prominence
        Smallest width (ms, at half prominence) and prominence (pA) of a trough at a fold.
    cycle_width, cycle_prominence
        The same for one cycle of an oscillation.
    cycles_at_peaks
        Whether to detect cycles by the peaks of u instead of its troughs.
    extra_cycles
        A group of cycles counts only if it has more cycles than this.
    least_duration
        Shortest time in ms from the first to the last cycle of a group.
    longest_gap
        Cycles further apart than this (ms) belong to different groups.
    smoothing
        Standard deviation in ms of a Gaussian filter that is applied first; 0 for none.
    """

    fold_width: float = 400.0
    fold_prominence: float = 2.0
    cycle_width: float = 50.0
    cycle_prominence: float = 1.0
    cycles_at_peaks: bool = False
    extra_cycles: int = 2
    least_duration: float = 0.0
    longest_gap: float = inf
    smoothing: float = 0.0


ADAPTATION = TroughSettings()
"""Settings of Fig. 1."""

CIRCUIT = TroughSettings(
    fold_width=100.0, fold_prominence=0.02, cycle_width=10.0, cycle_prominence=0.006,
    cycles_at_peaks=True, extra_cycles=0, least_duration=500.0, longest_gap=500.0, smoothing=5.0,
)  # fmt: skip
"""Settings of Fig. 3, for the shared recovery variable of the fast-spiking neurons."""


def ramp_points(
    time: FloatArray,
    recovery: FloatArray,
    current: FloatArray,
    settings: TroughSettings = ADAPTATION,
) -> list[Point]:
    """Find folds and boundaries of oscillations on a ramp up and down.

    Parameters
    ----------
    time
        Evenly spaced times in ms.
    recovery
        Mean recovery variable in pA.
    current
        Input current in pA, which rises to its maximum and then falls.
    settings
        Which troughs count.

    Returns
    -------
    list of Point
        The first and the last trough that is as wide as a fold's, and the first and the last
        cycle of every group of cycles; groups end where the ramp turns. Empty if there is none.
    """
    interval = float(time[1] - time[0])
    u = np.asarray(recovery, dtype=float)
    if settings.smoothing > 0:
        from scipy.ndimage import gaussian_filter1d  # noqa: PLC0415

        u = np.asarray(gaussian_filter1d(u, settings.smoothing / interval))
    folds = _find(-u, settings.fold_width / interval, settings.fold_prominence)
    cycles = _find(
        u if settings.cycles_at_peaks else -u,
        settings.cycle_width / interval,
        settings.cycle_prominence,
    )
    extra = cycles if settings.cycles_at_peaks else np.setdiff1d(cycles, folds)
    turn = int(np.argmax(current))

    def point(kind: Kind, sample: int, *, first: bool) -> Point:
        direction: Direction = "up" if sample <= turn else "down"
        side: Side = "lower" if first == (direction == "up") else "upper"
        return Point(kind, direction, float(current[sample]), "ramp", side=side)

    boundaries = [
        point("hopf", int(group[end]), first=end == 0)
        for group in _groups(extra, turn, settings.longest_gap / interval)
        if group.size > settings.extra_cycles
        and (group[-1] - group[0]) * interval >= settings.least_duration
        for end in (0, -1)
    ]
    ends = sorted({int(folds[0]), int(folds[-1])}) if folds.size else []
    return [point("fold", k, first=False) for k in ends] + boundaries


def _find(signal: FloatArray, width: float, prominence: float) -> NDArray[np.int64]:
    from scipy.signal import find_peaks  # noqa: PLC0415

    return np.asarray(find_peaks(signal, width=width, prominence=prominence)[0], dtype=np.int64)


def _groups(samples: NDArray[np.int64], turn: int, gap: float) -> list[NDArray[np.int64]]:
    """Split samples where the ramp turns and where neighbours are more than `gap` apart."""
    cuts = [
        j + 1
        for j, (a, b) in enumerate(itertools.pairwise(samples))
        if b - a > gap or a <= turn < b
    ]
    return [group for group in np.split(samples, cuts) if group.size]
