"""The corrected excitatory-inhibitory circuit: ten variables, kinks, against AUTO-07p's values."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import systems

from ikmeanfield.continuation import (
    ContinuationOptions,
    continue_equilibria,
    continue_folds,
    continue_hopf,
)

KEY = (
    "circuit corrected v_p=50 v_0=-100, Delta_fs=0.3 "
    "(Delta_rs=1, kappa_rs=20, I_rs=50, J 16/16/4/4, tau_u 33.33 and 5)"
)
REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text())[KEY]
ACTIVE = np.array([0.02, -50.0, 0.0, 2.0, 1.0, 0.005, -50.0, 0.0, 0.5, 0.2])
PLANE = ContinuationOptions(bounds={"I_fs": (0.0, 80.0), "Delta_fs": (0.01, 1.6)})
FREE = ("I_fs", "Delta_fs")


@cache
def equilibria(width_fs=0.3):
    problem = systems.circuit(width_fs=width_fs).problem()
    options = ContinuationOptions(bounds={"I_fs": (0.0, 100.0)})
    return problem, continue_equilibria(problem, ACTIVE, "I_fs", options)


@cache
def fold_curve(which):
    problem, branch = equilibria()
    return continue_folds(problem, branch.points("LP")[which], FREE, PLANE)


@cache
def hopf_curve(which):
    problem, branch = equilibria()
    return continue_hopf(problem, branch.points("HB")[which], FREE, PLANE)


@pytest.mark.parametrize("kind", ["LP", "HB"])
def test_points_match_reference(kind):
    _, branch = equilibria()
    expected = sorted((row for row in REFERENCE if row["type"] == kind), key=lambda r: r["I_fs"])
    found = sorted(branch.points(kind), key=lambda p: p.parameters["I_fs"])
    assert len(found) == len(expected)
    for point, row in zip(found, expected, strict=True):
        assert point.status == "converged"
        assert point.residual < 1e-10
        assert point.parameters["I_fs"] == pytest.approx(row["I_fs"], rel=1e-8)
        np.testing.assert_allclose(point.state, row["y"], rtol=1e-7)
        if kind == "HB":
            assert point.data["period"] == pytest.approx(row["period"], rel=1e-8)
            assert point.data["l1"] == pytest.approx(row["l1"], rel=1e-6)
            assert point.criticality == row["criticality"]
            assert point.data["l1_reliable"] == 1


def test_equilibria_report_every_kink_and_pass_it():
    problem, branch = equilibria()
    assert [end.reason for end in branch.ends] == ["bound", "bound"]
    for name, kink in problem.kinks.items():
        values = np.array(
            [
                kink(y, problem.vector(**branch.parameters_at(row)))
                for row, y in enumerate(branch.states)
            ]
        )
        reported = [point.row for point in branch.points("KINK") if point.name == name]
        others = np.delete(values, reported)
        assert np.count_nonzero(others[1:] * others[:-1] < 0) == len(reported) > 0
        np.testing.assert_allclose(values[reported], 0, atol=1e-5)


@pytest.mark.parametrize("which", [0, 1])
def test_corner_and_cusp_of_the_fold_curve(which):
    curve = fold_curve(which)
    (kink,) = curve.points("KINK")
    assert kink.name == "mu_rs"
    assert kink.residual < 1e-10
    # Known to nine digits.
    assert kink.parameters["I_fs"] == pytest.approx(54.5877318, rel=2e-9)
    assert kink.parameters["Delta_fs"] == pytest.approx(0.166817909, rel=5e-9)
    cusp = min(curve.points("CP"), key=lambda p: p.parameters["Delta_fs"])
    assert cusp.parameters["I_fs"] == pytest.approx(54.6842599, rel=2e-9)
    assert cusp.parameters["Delta_fs"] == pytest.approx(0.160175169, rel=5e-9)
    # Both legs of the curve are there: it did not bounce.
    assert [end.reason for end in curve.ends] == ["bound", "bound"]
    assert curve["Delta_fs"][[0, -1]].tolist() == [1.6, 1.6]
    assert np.ptp(curve["I_fs"][[0, -1]]) > 1


@pytest.mark.parametrize(("width_fs", "folds"), [(0.159, 0), (0.1615, 2), (0.1640, 4), (0.17, 2)])
def test_fold_curve_agrees_with_the_number_of_folds_across_it(width_fs, folds):
    # The cusps at 0.16018 and 0.16280 and the corner at 0.16682 open and close pairs of folds.
    _, branch = equilibria(width_fs)
    assert len(branch.points("LP")) == folds
    curve = fold_curve(0)
    crossings = (curve["Delta_fs"][1:] - width_fs) * (curve["Delta_fs"][:-1] - width_fs) < 0
    assert np.count_nonzero(crossings) == folds


@pytest.mark.long
def test_hopf_curve_is_the_same_from_all_its_points():
    # Each start has its own scales and steps; l1 = 0 and the kinks must not care.
    curves = [hopf_curve(which) for which in range(3)]
    for kind, count, rtol in (("GH", 3, 1e-6), ("KINK", 2, 1e-7)):
        found = [
            sorted((p.parameters["I_fs"], p.parameters["Delta_fs"]) for p in curve.points(kind))
            for curve in curves
        ]
        assert [len(points) for points in found] == [count] * 3
        np.testing.assert_allclose(found[1], found[0], rtol=rtol)
        np.testing.assert_allclose(found[2], found[0], rtol=rtol)


def test_generalized_hopf_points_separate_signs_of_l1():
    curve = hopf_curve(0)
    for point in curve.points("GH"):
        before, after = curve["l1"][point.row - 1], curve["l1"][point.row + 1]
        assert point.residual < 1e-10
        if "KINK" not in {p.kind for p in curve.special if p.row == point.row + 1}:
            assert before * after < 0


def test_hopf_curve_passes_through_the_points_of_one_parameter():
    _, branch = equilibria(0.2)
    curve = hopf_curve(0)
    currents = sorted(point.parameters["I_fs"] for point in branch.points("HB"))
    width, current = curve["Delta_fs"] - 0.2, curve["I_fs"]
    (rows,) = np.nonzero(width[1:] * width[:-1] < 0)
    share = width[rows] / (width[rows] - width[rows + 1])
    near = sorted(current[rows] + share * (current[rows + 1] - current[rows]))
    assert len(currents) == len(near) == 3
    # Straight lines between the curve's points: good to the square of a step.
    np.testing.assert_allclose(currents, near, atol=0.02)


@pytest.mark.parametrize(("width_fs", "which"), [(0.1, 0), (0.05, 1)])
def test_generalized_hopf_points_beside_a_kink_are_solved_for_from_any_start(width_fs, which):
    # oracle: ten Hopf points on this one curve, each followed, give the same three to 1e-8; the
    # first and the last lie so close to a kink that rounding hides the sign of l1 around them
    problem = systems.circuit(1000.0, -1000.0, width_fs).problem()
    branch = continue_equilibria(
        problem, ACTIVE, "I_fs", ContinuationOptions(bounds={"I_fs": (20.0, 100.0)})
    )
    plane = ContinuationOptions(bounds={"I_fs": (20.0, 80.0), "Delta_fs": (0.01, 1.0)})
    curve = continue_hopf(problem, branch.points("HB")[which], FREE, plane)
    found = sorted(curve.points("GH"), key=lambda point: point.parameters["I_fs"])
    assert [point.status for point in found] == ["converged"] * 3
    values = [[point.parameters[name] for name in FREE] for point in found]
    expected = [(45.0238992, 0.1970162), (47.0878917, 0.1231252), (55.8288462, 0.0477563)]
    np.testing.assert_allclose(values, expected, rtol=1e-6)
