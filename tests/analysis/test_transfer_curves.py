"""Curves of rate against current, on made-up curves whose shape is known."""

import numpy as np
import pytest

from ikmeanfield.analysis.transfer_curves import (
    bistable_width,
    dynamic_range,
    nonlinearity,
    rising,
)
from ikmeanfield.continuation import (
    ContinuationOptions,
    Problem,
    continue_equilibria,
    find_equilibrium,
)

CURRENT = np.linspace(0.0, 100.0, 401)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (np.clip(CURRENT - 40.0, 0, None), 0.05),  # 5 % of the rise are at rest
        (np.where(CURRENT > 40.0, 20.0, 0.0), 0.975),
        (np.where(CURRENT > 40.0, 20.0 + (CURRENT - 40.0) / 3, 0.0), 0.5),
    ],
)
def test_how_straight_a_line_a_step_and_a_jump_to_a_line_are(rate, expected):
    """Oracle: 0 for a line, 1 for a step, and the jump over the range of rates for both."""
    assert nonlinearity(CURRENT, rate) == pytest.approx(expected, abs=0.05)


def test_a_root_deviates_by_what_calculus_says():
    """Oracle: √x on [0, 1] has the best line 4/15 + 4x/5 and is 4/15 below it at 0.

    The range begins where the root is 5 %, at x = 1/400.
    """
    x = np.linspace(0, 1, 100_001)
    assert nonlinearity(100 * x, np.sqrt(x), 0.01) == pytest.approx(4 / 15, abs=0.035)


def test_the_dynamic_range():
    """Oracle: the rate passes 5 % of its largest value two pA above its onset."""
    assert dynamic_range(CURRENT, np.clip(CURRENT - 60.0, 0, None)) == (61.75, 100.0)
    assert np.isnan(nonlinearity(CURRENT, np.zeros(401)))


def test_a_folded_branch_is_left_at_its_first_fold():
    """Oracle: p = x³/3 − x + 2 folds at x = ∓1, p = 2 ± 2/3; from x = −1 it jumps to x = 2."""
    problem = Problem(
        field=lambda y, p: np.array([p[0] - (y[0] ** 3 / 3 - y[0] + 2)]),
        variables=["x"], parameters={"p": -2.0},
    )  # fmt: skip
    start = find_equilibrium(problem, np.array([-2.5]))
    options = ContinuationOptions(bounds={"p": (-2.0, 6.0)}, direction="forward")
    branch = continue_equilibria(problem, start, "p", options)
    assert bistable_width(branch) == pytest.approx(4 / 3, abs=1e-6)
    value, state = rising(branch, "x")
    assert (np.diff(value) > 0).all()
    jump = int(np.argmax(np.diff(state)))
    assert value[jump] == pytest.approx(8 / 3, abs=1e-6)
    assert state[jump] == pytest.approx(-1.0, abs=1e-3)
    assert state[jump + 1] == pytest.approx(2.0, abs=0.02)
    np.testing.assert_allclose(state**3 / 3 - state + 2, value, atol=0.05)
