"""Statistics of codes, on made-up populations whose truth is known."""

import numpy as np
import pytest

from ikmeanfield.analysis.codes import decoding_accuracy, participation_ratio, trial_correlation


@pytest.mark.parametrize("shape", [0.5, 4.0])
def test_correlation_of_poisson_counts(shape):
    """Oracle: V/(V + λ) for Poisson counts whose rates have mean λ and variance V.

    Rates of the neurons are gamma distributed, and drawn anew for every input.
    """
    rng = np.random.default_rng(1)
    mean = 3.0
    rates = rng.gamma(shape, mean / shape, (6, 1, 4000))
    counts = rng.poisson(np.broadcast_to(rates, (6, 15, 4000)))
    expected = (mean**2 / shape) / (mean**2 / shape + mean)
    assert trial_correlation(counts) == pytest.approx(expected, abs=0.02)


def test_correlation_of_equal_neurons_and_of_equal_trials():
    """Oracle: 0 for Poisson neurons of one rate, 1 for trials without scatter, NaN for silence."""
    rng = np.random.default_rng(2)
    assert abs(trial_correlation(rng.poisson(4.0, (4, 20, 2000)))) < 0.01
    counts = np.repeat(rng.poisson(4.0, (4, 1, 50)), 3, axis=1)
    assert trial_correlation(counts) == pytest.approx(1.0)
    counts[0, 0] = 7  # a presentation in which all neurons fire equally often
    assert trial_correlation(counts) == pytest.approx(1.0)
    assert np.isnan(trial_correlation(np.zeros((2, 3, 5))))


def test_accuracy_is_chance_without_information_and_one_with_much():
    """Oracle: chance is 1/8, within four standard errors; counts far apart are never confused."""
    rng = np.random.default_rng(3)
    counts = rng.poisson(5.0, (8, 25, 40))
    chance = decoding_accuracy(counts, folds=5, ridge=1.0)
    assert abs(chance - 1 / 8) < 4 * np.sqrt(1 / 8 * 7 / 8 / 200)
    counts = counts + 30 * rng.integers(0, 2, (8, 1, 40))
    assert decoding_accuracy(counts, folds=5, ridge=1.0) == 1.0


def test_accuracy_of_two_clouds():
    """Oracle: the normal distribution function of half the distance, for two Gaussian clouds.

    They lie ±1 from the middle along one of two directions, with variance 1: Φ(1) = 0.841.
    """
    rng = np.random.default_rng(4)
    counts = rng.standard_normal((2, 1000, 2))
    counts[:, :, 0] += np.array([[-1.0], [1.0]])
    assert decoding_accuracy(counts, folds=4, ridge=1.0) == pytest.approx(0.8413, abs=0.03)


@pytest.mark.parametrize("points", [4000, 12])
def test_dimension_of_a_gaussian_cloud(points):
    """Oracle: (Σλ)²/Σλ² of the variances λ; with few points, of their own covariance by numpy."""
    rng = np.random.default_rng(5)
    variance = np.array([9.0, 9.0, 4.0, 1.0] + [0.1] * 20)
    turn = np.linalg.qr(rng.standard_normal((24, 24)))[0]
    samples = (np.sqrt(variance) * rng.standard_normal((points, 24))) @ turn.T + 3.0
    if points > 100:
        expected, tolerance = variance.sum() ** 2 / (variance**2).sum(), 0.03
    else:
        C = np.cov(samples.T)
        expected, tolerance = np.trace(C) ** 2 / np.linalg.norm(C) ** 2, 1e-10
    assert participation_ratio(samples) == pytest.approx(expected, rel=tolerance)
    assert np.isnan(participation_ratio(np.ones((5, 3))))
