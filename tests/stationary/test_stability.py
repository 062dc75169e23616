"""Linear response of asynchronous populations, and where their states lose stability."""

import numpy as np
import pytest

import ikmeanfield.continuation as co
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.inputs import constant
from ikmeanfield.spiking import Network
from ikmeanfield.theories.mean_field import MeanField
from ikmeanfield.theories.stationary import (
    AsynchronousState,
    Stationary,
    StationaryError,
    hopf_point,
)

CURRENT = "rs.input_current"
CIRCUIT = regular_spiking().replace({"rs.adaptation": 100.0})
ALL = {"infinite_reset": True, "full_lorentzian": True, "shared_recovery": True}


@pytest.mark.parametrize("switches", [{}, {"shared_recovery": True}])
def test_a_slow_modulation_is_followed_as_a_constant_one(switches):
    """Oracle: the derivatives of the stationary averages."""
    theory = Stationary(CIRCUIT, nodes=48, **switches)
    state = np.array([0.0, -60.0, 0.0, 1.0])
    asynchronous = AsynchronousState.at(theory, theory.problem(), state, **{CURRENT: 50.0})
    mean = theory.averages(state, asynchronous.parameters)[0]
    found = asynchronous.responses[0](1e-4)[:4]
    expected = [
        mean.rate_by_drive, mean.potential_by_drive,
        mean.rate_by_conductance, mean.potential_by_conductance,
    ]  # fmt: skip
    np.testing.assert_allclose(found, expected, rtol=0.02)
    rates = asynchronous.responses[0](1e-5)[:4:2]
    np.testing.assert_allclose(rates, expected[::2], rtol=5e-4)


@pytest.mark.parametrize(
    ("growth", "tolerance"), [(0.02 + 0.1j, 5e-5), (0.01 + 0.03j, 2e-4), (0.004 + 0.03j, 1e-2)]
)
def test_with_all_assumptions_the_response_is_that_of_the_mean_field(growth, tolerance):
    """Oracle: the mean field's own linear response, in closed form.

    It continues the response analytically to the poles v̄_θ ± iΔ_v. In one half-plane the
    response of neurons at rest below v_r has a pole of its own, at v_θ near v_r − Cλ/k, whose
    residue the mean field leaves out and the sum over real thresholds contains.
    """
    C, k, v_r, center, width = 100.0, 0.7, -60.0, -40.0, 1.0
    field = MeanField(CIRCUIT, reset_correction=False)
    problem = field.problem().at({CURRENT: 56.0})
    state = co.find_equilibrium(problem, np.array([0.02, -45.0, 10.0, 1.5]))
    theory = Stationary(CIRCUIT, nodes=48, **ALL)
    response = AsynchronousState.at(theory, theory.problem(), state, **{CURRENT: 56.0}).responses[0]

    Q, G = response.Q, state[3]
    w = state[1] + 1j * np.pi * C * state[0] / k
    follows = [
        1.0 / (C * growth - (k * (2 * z - v_r - pole) - G))
        for z, pole in ((w, center - 1j * width), (w.conjugate(), center + 1j * width))
    ]
    rho = C * growth / (2 * k)
    h = -np.sqrt(Q / k + rho**2)
    place = v_r + (2 * k * h - G) / k
    density = width / np.pi / ((place - center) ** 2 + width**2)
    residue = 2j * np.pi * density * rho / (k * h)
    expected = []
    for push, tail in ((np.ones(2), 1.0), (-np.array([w - v_r, w.conjugate() - v_r]), -(h + rho))):
        up, down = push[0] * follows[0] + tail * residue, push[1] * follows[1]
        expected += [k / (np.pi * C) * (up - down) / 2j, (up + down) / 2]
    np.testing.assert_allclose(response(growth)[:4], expected, rtol=tolerance)


