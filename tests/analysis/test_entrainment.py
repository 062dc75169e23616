"""Entrainment of an oscillator whose tongue is known in closed form.

θ' = ω + a sin(Ωt − θ) is locked to the drive just where |ω − Ω| ≤ a; beyond, it gains on average
√((ω − Ω)² − a²) on the drive, with the sign of ω − Ω (Adler's equation).
"""

import numpy as np
import pytest

from ikmeanfield.analysis.entrainment import (
    coherence,
    cycle_rate,
    entrainment,
    locked,
    locked_range,
)

SAMPLE = 4.0  # ms
OMEGA = 2 * np.pi * 3.0  # 1/s


def adler(drive_frequency, strength, duration=60.0, skip=20.0):
    """Phases of the oscillator and of its drive, by small Runge-Kutta steps."""
    big = 2 * np.pi * drive_frequency
    step, theta, course = SAMPLE * 1e-3 / 2, 0.3, []

    def rate(t, x):
        return OMEGA + strength * np.sin(big * t - x)

    for n in range(round(duration / step)):
        t = n * step
        half = theta + 0.5 * step * rate(t, theta)
        theta += step * rate(t + step / 2, half)
        course.append(theta)
    time = step * (1 + np.arange(len(course)))
    kept = slice(round(skip / step) + 1, None, 2)
    return np.array(course)[kept], (big * time)[kept]


@pytest.mark.parametrize(
    ("drive", "strength", "is_locked"),
    [(3.0, 2.0, True), (3.25, 2.0, True), (2.72, 2.0, True), (3.4, 2.0, False), (2.6, 2.0, False)],
)
def test_an_oscillator_is_locked_inside_its_tongue(drive, strength, is_locked):
    """Oracle: the tongue |ω − Ω| ≤ a, and the winding number beyond it."""
    detuning = OMEGA - 2 * np.pi * drive
    assert (abs(detuning) <= strength) == is_locked
    theta, phase = adler(drive, strength)
    found = entrainment(np.cos(theta), np.cos(theta), np.sin(phase), drive, SAMPLE)
    gain = np.sign(detuning) * np.sqrt(max(detuning**2 - strength**2, 0.0))
    assert found.winding == pytest.approx(1 + gain / (2 * np.pi * drive), abs=0.01)
    assert locked(found.winding, found.irregularity, 0.01, 0.01) == is_locked
    assert (found.coherence > 0.99) == is_locked


def test_coherence_of_known_series():
    """Oracle: 1 for the same frequency at any lag, |mean of exp(iφ)| for a phase that jumps."""
    time = SAMPLE * 1e-3 * np.arange(15000)
    x = np.sin(2 * np.pi * 4.0 * time)
    assert coherence(5 + 3 * np.sin(2 * np.pi * 4.0 * time + 1.0), x, 4.0, SAMPLE) > 0.999
    flipped = np.where(time < time[-1] / 4, -x, x)  # a quarter of the time in antiphase
    assert coherence(flipped, x, 4.0, SAMPLE) == pytest.approx(0.5, abs=0.02)
    noise = np.random.default_rng(1).standard_normal(15000)
    assert coherence(noise, x, 4.0, SAMPLE) < 0.15
    assert np.isnan(coherence(np.ones(100), np.ones(100), 4.0, SAMPLE))


def test_cycles_of_different_height_all_count():
    """Oracle: two peaks per period of 0.5 s, one of them small, are 4 cycles per second."""
    time = SAMPLE * 1e-3 * np.arange(10000)
    series = np.cos(2 * np.pi * 4 * time) * (1 + 0.4 * np.cos(2 * np.pi * 2 * time))
    assert cycle_rate(series, SAMPLE) == pytest.approx(4.0, rel=1e-3)
    assert np.isnan(cycle_rate(np.ones(100), SAMPLE))


def test_the_locked_range_is_the_longest():
    """Oracle: counted by eye."""
    f = np.arange(2.0, 4.1, 0.25)
    yes = [True, False, True, True, True, False, True, True, False]
    assert locked_range(f, yes) == (2.5, 3.0, 0.75)
    low, high, width = locked_range(f, np.zeros(9, bool))
    assert np.isnan([low, high]).all()
    assert width == 0.0
    assert locked_range(f, np.ones(9, bool)) == (2.0, 4.0, 2.25)
    assert locked([1.0, 1.02, np.nan, 1.0], [0.0, 0.0, 0.0, np.nan], 0.01, 0.01).tolist() == [
        True, False, False, False
    ]  # fmt: skip
