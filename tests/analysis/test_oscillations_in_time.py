"""Statistics of oscillations and spike trains on synthetic data whose truth is known."""

import numpy as np
import pytest

from ikmeanfield.analysis.cycles_in_time import rise_and_fall, smoothed, swings
from ikmeanfield.analysis.spike_trains import INTERVAL_EDGES, interval_shares, intervals, synchrony


@pytest.mark.parametrize("frequency", [1.7, 7.3, 43.0])
def test_a_sinusoid_has_its_own_frequency_and_extrema(frequency):
    """Oracle: the sinusoid."""
    time = np.arange(0.0, 5000.0, 0.5)
    found = swings(20 + 15 * np.sin(2 * np.pi * frequency * time / 1000), 0.5)
    assert found.frequency == pytest.approx(frequency, rel=1e-4)
    assert found.highest == pytest.approx(35.0, abs=0.02)
    assert found.lowest == pytest.approx(5.0, abs=0.02)
    assert found.irregularity < 1e-3


def test_what_only_rises_or_only_falls_does_not_swing():
    """Oracles: twice the amplitude of a sinusoid, also on a slope; nothing for a slow passage."""
    time = np.arange(0.0, 1000.0, 0.5)
    wave, passage = 15 * np.sin(2 * np.pi * time / 100), 40 / (1 + np.exp((500 - time) / 50))
    found = rise_and_fall(np.stack([wave, passage, -passage, wave + 0.01 * time, passage + 2.0]))
    np.testing.assert_allclose(found[[0, 1, 2, 4]], [30.0, 0.0, 0.0, 0.0], atol=0.01)
    # on the slope, a fall lasts half a period, in which the slope takes 0.5 of it
    assert found[3] == pytest.approx(29.5, abs=0.05)


def test_noise_on_bursts_is_not_counted_as_cycles():
    """Oracle: forty bursts were made, of random lengths between 180 and 220 ms."""
    rng = np.random.default_rng(3)
    periods = rng.uniform(180, 220, 41)
    rate = np.concatenate([np.r_[np.full(40, 80.0), np.full(round(p) - 40, 2.0)] for p in periods])
    noisy = rate + rng.normal(0, 12, rate.size)
    found = swings(smoothed(noisy, 1.0, 5.0), 1.0)
    assert len(found.starts) == 40
    inner = np.round(periods[1:-1])
    assert found.frequency == pytest.approx(1000 / inner.mean(), rel=2e-3)
    assert found.irregularity == pytest.approx(inner.std() / inner.mean(), abs=0.01)
    assert found.highest == pytest.approx(80, abs=10)


def test_a_series_at_rest_has_no_frequency():
    found = swings(np.full(1000, 3.0), 1.0)
    assert np.isnan(found.frequency)
    assert found.highest == found.lowest == 3.0


def poisson(rng, rate, duration, count):
    return [np.sort(rng.uniform(0, duration, rng.poisson(rate * duration))) for _ in range(count)]


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_synchrony_of_thinned_poisson_trains(share):
    """Oracle: copies of one train of which each spike is kept with a probability correlate by it.

    With a mean correlation ρ of pairs, G² = 1/N + (1 − 1/N) ρ.
    """
    rng, size, duration = np.random.default_rng(7), 200, 40_000.0
    if share:
        common = np.sort(rng.uniform(0, duration, rng.poisson(0.02 / share * duration)))
        trains = [common[rng.random(common.size) < share] for _ in range(size)]
    else:
        trains = poisson(rng, 0.02, duration, size)
    expected = (np.sqrt(1 / size + (1 - 1 / size) * share) - size**-0.5) / (1 - size**-0.5)
    assert synchrony(trains, duration) == pytest.approx(expected, abs=0.012)


def test_intervals_of_poisson_and_clock_like_trains():
    """Oracle: a Poisson process has CV = CV2 = 1, a clock has 0; gamma of order 4 has CV 1/2."""
    rng = np.random.default_rng(1)
    found = intervals(poisson(rng, 0.02, 100_000.0, 40))
    assert found.cv == pytest.approx(1.0, abs=0.02)
    assert found.cv2 == pytest.approx(1.0, abs=0.02)
    assert found.mean == pytest.approx(50.0, rel=0.02)
    clock = intervals([np.arange(0.0, 1000.0, 20.0)])
    assert (clock.mean, clock.cv, clock.cv2) == pytest.approx((20.0, 0.0, 0.0), abs=1e-12)
    gamma = intervals([np.cumsum(rng.gamma(4.0, 10.0, 4000)) for _ in range(10)])
    assert gamma.cv == pytest.approx(0.5, abs=0.01)
    assert intervals([np.arange(3.0)]).neurons == 0


def test_the_distribution_of_intervals():
    """Oracle: exponential intervals of a Poisson process, and a clock's single interval."""
    rng = np.random.default_rng(7)
    found = interval_shares(poisson(rng, 0.02, 100_000.0, 40))
    expected = -np.diff(np.exp(-0.02 * INTERVAL_EDGES))
    expected[0] += 1 - np.exp(-0.02 * INTERVAL_EDGES[0])
    assert found.sum() == pytest.approx(1.0)
    error = np.sqrt(expected / 80_000)  # of about 80,000 independent intervals
    assert (np.abs(found - expected) < 5 * error + 1e-12).all()
    clock = interval_shares([np.arange(0.0, 1000.0, 20.0), np.array([0.0, 2e4])])
    assert clock[(INTERVAL_EDGES[:-1] <= 20.0) & (INTERVAL_EDGES[1:] > 20.0)] == 49 / 50
    assert clock[-1] == 1 / 50
    assert np.isnan(interval_shares([np.arange(1.0), np.empty(0)])).all()
