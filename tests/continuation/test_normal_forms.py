"""Normal forms: every number has a closed form, given in the docstrings of `systems`."""

import numpy as np
import pytest
import systems

from ikmeanfield.continuation import (
    ContinuationOptions,
    SpecialPoint,
    continue_equilibria,
    continue_folds,
    continue_hopf,
)


def box(*names, half=2.0):
    return ContinuationOptions(bounds=dict.fromkeys(names, (-half, half)))


def only(points):
    assert len(points) == 1
    assert points[0].status == "converged"
    assert points[0].residual < 1e-10
    return points[0]


def test_fold():
    branch = continue_equilibria(systems.fold(), [1.0], "p", box("p"))
    point = only(branch.special)
    assert point.kind == "LP"
    assert point.parameters["p"] == pytest.approx(0, abs=1e-10)
    assert point.state[0] == pytest.approx(0, abs=1e-8)
    assert point.data["fold_coefficient"] == pytest.approx(-1, rel=1e-9)
    # The whole parabola, both legs to the bound, with its stability: x > 0 is stable.
    np.testing.assert_allclose(branch["p"], branch["x"] ** 2, atol=1e-9)
    assert branch["p"][[0, -1]].tolist() == [2.0, 2.0]
    apart = np.abs(branch["x"]) > 1e-6
    assert (branch.stable == (branch["x"] > 0))[apart].all()
    assert [end.reason for end in branch.ends] == ["bound", "bound"]


def test_bracket_contains_special_point():
    branch = continue_equilibria(systems.fold(), [1.0], "p", box("p"))
    point = only(branch.special)
    low, high = point.bracket
    assert low < high < low + 0.05
    assert low - 1e-9 <= branch["arclength"][point.row] <= high + 1e-9
    np.testing.assert_array_equal(branch.states[point.row], point.state)


def test_pitchfork_is_a_branch_point_on_both_of_its_branches():
    trivial = continue_equilibria(systems.pitchfork(), [0.0], "p", box("p"))
    bent = continue_equilibria(systems.pitchfork().at({"p": 1.0}), [1.0], "p", box("p"))
    for branch in (trivial, bent):
        point = only(branch.special)
        assert point.kind == "BP"
        assert point.parameters["p"] == pytest.approx(0, abs=1e-9)
        assert point.state[0] == pytest.approx(0, abs=1e-7)
    np.testing.assert_allclose(bent["p"], bent["x"] ** 2, atol=1e-9)


def test_broken_pitchfork_has_a_fold_and_no_branch_point():
    problem = systems.imperfect_pitchfork()
    e = problem.parameters["e"]
    connected = continue_equilibria(problem, [0.0], "p", box("p"))
    assert connected.special == ()
    isolated = continue_equilibria(problem.at({"p": 1.0}), [-1.0], "p", box("p"))
    point = only(isolated.special)
    # Double root of e + p x - x^3: x = -(e / 2)^(1/3), p = 3 x^2.
    x = -((e / 2) ** (1 / 3))
    assert point.kind == "LP"
    assert point.state[0] == pytest.approx(x, rel=1e-9)
    assert point.parameters["p"] == pytest.approx(3 * x**2, rel=1e-9)


def test_cusp_from_a_fold_and_from_itself():
    branch = continue_equilibria(systems.cusp(), [-1.5], "b1", box("b1"))
    assert [point.kind for point in branch.special] == ["LP", "LP"]
    start = branch.special[0]
    assert abs(start.parameters["b1"]) == pytest.approx(2 / 27**0.5, rel=1e-10)
    for origin in (start, SpecialPoint("CP", {"b1": 0.0, "b2": 0.0}, np.zeros(1))):
        folds = continue_folds(systems.cusp(), origin, ("b1", "b2"), box("b1", "b2"))
        np.testing.assert_allclose(27 * folds["b1"] ** 2, 4 * folds["b2"] ** 3, atol=1e-8)
        point = only(folds.points("CP"))
        np.testing.assert_allclose([*point.state, *point.parameters.values()], 0, atol=1e-9)
        assert folds["b1"].min() < -1 < 1 < folds["b1"].max()


def test_cusp_coefficient():
    branch = continue_equilibria(systems.cusp(), [-1.5], "b1", box("b1"))
    folds = continue_folds(systems.cusp(), branch.special[0], ("b1", "b2"), box("b1", "b2"))
    assert only(folds.points("CP")).data["cusp_coefficient"] == pytest.approx(-1, rel=1e-8)


@pytest.mark.parametrize("c", [-0.7, 0.4])
def test_hopf_and_its_lyapunov_coefficient(c):
    branch = continue_equilibria(systems.hopf().at({"c": c}), [0.0, 0.0], "p", box("p"))
    point = only(branch.special)
    assert point.kind == "HB"
    assert point.parameters["p"] == pytest.approx(0, abs=1e-10)
    assert point.data["frequency"] == pytest.approx(2, rel=1e-10)
    assert point.data["period"] == pytest.approx(np.pi, rel=1e-10)
    assert point.data["l1"] == pytest.approx(c, rel=1e-8)
    assert point.data["l1_reliable"] == 1
    assert point.criticality == ("super" if c < 0 else "sub")


