"""Surfaces where the field is C1 but not C2, in systems with closed forms."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import systems

from ikmeanfield.continuation import (
    ContinuationOptions,
    Problem,
    continue_equilibria,
    continue_folds,
)
from ikmeanfield.continuation.brackets import brackets
from ikmeanfield.continuation.normalforms import first_lyapunov
from ikmeanfield.continuation.scaled import ScaledField

BOX = ContinuationOptions(bounds={"p": (-3.0, 3.0), "q": (-2.0, 1.0)})


def bent_curve(sign, start):
    problem = systems.bent_fold(sign)
    q, x = start
    p = 0.0 if x < q else x**2 - 16 * x**3 / 3
    problem = problem.at({"p": p, "q": q})
    return continue_folds(problem, [x], ("q", "p"), BOX)


@pytest.mark.parametrize(
    ("sign", "start"),
    [
        (-1.0, (0.5, 0.0)),
        (-1.0, (-0.2 - 4 * 0.04, -0.2)),
        (1.0, (0.5, 0.0)),
        (1.0, (0.05 - 4 * 0.0025, 0.05)),
    ],
    ids=["45 from smooth", "45 from root", "135 from smooth", "135 from root"],
)
def test_fold_curve_turns_its_corner(sign, start):
    curve = bent_curve(sign, start)
    q, p, x = curve["q"], curve["p"], curve["x"]
    (kink,) = curve.points("KINK")
    assert kink.name == "m"
    assert kink.residual < 1e-10
    np.testing.assert_allclose([*kink.state, *kink.parameters.values()], 0, atol=1e-8)
    smooth = x < q
    bent = x > q + 1e-12
    np.testing.assert_allclose(x[smooth], 0, atol=1e-9)
    np.testing.assert_allclose(p[smooth], 0, atol=1e-9)
    np.testing.assert_allclose(q[bent], (x - 4 * x**2)[bent], atol=1e-8)
    np.testing.assert_allclose(p[bent], (x**2 - 16 * x**3 / 3)[bent], atol=1e-8)
    assert (sign * x[bent] > -1e-8).all()
    # Both legs, to the bounds: neither bounced off nor stuck.
    assert q[smooth].max() == 1.0
    assert abs(x[bent]).max() > 0.4


def test_a_fold_curve_without_a_jacobian_meets_a_kink_where_it_is():
    """Oracle: the corner at the origin. Differences that reach across the kink find none."""

    def field(state, p):
        x, y = state
        return np.array([bent.field([x], p)[0] + 3 * (y - x), x - y])

    bent = systems.bent_fold(-1.0)
    problem = Problem(field, ("x", "y"), bent.parameters, kinks=bent.kinks).at({"p": 0.0, "q": 0.5})
    curve = continue_folds(problem, [0.0, 0.0], ("q", "p"), BOX)
    (kink,) = curve.points("KINK")
    np.testing.assert_allclose([*kink.state, *kink.parameters.values()], 0, atol=1e-8)
    smooth = curve["x"] < curve["q"]
    np.testing.assert_allclose(curve["x"][smooth], 0, atol=1e-8)
    bent_back = curve["x"][~smooth]
    assert bent_back.min() < -0.4
    np.testing.assert_allclose(curve["q"][~smooth], bent_back - 4 * bent_back**2, atol=1e-4)


def test_equilibria_pass_a_kink():
    problem = systems.bent_fold(-1.0)
    options = ContinuationOptions(bounds={"x": (-2.0, 2.0)})
    branch = continue_equilibria(problem, [0.7], "p", options)
    x, m = branch["x"], np.maximum(branch["x"] - 0.9, 0)
    np.testing.assert_allclose(branch["p"], x**2 + 2 / 3 * m**1.5, atol=1e-8)
    (kink,) = branch.points("KINK")
    assert kink.state[0] == pytest.approx(0.9, abs=1e-8)
    assert kink.parameters["p"] == pytest.approx(0.81, abs=1e-8)
    assert x[[0, -1]].tolist() in ([-2.0, 2.0], [2.0, -2.0])


@pytest.mark.parametrize(("distance", "reliable"), [(0.05, True), (1e-3, True), (1e-12, False)])
def test_l1_beside_a_kink(distance, reliable):
    # Oracle: c = -0.7 of the normal form, which holds on this side of the kink.
    problem = systems.kinked_hopf(distance).at({"p": 0.0})
    field = ScaledField(problem, ("p",), np.ones(3))
    result = first_lyapunov(field, np.zeros(3), 2.0)
    assert result.reliable == reliable
    if reliable:
        assert result.l1 == pytest.approx(-0.7, rel=1e-3)


@pytest.mark.parametrize("distance", [-1e-2, -1e-3, -1e-5, 1e-5, 1e-3, 1e-2])
@pytest.mark.parametrize("start", [-1.0, 1.0])
def test_a_hopf_point_beside_a_kink_is_found(distance, start):
    # oracle: the normal form's Hopf point at p = 0; the kink lies on the branch at p = distance
    plain = systems.hopf()
    problem = Problem(
        plain.field, plain.variables, {**plain.parameters, "p": start},
        kinks={"m": lambda _, p: p[0] - distance},
    )  # fmt: skip
    options = ContinuationOptions(bounds={"p": (-1.0, 1.0)})
    branch = continue_equilibria(problem, [0.0, 0.0], "p", options)
    (hopf,), (kink,) = branch.points("HB"), branch.points("KINK")
    assert hopf.parameters["p"] == pytest.approx(0.0, abs=1e-9)
    assert kink.parameters["p"] == pytest.approx(distance, abs=1e-9)
    rises = branch["p"][0] < branch["p"][-1]
    assert (hopf.row < kink.row) == ((distance > 0) == rises)


def test_unreliable_l1_is_said():
    problem = systems.kinked_hopf(1e-12)
    options = ContinuationOptions(bounds={"p": (-1.0, 1.0)})
    (point,) = continue_equilibria(problem, [0.0, 0.0], "p", options).points("HB")
    assert point.data["l1_reliable"] == 0
    assert "unreliable" in point.message


def test_stop_at_a_kink():
    problem = systems.bent_fold(-1.0)
    options = ContinuationOptions(bounds={"x": (-2.0, 2.0)}, stop_at=frozenset({"KINK"}))
    branch = continue_equilibria(problem, [0.7], "p", options)
    assert "KINK" in {end.reason for end in branch.ends}
    assert branch["x"].max() == pytest.approx(0.9, abs=1e-8)


def test_a_sign_change_before_a_kink_is_seen_where_rounding_hides_the_sign_beside_it():
    """Oracle: a test function 0.3 − s with no value at the kink s = 1 and none to trust near it."""

    def point(s):
        value = math.nan if s == 1 else 0.0 if s > 0.997 else 0.3 - s
        return SimpleNamespace(arclength=s, measure=SimpleNamespace(tests={"CP": value}))

    tracer = SimpleNamespace(
        decided={},
        curve=SimpleNamespace(field=SimpleNamespace(problem=SimpleNamespace(kinks={"m": None}))),
        between=lambda a, b, share: point(a.arclength + share * (b.arclength - a.arclength)),
    )
    ((low, high),) = brackets(tracer, point(0.0), point(1.0), "CP")
    assert low.arclength < 0.3 < high.arclength < 0.997
