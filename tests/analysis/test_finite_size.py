"""What is due to the number of neurons, and what remains: made-up draws of known truth."""

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.errors_against_size import errors_of_folds, errors_of_rates
from ikmeanfield.analysis.finite_size import size_scaling

SIZES = np.repeat([250, 1000, 4000, 16000], 400)


def test_limit_bias_scatter_and_exponent_are_recovered():
    """Oracle: normal draws around 2 + 300/N with the standard deviation 15/√N."""
    rng = np.random.default_rng(3)
    values = 2 + 300 / SIZES + 15 / np.sqrt(SIZES) * rng.standard_normal(SIZES.size)
    found = size_scaling(values, SIZES)
    assert found.limit == pytest.approx(2, abs=4 * found.limit_error)
    assert found.limit_error < 0.02
    assert found.bias == pytest.approx(300, rel=0.15)
    assert found.scatter == pytest.approx(15, rel=0.05)
    assert found.exponent == pytest.approx(-0.5, abs=4 * found.exponent_error)
    assert found.deviation(1e4) == pytest.approx(0.15, rel=0.05)
    assert found.mean(300.0) == pytest.approx(3, rel=0.05)


def test_the_standard_error_of_the_limit_covers_it():
    """Oracle: in 200 repetitions the limit is about as far from the truth as its error says."""
    rng = np.random.default_rng(5)
    sizes = np.repeat([2500, 5000, 10000, 20000, 40000], 6)
    scaled = []
    for _ in range(200):
        found = size_scaling(rng.standard_normal(sizes.size) / np.sqrt(sizes), sizes)
        scaled.append(found.limit / found.limit_error)
    assert np.std(scaled) == pytest.approx(1, abs=0.2)


def test_another_exponent_is_told_from_that_of_independent_neurons():
    """Oracle: draws whose standard deviation does not depend on N."""
    rng = np.random.default_rng(4)
    found = size_scaling(rng.standard_normal(SIZES.size), SIZES)
    assert abs(found.exponent) < 4 * found.exponent_error < 0.2


def test_too_few_draws_say_nothing():
    """Oracle: one draw per size, several draws of one size, and draws without a value."""
    assert size_scaling([1.0, 2.0], [100, 200]) is None
    assert size_scaling([1.0, 2.0], [100, 100]) is None
    assert size_scaling([1.0, np.nan, 2.0, np.nan], [100, 100, 200, 200]) is None


def test_errors_of_draws_are_theory_less_network():
    """Oracle: folds 1.5 pA above and rates 2 Hz below those of the theory."""
    dims = ("transition",)
    transitions = xr.Dataset(
        {
            "rs_size": ("run", [100, 200]),
            "transition_run_number": (dims, [0, 0, 1, 1]),
            "held_difference": (dims, [1.5, 9.0, 1.5, 9.0]),
        },
        {
            "kind_of": (dims, ["fold"] * 4),
            "side_of": (dims, ["upper", "lower"] * 2),
            "theory_of": (dims, ["field"] * 4),
        },
    )
    (fold,) = errors_of_folds(transitions)
    assert (fold.theory, fold.unit) == ("field", "pA")
    np.testing.assert_array_equal(fold.error, [-1.5, -1.5])
    np.testing.assert_array_equal(fold.size, [100, 200])
    predictions = xr.Dataset(
        {
            "difference_mean": (("run", "theory", "population"), np.full((2, 1, 1), 2.0)),
            "rs_size": ("run", [100, 200]),
        },
        {"theory": ["field"]},
    )
    (rate,) = errors_of_rates(predictions, "rate")
    np.testing.assert_array_equal(rate.error, [2.0, 2.0])
