"""Self-consistent states: derivatives, quadrature, continuation, and the mean field's limit."""

import numpy as np
import pytest

import ikmeanfield.continuation as co
from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking
from ikmeanfield.heterogeneity import TruncatedLorentzian
from ikmeanfield.inputs import constant, ramp, steps
from ikmeanfield.theories.mean_field import MeanField
from ikmeanfield.theories.stationary import Stationary, StationaryError
from ikmeanfield.theories.stationary.population import averages

CURRENT = "rs.input_current"
ALL = {"infinite_reset": True, "full_lorentzian": True, "shared_recovery": True}


def branch(theory, low=0.0, high=70.0, start=10.0):
    problem = theory.problem().at({CURRENT: start})
    options = co.ContinuationOptions(bounds={CURRENT: (low, high)}, direction="forward")
    state = co.find_equilibrium(problem, theory.initial_state())
    return co.continue_equilibria(problem, state, CURRENT, options)


def folds(theory, **where):
    return [point.parameters[CURRENT] for point in branch(theory, **where).points("LP")]


@pytest.mark.parametrize("kappa", [10.0, 40.0])
def test_with_all_assumptions_the_folds_are_those_of_the_mean_field(kappa):
    circuit = regular_spiking().replace({"rs.adaptation": kappa})
    expected = folds(MeanField(circuit, reset_correction=False))
    assert folds(Stationary(circuit, **ALL)) == pytest.approx(expected, abs=1e-6)


def test_with_all_assumptions_the_circuit_rests_where_the_mean_field_does():
    """Oracle: an equilibrium of the E-I circuit's mean field is one of the theory's field."""
    circuit = excitatory_inhibitory()
    theory = Stationary(circuit, **ALL)
    field = MeanField(circuit, reset_correction=False)
    state = co.find_equilibrium(field.problem(), field.initial_state())
    rates = theory.field(state, theory.problem().vector())
    assert (state[[0, 5]] > 0).all()
    np.testing.assert_allclose(rates, 0.0, atol=1e-7)


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"shared_recovery": True}, [40.47, 21.27]),
        ({"shared_recovery": True, "infinite_reset": True}, [40.55, 21.98]),
        ({}, [38.71, 23.81]),
    ],
)
def test_folds_of_regular_spiking_neurons(switches, expected):
    """Oracle: an independent prototype, and networks held at constant current (38.71, 23.80)."""
    assert folds(Stationary(regular_spiking(), **switches)) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("current", [55.0, 90.0])
def test_a_recovery_variable_that_nothing_moves_leaves_the_closed_form(current):
    """Oracle: the return map with an adaptation of 1e-9 pA, whose cycles are integrated."""
    still = {"rs.recovery_coupling": 0.0, "rs.adaptation": 0.0, "rs.reset_potential": -70.0}
    circuit = regular_spiking().replace({**still, "rs.peak_potential": 50.0})
    neurons = Stationary(circuit).neurons("rs")
    assert neurons.constant
    integrated = Stationary(circuit.replace({"rs.adaptation": 1e-9})).neurons("rs")
    assert not integrated.constant
    found, expected = (averages(n, current, 0.3)[:6] for n in (neurons, integrated))
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def test_folds_are_where_the_curve_of_currents_turns():
    """Oracle: I(s) from bisection at given s, without continuation; extrema by parabolas."""
    theory = Stationary(regular_spiking())
    neurons = theory.neurons("rs")

    def current(s):
        low, high = 0.0, 80.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            rate = averages(neurons, middle + 60.0 * s, s).rate
            low, high = (middle, high) if 6.0 * 15.0 * rate < s else (low, middle)
        return low

    found = branch(theory).points("LP")
    for point, sign in zip(found, (1, -1), strict=True):
        s = point.state[3] * np.array([0.98, 1.0, 1.02])
        values = np.array([current(value) for value in s])
        coefficients = np.polynomial.polynomial.polyfit(s / s[1], values, 2)
        top = coefficients[0] - coefficients[1] ** 2 / (4 * coefficients[2])
        assert sign * coefficients[2] < 0
        assert point.parameters[CURRENT] == pytest.approx(top, abs=1e-3)
        assert values[1] == pytest.approx(point.parameters[CURRENT], abs=1e-5)


