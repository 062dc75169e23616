"""Two states of the RS population: their equilibria, and what leads from one to the other.

Oracles: the closed form of the equilibria (v and I as functions of r); the folds of the mean field
at κ = 10 pA, Δ_v = 1 mV by AUTO-07p; and LSODA with error control in place of fixed steps.
"""

import numpy as np
import pytest
from scipy.optimize import brentq

from ikmeanfield.analysis.escape_times import threshold
from ikmeanfield.analysis.two_states import (
    NetworkModel,
    TheoryModel,
    middle,
    switched_by_pulse,
    switched_by_shift,
    two_states,
)
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.inputs import sinusoid, step_means, steps
from ikmeanfield.theories import MeanFieldSettings

FOLDS = (23.621, 40.671)
CURRENT = 32.4
THEORY = MeanFieldSettings(reset_correction=False, form="absolute")
CIRCUIT = regular_spiking().replace(
    {"rs.input_current": CURRENT, "rs.size": 400, "rs.recovery": "population"}
)
WAIT = 1500.0


@pytest.fixture(scope="module")
def states():
    return two_states(CIRCUIT, "rs", (0.0, 100.0), THEORY)


@pytest.fixture(scope="module")
def model(states):
    return TheoryModel(THEORY.build(CIRCUIT), "rs", states, 0.4)


def closed_form_current(r):
    """I at which the rate r (1/ms) is an equilibrium, from Eqs. 22-25 of the paper."""
    C, k, v_r, v_t, width, b, kappa, J, tau_s, tau_u = (
        100.0, 0.7, -60.0, -40.0, 1.0, -2.0, 10.0, 15.0, 6.0, 33.33
    )  # fmt: skip
    s = tau_s * J * r
    v = (width * k**2 * v_r / (np.pi * C) + r * (k * (v_r + v_t) + s)) / (
        width * k**2 / (np.pi * C) + 2 * k * r
    )
    u = b * (v - v_r) + tau_u * kappa * r
    drive = k * (v - v_r) * (v - v_t) - np.pi * C * r * (width + np.pi * C * r / k)
    return -(drive - u + s * (0.0 - v))


def test_the_three_equilibria_are_those_of_the_closed_form(states):
    """Oracle: the roots of I(r) = 32.4 pA; s = τ_s J r."""
    grid = np.geomspace(1e-5, 0.05, 400)
    values = np.array([closed_form_current(r) - CURRENT for r in grid])
    (places,) = np.nonzero(np.diff(np.sign(values)))
    roots = [brentq(lambda r: closed_form_current(r) - CURRENT, *grid[p : p + 2]) for p in places]
    found = [states.activation(name) for name in ("low", "saddle", "high")]
    np.testing.assert_allclose(found, [90.0 * r for r in roots], rtol=1e-6)
    assert states.gap("low") == pytest.approx(found[1] - found[0])
    assert states.left("low") == pytest.approx((found[1] + found[2]) / 2)


def test_the_middle_lies_between_the_folds():
    """Oracle: the folds by AUTO-07p; without two folds there is no middle."""
    bounds = (0.0, 100.0)
    assert middle(CIRCUIT, "rs", bounds, THEORY, 0.5) == pytest.approx(np.mean(FOLDS), abs=1e-3)
    wide = CIRCUIT.replace({"rs.threshold_width": 3.9})
    assert middle(wide, "rs", bounds, THEORY, 0.5) is None
    assert two_states(wide, "rs", bounds, THEORY) is None


