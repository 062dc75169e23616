"""Standard errors and spectra against closed forms."""

import numpy as np
import pytest

from ikmeanfield.analysis.block_averages import block_length, moments
from ikmeanfield.analysis.spectra import power_spectrum


def autoregressive(a, size, rng):
    """x_t = a x_{t-1} + noise of variance one, stationary from the start."""
    from scipy.signal import lfilter

    noise = rng.standard_normal(size)
    noise[0] /= np.sqrt(1 - a**2)
    return lfilter([1.0], [1.0, -a], noise)


@pytest.mark.parametrize("a", [0.0, 0.9, 0.99])
def test_the_error_of_the_mean_of_correlated_noise(a):
    # Oracle: var(mean) → 1 / (n (1 − a)²) for AR(1) noise of unit innovation.
    rng, size = np.random.default_rng(1), 50_000
    errors = [moments(autoregressive(a, size, rng)).mean_error for _ in range(40)]
    exact = 1 / (np.sqrt(size) * (1 - a))
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(exact, rel=0.1)


def test_a_slow_part_under_strong_noise_counts():
    # Oracle: the errors of independent parts add in squares. The slow part has a tenth of the
    # noise's variance, but outweighs it in the mean.
    rng, size, a = np.random.default_rng(2), 50_000, 0.99
    slow = [np.sqrt(1 - a**2) * autoregressive(a, size, rng) for _ in range(40)]
    errors = [moments(x + np.sqrt(10) * rng.standard_normal(size)).mean_error for x in slow]
    exact = np.sqrt((10 + (1 + a) / (1 - a)) / size)
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(exact, rel=0.12)


def test_the_error_of_the_variance_of_white_noise():
    # Oracle: var(s²) = 2 σ⁴ / n for Gaussian noise.
    rng, size = np.random.default_rng(3), 20_000
    results = [moments(2.0 * rng.standard_normal(size)) for _ in range(40)]
    found = np.sqrt(np.mean([result.variance_error**2 for result in results]))
    assert found == pytest.approx(4 * np.sqrt(2 / size), rel=0.1)
    assert np.mean([result.variance for result in results]) == pytest.approx(4.0, rel=0.01)


def test_blocks_exceed_the_correlation_time():
    rng = np.random.default_rng(4)
    for a in (0.9, 0.99):
        assert block_length(autoregressive(a, 50_000, rng)) > 2 / (1 - a)


def test_a_constant_series_has_no_error():
    result = moments(np.full(1000, 3.0))
    assert (result.mean, result.mean_error, result.variance) == (3.0, 0.0, 0.0)


def test_parseval_and_the_place_of_a_peak():
    # Oracle: the integral of the density is the variance, A²/2 for a sine (exact on a bin).
    sample = 0.1
    time = np.arange(50_000) * sample / 1000
    target = 20 * 1e4 / 4096
    rate = 5.0 + 3.0 * np.sin(2 * np.pi * target * time)
    frequency, density = power_spectrum(rate, sample)
    assert frequency[np.argmax(density)] == pytest.approx(target)
    assert density.sum() * frequency[1] == pytest.approx(4.5, rel=1e-3)
