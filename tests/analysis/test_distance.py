"""Distances between mean fields and networks, on series with known noise."""

import numpy as np
import pytest

from ikmeanfield.analysis.distance import FiniteSizeNoise, noise_corrected_rmse, rmse


def noise_level(replicates):
    noise = FiniteSizeNoise()
    for series in replicates:
        noise.add(series)
    return noise.level()


def test_rmse_is_over_time_alone():
    # Oracle: by hand.
    theory, network = np.zeros((2, 4)), np.array([[1.0, -1.0, 1.0, -1.0], [3.0, 4.0, 0.0, 0.0]])
    np.testing.assert_allclose(rmse(theory, network), [1.0, 2.5])


def test_the_noise_level_is_the_difference_of_two_replicates_over_root_two():
    # Oracle: the definition over all pairs.
    replicates = np.random.default_rng(0).random((4, 2, 50))
    pairs = [(a, b) for a in range(4) for b in range(a)]
    squares = [np.square(replicates[a] - replicates[b]).mean(axis=-1) for a, b in pairs]
    by_hand = np.sqrt(np.mean(squares, axis=0) / 2)
    np.testing.assert_allclose(noise_level(replicates), by_hand, rtol=1e-12)


def test_the_noise_level_about_a_common_time_course():
    # Oracle: independent noise of deviation 0.3 and a quenched offset of deviation 0.4 per
    # replicate, about any course in time: √(0.3² + 0.4²) = 0.5.
    rng = np.random.default_rng(1)
    course = 1e3 * np.sin(np.linspace(0, 7, 400))
    replicates = [course + rng.normal(0, 0.3, 400) + rng.normal(0, 0.4) for _ in range(2000)]
    assert noise_level(replicates) == pytest.approx(0.5, rel=0.03)


def test_the_corrected_distance_is_zero_for_the_true_mean_and_recovers_a_shift():
    # Oracle: distances add in squares; the shift is 0.25.
    rng = np.random.default_rng(2)
    replicates = rng.normal(0, 1, (200, 300))
    noise = float(noise_level(replicates))
    truth = rmse(np.zeros(300), replicates)
    assert np.sqrt(np.mean(truth**2)) == pytest.approx(noise, rel=0.01)
    assert noise_corrected_rmse(truth, noise) < 0.1
    assert noise_corrected_rmse(rmse(np.full(300, 0.25), replicates), noise) == pytest.approx(
        0.25, rel=0.05
    )


def test_identical_replicates_have_no_noise_and_a_single_one_gives_nan():
    series = np.random.default_rng(3).random((2, 30))
    np.testing.assert_array_equal(noise_level([series, series]), [0.0, 0.0])
    assert np.isnan(noise_level([series])).tolist() == [True, True]
    assert np.isnan(noise_corrected_rmse(np.array([1.0]), float("nan")))
