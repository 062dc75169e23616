"""Curves of cycles in two parameters against closed forms and independent values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cycle_curve_systems import (
    bautin,
    cusp_of_cycles,
    folded_doubling,
    regular_spiking,
    resting_currents,
    rotating_circle,
    twisted_circle,
)

from ikmeanfield.continuation import (
    Branch,
    ContinuationOptions,
    SpecialPoint,
    Trajectory,
    continue_cycle_bifurcation,
    continue_cycles,
    continue_equilibria,
    continue_fixed_period,
    continue_folds,
    continue_homoclinics,
    continue_hopf,
    simulated_cycle,
)
from ikmeanfield.continuation.cycles.follow import STEPS

CURRENT, ADAPTATION = "rs.input_current", "rs.adaptation"


def unit_circle(parameters):
    angle = np.linspace(0, 2 * np.pi, 101)
    states = np.column_stack([np.cos(angle), np.sin(angle), 0 * angle])
    return Trajectory(angle, states, parameters)


def steps(**bounds):
    return replace(STEPS, bounds=bounds)


def test_folds_of_the_bautin_normal_form_end_at_the_generalized_hopf_point():
    # oracle: growth mu + nu s - s^2 has a double root at mu = -nu^2 / 4, s = nu / 2
    problem = bautin()
    hopf = SpecialPoint("HB", {"mu": 0.0, "nu": 1.0}, np.zeros(2))
    branch = continue_cycles(problem, hopf, "mu", steps(mu=(-1.0, 1.0)))
    (point,) = branch.points("LPC")
    curve = continue_cycle_bifurcation(
        problem, point, ("mu", "nu"), steps(mu=(-1.0, 0.5), nu=(-2.0, 2.0))
    )
    assert {end.reason for end in curve.ends} == {"bound", "hopf"}
    np.testing.assert_allclose(curve["mu"], -(curve["nu"] ** 2) / 4, atol=1e-12)
    square = curve.extra["maximum"][1][:, 0] ** 2
    np.testing.assert_allclose(square, curve["nu"] / 2, atol=1e-6)
    # at s = nu / 2 the angular speed is 1 + 0.3 s
    np.testing.assert_allclose(curve["period"], 2 * np.pi / (1 + 0.15 * curve["nu"]), rtol=1e-8)
    (corner,) = curve.points("GH")
    assert corner.status == "converged"
    assert abs(corner.parameters["mu"]) + abs(corner.parameters["nu"]) < 1e-10
    assert curve["nu"][corner.row] == corner.parameters["nu"]
    again = Branch.from_dataset(curve.to_dataset())
    assert repr(again) == repr(curve)


def test_folds_of_cycles_issue_from_a_generalized_hopf_point():
    # oracle: mu = -nu^2 / 4
    corner = SpecialPoint("GH", {"mu": 0.0, "nu": 0.0}, np.zeros(2), data={"frequency": 1.0})
    curve = continue_cycle_bifurcation(
        bautin(), corner, ("mu", "nu"), steps(mu=(-1.0, 0.5), nu=(-1.0, 1.0))
    )
    assert curve.kind == "cycle_fold"
    np.testing.assert_allclose(curve["mu"], -(curve["nu"] ** 2) / 4, atol=1e-10)
    assert curve["nu"].max() == pytest.approx(1.0)
    (again,) = curve.points("GH")
    assert abs(again.parameters["nu"]) < 1e-10


def test_cusp_of_cycles():
    # oracle: growth mu + nu x - x^3, x = s - 1: double root at nu = 3 x^2, mu = -2 x^3
    problem = cusp_of_cycles()
    cycle = simulated_cycle(problem, np.array([1.5, 0.0]), 100.0, 100.0)
    branch = continue_cycles(problem, cycle, "mu", steps(mu=(-1.0, 1.0)))
    curve = continue_cycle_bifurcation(
        problem, branch.points("LPC")[0], ("mu", "nu"), steps(mu=(-0.5, 0.5), nu=(-2.0, 2.0))
    )
    x = curve.extra["maximum"][1][:, 0] ** 2 - 1
    np.testing.assert_allclose(curve["nu"], 3 * x**2, atol=1e-5)
    np.testing.assert_allclose(curve["mu"] ** 2, 4 * (curve["nu"] / 3) ** 3, atol=1e-12)
    (cusp,) = curve.points("CPC")
    assert cusp.status == "converged"
    assert abs(cusp.parameters["mu"]) < 1e-10
    assert abs(cusp.parameters["nu"]) < 1e-8


def test_progress_names_the_special_points_of_a_curve_of_cycles():
    # oracle: the branch itself, in the one direction asked for
    problem, told = cusp_of_cycles(), []
    cycle = simulated_cycle(problem, np.array([1.5, 0.0]), 100.0, 100.0)
    (point, *_) = continue_cycles(problem, cycle, "mu", steps(mu=(-1.0, 1.0))).points("LPC")
    plane = replace(
        steps(mu=(-0.5, 0.5), nu=(-2.0, 2.0)),
        direction="backward" if point.parameters["mu"] > 0 else "forward",
        progress=lambda kind, free, special: told.append((kind, set(free), special)),
    )
    curve = continue_cycle_bifurcation(problem, point, ("mu", "nu"), plane)
    assert {(kind, *sorted(free)) for kind, free, _ in told} == {("cycle_fold", "mu", "nu")}
    named = [point.kind for _, _, special in told for point in special]
    assert named == [point.kind for point in curve.special] == ["CPC"]


def test_a_curve_that_starts_outside_its_bounds_ends_at_once():
    # oracle: the fold at nu = 1 lies beyond the bound nu = 0.5
    hopf = SpecialPoint("HB", {"mu": 0.0, "nu": 1.0}, np.zeros(2))
    (point,) = continue_cycles(bautin(), hopf, "mu", steps(mu=(-1.0, 1.0))).points("LPC")
    curve = continue_cycle_bifurcation(bautin(), point, ("mu", "nu"), steps(nu=(-2.0, 0.5)))
    assert len(curve) == 1
    assert [end.reason for end in curve.ends] == ["bound", "bound"]
    assert curve.ends[0].message == "starts outside the bound nu = 0.5"


def test_generalized_period_doubling():
    # oracle: the cubic coefficient b + 0.5 * 0.8 in closed form; doublings at a = b^2
    problem = folded_doubling(0.5, 0.8)
    circle = unit_circle({})
    start = Trajectory(circle.times, np.column_stack([circle.states, 0 * circle.times]), {})
    known = replace(STEPS, scales={"z": 1.0, "v": 1.0})  # both are zero on the cycle
    first = replace(known, bounds={"a": (-0.3, 0.2)})
    (point,) = continue_cycles(problem, start, "a", first).points("PD")
    plane = replace(known, bounds={"a": (-0.1, 0.3), "b": (-0.5, 0.5)})
    curve = continue_cycle_bifurcation(problem, point, ("a", "b"), plane)
    np.testing.assert_allclose(curve["a"], curve["b"] ** 2, atol=1e-9)
    np.testing.assert_allclose(curve["cubic"], curve["b"] + 0.4, atol=1e-6)
    (special,) = curve.special
    assert (special.kind, special.status) == ("GPD", "converged")
    assert special.parameters["b"] == pytest.approx(-0.4, abs=1e-7)


def test_period_doublings_of_a_twisted_circle():
    # oracle: the multiplier across the circle is -exp(2 pi (a - b^2))
    problem = twisted_circle()
    branch = continue_cycles(problem, unit_circle({}), "a", steps(a=(-0.5, 0.5)))
    (point,) = branch.points("PD")
    curve = continue_cycle_bifurcation(
        problem, point, ("a", "b"), steps(a=(-1.0, 0.5), b=(-2.0, 2.0))
    )
    assert curve.kind == "period_doubling"
    np.testing.assert_allclose(curve["a"], curve["b"] ** 2, atol=1e-9)
    assert curve["b"].min() < -0.7
    assert curve["b"].max() > 0.7
    np.testing.assert_allclose(np.abs(curve.eigenvalues + 1).min(axis=1), 0, atol=1e-7)


def test_torus_points_and_strong_resonances_of_a_rotating_circle():
    # oracle: multipliers exp(2 pi (a - b^2 +- i (0.2 + b))): rotation 1/4, 1/3 at b = 0.05, 2/15
    problem = rotating_circle()
    branch = continue_cycles(problem, unit_circle({}), "a", steps(a=(-0.5, 0.5)))
    (point,) = branch.points("TR")
    curve = continue_cycle_bifurcation(
        problem, point, ("a", "b"), steps(a=(-1.0, 0.5), b=(-0.1, 0.2))
    )
    np.testing.assert_allclose(curve["a"], curve["b"] ** 2, atol=1e-9)
    np.testing.assert_allclose(curve["rotation"], 0.2 + curve["b"], atol=1e-9)
    assert [p.kind for p in curve.special] == ["R4", "R3"]
    for resonance, b in zip(curve.special, (0.05, 1 / 3 - 0.2), strict=True):
        assert resonance.status == "converged"
        assert resonance.parameters["b"] == pytest.approx(b, abs=1e-9)


@pytest.fixture(scope="module")
def hopf_points():
    """Mean field of regular-spiking neurons at kappa = 60: where its equilibria oscillate."""
    problem, rest = regular_spiking()
    problem = problem.at({ADAPTATION: 60.0, CURRENT: 0.0})
    options = ContinuationOptions(bounds={CURRENT: (0.0, 80.0)})
    return problem, continue_equilibria(problem, rest, CURRENT, options).points("HB")


@pytest.fixture(scope="module")
def spiking_cycles(hopf_points):
    """Return the same mean field with its branch of cycles."""
    problem, hopf = hopf_points
    branches = [continue_cycles(problem, h, CURRENT, steps(**{CURRENT: (0.0, 80.0)})) for h in hopf]
    return problem, next(branch for branch in branches if branch.points("LPC"))


PLANE = {CURRENT: (20.0, 80.0), ADAPTATION: (0.0, 120.0)}


def test_folds_of_cycles_of_the_mean_field(hopf_points, spiking_cycles):
    # oracle: AUTO-07p at kappa = 60; the GH point of the curve of Hopf points, where the first
    # Lyapunov coefficient vanishes: no cycles are computed for it
    problem, branch = spiking_cycles
    (point,) = branch.points("LPC")
    assert point.parameters[CURRENT] == pytest.approx(43.05499653, abs=1e-7)
    plane = (CURRENT, ADAPTATION)
    curve = continue_cycle_bifurcation(
        problem, point, plane, replace(STEPS, bounds=PLANE, direction="forward")
    )
    (corner,) = curve.points("GH")
    (start, *_) = hopf_points[1]
    hopf = continue_hopf(problem, start, plane, ContinuationOptions(bounds=PLANE)).points("GH")
    nearest = min(hopf, key=lambda gh: abs(gh.parameters[CURRENT] - corner.parameters[CURRENT]))
    assert nearest.status == "converged"
    for name in plane:
        assert corner.parameters[name] == pytest.approx(nearest.parameters[name], abs=1e-6)
    np.testing.assert_allclose(np.abs(curve.eigenvalues - 1).min(axis=1)[:-1], 0, atol=1e-5)


def test_homoclinic_orbits_of_the_mean_field(spiking_cycles):
    # oracle: AUTO-07p at kappa = 60 (I = 43.045229); where the saddle meets a fold, the explicit
    # fold curve; orbits of half the duration
    problem, branch = spiking_cycles
    (limit,) = branch.points("HOM")
    curve = continue_homoclinics(
        problem, limit, (CURRENT, ADAPTATION), replace(STEPS, bounds=PLANE)
    )
    start = int(np.argmin(np.abs(curve["arclength"])))
    assert curve[ADAPTATION][start] == pytest.approx(60.0, abs=1e-9)
    assert curve[CURRENT][start] == pytest.approx(43.045229, abs=1e-6)
    (neutral,) = curve.points("NSH")
    assert abs(neutral.data["saddle_quantity"]) < 1e-9
    (meets_fold,) = curve.points("NCS")
    assert curve.ends[1].reason == "NCS"
    rate = meets_fold.state[0]
    current, slope = resting_currents(rate, meets_fold.parameters[ADAPTATION])
    assert meets_fold.parameters[CURRENT] == pytest.approx(current, abs=1e-7)
    assert abs(slope) < 1e-3 * abs(resting_currents(1.1 * rate, 68.0)[1])


def test_beyond_the_homoclinic_orbits_snics_lie_on_the_curve_of_folds(spiking_cycles):
    # oracle: AUTO-07p at kappa = 70 (SNIC at I = 45.54425624); cycles of a long period, which miss
    # homoclinic orbits by an exponentially small amount and SNICs by one of order 1 / T^2
    problem, branch = spiking_cycles
    limit = branch.points("HOM")[0]
    free = (CURRENT, ADAPTATION)
    homoclinic = continue_homoclinics(
        problem, limit, free, replace(STEPS, bounds={ADAPTATION: (59.0, 80.0)})
    )
    (corner,) = homoclinic.points("NCS")
    folds = continue_folds(
        problem, corner, free, ContinuationOptions(bounds={ADAPTATION: (60.0, 70.0)})
    )
    assert corner.parameters[ADAPTATION] == pytest.approx(68.154, abs=1e-3)
    at_bound = int(np.argmax(folds[ADAPTATION]))
    assert folds[CURRENT][at_bound] == pytest.approx(45.54425624, abs=1e-8)
    long = continue_fixed_period(
        problem, Trajectory.of(limit), free, replace(STEPS, bounds={ADAPTATION: (59.0, 70.0)})
    )
    assert {end.reason for end in long.ends} == {"bound"}
    expected = float(homoclinic[CURRENT][np.argmin(np.abs(homoclinic[ADAPTATION] - 59.0))])
    assert long[CURRENT][0] == pytest.approx(expected, abs=1e-6)
    at_snic = long[CURRENT][-1] - 45.54425624
    # (period 1422, the time scale of the SNIC is some 500)
    assert 0 < at_snic < 0.15
