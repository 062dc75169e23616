"""Networks of 10,000 neurons against the stationary theory, for random circuits."""

import numpy as np
import pytest

import random_circuits

SEED = 2026
SEEDS_OF_THRESHOLDS = 6


def compared(case):
    """Deviations in standard errors of a network's mean, and its fluctuation in time."""
    rows, spread = random_circuits.compare(case, range(SEEDS_OF_THRESHOLDS))
    deviations = [(mean - expected) / error for expected, mean, error in rows.values()]
    return np.concatenate(deviations), spread


@pytest.mark.slow
@pytest.mark.parametrize("index", [1, 6])
@pytest.mark.long
def test_random_networks_agree_with_the_theory_within_three_standard_errors(index):
    """Oracle: simulated networks with thresholds drawn at random, several draws of each."""
    rng = np.random.default_rng(SEED)
    case = [random_circuits.draw(rng) for _ in range(index + 1)][-1]
    deviations, spread = compared(case)
    assert spread < 0.1  # an asynchronous state
    assert np.abs(deviations).max() < 3.0
