"""Cycles of classical systems against time integration and the literature."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cycle_systems import brusselator, lorenz, morris_lecar, roessler, van_der_pol
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from ikmeanfield.continuation import SpecialPoint
from ikmeanfield.continuation.cycles import (
    STEPS,
    CycleOptions,
    continue_cycles,
    simulated_cycle,
    trajectory_at,
)

if TYPE_CHECKING:
    from ikmeanfield.continuation.problem import Problem


def bounded(parameter: str, low: float, high: float):
    return replace(STEPS, bounds={parameter: (low, high)})


def measured(problem: Problem, p: np.ndarray, state: np.ndarray, settle: float, span: float):
    """Period, minimum and maximum of a stable cycle by time integration near rounding.

    The period is the time between maxima of the first variable; extrema are where dy_i/dt = 0.
    """

    def rhs(_, y):
        return problem.field(y, p)

    events = [lambda t, y, i=i: problem.field(y, p)[i] for i in range(len(state))]
    options = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-13}
    y0 = solve_ivp(rhs, (0, settle), state, **options).y[:, -1]
    run = solve_ivp(rhs, (0, span), y0, events=events, **options)
    tops = run.t_events[0][run.y_events[0][:, 0] > run.y_events[0][:, 0].max() - 1e-6]
    period = np.diff(tops).mean()
    extrema = [values[:, i] for i, values in enumerate(run.y_events)]
    return period, np.array([e.min() for e in extrema]), np.array([e.max() for e in extrema])


@pytest.mark.parametrize(
    ("problem", "name", "value", "settle", "span"),
    [
        (van_der_pol(), "mu", 1.0, 60.0, 40.0),
        (van_der_pol(), "mu", 5.0, 60.0, 60.0),
        (brusselator(), "b", 2.5, 150.0, 40.0),
        (brusselator(), "b", 4.0, 150.0, 50.0),
    ],
)
def test_period_and_extrema_agree_with_time_integration(problem, name, value, settle, span):
    # oracle: DOP853 at tolerance 1e-12 with event location
    state = np.array([1.5, 2.0])
    period, low, high = measured(problem, problem.vector(**{name: value}), state, settle, span)
    start = simulated_cycle(problem, state, 60.0, 40.0, parameters={name: value})
    options = replace(STEPS, direction="forward", max_points=1)
    cycles = CycleOptions(intervals=60, mesh_tolerance=1e-8, max_intervals=200)
    branch = continue_cycles(problem, start, name, options, cycles)
    assert branch[name][0] == pytest.approx(value, rel=1e-12)
    assert branch["period"][0] == pytest.approx(period, rel=1e-8)
    np.testing.assert_allclose(branch.extra["minimum"][1][0], low, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(branch.extra["maximum"][1][0], high, rtol=1e-6, atol=1e-7)


def test_brusselator_from_its_hopf_point():
    # oracle: Hopf point b = 1 + a^2 = 2 with frequency a = 1; DOP853 at b = 3
    start = SpecialPoint("HB", {"b": 2.0}, np.array([1.0, 2.0]))
    branch = continue_cycles(
        brusselator(), start, "b", bounded("b", 1, 3), CycleOptions(save_profiles=True)
    )
    assert branch["period"][0] == pytest.approx(2 * np.pi, rel=1e-10)
    assert branch["b"][0] == pytest.approx(2, abs=1e-10)
    assert branch.stable[1:].all()
    p = brusselator().vector(b=3.0)
    period, low, high = measured(brusselator(), p, np.array([1.5, 2.0]), 100.0, 40.0)
    assert branch["b"][-1] == pytest.approx(3, abs=1e-11)
    assert branch["period"][-1] == pytest.approx(period, rel=1e-7)
    np.testing.assert_allclose(branch.extra["minimum"][1][-1], low, rtol=1e-5)
    np.testing.assert_allclose(branch.extra["maximum"][1][-1], high, rtol=1e-5)
    again = continue_cycles(
        brusselator(), trajectory_at(branch, len(branch) - 1), "b", replace(STEPS, max_points=1)
    )
    assert again["period"][0] == pytest.approx(branch["period"][-1], rel=1e-9)


def morris_lecar_fold() -> float:
    """Return current of the fold on the lower branch: dI/dv = 0 on the explicit curve I(v)."""

    def current(v):
        m = 0.5 * (1 + np.tanh((v + 1.2) / 18))
        w = 0.5 * (1 + np.tanh((v - 12) / 17.4))
        return 4 * m * (v - 120) + 8 * w * (v + 84) + 2 * (v + 60)

    def slope(v):
        x, z = (v + 1.2) / 18, (v - 12) / 17.4
        dm, dw = 0.5 / 18 / np.cosh(x) ** 2, 0.5 / 17.4 / np.cosh(z) ** 2
        m, w = 0.5 * (1 + np.tanh(x)), 0.5 * (1 + np.tanh(z))
        return 4 * (dm * (v - 120) + m) + 8 * (dw * (v + 84) + w) + 2

    return current(brentq(slope, -35, -20, xtol=1e-14))


def test_morris_lecar_ends_at_a_snic():
    # oracle: the fold of equilibria in closed form; the cycle dies there (Rinzel and Ermentrout)
    start = SpecialPoint("HB", {"I": 97.79, "phi": 1 / 15}, np.array([8.33, 0.396]))
    branch = continue_cycles(morris_lecar(1 / 15), start, "I", bounded("I", 0, 200))
    end = branch.ends[1]
    assert end.reason == "snic"
    (snic,) = branch.points("SNIC")
    found = snic.parameters["I"]
    assert found == pytest.approx(morris_lecar_fold(), rel=1e-9)
    assert snic.row == len(branch) - 1
    assert f"I = {found:.10g}" in end.message
    assert len(branch.points("LPC")) == 1, "the Hopf point is subcritical"
    # the law of the period, from the rows themselves: I - I_fold = a T^-2 + b T^-3 + ...
    near = branch["period"] > 120
    powers = np.vander(1 / branch["period"][near], 5, increasing=True)[:, [0, 2, 3, 4]]
    limit = np.linalg.lstsq(powers, branch["I"][near], rcond=None)[0][0]
    assert limit == pytest.approx(found, abs=5e-3)


def test_morris_lecar_ends_at_a_homoclinic_orbit():
    # oracle: the fate of the saddle's unstable manifold changes there: rest below, cycle above
    problem = morris_lecar(0.23)
    start = SpecialPoint("HB", {"I": 36.32, "phi": 0.23}, np.array([4.2, 0.29]))
    branch = continue_cycles(problem, start, "I", bounded("I", 0, 200))
    end = branch.ends[1]
    assert end.reason == "homoclinic"
    (homoclinic,) = branch.points("HOM")
    found = homoclinic.parameters["I"]
    assert homoclinic.data["uncertainty"] < 1e-5

    def swings(current: float) -> float:
        p = problem.vector(I=current)
        v = brentq(lambda v: problem.field(np.array([v, (1 + np.tanh((v - 12) / 17.4)) / 2]), p)[0],
                   -25, -15, xtol=1e-14)  # fmt: skip
        saddle = np.array([v, (1 + np.tanh((v - 12) / 17.4)) / 2])
        step = np.diag([1e-6, 1e-8])
        jacobian = np.stack(
            [(problem.field(saddle + e, p) - problem.field(saddle - e, p)) / 2 for e in step], 1
        ) / np.diag(step)
        values, vectors = np.linalg.eig(jacobian)
        out = vectors[:, np.argmax(values.real)].real
        out *= np.sign(out[0])
        run = solve_ivp(lambda t, y: problem.field(y, p), (0, 600), saddle + 1e-5 * out,
                        method="LSODA", rtol=1e-11, atol=1e-13)  # fmt: skip
        return np.ptp(run.y[0, run.t > 400])

    assert swings(found - 1e-4) < 1
    assert swings(found + 1e-4) > 20


def test_lorenz_unstable_cycles_end_at_a_homoclinic_orbit():
    # oracle: r = 470/19 in closed form; r = 13.926 (Sparrow 1982), the origin's eigenvalues
    r = 470 / 19
    c = np.sqrt(8 / 3 * (r - 1))
    start = SpecialPoint("HB", {"r": r}, np.array([c, c, r - 1]))
    branch = continue_cycles(lorenz(), start, "r", bounded("r", 1, 50))
    assert branch["r"][0] == pytest.approx(r, rel=1e-10)
    assert not branch.stable.any()
    assert (branch["unstable"][1:] == 1).all()
    end = branch.ends[1]
    assert end.reason == "homoclinic"
    (homoclinic,) = branch.points("HOM")
    found = homoclinic.parameters["r"]
    assert found == pytest.approx(13.926, abs=6e-4)
    np.testing.assert_allclose(homoclinic.state, 0, atol=1e-9)
    exact = np.sort([-8 / 3, *np.roots([1, 11, 10 * (1 - found)])])
    np.testing.assert_allclose(np.sort(homoclinic.eigenvalues.real), exact, rtol=1e-6)
    assert homoclinic.data["rate"] == pytest.approx(8 / 3, rel=1e-3)
    # slope of the period against the logarithm of the distance: 1 / (8/3)
    x, period = np.log(branch["r"][-6:] - found), branch["period"][-6:]
    assert -1 / np.polyfit(x, period, 1)[0] == pytest.approx(8 / 3, rel=0.02)


def test_roessler_period_doubling():
    # oracle: the variational equations, integrated over the reported period, have multiplier -1
    start = simulated_cycle(
        roessler(), np.array([1.0, 1.0, 0.0]), 500.0, 20.0, parameters={"c": 2.5}
    )
    branch = continue_cycles(roessler(), start, "c", bounded("c", 2, 4))
    (point,) = branch.points("PD")
    assert point.status == "converged"
    c = point.parameters["c"]

    def rhs(_, z):
        x, y, w = z[:3]
        jacobian = np.array([[0, -1, -1], [1, 0.2, 0], [w, 0, x - c]])
        flow = [-y - w, x + 0.2 * y, 0.2 + w * (x - c)]
        return np.concatenate([flow, (jacobian @ z[3:].reshape(3, 3)).ravel()])

    z0 = np.concatenate([point.state, np.eye(3).ravel()])
    end = solve_ivp(rhs, (0, point.data["period"]), z0, method="DOP853", rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(end.y[:3, -1], point.state, atol=1e-6)
    multipliers = np.linalg.eigvals(end.y[3:, -1].reshape(3, 3))
    assert np.abs(multipliers + 1).min() < 1e-5
    assert np.abs(multipliers - 1).min() < 1e-5
    below, above = branch["c"] < c - 1e-9, branch["c"] > c + 1e-9
    assert branch.stable[below].all()
    assert not branch.stable[above].any()
