"""What a problem may state to save evaluations: derivatives by parameters, and typical sizes."""

from dataclasses import replace

import numpy as np
import pytest
from systems import cusp, fold

import ikmeanfield.continuation as co
from ikmeanfield.continuation.scales import initial_scale


def counted(problem, **stated):
    """The problem with `stated`, and a list that grows with every evaluation of its field."""
    calls = []

    def field(y, p):
        calls.append(0)
        return problem.field(y, p)

    return replace(problem, field=field, **stated), calls


def test_a_stated_slope_saves_evaluations_and_moves_nothing():
    """Oracle: the fold at the origin in closed form, and the branch from differences."""
    options = co.ContinuationOptions(bounds={"p": (-1.0, 1.0)}, direction="backward")
    branches, counts = [], []
    for slopes in ({}, {"p": lambda y, p: np.ones(1)}):
        problem, calls = counted(fold(), slopes=slopes)
        branches.append(co.continue_equilibria(problem, np.array([1.0]), "p", options))
        counts.append(len(calls))
    differences, stated = branches
    (point,) = stated.points("LP")
    assert point.parameters["p"] == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(stated.states, differences.states, atol=1e-8)
    assert counts[1] < 0.6 * counts[0]


def test_slopes_may_be_stated_for_some_parameters():
    """Oracle: folds of x' = b1 + b2 x - x^3 lie on 27 b1^2 = 4 b2^3."""
    problem = replace(cusp(), slopes={"b2": lambda y, p: y})
    options = co.ContinuationOptions(bounds={"b1": (-1.0, 1.0)}, direction="forward")
    start = co.find_equilibrium(problem, np.array([-1.3]))
    point = co.continue_equilibria(problem, start, "b1", options).points("LP")[0]
    bounds = {"b1": (-2.0, 2.0), "b2": (0.1, 2.0)}
    curve = co.continue_folds(problem, point, ("b1", "b2"), co.ContinuationOptions(bounds=bounds))
    assert len(curve) > 5
    np.testing.assert_allclose(27 * curve["b1"] ** 2, 4 * curve["b2"] ** 3, rtol=1e-7)


def test_a_typical_size_stands_in_for_a_variable_that_is_zero():
    """It is taken where the variable is zero only, and the field is not asked."""
    problem, calls = counted(fold(), sizes={"x": 0.25})
    options = co.ContinuationOptions()
    assert initial_scale(problem, (), np.array([0.0]), options).tolist() == [0.25]
    assert initial_scale(problem, (), np.array([3.0]), options).tolist() == [3.0]
    assert not calls
