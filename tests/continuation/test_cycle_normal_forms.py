"""Branches of cycles that are known in closed form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cycle_systems import (
    bautin_normal_form,
    driven_modulus,
    fitzhugh_nagumo,
    heteroclinic,
    hopf_normal_form,
    isola,
    kinked_hopf,
    langford,
    pitchfork_circle,
    rotating_circle,
    stiff_circle,
    twisted_circle,
)

from ikmeanfield.continuation import Branch, SpecialPoint
from ikmeanfield.continuation.cycles import STEPS, CycleOptions, Trajectory, continue_cycles

if TYPE_CHECKING:
    from ikmeanfield.continuation.problem import Problem


def from_origin(problem: Problem, bounds=(-1.0, 1.0), **cycles) -> Branch:
    start = SpecialPoint("HB", {"mu": 0.0}, np.zeros(2))
    options = replace(STEPS, bounds={"mu": bounds})
    return continue_cycles(problem, start, "mu", options, CycleOptions(**cycles))


def from_circle(problem: Problem, radius=1.0, **options) -> Branch:
    t = np.linspace(0, 2 * np.pi, 101)
    circle = radius * np.stack([np.cos(t), np.sin(t), 0 * t], axis=1)
    trajectory = Trajectory(t, circle[:, : len(problem.variables)], {})
    (parameter,) = problem.parameters
    return continue_cycles(problem, trajectory, parameter, replace(STEPS, **options))


def test_hopf_normal_form():
    # oracle: circles of radius sqrt(mu), period 2 pi, multiplier exp(-4 pi mu)
    branch = from_origin(hopf_normal_form(), report_at=(0.25,))
    mu = branch["mu"]
    radius = np.sqrt(np.maximum(mu, 0))
    for name, sign in (("maximum", 1), ("minimum", -1)):
        found = branch.extra[name][1]
        np.testing.assert_allclose(found, sign * radius[:, None] * [1, 1], atol=1e-7)
    np.testing.assert_allclose(branch.extra["mean"][1], 0, atol=1e-9)
    np.testing.assert_allclose(branch["period"], 2 * np.pi, rtol=1e-9)
    exact = np.exp(-4 * np.pi * mu)
    np.testing.assert_allclose(branch["largest_multiplier"], exact, atol=1e-8)
    assert branch.stable[1:].all()
    assert not branch.stable[0], "the Hopf point itself is not hyperbolic"
    assert [end.reason for end in branch.ends] == ["start", "bound"]
    assert mu[-1] == pytest.approx(1, abs=1e-12)
    (asked,) = branch.points("UZ")
    assert asked.parameters["mu"] == pytest.approx(0.25, abs=1e-12)
    assert branch["mu"][asked.row] == asked.parameters["mu"]


def test_amplitude_does_not_depend_on_units():
    # oracle: the same system with x in other units; every number must scale with them
    problem = hopf_normal_form()
    units = np.array([1e-6, 1e3])

    def field(y, p):
        return units * problem.field(y / units, p)

    plain, scaled = (from_origin(p) for p in (problem, replace(problem, field=field)))
    assert len(plain) == len(scaled)
    np.testing.assert_allclose(scaled["mu"], plain["mu"], rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(
        scaled.extra["maximum"][1], plain.extra["maximum"][1] * units, rtol=1e-6
    )


def test_fold_of_cycles():
    # oracle: mu = r^4 - r^2, fold at mu = -1/4, multiplier exp(4 pi (r^2 - 2 r^4))
    branch = from_origin(bautin_normal_form())
    r = branch.extra["maximum"][1][:, 0]
    np.testing.assert_allclose(branch["mu"], r**4 - r**2, atol=1e-7)
    exact = np.exp(4 * np.pi * (r**2 - 2 * r**4))
    np.testing.assert_allclose(branch["largest_multiplier"], exact, atol=1e-6)
    (fold,) = branch.points("LPC")
    assert fold.status == "converged"
    assert fold.parameters["mu"] == pytest.approx(-0.25, abs=1e-11)
    assert abs(fold.eigenvalues[0] - 1) < 1e-6
    low, high = fold.bracket
    assert low <= branch["arclength"][fold.row] <= high
    before, after = branch.stable[1 : fold.row], branch.stable[fold.row + 1 :]
    assert not before.any()
    assert after.all()


@pytest.mark.parametrize(
    ("system", "kind", "critical"),
    [
        (twisted_circle, "PD", -1),
        (rotating_circle, "TR", np.exp(0.6j * np.pi)),
        (pitchfork_circle, "BP", 1),
    ],
)
def test_crossings_of_the_unit_circle(system, kind, critical):
    # oracle: multipliers in closed form; the crossing is at a = 0
    branch = from_circle(system(), bounds={"a": (-0.3, 0.3)})
    (point,) = branch.special
    assert (point.kind, point.status) == (kind, "converged")
    assert point.parameters["a"] == pytest.approx(0, abs=1e-9)
    assert np.abs(point.eigenvalues - critical).min() < 1e-8
    np.testing.assert_allclose(
        branch["largest_multiplier"],
        np.maximum(np.exp(2 * np.pi * branch["a"]), np.exp(-2 * np.pi) * (kind != "TR")),
        rtol=1e-6,
    )
    np.testing.assert_array_equal(branch.stable[branch["a"] < -1e-8], True)
    np.testing.assert_array_equal(branch["unstable"][branch["a"] > 1e-8], 2 if kind == "TR" else 1)
    if kind == "TR":
        assert point.data["rotation"] == pytest.approx(0.3, abs=1e-9)
    assert [end.reason for end in branch.ends] == ["bound", "bound"]
    assert (np.diff(branch["arclength"]) > 0).all()


def test_stop_at_and_detect():
    # oracle: the options' meaning
    stopped = from_circle(twisted_circle(), stop_at=frozenset({"PD"}), direction="forward")
    assert [end.reason for end in stopped.ends] == ["start", "PD"]
    assert abs(stopped["a"][-1]) < 1e-9
    ignored = from_circle(
        twisted_circle(), detect=frozenset(), direction="backward", bounds={"a": (-0.3, 0.3)}
    )
    assert [end.reason for end in ignored.ends] == ["bound", "start"]
    assert ignored.special == ()
    assert ignored["a"][-1] == pytest.approx(-0.2)
    assert (ignored["arclength"] <= 0).all()


def test_a_real_pair_with_product_one_is_no_torus():
    # oracle: multipliers exp(+-2 pi rate) for every rate
    branch = from_circle(stiff_circle(1.0), bounds={"rate": (0.5, 1.5)})
    assert branch.special == ()
    assert (branch["unstable"] == 1).all()
    big = np.exp(2 * np.pi * branch["rate"])
    np.testing.assert_allclose(branch.eigenvalues[:, 0], big, rtol=1e-6)


def test_closed_branch():
    # oracle: mu^2 + (r - 1)^2 = 0.09
    branch = from_circle(isola(), radius=1.3)
    assert branch.ends[1].reason == "closed"
    assert sorted(point.parameters["mu"] for point in branch.points("LPC")) == pytest.approx(
        [-0.3, 0.3], abs=1e-10
    )
    r = branch.extra["maximum"][1][:, 0]
    np.testing.assert_allclose(branch["mu"] ** 2 + (r - 1) ** 2, 0.09, atol=1e-7)


def test_kink_is_reported_and_passed():
    # oracle: the circle of radius sqrt(mu) reaches x = 1/2 at mu = 1/4 and is not changed by it
    branch = from_origin(kinked_hopf())
    hopf, point = branch.special
    assert (hopf.kind, hopf.row) == ("HB", 0)
    assert (point.kind, point.name, point.status) == ("KINK", "wall", "converged")
    assert point.parameters["mu"] == pytest.approx(0.25, abs=1e-9)
    assert "loses order" in point.message
    np.testing.assert_array_equal(branch["crosses_wall"], branch["mu"] > 0.25 + 1e-9)
    np.testing.assert_allclose(branch.extra["maximum"][1][:, 0] ** 2, branch["mu"], atol=1e-7)
    assert branch["mu"][-1] == pytest.approx(1)


@pytest.mark.parametrize("intervals", [20, 30])
def test_a_fold_of_cycles_that_cross_a_kink_is_no_branch_point(intervals):
    # oracle: a = coth(pi / 2) / 2 from joined exponentials, and grazing at a = 1 / sqrt 2
    t = np.linspace(0, 2 * np.pi, 101)
    resting = np.stack([0.9 + (np.cos(t) + np.sin(t)) / 2, np.cos(t), np.sin(t)], axis=1)
    options = replace(STEPS, bounds={"a": (0.0, 0.9)})
    mesh = CycleOptions(intervals=intervals, max_intervals=60)
    branch = continue_cycles(driven_modulus(), Trajectory(t, resting, {}), "a", options, mesh)
    assert [point.kind for point in branch.special] == ["KINK", "LPC", "KINK"]
    first, fold, second = (point.parameters["a"] for point in branch.special)
    assert [first, second] == pytest.approx([np.sqrt(0.5)] * 2, abs=1e-6)
    assert fold == pytest.approx(0.5 / np.tanh(np.pi / 2), abs=2e-3 / intervals)
    assert "crosses the kink wall = 0" in branch.points("LPC")[0].message


def test_heteroclinic_end():
    # oracle: Melnikov's method, mu = 1/5 + O(e^2) with e = 0.05; saddles at x = +-1
    branch = from_origin(heteroclinic())
    end = branch.ends[1]
    assert end.reason == "heteroclinic"
    assert branch["mu"][-1] == pytest.approx(0.2, abs=1e-4)
    assert branch.extra["maximum"][1][-1, 0] == pytest.approx(1, abs=0.01)


def test_variable_bound_ends_on_the_bound():
    # oracle: max x = sqrt(mu) = 0.7 at mu = 0.49
    start = SpecialPoint("HB", {"mu": 0.0}, np.zeros(2))
    options = replace(STEPS, bounds={"x": (-1.0, 0.7)})
    branch = continue_cycles(hopf_normal_form(), start, "mu", options)
    assert branch.ends[1].reason == "bound"
    assert branch["mu"][-1] == pytest.approx(0.49, abs=1e-7)


def test_langford_torus():
    # oracle: the Hopf point of the reduced system in closed form
    problem = langford()
    critical = (0.49 + (0.6 - 0.7**3 / 3) / 4.7) / (1 - 0.7 / 4.7)
    onset = (0.7**3 / 3 - 0.6) / 0.7
    start = SpecialPoint("HB", {"l": onset}, np.array([0.0, 0.0, 0.7]))
    options = replace(STEPS, bounds={"l": (-1.0, 0.8)})
    branch = continue_cycles(problem, start, "l", options)
    (torus,) = branch.points("TR")
    assert torus.parameters["l"] == pytest.approx(critical, rel=1e-8)
    r2 = (0.6 + 0.7 * critical - 0.7**3 / 3) / 1.175
    frequency = np.sqrt(2 * r2 * 1.175)
    assert torus.data["rotation"] == pytest.approx(frequency / 3.5, rel=1e-7)
    np.testing.assert_allclose(branch["period"], 2 * np.pi / 3.5, rtol=1e-9)


def test_through_a_canard_explosion():
    # oracle: the symmetry (v, w, a) -> -(v, w, a), and the Hopf points in closed form
    start = SpecialPoint("HB", {"a": 1.0}, np.array([-1.0, -2 / 3]))
    options = replace(STEPS, bounds={"a": (-2.0, 2.0)})
    branch = continue_cycles(fitzhugh_nagumo(), start, "a", options, CycleOptions(report_at=(0.0,)))
    assert branch.ends[1].reason == "hopf"
    assert branch["a"][-1] == pytest.approx(-1, abs=1e-9)
    assert branch["period"][[0, -1]] == pytest.approx(2 * np.pi * np.sqrt(0.1), rel=1e-9)
    (middle,) = branch.points("UZ")
    low, high, mean = (branch.extra[name][1][middle.row] for name in ("minimum", "maximum", "mean"))
    np.testing.assert_allclose(low, -high, rtol=1e-5)
    np.testing.assert_allclose(mean, 0, atol=1e-6)
    # v' integrated over a period: the mean of w' = v + a vanishes on every cycle
    means = branch.extra["mean"][1][:, 0]
    np.testing.assert_allclose(means, -branch["a"], atol=1e-6)
    assert (branch["reliable"] == 1).all()
    assert branch.stable[1:-1].all()
