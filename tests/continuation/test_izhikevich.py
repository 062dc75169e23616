"""The Izhikevich mean field against its explicit fold curve and against AUTO-07p's values."""

import json
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

# Computed with AUTO-07p and re-solved without it (mpmath, scipy); they agree to 4e-8.
REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text())
SINGLE = REFERENCE["single_population_uncorrected"]
QUIET = np.array([1e-4, -59.0, 0.0, 0.01])
PLANE = ContinuationOptions(bounds={"I": (-100.0, 200.0), "kappa": (0.0, 130.0)})


def equilibria(network, start=QUIET, parameter="I", bounds=(0.0, 80.0)):
    problem = network.problem()
    options = ContinuationOptions(bounds={parameter: bounds})
    branch = continue_equilibria(problem, start, parameter, options)
    assert [end.reason for end in branch.ends] == ["bound", "bound"]
    return problem, branch


def assert_evidence(point):
    assert point.status == "converged"
    assert point.residual < 1e-10
    low, high = point.bracket
    assert low <= high


def closed_form(r, width=1.0, b=-2.0, weight=15.0):
    """v(r) and I(r) at kappa = 0 of the equilibria; r may be complex."""
    c, k, v_r, v_t, tau_s = 100.0, 0.7, -60.0, -40.0, 6.0
    a, s = np.pi * c, tau_s * weight * r
    v = (width * k**2 * v_r / a + r * (k * (v_r + v_t) + s)) / (width * k**2 / a + 2 * k * r)
    drive = k * v * (v - v_r - v_t) - a * r * (width + a * r / k) + k * v_r * v_t - s * v
    return v, b * (v - v_r) - drive


def slope(r, **parameters):
    """dI/dr at kappa = 0 by a complex step: exact to rounding."""
    return closed_form(r + 1e-30j, **parameters)[1].imag / 1e-30


def test_jacobian_of_the_test_system():
    # Oracle: central differences of the field.
    rng = np.random.default_rng(1)
    for network in (systems.circuit(), systems.circuit(1000.0, -1000.0), systems.regular_spiking()):
        problem = network.problem()
        p = problem.vector()
        size = np.resize([0.01, 50.0, 10.0, 1.0, 1.0], len(problem.variables))
        y = size * rng.uniform(0.5, 1, len(size)) * np.where(size == 50, -1, 1)
        columns = []
        for j, h in enumerate(1e-5 * size):
            e = h * np.eye(len(y))[j]
            columns.append((problem.field(y + e, p) - problem.field(y - e, p)) / (2 * h))
        numeric = np.array(columns).T * size / size[:, None]
        analytic = problem.jacobian(y, p) * size / size[:, None]
        np.testing.assert_allclose(analytic, numeric, rtol=1e-6, atol=1e-6 * abs(numeric).max())


def test_equilibria_match_closed_form():
    _, branch = equilibria(systems.regular_spiking(kappa=25.0))
    v, current = closed_form(branch["r"])
    np.testing.assert_allclose(branch["v"], v, rtol=1e-9)
    np.testing.assert_allclose(branch["I"], current + 33.33 * 25.0 * branch["r"], atol=1e-8)


def test_folds_match_reference():
    _, branch = equilibria(systems.regular_spiking(kappa=25.0))
    expected = SINGLE["kappa=25"]
    assert len(branch.points("LP")) == len(branch.special) == len(expected)
    for point, row in zip(branch.points("LP"), expected, strict=True):
        assert_evidence(point)
        values = [point.parameters["I"], *point.state]
        np.testing.assert_allclose(values, [row[k] for k in "Irvus"], rtol=1e-7)


def test_hopf_points_match_reference():
    _, branch = equilibria(systems.regular_spiking(kappa=100.0))
    expected = SINGLE["kappa=100"]
    assert len(branch.points("HB")) == len(branch.special) == len(expected)
    for point, row in zip(branch.points("HB"), expected, strict=True):
        assert_evidence(point)
        values = [point.parameters["I"], *point.state, point.data["period"]]
        reference = [*(row[k] for k in "Irvus"), row["period"]]
        np.testing.assert_allclose(values, reference, rtol=1e-7)
        assert point.data["l1"] == pytest.approx(row["l1"], rel=1e-6)
        assert point.criticality == row["criticality"]
    # Between the two Hopf points a pair is unstable, outside all is stable.
    one, two = (point.row for point in branch.points("HB"))
    assert branch.stable[:one].all()
    assert branch.stable[two + 1 :].all()
    assert (branch["unstable"][one + 1 : two] == 2).all()


