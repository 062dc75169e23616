"""What a branch of cycles says when it cannot start or go on, and how it is stored."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from cycle_systems import bautin_normal_form, brusselator, hopf_normal_form, kinked_hopf, lorenz

from ikmeanfield.continuation import (
    Branch,
    ContinuationOptions,
    CycleOptions,
    CycleStartError,
    Problem,
    SpecialPoint,
    Trajectory,
    continue_cycles,
    simulated_cycle,
    trajectory_at,
)
from ikmeanfield.continuation.cycles import STEPS

ORIGIN = SpecialPoint("HB", {"mu": 0.0}, np.zeros(2))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("intervals", 3, "integer >= 4"),
        ("max_intervals", 10, "integer >= 30"),
        ("degree", 1, "from 2 to 7"),
        ("mesh_tolerance", 0.0, "finite number > 0"),
        ("adapt_every", 0, "integer >= 1"),
        ("max_period", -1.0, "> 0"),
        ("period_ratio", 1.0, "> 1"),
        ("report_at", (np.nan,), "finite"),
    ],
)
def test_options_name_key_value_and_what_is_allowed(key, value, words):
    # oracle: the options' documentation
    with pytest.raises(ValueError, match=f"{key} = .*{words}"):
        CycleOptions(**{key: value})


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (SpecialPoint("HB", {"mu": 0.5}, np.zeros(2)), "no Hopf point near"),
        (SpecialPoint("HB", {"mu": np.nan}, np.zeros(2)), "no equilibrium near"),
        (Trajectory(np.linspace(0, 6, 20), np.ones((20, 2)), {"mu": 0.5}), "constant"),
        (
            Trajectory(
                np.linspace(0, 1, 40),
                np.random.default_rng(0).standard_normal((40, 2)),
                {"mu": 0.5},
            ),
            "no cycle at mu = 0.5",
        ),
    ],
)
def test_no_start_is_said_in_words(start, words):
    # oracle: the start is no Hopf point or cycle by construction
    options = replace(STEPS, bounds={"mu": (-1.0, 1.0)})
    branch = continue_cycles(hopf_normal_form(), start, "mu", options)
    assert len(branch) == 0
    assert {end.reason for end in branch.ends} == {"no_start"}
    assert words in branch.ends[0].message


def test_real_eigenvalues_are_no_hopf_point():
    # oracle: the origin of the Lorenz system is a saddle with real eigenvalues
    start = SpecialPoint("LP", {"r": 24.0}, np.zeros(3))
    branch = continue_cycles(lorenz(), start, "r")
    assert "all eigenvalues are real" in branch.ends[0].message


def test_ends_by_count_and_outside_bounds():
    # oracle: the options' meaning
    branch = continue_cycles(hopf_normal_form(), ORIGIN, "mu", replace(STEPS, max_points=5))
    assert branch.ends[1].reason == "max_points"
    assert len(branch) == 5
    options = replace(STEPS, bounds={"mu": (1.0, 2.0)})
    outside = continue_cycles(hopf_normal_form(), ORIGIN, "mu", options)
    assert outside.ends[1].reason == "bound"
    assert "starts outside the bound mu = 1" in outside.ends[1].message


def test_a_field_that_stops_existing_ends_the_branch_with_a_reason():
    # oracle: the field is not a number where x > 0.5, which circles reach at mu = 0.25
    def field(y, p):
        a, b = y
        wall = np.sqrt(0.5 - a) if a < 0.5 else np.nan
        growth = p[0] - a * a - b * b
        return np.array([growth * a - b + 0 * wall, growth * b + a])

    problem = Problem(field, ("x", "y"), {"mu": 0.0})
    branch = continue_cycles(problem, ORIGIN, "mu", replace(STEPS, ds_min=1e-4))
    assert branch.ends[1].reason == "step"
    assert "not finite" in branch.ends[1].message
    assert 0.2 < branch["mu"][-1] <= 0.25 + 1e-6


def test_unknown_names_are_refused():
    # oracle: Problem.index and the options' documentation
    with pytest.raises(KeyError, match="no parameter 'nu'"):
        continue_cycles(hopf_normal_form(), ORIGIN, "nu")
    options = ContinuationOptions(bounds={"z": (0, 1)})
    with pytest.raises(ValueError, match=r"bounds\['z'\]"):
        continue_cycles(hopf_normal_form(), ORIGIN, "mu", options)


def test_simulations_that_find_no_cycle_say_so():
    # oracle: mu < 0 decays to rest; Lorenz at r = 28 is chaotic
    with pytest.raises(CycleStartError, match="comes to rest"):
        simulated_cycle(hopf_normal_form(), np.ones(2), 200, 20, parameters={"mu": -0.5})
    with pytest.raises(CycleStartError, match="does not return"):
        simulated_cycle(lorenz(), np.ones(3), 30, 3, parameters={"r": 28.0}, tolerance=1e-5)


@pytest.mark.parametrize(
    ("times", "states", "words"),
    [
        (np.zeros(20), np.zeros((20, 2)), "times: must hold"),
        (np.linspace(0, 1, 20), np.zeros((19, 2)), r"states: must have shape \(20, n\)"),
    ],
)
def test_trajectories_validate_themselves(times, states, words):
    # oracle: documentation
    with pytest.raises(ValueError, match=words):
        Trajectory(times, states, {})


def assert_same(a: Branch, b: Branch) -> None:
    assert (a.kind, a.variables, a.free, a.fixed, a.ends) == (
        b.kind, b.variables, b.free, b.fixed, b.ends,
    )  # fmt: skip
    for name in ("states", "parameters", "eigenvalues"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert a.columns.keys() == b.columns.keys()
    for name, column in a.columns.items():
        np.testing.assert_array_equal(column, b.columns[name])
    assert a.extra.keys() == b.extra.keys()
    for name, (dims, values) in a.extra.items():
        assert tuple(dims) == tuple(b.extra[name][0])
        np.testing.assert_array_equal(values, b.extra[name][1])
    for p, q in zip(a.special, b.special, strict=True):
        assert (p.kind, p.row, p.message, p.parameters, p.data) == (
            q.kind, q.row, q.message, q.parameters, q.data,
        )  # fmt: skip
        np.testing.assert_array_equal(p.eigenvalues, q.eigenvalues)


@pytest.mark.parametrize("problem", [bautin_normal_form(), kinked_hopf()])
def test_netcdf_is_lossless(problem, tmp_path):
    # oracle: the branch itself
    import xarray as xr

    options = replace(STEPS, bounds={"mu": (-1.0, 0.5)})
    branch = continue_cycles(problem, ORIGIN, "mu", options, CycleOptions(save_profiles=True))
    branch.to_dataset().to_netcdf(tmp_path / "branch.nc")
    with xr.open_dataset(tmp_path / "branch.nc") as dataset:
        assert_same(branch, Branch.from_dataset(dataset.load()))
        assert dataset["eigenvalue_real"].units == dataset["column_mesh_error"].units == "1"


def test_plot_draws_minima_and_maxima():
    # oracle: the branch's own columns, in the lines drawn
    import matplotlib as mpl

    mpl.use("Agg")
    options = replace(STEPS, bounds={"mu": (-1.0, 0.5)})
    branch = continue_cycles(bautin_normal_form(), ORIGIN, "mu", options)
    ax = branch.plot()
    drawn = np.concatenate([line.get_ydata() for line in ax.lines])
    for name in ("minimum", "maximum"):
        assert np.isin(branch.extra[name][1][:, 0], drawn).all()
    assert {line.get_label() for line in ax.lines} == {"cycle", "HB", "LPC"}


def test_profiles_are_the_cycles():
    # oracle: x' = f on the stored profile, and its absence said in words
    options = replace(STEPS, bounds={"b": (1.0, 3.0)})
    start = SpecialPoint("HB", {"b": 2.0}, np.array([1.0, 2.0]))
    branch = continue_cycles(brusselator(), start, "b", options, CycleOptions(save_profiles=True))
    cycle = trajectory_at(branch, len(branch) - 1)
    assert cycle.times[-1] == pytest.approx(branch["period"][-1])
    np.testing.assert_allclose(cycle.states[0], cycle.states[-1])
    slope = np.gradient(cycle.states, cycle.times, axis=0)
    exact = [brusselator().field(y, np.array([3.0])) for y in cycle.states]
    np.testing.assert_allclose(slope[1:-1], exact[1:-1], atol=0.05 * np.abs(exact).max())
    with pytest.raises(ValueError, match="save_profiles"):
        trajectory_at(continue_cycles(brusselator(), start, "b", options), 3)
    with pytest.raises(ValueError, match="Hopf point"):
        trajectory_at(branch, 0)


def test_import_stays_light():
    # oracle: the modules loaded by a fresh interpreter
    code = (
        "import sys, ikmeanfield.continuation as c; "
        "print([m for m in ('numba', 'xarray', 'matplotlib', 'scipy.optimize', 'scipy.linalg') "
        "if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True
    )
    assert run.stdout.strip() == "[]"
