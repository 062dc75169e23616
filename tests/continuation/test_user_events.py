"""Events, stops and recorded values that users state; interrupts; stored points as starts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cycle_systems import hopf_normal_form

from ikmeanfield.continuation import (
    Branch,
    ContinuationOptions,
    CycleOptions,
    Problem,
    SpecialPoint,
    continue_cycle_bifurcation,
    continue_cycles,
    continue_equilibria,
    continue_folds,
    continue_hopf,
    trajectory_at,
)
from ikmeanfield.continuation.cycles.follow import STEPS


def parabola():
    """Equilibria x^2 = mu."""
    return Problem(lambda y, p: np.array([p[0] - y[0] ** 2]), ("x",), {"mu": 4.0, "nu": 0.0})


def test_events_of_equilibria():
    # oracle: on x^2 = mu, x + mu = 6 at x = 2, and x mu = -8 at x = -2
    options = ContinuationOptions(
        bounds={"mu": (-1.0, 9.5)},
        events={"sum": lambda y, p: y[0] + p[0] - 12, "product": lambda y, p: y[0] * p[0] + 8},
        record={"square": lambda y, p: y[0] ** 2},
    )
    branch = continue_equilibria(parabola(), np.array([2.0]), "mu", options)
    found = {p.name: p for p in branch.points("UZ")}
    assert set(found) == {"sum", "product"}
    assert found["sum"].state[0] == pytest.approx(3.0, abs=1e-10)
    assert found["product"].state[0] == pytest.approx(-2.0, abs=1e-10)
    assert found["product"].parameters["mu"] == pytest.approx(4.0, abs=1e-10)
    np.testing.assert_allclose(branch["square"], branch["mu"], atol=1e-10)
    assert branch["mu"][found["sum"].row] == found["sum"].parameters["mu"]


def test_a_curve_stops_at_an_event():
    # oracle: x = 3 at mu = 9
    options = ContinuationOptions(
        events={"three": lambda y, p: y[0] - 3.0}, stop_at={"three"}, direction="forward"
    )
    branch = continue_equilibria(parabola(), np.array([2.0]), "mu", options)
    assert branch["x"][-1] == pytest.approx(3.0, abs=1e-10)
    assert branch.ends[1].reason == "UZ"
    assert "three" in branch.ends[1].message
    with pytest.raises(ValueError, match="stop_at = 'four'"):
        ContinuationOptions(events={"three": lambda y, p: 0.0}, stop_at={"four"})


def test_events_of_two_parameter_curves():
    # oracle: folds of mu + nu x - x^3 at mu^2 = 4 nu^3 / 27; mu = 2 at nu = 3
    problem = Problem(
        lambda y, p: np.array([p[0] + p[1] * y[0] - y[0] ** 3]), ("x",), {"mu": 0.0, "nu": 1.0}
    )
    options = ContinuationOptions(bounds={"mu": (-5.0, 5.0)})
    fold = continue_equilibria(problem, np.array([1.0]), "mu", options).points("LP")[0]
    plane = ContinuationOptions(
        bounds={"mu": (-5.0, 5.0), "nu": (-5.0, 5.0)},
        events={"two": lambda y, p: abs(p[0]) - 2},
    )
    folds = continue_folds(problem, fold, ("mu", "nu"), plane)
    values = sorted(point.parameters["mu"] for point in folds.points("UZ"))
    np.testing.assert_allclose(values, [-2.0, 2.0], atol=1e-10)
    nus = [point.parameters["nu"] for point in folds.points("UZ")]
    np.testing.assert_allclose(nus, [3.0, 3.0], atol=1e-9)


def test_events_of_cycles():
    # oracle: circles of radius sqrt(mu) touch x = 0.5 at mu = 0.25; mean of x^2 is mu / 2
    start = SpecialPoint("HB", {"mu": 0.0}, np.zeros(2))
    options = replace(
        STEPS,
        bounds={"mu": (-1.0, 1.0)},
        events={"wall": lambda y, p: y[0] - 0.5},
        record={"power": lambda y, p: y[0] ** 2},
    )
    branch = continue_cycles(hopf_normal_form(), start, "mu", options)
    (touch,) = branch.points("UZ")
    assert touch.name == "wall"
    assert touch.parameters["mu"] == pytest.approx(0.25, abs=1e-7)
    np.testing.assert_allclose(branch["power"], branch["mu"] / 2, atol=1e-9)
    stopped = continue_cycles(hopf_normal_form(), start, "mu", replace(options, stop_at={"wall"}))
    assert stopped["mu"][-1] == pytest.approx(0.25, abs=1e-7)


@pytest.mark.parametrize("kind", ["equilibrium", "cycle"])
def test_an_interrupt_keeps_what_was_found(kind):
    calls = []

    def interrupt(*news):
        calls.append(news)
        if len(calls) == 5:
            raise KeyboardInterrupt

    if kind == "equilibrium":
        options = ContinuationOptions(progress=interrupt)
        branch = continue_equilibria(parabola(), np.array([2.0]), "mu", options)
    else:
        start = SpecialPoint("HB", {"mu": 0.0}, np.zeros(2))
        branch = continue_cycles(
            hopf_normal_form(), start, "mu", replace(STEPS, progress=interrupt)
        )
    assert branch.ends[1].reason == "interrupted"
    assert len(branch) >= 5
    assert len(calls) == 5


def test_stored_points_are_starts(tmp_path):
    # oracle: the same curves from the points that were not stored
    from cycle_curve_systems import bautin

    problem = bautin()
    hopf = SpecialPoint("HB", {"mu": 0.0, "nu": 1.0}, np.zeros(2))
    options = replace(STEPS, bounds={"mu": (-1.0, 1.0)})
    branch = continue_cycles(problem, hopf, "mu", options, CycleOptions(save_profiles=True))
    branch.to_dataset().to_netcdf(tmp_path / "cycles.nc")
    import xarray as xr

    with xr.open_dataset(tmp_path / "cycles.nc") as stored:
        again = Branch.from_dataset(stored.load())
    plane = replace(STEPS, bounds={"mu": (-1.0, 0.5), "nu": (0.5, 2.0)})
    curves = [
        continue_cycle_bifurcation(problem, b.points("LPC")[0], ("mu", "nu"), plane)
        for b in (branch, again)
    ]
    np.testing.assert_array_equal(curves[0].parameters, curves[1].parameters)
    row = len(again) - 2
    resumed = continue_cycles(
        problem.at(again.parameters_at(row)), trajectory_at(again, row), "mu", options
    )
    assert resumed["mu"].min() == pytest.approx(-0.25, abs=1e-8)
    (first,) = again.points("HB")
    assert len(continue_hopf(problem, first, ("mu", "nu"), ContinuationOptions(max_points=5))) > 1
