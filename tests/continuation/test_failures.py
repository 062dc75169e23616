"""What goes wrong is said in words, and is a value."""

import numpy as np
import pytest
import systems

from ikmeanfield.continuation import (
    ContinuationOptions,
    Problem,
    SpecialPoint,
    continue_equilibria,
    continue_folds,
    continue_hopf,
    find_equilibrium,
)


def assert_no_start(branch, reason, *words):
    assert len(branch) == 0
    assert branch.special == ()
    for end in branch.ends:
        assert end.reason == reason
        for word in words:
            assert word in end.message


def test_no_equilibrium_near_the_start():
    # x' = p - x^2 has none for p < 0.
    problem = systems.fold().at({"p": -1.0})
    assert_no_start(
        continue_equilibria(problem, [0.3], "p"), "no_start", "no equilibrium", "residual"
    )
    with pytest.raises(ArithmeticError, match="no equilibrium found"):
        find_equilibrium(problem, [0.3])


def test_field_that_is_not_finite():
    problem = Problem(lambda y, p: np.array([np.nan * y[0]]), ("x",), {"p": 0.0})
    assert_no_start(continue_equilibria(problem, [1.0], "p"), "no_start", "not finite")


def test_rough_start_is_corrected():
    branch = continue_equilibria(systems.fold(), [1.3], "p", ContinuationOptions(max_points=3))
    start = np.argmin(np.abs(branch["arclength"]))
    assert branch["x"][start] == pytest.approx(1, abs=1e-10)
    assert branch["p"][start] == 1.0


def test_poor_start_follows_the_flow():
    # Newton's method alone goes from here to an equilibrium with negative rates, or nowhere.
    for width, current in ((0.05, 0.0), (0.3, 50.0), (0.3, 80.0), (1.5, 20.0)):
        problem = systems.circuit(width_fs=width, current_fs=current).problem()
        guess = np.array([0.02, -50.0, 0.0, 2.0, 1.0, 0.005, -50.0, 0.0, 0.5, 0.2])
        y = find_equilibrium(problem, guess)
        assert min(y[0], y[5]) > 0
        p = problem.vector()
        size = np.abs(problem.jacobian(y, p)) @ np.abs(y)
        np.testing.assert_array_less(np.abs(problem.field(y, p)), 1e-9 * size)


def test_start_outside_its_bounds():
    options = ContinuationOptions(bounds={"p": (2.0, 3.0)})
    branch = continue_equilibria(systems.fold(), [1.0], "p", options)
    assert_no_start(branch, "bound", "p = 1", "outside", "(2, 3)")


def test_leaving_the_bounds_at_once():
    options = ContinuationOptions(bounds={"p": (0.5, 1.0)}, direction="forward")
    branch = continue_equilibria(systems.fold(), [1.0], "p", options)
    assert len(branch) == 1
    assert branch.ends[1].reason == "bound"
    assert "leaves its bound 1 at once" in branch.ends[1].message


def test_singular_start():
    # On the branch point of x' = p x - x^3 there is no single direction.
    branch = continue_equilibria(systems.pitchfork().at({"p": 0.0}), [0.0], "p")
    assert_no_start(branch, "singular", "singular", "branch point")


def test_one_sided_bound():
    options = ContinuationOptions(bounds={"p": (-np.inf, 2.0)})
    branch = continue_equilibria(systems.fold(), [1.0], "p", options)
    assert branch["p"][[0, -1]].tolist() == [2.0, 2.0]
    assert len(branch.points("LP")) == 1


def test_step_underflow():
    # The curve x = p ends where the field does, at x = 1.
    def field(y, p):
        return np.array([p[0] - y[0] if y[0] < 1 else np.nan])

    problem = Problem(field, ("x",), {"p": 0.0})
    branch = continue_equilibria(problem, [0.0], "p", ContinuationOptions(direction="forward"))
    assert branch.ends[1].reason == "domain"
    assert "ds_min = 1e-08" in branch.ends[1].message
    assert "not finite" in branch.ends[1].message
    # It got as close as its difference stencil reaches.
    assert branch["x"].max() == pytest.approx(1, abs=1e-3)


def test_too_few_points():
    options = ContinuationOptions(max_points=7, direction="forward")
    branch = continue_equilibria(systems.fold(), [1.0], "p", options)
    assert branch.ends[1].reason == "max_points"
    assert "7" in branch.ends[1].message
    assert len(branch) == 8


def test_unknown_names():
    with pytest.raises(KeyError, match=r"no parameter 'q'.*p"):
        continue_equilibria(systems.fold(), [1.0], "q")
    options = ContinuationOptions(bounds={"q": (0.0, 1.0)})
    with pytest.raises(ValueError, match=r"bounds\['q'\].*x, p"):
        continue_equilibria(systems.fold(), [1.0], "p", options)
    with pytest.raises(ValueError, match="two different parameters"):
        continue_folds(systems.cusp(), [0.0], ("b1", "b1"))


def test_fold_curve_without_a_fold():
    # x' = p - x: nothing is ever singular.
    problem = Problem(lambda y, p: np.array([p[0] + p[1] - y[0]]), ("x",), {"p": 0.0, "q": 0.0})
    branch = continue_folds(problem, [0.0], ("p", "q"))
    assert_no_start(branch, "no_start", "no fold point")


def test_hopf_curve_from_a_neutral_saddle():
    # On b2 = -sqrt(-b1) the pair of the Bogdanov-Takens normal form is real.
    problem = systems.bogdanov_takens().at({"b1": -1.0, "b2": -1.0})
    branch = continue_hopf(problem, [1.0, 0.0], ("b1", "b2"))
    assert_no_start(branch, "no_start", "neutral saddle")


def test_direction_and_detection_are_obeyed():
    options = ContinuationOptions(
        bounds={"b1": (-2.0, 2.0)}, direction="backward", detect=frozenset({"HB"})
    )
    branch = continue_equilibria(systems.cusp().at({"b1": 1.0}), [1.3], "b1", options)
    assert branch.special == ()
    assert branch["b1"][-1] == 1.0
    assert branch.ends[1].reason == "start"
    assert branch["x"].min() < -1


def test_stop_at_a_kind():
    options = ContinuationOptions(bounds={"b1": (-2.0, 2.0)}, stop_at=frozenset({"LP"}))
    branch = continue_equilibria(systems.cusp(), [-1.3], "b1", options)
    assert branch.ends[1].reason == "LP"
    (point,) = branch.points("LP")
    assert point.row == len(branch) - 1


def test_stop_at_start_of_a_curve_is_no_dead_end():
    start = SpecialPoint("CP", {"b1": 0.0, "b2": 0.0}, np.zeros(1))
    options = ContinuationOptions(bounds={"b1": (-1.0, 1.0), "b2": (-1.0, 1.0)})
    curve = continue_folds(systems.cusp(), start, ("b1", "b2"), options)
    assert len(curve) > 20
