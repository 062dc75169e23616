"""Problems, states and starts that are none are refused in words."""

from functools import cache

import pytest

import ikmeanfield as ik
from ikmeanfield import continuation as co

BOTH = ("rs.input_current", "rs.adaptation")


@cache
def problem():
    return ik.MeanField(ik.regular_spiking()).problem()


MISTAKES = [
    (
        lambda: co.find_equilibrium(ik.regular_spiking(), [0.0]),
        TypeError, "problem = .*must be a Problem",
    ),
    (lambda: co.find_equilibrium(problem(), None), ValueError, "state = None.*rs.firing_rate"),
    (
        lambda: co.continue_equilibria(problem(), [1.0], BOTH[0]),
        ValueError, r"state = \[1.0\].*rs.recovery",
    ),
    (lambda: co.continue_folds(problem(), None, BOTH), ValueError, "state = None"),
    (lambda: co.continue_cycles(problem(), None, BOTH[0]), TypeError, "start = None.*Trajectory"),
    (lambda: co.Problem(None, ("x",), {}), TypeError, "field = None: must be a function"),
    (lambda: co.Problem(len, "x", {}), ValueError, "variables = 'x'"),
    (lambda: co.Problem(len, ("x",), ["p"]), TypeError, r"parameters = \['p'\]"),

]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), MISTAKES)
def test_a_mistake_is_refused_in_words(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert len(str(caught.value)) < 600