@pytest.mark.parametrize("switches", [{}, {"shared_recovery": True}, ALL])
@pytest.mark.parametrize("s", [0.1, 2.0])
def test_the_jacobian_is_the_derivative_of_the_field(switches, s):
    theory = Stationary(regular_spiking(), **switches)
    y = np.array([0.01, -55.0, -3.0, s])
    p = theory.problem().vector(**{CURRENT: 38.0})
    step = 1e-5
    for column, unit in enumerate(np.eye(4)):
        right, left = theory.field(y + step * unit, p), theory.field(y - step * unit, p)
        found = theory.jacobian(y, p)[:, column]
        np.testing.assert_allclose(found, (right - left) / (2 * step), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("width", [0.2, 1.0, 4.0])
@pytest.mark.parametrize("shared", [False, True])
def test_the_quadrature_converges_geometrically(width, shared):
    """Through the onset of firing at rheobase, which lies inside the distribution."""
    circuit = regular_spiking().replace({"rs.threshold_width": width})
    rates = [
        averages(Stationary(circuit, nodes=n, shared_recovery=shared).neurons("rs"), 47.0, 0.1).rate
        for n in (8, 16, 40)
    ]
    errors = np.abs(np.array(rates[:2]) / rates[2] - 1)
    assert errors[0] < 1e-4
    assert errors[1] < 1e-9


def test_averages_are_those_over_a_large_sample_of_neurons():
    """Oracle: midpoint quantiles of the distribution, with an error of order 1/N."""
    neurons = Stationary(regular_spiking(), shared_recovery=True).neurons("rs")
    thresholds = TruncatedLorentzian(-40.0, 1.0, 20.0).quantile((np.arange(400_000) + 0.5) / 4e5)
    Q, G = 70.0, 0.5
    B = neurons.slope(thresholds, G)
    fires = B**2 < 4 * 0.7 * Q
    rate, potential = np.zeros(B.size), np.empty(B.size)
    response, _ = neurons.respond(B[fires], Q)
    rate[fires], potential[fires] = response.rate, response.potential
    resting = B[~fires]
    potential[~fires] = (resting - np.sqrt(resting**2 - 4 * 0.7 * Q)) / 1.4
    found = averages(neurons, Q, G)
    assert found.rate == pytest.approx(rate.mean(), rel=1e-5)
    assert found.potential == pytest.approx(potential.mean(), rel=1e-4)


def test_tables_do_not_change_what_is_found():
    """A field asked often interpolates; asked for the first time it computes every neuron."""
    fresh, used = Stationary(regular_spiking()), Stationary(regular_spiking())
    p = fresh.problem().vector()
    for s in np.linspace(0.0, 3.0, 60):
        used.field(np.array([0.0, -60.0, 0.0, s]), p)
    for s in (0.07, 1.9):
        y = np.array([0.02, -50.0, -5.0, s])
        np.testing.assert_allclose(used.field(y, p), fresh.field(y, p), rtol=1e-8)


def test_folds_continue_in_two_parameters():
    """Oracle: branches in the current alone at other widths of the distribution."""
    theory = Stationary(regular_spiking(), shared_recovery=True)
    start = branch(theory).points("LP")[0]
    width = "rs.threshold_width"
    options = co.ContinuationOptions(
        bounds={CURRENT: (0.0, 70.0), width: (0.5, 2.0)}, direction="both"
    )
    curve = co.continue_folds(theory.problem(), start, (CURRENT, width), options)
    for end in (0, -1):
        circuit = regular_spiking().replace({width: float(curve[width][end])})
        expected = folds(Stationary(circuit, shared_recovery=True))[0]
        assert curve[CURRENT][end] == pytest.approx(expected, abs=1e-5)
    assert sorted(round(value, 6) for value in curve[width][[0, -1]]) == [0.5, 2.0]


def test_neurons_of_one_threshold():
    """Oracle: the rate of a single neuron (Eq. 32) closes the loop s = τ_s J r."""
    circuit = regular_spiking().replace(
        {"rs.threshold_width": 0.0, "rs.adaptation": 0.0, "rs.recovery_coupling": 0.0,
         "rs.input_current": 100.0}
    )  # fmt: skip
    theory = Stationary(circuit, infinite_reset=True)
    problem = theory.problem()
    state = co.find_equilibrium(problem, np.array([0.02, -50.0, 0.0, 1.8]))
    s = state[3]
    mu = 4 * 100.0 / 0.7 - 400.0 - s / 0.7 * (2 * -100.0 + s / 0.7)
    assert state[0] == pytest.approx(0.7 * np.sqrt(mu) / (2 * np.pi * 100.0), rel=1e-9)
    assert s == pytest.approx(6.0 * 15.0 * state[0], rel=1e-9)


@pytest.mark.slow
@pytest.mark.long
def test_what_the_history_of_bistable_neurons_changes():
    """With the reset above the saddle, neurons that have fired go on at currents below rheobase."""
    circuit = regular_spiking().replace(
        {"rs.peak_potential": 50.0, "rs.reset_potential": -45.0, "rs.adaptation": 5.0}
    )
    y = np.array([0.0, -60.0, 0.0, 0.0])
    rates = {}
    for history in ("below", "above"):
        theory = Stationary(circuit, history=history)
        p = theory.problem().vector(**{CURRENT: 60.0})
        rates[history] = theory.averages(y, p)[0].rate
        step = 1e-3
        changed = [
            theory.averages(y, theory.problem().vector(**{CURRENT: 60.0 + d}))[0].rate
            for d in (step, -step)
        ]
        slope = theory.averages(y, p)[0].rate_by_drive
        assert slope == pytest.approx((changed[0] - changed[1]) / (2 * step), rel=1e-3)
    assert rates["above"] > 1.05 * rates["below"] > 0


def test_irregular_firing_is_refused():
    circuit = regular_spiking().replace(
        {"rs.adaptation": 60.0, "rs.recovery_coupling": 2.0, "rs.recovery_time": 100.0,
         "rs.peak_potential": 35.0, "rs.reset_potential": -34.0, "rs.input_current": 250.0}
    )  # fmt: skip
    theory = Stationary(circuit)
    with pytest.raises(StationaryError, match=r"thresholds between .* fire without a period"):
        theory.field(theory.initial_state(), theory.problem().vector())


def test_unknown_histories_are_refused():
    with pytest.raises(ValueError, match="history = 'sideways': must be 'below' or 'above'"):
        Stationary(regular_spiking(), history="sideways")


def test_currents_that_change_in_time_are_refused():
    theory = Stationary(regular_spiking())
    assert theory.held_currents({"rs": constant(30.0)}) == {CURRENT: 30.0}
    for current in (ramp([(0.0, 20.0), (100.0, 40.0)]), steps([(0.0, 20.0), (50.0, 40.0)])):
        with pytest.raises(StationaryError, match="input current of rs changes in time"):
            theory.held_currents({"rs": current})