def test_bautin():
    problem = systems.bautin()
    branch = continue_equilibria(problem, [0.0, 0.0], "b1", box("b1"))
    hopf = continue_hopf(problem, only(branch.special), ("b1", "b2"), box("b1", "b2"))
    point = only(hopf.points("GH"))
    assert point.parameters["b1"] == pytest.approx(0, abs=1e-10)
    assert point.parameters["b2"] == pytest.approx(0, abs=1e-9)
    # l1 = 2 b2 along the whole curve b1 = 0.
    np.testing.assert_allclose(hopf["b1"], 0, atol=1e-10)
    np.testing.assert_allclose(hopf["l1"], 2 * hopf["b2"], atol=1e-8)
    np.testing.assert_allclose(hopf["frequency"], 1, rtol=1e-10)


def bogdanov_takens_hopf(**more):
    problem = systems.bogdanov_takens()
    branch = continue_equilibria(problem, [-1.0, 0.0], "b2", box("b2"))
    point = only(branch.points("HB"))
    options = ContinuationOptions(bounds={"b1": (-2.0, 2.0), "b2": (-2.0, 2.0)}, **more)
    return point, continue_hopf(problem, point, ("b1", "b2"), options)


def test_bogdanov_takens_ends_the_hopf_curve():
    start, hopf = bogdanov_takens_hopf()
    w = 2**0.5
    assert start.data["frequency"] == pytest.approx(w, rel=1e-10)
    # Guckenheimer and Holmes' formula gives l1 = 1 / (2 w^3 (1 + w^2)).
    assert start.data["l1"] == pytest.approx(1 / (2 * w**3 * (1 + w**2)), rel=1e-8)
    np.testing.assert_allclose(hopf["b2"] ** 2, -hopf["b1"], atol=1e-9)
    assert (hopf["b2"] > -1e-9).all()
    point = only(hopf.points("BT"))
    np.testing.assert_allclose([*point.state, *point.parameters.values()], 0, atol=1e-8)
    assert point.row in {0, len(hopf) - 1}
    assert "BT" in {end.reason for end in hopf.ends}


def test_neutral_saddles_beyond_bogdanov_takens_are_told_apart():
    _, hopf = bogdanov_takens_hopf(stop_at=frozenset())
    np.testing.assert_allclose(hopf["b2"] ** 2, -hopf["b1"], atol=1e-9)
    point = only(hopf.points("BT"))
    others = np.arange(len(hopf)) != point.row
    saddle = np.isnan(hopf["frequency"])
    # x = -b2 on this curve: a focus for b2 > 0, a saddle for b2 < 0.
    assert (saddle == (hopf["b2"] < 0))[others].all()
    assert saddle.any()
    assert hopf["b2"].min() < -1


def test_curves_start_from_bogdanov_takens():
    problem = systems.bogdanov_takens()
    start = SpecialPoint("BT", {"b1": 0.0, "b2": 0.0}, np.zeros(2))
    hopf = continue_hopf(problem, start, ("b1", "b2"), box("b1", "b2"))
    assert len(hopf) > 20
    np.testing.assert_allclose(hopf["b2"] ** 2, -hopf["b1"], atol=1e-9)
    assert hopf["b2"].min() > -1e-6
    only(hopf.points("BT"))
    folds = continue_folds(problem, start, ("b1", "b2"), box("b1", "b2"))
    np.testing.assert_allclose(folds["b1"], 0, atol=1e-10)
    assert folds["b2"][[0, -1]].tolist() == [-2.0, 2.0]
    only(folds.points("BT"))


def test_zero_hopf_on_both_curves():
    problem = systems.zero_hopf()
    fold = continue_equilibria(problem, [1.0, 0.0, 0.0], "p", box("p")).points("LP")[0]
    hopf = continue_equilibria(problem, [1.0, 0.0, 0.0], "q", box("q")).points("HB")[0]
    folds = continue_folds(problem, fold, ("p", "q"), box("p", "q"))
    hopfs = continue_hopf(problem, hopf, ("p", "q"), box("p", "q"))
    for curve in (folds, hopfs):
        point = only(curve.special)
        assert point.kind == "ZH"
        assert point.data["frequency"] == pytest.approx(1, rel=1e-9)
        np.testing.assert_allclose(list(point.parameters.values()), 0, atol=1e-9)


def test_hopf_hopf():
    problem = systems.hopf_hopf()
    start = continue_equilibria(problem, np.zeros(4), "q", box("q")).points("HB")[0]
    assert start.data["frequency"] == pytest.approx(3, rel=1e-10)
    curve = continue_hopf(problem, start, ("p", "q"), box("p", "q"))
    point = only(curve.special)
    assert point.kind == "HH"
    assert point.data["frequency1"] == pytest.approx(3, rel=1e-9)
    assert point.data["frequency2"] == pytest.approx(1, rel=1e-9)
    np.testing.assert_allclose(list(point.parameters.values()), 0, atol=1e-9)


def test_closed_curves_are_recognised():
    problem = systems.circle()
    isola = continue_equilibria(problem, [1.0], "p")
    assert {end.reason for end in isola.ends} == {"closed"}
    np.testing.assert_allclose(isola["x"] ** 2 + isola["p"] ** 2, 1, atol=1e-9)
    assert sorted(round(p.parameters["p"], 9) for p in isola.points("LP")) == [-1.0, 1.0]
    np.testing.assert_array_equal(isola.states[0], isola.states[-1])
    folds = continue_folds(problem, isola.points("LP")[0], ("p", "q"))
    assert {end.reason for end in folds.ends} == {"closed"}
    np.testing.assert_allclose(folds["p"] ** 2 + folds["q"] ** 2, 1, atol=1e-9)
    angle = np.unwrap(np.arctan2(folds["q"], folds["p"]))
    assert abs(angle[-1] - angle[0]) == pytest.approx(2 * np.pi, abs=1e-9)
