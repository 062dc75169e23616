"""Periodically forced systems and phase responses against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cycle_curve_systems import forced_circle

from ikmeanfield.continuation import (
    ContinuationOptions,
    Problem,
    continue_cycle_bifurcation,
    continue_cycles,
    continue_equilibria,
    forced,
    phase_response,
    resting_response,
    simulated_cycle,
)
from ikmeanfield.continuation.cycles.follow import STEPS

FREQUENCY = 1 / (2 * np.pi)
EQUILIBRIA = ContinuationOptions(bounds={"gain": (1.0, 3.0)})


def test_phase_response_of_a_circle_with_shear():
    # oracle: the phase is the angle + shear ln r, so Z is its gradient at radius 1
    shear = 0.7
    problem = forced_circle(shear)
    found = phase_response(problem, simulated_cycle(problem, np.array([1.0, 0.0]), 20.0, 10.0))
    angle = np.arctan2(found.states[:, 1], found.states[:, 0])
    exact = np.stack(
        [-np.sin(angle) + shear * np.cos(angle), np.cos(angle) + shear * np.sin(angle)], axis=1
    )
    assert found.period == pytest.approx(2 * np.pi, rel=1e-9)
    np.testing.assert_allclose(found.response, exact, atol=1e-8)


def test_response_of_a_linear_system():
    # oracle: x' = -x + a cos(2 pi f t): amplitude a / sqrt(1 + (2 pi f)^2)
    problem = forced(
        Problem(lambda y, p: np.array([p[0] - y[0]]), ("x",), {"input": 0.0}),
        "input",
        frequency=0.3,
    )
    branch = continue_cycles(
        problem,
        resting_response(problem, [0.0]),
        "drive_amplitude",
        replace(STEPS, bounds={"drive_amplitude": (0.0, 2.0)}, scales={"x": 1.0}),
    )
    expected = branch["drive_amplitude"] / np.sqrt(1 + (0.6 * np.pi) ** 2)
    np.testing.assert_allclose(branch.extra["maximum"][1][:, 0], expected, atol=1e-6)
    np.testing.assert_allclose(branch["period"], 1 / 0.3, rtol=1e-9)
    assert branch["drive_amplitude"].max() == pytest.approx(2.0)


def test_stated_slopes_of_a_forced_system():
    # oracle: the derivative of -x + gain (input + a c) by the gain, in closed form
    problem = Problem(
        lambda y, p: np.array([p[1] * p[0] - y[0]]), ("x",), {"input": 0.5, "gain": 2.0},
        slopes={"gain": lambda y, p: np.array([p[0]])},
    )  # fmt: skip
    driven = forced(problem, "input", amplitude=0.4)
    y, p = np.array([0.3, 0.6, -0.8]), driven.vector()
    np.testing.assert_allclose(driven.slopes["gain"](y, p), [0.5 + 0.4 * 0.6, 0.0, 0.0])
    # the drive itself may rest, too
    rest = continue_equilibria(driven, np.array([1.0, 0.0, 0.0]), "gain", EQUILIBRIA)
    np.testing.assert_allclose(rest["x"], 0.5 * rest["gain"], atol=1e-9)


def test_the_jacobian_of_a_forced_system():
    # oracle: central differences
    problem = forced(forced_circle(0.5), {"ax": 0.0, "ay": 0.25}, amplitude=0.4, frequency=0.2)
    y, p = np.array([0.3, -0.8, 0.6, 0.7]), problem.vector()
    differences = [
        (problem.field(y + 1e-6 * e, p) - problem.field(y - 1e-6 * e, p)) / 2e-6 for e in np.eye(4)
    ]
    np.testing.assert_allclose(problem.jacobian(y, p), np.array(differences).T, atol=1e-8)
    with pytest.raises(ValueError, match="drive_cos"):
        forced(problem, "ax")


@pytest.mark.long
def test_tongue_of_a_forced_circle():
    # oracle: in the frame that rotates with the drive, R = |z|^2 obeys
    # F^2 = R ((1 - R)^2 + d^2) with the detuning d; folds at d^2 = (1 - R)(3 R - 1), so
    # F^2 = 2 R^2 (1 - R); they meet in cusps at R = 2/3, F^2 = 8/27, and in 1:1 resonances
    # at R = 1/2, F = 1/2, where curves of torus points F^2 = (1/4 + d^2) / 2 begin
    problem = forced(forced_circle(), {"ax": 0.0, "ay": 0.25}, amplitude=0.3, frequency=FREQUENCY)
    locked = simulated_cycle(problem, np.array([1.0, 0.0, 1.0, 0.0]), 100.0, 20.0)
    steps = replace(STEPS, bounds={"drive_frequency": (0.4 * FREQUENCY, 1.6 * FREQUENCY)})
    response = continue_cycles(problem, locked, "drive_frequency", steps)
    assert response.ends[1].reason == "closed"
    folds = response.points("LPC")
    assert len(folds) == 2
    plane = replace(steps, bounds={**steps.bounds, "drive_amplitude": (0.1, 1.0)})
    free = ("drive_frequency", "drive_amplitude")
    tongue = continue_cycle_bifurcation(problem, folds[0], free, plane)
    ratio = tongue.extra["maximum"][1][:, 0] ** 2
    detuning = tongue["drive_frequency"] / FREQUENCY - 1
    np.testing.assert_allclose(detuning**2, (1 - ratio) * (3 * ratio - 1), atol=1e-6)
    np.testing.assert_allclose(
        tongue["drive_amplitude"] ** 2, 2 * ratio**2 * (1 - ratio), atol=1e-6
    )
    cusps = tongue.points("CPC")
    assert len(cusps) == 2
    for cusp in cusps:
        assert cusp.parameters["drive_amplitude"] == pytest.approx(np.sqrt(8 / 27), abs=1e-6)
    upper = max(tongue.points("R1"), key=lambda p: p.parameters["drive_frequency"])
    assert upper.parameters["drive_frequency"] == pytest.approx(1.5 * FREQUENCY, abs=1e-6)
    assert upper.parameters["drive_amplitude"] == pytest.approx(0.5, abs=1e-6)


def test_torus_points_of_a_forced_circle():
    # oracle: as above, F^2 = (1/4 + d^2) / 2 for |d| > 1/2
    problem = forced(
        forced_circle(), {"ax": 0.0, "ay": 0.25}, amplitude=0.9, frequency=1.8 * FREQUENCY
    )
    locked = simulated_cycle(problem, np.array([0.7, 0.0, 1.0, 0.0]), 200.0, 20.0)
    steps = replace(STEPS, bounds={"drive_amplitude": (0.3, 1.0)})
    branch = continue_cycles(problem, locked, "drive_amplitude", steps)
    (point,) = branch.points("TR")
    plane = replace(STEPS, bounds={"drive_frequency": (1.7 * FREQUENCY, 1.9 * FREQUENCY)})
    curve = continue_cycle_bifurcation(
        problem, point, ("drive_frequency", "drive_amplitude"), plane
    )
    assert curve.kind == "torus"
    detuning = curve["drive_frequency"] / FREQUENCY - 1
    np.testing.assert_allclose(curve["drive_amplitude"] ** 2, (0.25 + detuning**2) / 2, atol=1e-7)
