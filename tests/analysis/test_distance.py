"""Distances between mean fields and networks against noise that is known."""

import numpy as np
import pytest

from ikmeanfield.analysis.distance import Spread, beyond_noise, rmse


def spread_of(replicates):
    spread = Spread()
    for series in replicates:
        spread.add(series)
    return spread.level()


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
    np.testing.assert_allclose(spread_of(replicates), by_hand, rtol=1e-12)


def test_the_noise_level_of_networks_around_a_common_course():
    # Oracle: independent noise of deviation 0.3 and a quenched offset of deviation 0.4 per
    # replicate, about any course in time: √(0.3² + 0.4²) = 0.5.
    rng = np.random.default_rng(1)
    course = 1e3 * np.sin(np.linspace(0, 7, 400))
    replicates = [course + rng.normal(0, 0.3, 400) + rng.normal(0, 0.4) for _ in range(2000)]
    assert spread_of(replicates) == pytest.approx(0.5, rel=0.03)


def test_the_truth_itself_is_as_far_as_the_noise_and_a_shift_is_found_beyond_it():
    # Oracle: distances add in squares; the shift is 0.25.
    rng = np.random.default_rng(2)
    replicates = rng.normal(0, 1, (200, 300))
    noise = float(spread_of(replicates))
    truth = rmse(np.zeros(300), replicates)
    assert np.sqrt(np.mean(truth**2)) == pytest.approx(noise, rel=0.01)
    assert beyond_noise(truth, noise) < 0.1
    assert beyond_noise(rmse(np.full(300, 0.25), replicates), noise) == pytest.approx(
        0.25, rel=0.05
    )


def test_alike_replicates_have_no_noise_and_one_alone_has_none_to_tell():
    series = np.random.default_rng(3).random((2, 30))
    np.testing.assert_array_equal(spread_of([series, series]), [0.0, 0.0])
    assert np.isnan(spread_of([series])).tolist() == [True, True]
    assert np.isnan(beyond_noise(np.array([1.0]), float("nan")))
