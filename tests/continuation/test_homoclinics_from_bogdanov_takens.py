"""Homoclinic orbits from Bogdanov-Takens points against closed forms and AUTO-07p."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cycle_curve_systems import regular_spiking

from ikmeanfield.continuation import (
    ContinuationOptions,
    Problem,
    SpecialPoint,
    continue_equilibria,
    continue_homoclinics,
    continue_hopf,
)
from ikmeanfield.continuation.cycles.follow import STEPS

CURRENT, ADAPTATION = "rs.input_current", "rs.adaptation"

#: Units of the state, and a mixture of its variables with one that decays.
MIXTURE = np.diag([1e3, 1.0, 1e-2]) @ np.array([[1.0, 0.4, 0.2], [0.3, -1.0, 0.5], [0.0, 0.2, 1.0]])


def unfolded(a: float, b: float) -> Problem:
    """Return the normal form in mixed variables and bent parameters m = b1 + 0.7 b2^2, n = b2."""
    back = np.linalg.inv(MIXTURE)

    def field(y, p):
        w0, w1, decaying = back @ y
        b1, b2 = p[0] - 0.7 * p[1] ** 2, p[1]
        forced = b1 + b2 * w1 + a * w0**2 + b * w0 * w1
        return MIXTURE @ np.array([w1, forced, -decaying + w0**2])

    return Problem(field, ("x", "y", "z"), {"m": 0.0, "n": 0.0})


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (-2.0, 0.5)])
def test_the_curve_has_the_slope_of_the_normal_form(a, b):
    # oracle: b1 = -49/25 a / b^2 b2^2 to leading order; the next order is proportional to b2
    problem = unfolded(a, b)
    corner = SpecialPoint("BT", {"m": 0.0, "n": 0.0}, np.zeros(3))
    bounds = {"m": (-1.0, 1.0), "n": (-0.05, 0.05)}
    options = replace(STEPS, bounds=bounds, max_points=8)
    curve = continue_homoclinics(problem, corner, ("m", "n"), options)
    assert curve.ends[0].reason == "BT"
    ratio = (curve["m"] / curve["n"] ** 2 - 0.7) / (-49 / 25 * a / b**2)
    assert abs(ratio[0] - 1) < 0.02
    # away from the corner
    assert (np.diff(np.hypot(curve["m"], curve["n"])) > 0).all()
    assert (np.diff(np.abs(ratio - 1)) > 0).all()
    assert curve["gap"].max() < 1e-5


def test_the_normal_form_itself_has_an_orbit():
    # oracle: as above, in two variables, which leave no other eigenvalues
    problem = Problem(
        lambda y, p: np.array([y[1], p[0] + p[1] * y[1] + y[0] ** 2 + y[0] * y[1]]),
        ("x", "y"), {"m": 0.0, "n": 0.0},
    )  # fmt: skip
    corner = SpecialPoint("BT", {"m": 0.0, "n": 0.0}, np.zeros(2))
    curve = continue_homoclinics(problem, corner, ("m", "n"), replace(STEPS, max_points=2))
    assert curve["m"][0] / curve["n"][0] ** 2 == pytest.approx(-49 / 25, rel=0.02)


def test_a_degenerate_point_is_refused_by_its_coefficients():
    corner = SpecialPoint("BT", {"m": 0.0, "n": 0.0}, np.zeros(3))
    curve = continue_homoclinics(unfolded(1.0, 0.0), corner, ("m", "n"))
    assert curve.ends[0].reason == "no_start"
    assert "degenerate: a = " in curve.ends[0].message


def test_parameters_that_do_not_unfold_the_point_are_refused():
    problem = Problem(
        lambda y, p: np.array([y[1], p[0] + p[1] + y[0] ** 2 + y[0] * y[1]]),
        ("x", "y"), {"m": 0.0, "n": 0.0},
    )  # fmt: skip
    corner = SpecialPoint("BT", {"m": 0.0, "n": 0.0}, np.zeros(2))
    curve = continue_homoclinics(problem, corner, ("m", "n"))
    assert curve.ends[0].reason == "no_start"
    assert "m and n do not unfold" in curve.ends[0].message


@pytest.mark.long
def test_the_curve_of_the_mean_field_passes_through_the_value_of_auto():
    # oracle: AUTO-07p at kappa = 60 (I = 43.045229)
    problem, rest = regular_spiking()
    problem = problem.at({ADAPTATION: 60.0, CURRENT: 30.0})
    along = ContinuationOptions(bounds={CURRENT: (30.0, 60.0)})
    hopf, *_ = continue_equilibria(problem, rest, CURRENT, along).points("HB")
    plane = (CURRENT, ADAPTATION)
    bounds = {CURRENT: (20.0, 80.0), ADAPTATION: (40.0, 60.0)}
    corners = continue_hopf(problem, hopf, plane, ContinuationOptions(bounds=bounds)).points("BT")
    curve = continue_homoclinics(problem, corners[0], plane, replace(STEPS, bounds=bounds))
    assert curve.ends[1].reason == "bound"
    assert curve[ADAPTATION][-1] == pytest.approx(60.0, abs=1e-9)
    assert curve[CURRENT][-1] == pytest.approx(43.045229, abs=1e-6)