@pytest.mark.slow
@pytest.mark.long
def test_oscillations_of_neurons_with_strong_adaptation_end_where_networks_stop():
    """Oracle: networks held at constant current oscillate up to 46.5 pA (mean field: 61.1)."""
    theory = Stationary(CIRCUIT, nodes=64)
    state = co.find_equilibrium(
        theory.problem(), np.array([0.0079, -51.5, 5.0, 0.71]), {CURRENT: 45.5}
    )
    found = hopf_point(theory, state, CURRENT, 45.5, 3.7)
    assert found.value == pytest.approx(46.5, abs=0.5)
    assert abs(found.distance) < 0.5
    below = AsynchronousState.at(theory, theory.problem(), state, **{CURRENT: 45.0})
    assert below.unstable_modes(2e-4) == 2


@pytest.mark.slow
@pytest.mark.long
def test_the_rate_of_a_network_follows_a_weak_modulation_as_computed():
    """Oracle: 40,000 neurons under a growing sinusoidal current, no synapses."""
    circuit = CIRCUIT.replace({"rs.ampa.weights.rs": 0.0, "rs.size": 40_000})
    growth = complex(0.004, 2 * np.pi * 0.008)
    theory = Stationary(circuit, nodes=48)
    state = np.array([0.0, -60.0, 0.0, 0.0])
    chi = AsynchronousState.at(theory, theory.problem(), state, **{CURRENT: 60.0}).responses[0](
        growth
    )[0]
    rates = []
    for sign in (1.0, -1.0):
        network = Network(circuit, step=0.05, seed=1)
        _spread_phases(network, theory)
        rates.append(_modulated_rate(network, growth, sign * 0.05))
    time = np.arange(1, rates[0].size + 1) - 0.5
    response = 0.5 * (rates[0] - rates[1])
    tail = time > 600.0
    basis = np.exp(growth * time[tail])
    columns = np.column_stack([basis.real, -basis.imag])
    a, b = np.linalg.lstsq(columns, response[tail] / 0.05, rcond=None)[0]
    assert complex(a, b) == pytest.approx(chi, rel=0.05)


def _spread_phases(network, theory):
    """Let the network run until its neurons' phases have spread."""
    network.run({"rs": constant(60.0)}, duration=3000.0, sample=100.0)


def _modulated_rate(network, growth, amplitude):
    """Rates per ms of a network whose current is 60 + amplitude Re exp(λt), t up to 1100 ms."""
    rates = []
    for t in range(1100):
        current = 60.0 + amplitude * float(np.exp(growth * (t + 0.5)).real)
        run = network.run({"rs": constant(current)}, duration=1.0, sample=1.0)
        rates.append(run.firing_rate.values[0, 0] * 1e-3)
    return np.array(rates)


@pytest.mark.long
def test_a_mode_that_does_not_grow_is_not_claimed():
    theory = Stationary(CIRCUIT, nodes=24)
    problem = theory.problem()
    state = co.find_equilibrium(problem, np.array([0.0, -59.0, 0.0, 0.01]), {CURRENT: 25.0})
    there = AsynchronousState.at(theory, problem, state, **{CURRENT: 25.0})
    with pytest.raises(ArithmeticError, match="no growing mode found"):
        there.mode(0.001 + 0.02j)
    there.require_asynchronous(1e-3)


@pytest.mark.long
def test_synchronised_states_are_refused():
    """Oracle: held networks oscillate at 43.5 pA (from 42.3 to 46.5)."""
    theory = Stationary(CIRCUIT, nodes=32)
    state = co.find_equilibrium(
        theory.problem(), np.array([0.0065, -52.0, 3.0, 0.59]), {CURRENT: 43.5}
    )
    assert state[3] > 0.4
    there = AsynchronousState.at(theory, theory.problem(), state, **{CURRENT: 43.5})
    with pytest.raises(StationaryError, match=r"2 of its modes grow faster than 0\.0005 per ms"):
        there.require_asynchronous(5e-4)