def test_whole_fold_curve_matches_closed_form():
    problem, branch = equilibria(systems.regular_spiking(kappa=25.0))
    curve = continue_folds(problem, branch.points("LP")[0], ("I", "kappa"), PLANE)
    assert curve["kappa"][[0, -1]].tolist() == [0.0, 0.0]
    # kappa enters I(r) linearly: kappa(r) = -A'(r) / tau_u on the fold curve.
    r = curve["r"]
    kappa = -slope(r) / 33.33
    v, current = closed_form(r)
    np.testing.assert_allclose(curve["kappa"], kappa, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(curve["I"], current + 33.33 * kappa * r, rtol=1e-8)
    np.testing.assert_allclose(curve["v"], v, rtol=1e-9)


@pytest.mark.parametrize("which", [0, 1])
def test_codimension_two_points_match_reference(which):
    problem, branch = equilibria(systems.regular_spiking(kappa=25.0))
    curve = continue_folds(problem, branch.points("LP")[which], ("I", "kappa"), PLANE)
    cusp, bt = SINGLE["plane (I, kappa)"]
    (found,) = curve.points("CP")
    near = min(curve.points("BT"), key=lambda p: abs(p.parameters["kappa"] - bt["kappa"]))
    for point, row in ((found, cusp), (near, bt)):
        assert_evidence(point)
        values = [*(point.parameters[k] for k in ("I", "kappa")), *point.state]
        np.testing.assert_allclose(values, [row[k] for k in ("I", "kappa", *"rvus")], rtol=1e-7)


def test_hopf_curve_ends_at_bogdanov_takens():
    problem, branch = equilibria(systems.regular_spiking(kappa=100.0))
    bt = SINGLE["plane (I, kappa)"][1]
    for start in branch.points("HB"):
        curve = continue_hopf(problem, start, ("I", "kappa"), PLANE)
        reasons = {end.reason for end in curve.ends}
        assert "BT" in reasons
        point = curve.points("BT")[0]
        assert_evidence(point)
        assert point.row in {0, len(curve) - 1}
        # The second one, at lower kappa, ends the other half of the curve.
        assert point.parameters["kappa"] == pytest.approx(bt["kappa"], rel=1e-7) or (
            point.parameters["kappa"] == pytest.approx(45.00342389, rel=1e-7)
        )
        # Every row is a Hopf point: eigenvalues +- i omega by an independent call.
        for row in range(0, len(curve), 10):
            if row == point.row:
                continue
            matrix = problem.jacobian(curve.states[row], problem.vector(**curve.parameters_at(row)))
            values = np.linalg.eigvals(matrix)
            gap = np.abs(values - 1j * curve["frequency"][row]).min()
            assert gap < 1e-9 * np.abs(values).max()


def test_one_parameter_and_two_parameter_points_coincide():
    problem, branch = equilibria(systems.regular_spiking(kappa=100.0))
    curve = continue_hopf(problem, branch.points("HB")[0], ("I", "kappa"), PLANE)
    for row in range(5, len(curve), 25):
        kappa = float(curve["kappa"][row])
        _, other = equilibria(systems.regular_spiking(kappa=kappa), bounds=(0.0, 150.0))
        currents = [point.parameters["I"] for point in other.points("HB")]
        assert min(abs(i / curve["I"][row] - 1) for i in currents) < 1e-8


@pytest.mark.parametrize("seed", range(6))
def test_folds_for_random_parameters(seed):
    # Oracle: the zeros of dI/dr of the explicit curve, counted and bisected.
    rng = np.random.default_rng(seed)
    width, b, kappa = rng.uniform(0.3, 2), rng.uniform(-3, 1), rng.uniform(0, 60)
    network = systems.regular_spiking(kappa=kappa, width=width, b=b)
    problem = network.problem()
    options = ContinuationOptions(bounds={"I": (-150.0, 150.0), "r": (1e-5, 0.05)})
    r0 = 1e-3
    v0, a0 = closed_form(r0, width=width, b=b)
    start = [r0, v0, b * (v0 + 60) + 33.33 * kappa * r0, 90 * r0]
    problem = problem.at({"I": a0 + 33.33 * kappa * r0})
    branch = continue_equilibria(problem, start, "I", options)
    found = sorted(point.state[0] for point in branch.points("LP"))
    low, high = branch["r"].min(), branch["r"].max()
    grid = np.geomspace(low, high, 4000)
    total = slope(grid, width=width, b=b) + 33.33 * kappa
    changes = np.flatnonzero(total[1:] * total[:-1] < 0)
    assert len(found) == len(changes)
    for r, i in zip(found, changes, strict=True):
        assert grid[i] <= r <= grid[i + 1]
        assert slope(r, width=width, b=b) + 33.33 * kappa == pytest.approx(0, abs=1e-4)


def test_corrected_population_matches_reference():
    key = "single_population_corrected v_p=50 v_0=-60 (Delta_v=0.5, b=0, kappa=0)"
    network = systems.regular_spiking(kappa=0.0, width=0.5, b=0.0, v_p=50.0, v_0=-60.0)
    _, branch = equilibria(network, bounds=(0.0, 100.0))
    points = branch.points("LP")
    assert len(points) == len(REFERENCE[key])
    for point, row in zip(points, REFERENCE[key], strict=True):
        values = [point.parameters["I"], point.state[3], point.state[1]]
        np.testing.assert_allclose(values, [row["I"], row["s"], row["v"]], rtol=1e-7)
