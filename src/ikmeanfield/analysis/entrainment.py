"""How a rhythm follows a drive: coherence with it, and cycles per cycle of it.

Coherence and band are those of PNAS 121, e2311885121 (2024).
"""

from __future__ import annotations

from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.analysis.cycles_in_time import swings

FloatArray = NDArray[np.float64]

BAND = (0.5, 1.5)
"""Band that is kept, in units of the drive's frequency."""
ORDER = 2
"""Order of the Butterworth filter, which is run forward and backward."""
EDGE = 0.05
"""Share of a series at either end where its analytic signal is left out."""


class Entrainment(NamedTuple):
    """How a series follows a drive."""

    coherence: float
    """0 (unrelated) to 1 (proportional, at a constant lag)."""
    winding: float
    """Cycles of the series per cycle of the drive; NaN for a series that is constant."""
    irregularity: float
    """Standard deviation of the periods over their mean; NaN with fewer than three cycles."""


def entrainment(
    response: FloatArray, rhythm: FloatArray, drive: FloatArray, frequency: float, sample: float
) -> Entrainment:
    """All measures of one run.

    Parameters
    ----------
    response
        The series whose coherence with the drive is measured, such as a rate.
    rhythm
        The series whose cycles are counted: a smooth one, such as a mean recovery variable.
    drive
        The drive at the same times.
    frequency
        Of the drive, in Hz.
    sample
        Sampling interval in ms.
    """
    return Entrainment(
        coherence(response, drive, frequency, sample),
        cycle_rate(rhythm, sample) / frequency,
        swings(rhythm, sample).irregularity,
    )


def coherence(x: FloatArray, y: FloatArray, frequency: float, sample: float) -> float:
    """|Σ a_x a_y exp(iΔφ)| / √(Σ a_x² Σ a_y²) of analytic signals in a band about a frequency.

    Parameters
    ----------
    x, y
        Two series at the same times.
    frequency
        In Hz.
    sample
        Sampling interval in ms.
    """
    from scipy.signal import butter, hilbert, sosfiltfilt  # noqa: PLC0415

    band = [edge * frequency for edge in BAND]
    filtered = butter(ORDER, band, btype="bandpass", fs=1000.0 / sample, output="sos")
    a, b = (hilbert(sosfiltfilt(filtered, series - np.mean(series))) for series in (x, y))
    power = float(np.sum(np.abs(a) ** 2) * np.sum(np.abs(b) ** 2))
    return float(np.abs(np.sum(a * np.conj(b))) / np.sqrt(power)) if power > 0 else nan


def cycle_rate(series: FloatArray, sample: float) -> float:
    """Cycles per second: the slope of the phase of the analytic signal, by least squares.

    Unlike a count of passages through a level it also sees cycles of different height.
    """
    from scipy.signal import hilbert  # noqa: PLC0415

    centred = series - np.mean(series)
    if not np.ptp(centred) > 0:
        return nan
    phase = np.unwrap(np.angle(hilbert(centred)))
    cut = max(1, round(EDGE * len(phase)))
    time = np.arange(len(phase))[cut:-cut] * sample * 1e-3
    return float(np.polyfit(time, phase[cut:-cut], 1)[0]) / (2 * np.pi)


def locked(
    winding: ArrayLike, irregularity: ArrayLike, within: float, even: float
) -> NDArray[np.bool_]:
    """Whether a rhythm is locked one to one: as many cycles as the drive, all equally long.

    Parameters
    ----------
    winding, irregularity
        As `Entrainment` gives them; False where one is NaN.
    within
        Largest distance of the winding number to 1.
    even
        Largest irregularity. A rhythm whose phase only swings about that of the drive has the same
        mean frequency, but periods that differ.
    """
    close = np.abs(np.asarray(winding, float) - 1.0) <= within
    return np.asarray(close & (np.asarray(irregularity, float) <= even))


def locked_range(frequency: ArrayLike, is_locked: ArrayLike) -> tuple[float, float, float]:
    """The longest run of locked frequencies: its first, its last, and its width.

    A frequency stands for the interval half way to its neighbours, so the width is the number of
    locked points times the spacing. NaN, NaN and 0 if no frequency is locked.

    Parameters
    ----------
    frequency
        Evenly spaced, ascending.
    is_locked
        For each of them.
    """
    f, yes = np.asarray(frequency, float), np.asarray(is_locked, bool)
    spacing = float(f[1] - f[0]) if f.size > 1 else 0.0
    best, length = 0, 0
    begin = 0
    for place in range(len(yes) + 1):
        if place < len(yes) and yes[place]:
            continue
        if place - begin > length:
            best, length = begin, place - begin
        begin = place + 1
    if not length:
        return nan, nan, 0.0
    return float(f[best]), float(f[best + length - 1]), length * spacing