@pytest.mark.parametrize("state", ["low", "high"])
def test_pulses_and_shifts_switch_just_beyond_their_thresholds(model, states, state):
    """Oracle: LSODA from the same state, one per cent below and above each threshold."""
    sign, saddle = (1 if state == "low" else -1), states.activation("saddle")
    theory = THEORY.build(CIRCUIT)
    pulse = threshold(switched_by_pulse(model, state, saddle, CURRENT, 20.0, WAIT), 10.0, 1e4)
    for factor in (0.99, 1.01):
        current = steps([(0.0, CURRENT + sign * factor * pulse), (20.0, CURRENT)])
        series = theory.integrate(
            {"rs": current}, duration=WAIT, sample=10.0, initial=getattr(states, state)
        )
        switched = (float(series["synaptic_activation"][0, -1]) > saddle) == (sign > 0)
        assert switched == (factor > 1)
    switches = switched_by_shift(model, state, saddle, CURRENT, WAIT)
    if state == "high":  # neurons go on firing without any activation, and build it up again
        assert np.isnan(threshold(switches, 0.2, states.activation("high")))
        return
    shift = threshold(switches, 0.2, 10.0)
    for factor in (0.99, 1.01):
        initial = states.low.copy()
        initial[states.observed] += factor * shift
        series = theory.integrate(duration=WAIT, sample=10.0, initial=initial)
        assert (float(series["synaptic_activation"][0, -1]) > saddle) == (factor > 1)
    assert shift == pytest.approx(states.linear_kick("low"), rel=0.05)


def test_near_a_fold_the_separatrix_is_flat(states):
    """Oracle: where state and saddle meet, the plane through the saddle is the separatrix."""
    current = middle(CIRCUIT, "rs", (0.0, 100.0), THEORY, 0.995)
    near = CIRCUIT.replace({"rs.input_current": current})
    here = two_states(near, "rs", (0.0, 100.0), THEORY)
    own = TheoryModel(THEORY.build(near), "rs", here, 0.4)
    switches = switched_by_shift(own, "low", here.activation("saddle"), current, 4000.0)
    shift = threshold(switches, 0.05, 5.0)
    assert shift == pytest.approx(here.linear_kick("low"), rel=0.02)
    assert here.linear_kick("low") < 0.3 * states.linear_kick("low")


def test_a_network_can_be_put_into_both_states(states):
    """Oracle: it stays on its side of the saddle, and returns to the same course."""
    network = NetworkModel(
        CIRCUIT, "rs", states, sample=0.4, thresholds="quantiles", settle=600.0, kick=40.0
    )
    courses = []
    for state in ("low", "high", "low"):
        assert network.start(state, 1)
        courses.append(network.advance(CURRENT, 100.0))
    assert courses[0].max() < states.activation("saddle") < courses[1].min()
    np.testing.assert_array_equal(courses[0], courses[2])
    network.start("low", 1)
    network.shift(3.0)
    assert network.advance(CURRENT, 0.4)[0] == pytest.approx(3.0 + courses[0][0], rel=0.1)


def test_fixed_steps_follow_an_oscillation_under_a_drive():
    """Oracle: LSODA; halving the step divides the error by about sixteen."""
    circuit = CIRCUIT.replace({"rs.adaptation": 100.0, "rs.input_current": 55.0})
    theory, drive = THEORY.build(circuit), sinusoid(3.5, 4.0, mean=55.0)
    exact = theory.integrate({"rs": 55.0}, duration=1000.0, sample=10.0)["recovery"].values[0]
    errors = []
    for step in (2.0, 1.0, 0.5):
        course = theory.advance(
            theory.initial_state(), np.full((round(1000 / step), 1), 55.0), step
        )
        stride = round(10 / step)
        errors.append(np.abs(course[stride - 1 :: stride, 2] - exact).max())
    assert errors[2] < 1e-4 * np.ptp(exact)
    assert errors[1] < errors[0] / 12
    driven = theory.integrate({"rs": drive}, duration=500.0, sample=10.0)["recovery"].values[0]
    course = theory.advance(theory.initial_state(), step_means([drive], 0, 1250, 0.4), 0.4)
    np.testing.assert_allclose(course[24::25, 2], driven, atol=2e-3 * np.ptp(driven))


def test_currents_of_the_wrong_shape_are_refused():
    theory = THEORY.build(CIRCUIT)
    with pytest.raises(ValueError, match=r"currents: shape \(3,\)"):
        theory.advance(theory.initial_state(), np.zeros(3), 0.4)
    with pytest.raises(ValueError, match="step"):
        theory.advance(theory.initial_state(), np.zeros((3, 1)), 0.0)
