"""Branch switching and whole diagrams of systems whose branches are all known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cycle_curve_systems import lorenz, product_of_branches, symmetric_circle

from ikmeanfield.continuation import (
    ContinuationOptions,
    CycleOptions,
    Problem,
    Trajectory,
    continue_cycles,
    continue_equilibria,
    diagram,
    simulated_cycle,
    switch_branch,
)
from ikmeanfield.continuation.cycles.follow import STEPS


def test_branch_that_crosses():
    # oracle: x (mu - x) = 0
    problem = Problem(lambda y, p: np.array([y[0] * (p[0] - y[0])]), ("x",), {"mu": -1.0})
    options = ContinuationOptions(bounds={"mu": (-2.0, 2.0)})
    branch = continue_equilibria(problem, np.zeros(1), "mu", options)
    (point,) = branch.points("BP")
    other = switch_branch(problem, branch, point, options)
    np.testing.assert_allclose(other["x"], other["mu"], atol=1e-10)
    assert {end.reason for end in other.ends} == {"bound"}
    with pytest.raises(ValueError, match="LP"):
        switch_branch(problem, branch, replace(point, kind="LP"), options)


def test_every_branch_of_a_product_is_followed_once():
    # oracle: x (mu - x^2) = 0 and y (mu - 1 - y) = 0: the branches (0, 0), (+-sqrt mu, 0),
    # (0, mu - 1) and (+-sqrt mu, mu - 1)
    tree = diagram(
        product_of_branches(), np.zeros(2), "mu", ContinuationOptions(bounds={"mu": (-2.0, 2.0)})
    )
    branches = tree.branches()
    assert len(branches) == 4
    seen = set()
    for branch in branches:
        x, y, mu = branch["x"], branch["y"], branch["mu"]
        on = (np.abs(x).max() > 0.1, np.abs(y).max() > 0.1)
        np.testing.assert_allclose(x**2, mu if on[0] else 0 * mu, atol=1e-9)
        np.testing.assert_allclose(y, mu - 1 if on[1] else 0 * mu, atol=1e-9)
        seen.add(on)
    assert len(seen) == 4
    text = repr(tree)
    assert len(text.splitlines()) == 4
    assert "BP" in text


def test_diagram_of_the_brusselator():
    # oracle: Hopf point at b = 2 with a cycle beyond
    from cycle_systems import brusselator

    options = ContinuationOptions(bounds={"b": (1.0, 2.5)})
    tree = diagram(brusselator().at({"b": 1.5}), np.array([1.0, 1.5]), "b", options)
    equilibria, cycles = tree.branches()
    assert (equilibria.kind, cycles.kind) == ("equilibrium", "cycle")
    assert tree.children[0].origin.parameters["b"] == pytest.approx(2.0, abs=1e-9)
    assert tree.points("HB")[0].kind == "HB"


def test_an_interrupted_diagram_keeps_its_branches():
    calls = []

    def interrupt(kind, *news):
        calls.append(kind)
        if calls.count("equilibrium") > 150:
            raise KeyboardInterrupt

    options = ContinuationOptions(bounds={"mu": (-2.0, 2.0)}, progress=interrupt)
    tree = diagram(product_of_branches(), np.zeros(2), "mu", options)
    assert tree.interrupted
    assert "interrupted" in repr(tree)
    assert 1 <= len(tree.branches()) <= 4


def circle():
    angle = np.linspace(0, 2 * np.pi, 101)
    return Trajectory(angle, np.column_stack([np.cos(angle), np.sin(angle), 0 * angle]), {})


def test_pitchfork_of_cycles():
    # oracle: z' = a z - z^3 around the unit circle: z = +-sqrt(a), multiplier exp(-4 pi a)
    problem = symmetric_circle()
    steps = replace(STEPS, bounds={"a": (-0.3, 0.3)})
    branch = continue_cycles(problem, circle(), "a", steps)
    (point,) = branch.points("BP")
    assert point.parameters["a"] == pytest.approx(0.0, abs=1e-7)
    other = switch_branch(problem, branch, point, steps)
    np.testing.assert_allclose(other.extra["mean"][1][:, 2] ** 2, other["a"], atol=1e-8)
    assert other.extra["mean"][1][:, 2].min() < -0.5
    assert other.extra["mean"][1][:, 2].max() > 0.5
    inside = (other["a"] > 0.01) & (other["a"] < 0.2)
    multiplier = np.abs(other.eigenvalues - np.exp(-4 * np.pi * other["a"])[:, None]).min(axis=1)
    assert multiplier[inside].max() < 1e-6


def test_doubled_cycles_of_lorenz():
    # oracle: simulation: beyond the period doubling at r = 229.4 the attractor has twice the period
    problem = lorenz()
    steps = replace(STEPS, bounds={"r": (222.0, 260.0)})
    cycles = CycleOptions(intervals=60)
    start = simulated_cycle(problem, np.array([10.0, 10.0, 230.0]), 300.0, 5.0)
    branch = continue_cycles(problem, start, "r", steps, cycles)
    (point,) = branch.points("PD")
    doubled = switch_branch(
        problem, branch, point, replace(steps, bounds={"r": (226.0, 260.0)}), cycles
    )
    assert doubled["r"][-1] == pytest.approx(226.0)
    assert doubled.stable[: len(doubled) // 2].all()
    simulated = simulated_cycle(
        problem, np.array([10.0, 10.0, 230.0]), 300.0, 5.0, parameters={"r": 226.0}
    )
    assert doubled["period"][-1] == pytest.approx(simulated.times[-1], rel=1e-4)
    assert doubled["period"][0] == pytest.approx(2 * point.data["period"], rel=1e-2)
