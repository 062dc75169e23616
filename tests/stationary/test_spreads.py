"""Currents, conductances and thresholds that differ, alone and together, in the exact theory."""

import numpy as np
import pytest

import ikmeanfield.continuation as co
import random_circuits
from ikmeanfield.circuit import bursting, regular_spiking
from ikmeanfield.heterogeneity import LAWS
from ikmeanfield.theories import DomainError, StationarySettings
from ikmeanfield.theories.mean_field import MeanField
from ikmeanfield.theories.stationary import (
    AsynchronousState,
    Stationary,
    StationaryError,
    folds,
    transfer_function,
)
from ikmeanfield.theories.stationary.cycle import SPIKES
from ikmeanfield.theories.stationary.population import averages
from ikmeanfield.theories.stationary.table import direct

ALL = {"infinite_reset": True, "full_lorentzian": True, "shared_recovery": True}
CURRENT, WIDTH, SLOPE = "rs.input_current", "rs.current_width", "rs.current_slope"
CONDUCTANCE, ALIKE = "rs.ampa.conductance_width", {"rs.threshold_width": 0.0}
FINITE = {"rs.peak_potential": 50.0, "rs.reset_potential": -80.0}
LINES = {
    "currents": ALIKE | {WIDTH: 15.0, "rs.current_truncation": 60.0},
    "currents, Gaussian": ALIKE | {WIDTH: 15.0, "rs.law": "truncated_gaussian"},
    "thresholds, Gaussian": {"rs.law": "truncated_gaussian", "rs.threshold_width": 2.0},
    "currents that follow thresholds": {SLOPE: 9.0},
    "currents that oppose thresholds": {SLOPE: -5.0},
    "conductances": ALIKE | {CONDUCTANCE: 0.3},
    "conductances of inhibition": ALIKE | {CONDUCTANCE: 0.3, "rs.ampa.reversal_potential": -65.0},
}
"""What differs by one quantile."""
SQUARES = {
    "currents and thresholds": {WIDTH: 8.0, "rs.current_truncation": 40.0},
    "currents and conductances": ALIKE
    | {WIDTH: 8.0, "rs.current_truncation": 40.0, CONDUCTANCE: 0.2},
    "thresholds and conductances, Gaussian": {CONDUCTANCE: 0.2, "rs.law": "truncated_gaussian"},
}  # fmt: skip
"""What differs by two."""


def circuit(changes, **more):
    return regular_spiking().replace({**FINITE, **changes, **more})


def rate_of(population, s, u, threshold, current, conductance):
    """Rates per ms of neurons with u and s held, by Eqs. 30-31."""
    p = population
    E = p.synapses["ampa"].reversal_potential
    alpha = p.leakage * (p.resting_potential + threshold) + conductance * s
    beta = p.leakage * p.resting_potential * threshold + conductance * s * E + current - u
    vertex = alpha / (2 * p.leakage)
    root = np.sqrt(np.maximum(beta / p.leakage - vertex**2, 1e-300))
    turned = np.arctan((p.peak_potential - vertex) / root)
    turned = turned - np.arctan((p.reset_potential - vertex) / root)
    fires = beta / p.leakage > vertex**2
    return np.where(fires, p.leakage * root / (p.capacitance * turned), 0.0)


def sampled_rate(population, s, u, size):
    """The mean rate over quantiles of every law, `size` of each, independently combined."""
    p, q = population, (np.arange(size) + 0.5) / size
    law = LAWS[p.law]
    half = p.half_range
    places = [
        law(0.0, p.threshold_width, half).quantile(q) if p.threshold_width else np.zeros(1),
        law(0.0, p.current_width, p.current_truncation or np.inf).quantile(q)
        if p.current_width else np.zeros(1),
        law(0.0, p.synapses["ampa"].conductance_width, p.synapses["ampa"].conductance).quantile(q)
        if p.synapses["ampa"].conductance_width else np.zeros(1),
    ]  # fmt: skip
    threshold, current, conductance = np.meshgrid(*places, indexing="ij")
    current = p.input_current + current + p.current_slope * threshold
    conductance = p.synapses["ampa"].conductance + conductance
    return rate_of(p, s, u, p.threshold + threshold, current, conductance).mean()


def averaged(theory, s, u):
    """Averages at an activation s and a shared u."""
    y = np.array([0.0, -60.0, u, s])
    return theory.averages(y, theory.problem().vector())[0]


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize(("s", "current"), [(0.3, 80.0), (2.0, 110.0)])
def test_averages_are_those_over_a_million_neurons(name, s, current):
    """Oracle: Eqs. 30-31 of 10⁶ neurons at equally probable quantiles of what differs."""
    given = circuit(LINES[name], **{CURRENT: current})
    found = averaged(Stationary(given, shared_recovery=True), s, 4.0).rate
    expected = sampled_rate(given.populations["rs"], s, 4.0, 10**6)
    assert expected > 1e-3
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", SQUARES)
def test_averages_over_two_spreads_are_those_over_their_square(name):
    """Oracle: Eqs. 30-31 of 2000 × 2000 neurons at quantiles of both, with an error near 1e-5."""
    given = circuit(SQUARES[name], **{CURRENT: 65.0})
    found = averaged(Stationary(given, shared_recovery=True), 1.0, 4.0).rate
    assert found == pytest.approx(sampled_rate(given.populations["rs"], 1.0, 4.0, 2000), rel=1e-4)


@pytest.mark.parametrize(("Q", "G"), [(30.0, 0.0), (120.0, 1.0), (300.0, 2.5)])
def test_a_whole_lorentzian_of_currents_has_the_closed_form_of_its_pole(Q, G):
    """Oracle: k y² − B y + Q + iΔ_η = 0, rate k/(πC) Im y and potential Re y."""
    theory = Stationary(regular_spiking().replace(ALIKE | {WIDTH: 20.0}), **ALL)
    found = averages(theory.neurons("rs"), Q, G)
    h = (0.7 * 20.0 + G) / 1.4
    y = h + 1j * np.sqrt((Q + 20j) / 0.7 - h**2)
    assert found.rate == pytest.approx(0.7 / (100 * np.pi) * y.imag, rel=1e-9)
    assert found.potential == pytest.approx(y.real, rel=1e-9)


MEAN_FIELDS = {
    "currents": ALIKE | {WIDTH: 15.0},
    "currents that follow thresholds": {SLOPE: -5.0},
    "currents that outrun thresholds": {SLOPE: 12.0},
    "conductances": ALIKE | {CONDUCTANCE: 0.3},
    "conductances of inhibition": ALIKE | {
        CONDUCTANCE: 0.3, "rs.ampa.reversal_potential": -65.0, CURRENT: 120.0
    },
}  # fmt: skip


@pytest.mark.parametrize("name", MEAN_FIELDS)
def test_with_all_assumptions_the_states_are_those_of_the_mean_field(name):
    """Oracle: equilibria of the mean field, which averages by poles."""
    given = regular_spiking().replace({CURRENT: 75.0} | MEAN_FIELDS[name])
    field = MeanField(given, reset_correction=False, form="absolute")
    state = co.find_equilibrium(field.problem(), np.array([0.03, -48.0, 5.0, 2.7]))
    assert state[0] > 1e-3
    theory = Stationary(given, **ALL)
    np.testing.assert_allclose(theory.field(state, theory.problem().vector()), 0.0, atol=2e-7)


def test_with_all_assumptions_the_folds_are_those_of_the_mean_field():
    """Oracle: the mean field with Δ_η alone, to 1e-6 pA."""
    given = regular_spiking().replace(ALIKE | {WIDTH: 10.0})
    found = folds(Stationary(given, **ALL), CURRENT, (-10.0, 70.0))
    expected = folds(MeanField(given, reset_correction=False), CURRENT, (-10.0, 70.0))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(("Q", "G"), [(30.0, 0.1), (400.0, 5.0), (1267.0, 30.0)])
def test_the_quadrature_converges_geometrically_through_the_onset(shared, Q, G):
    """Oracle: 48 nodes. Firing changes its course within 0.2 pA of rheobase; Δ_η is 211 pA."""
    found = [
        averages(
            Stationary(bursting(), infinite_reset=True, shared_recovery=shared, nodes=n).neurons(
                "p"
            ), Q, G,
        )
        for n in (6, 10, 16, 48)
    ]  # fmt: skip
    errors = [abs(each.rate / found[-1].rate - 1) for each in found[:-1]]
    assert errors[0] < 1e-4
    assert errors[1] < 1e-2 * errors[0] + 1e-12
    assert errors[2] < 1e-10
    slopes = [each.rate_by_drive for each in found[-2:]]
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-7)


def test_neurons_of_very_short_periods_keep_their_recovery_variable():
    """Oracle: the return map from spike to spike, beyond the drive from which it is left out."""
    neurons = Stationary(bursting(), infinite_reset=True).neurons("p")
    B = neurons.slope(np.array(neurons.threshold), 3.0)[None].repeat(2)
    Q = B**2 / (4 * neurons.leakage) + neurons.fast * np.array([1.01, 5.0])
    found, fate = neurons.respond(B, Q)
    expected, _ = direct(B, Q, neurons.cycle_arguments)
    assert (fate == SPIKES).all()
    for column, tolerance in ((0, 1e-9), (1, 1e-4), (2, 1e-9), (4, 1e-6)):
        np.testing.assert_allclose(found[column], expected[:, column], rtol=tolerance)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("name", [*LINES, *SQUARES])
def test_the_jacobian_is_the_derivative_of_the_field(name, shared):
    given = circuit(LINES.get(name) or SQUARES[name], **{CURRENT: 60.0})
    theory = Stationary(given, shared_recovery=shared)
    y, p, step = np.array([0.01, -55.0, -3.0, 1.1]), theory.problem().vector(), 1e-5
    for column in (2, 3):
        shift = step * np.eye(4)[column]
        expected = (theory.field(y + shift, p) - theory.field(y - shift, p)) / (2 * step)
        np.testing.assert_allclose(theory.jacobian(y, p)[:, column], expected, rtol=1e-6, atol=1e-6)


def test_the_jacobian_where_neurons_fire_on_below_the_onset():
    """As above where the onset is discontinuous and conductances differ."""
    given = circuit(ALIKE | {CONDUCTANCE: 0.3, "rs.reset_potential": -45.0, CURRENT: 55.0})
    theory = Stationary(given, shared_recovery=True, history="above")
    y, p, step = np.array([0.01, -55.0, -3.0, 1.1]), theory.problem().vector(), 1e-3
    shift = step * np.eye(4)[3]
    expected = (theory.field(y + shift, p) - theory.field(y - shift, p)) / (2 * step)
    np.testing.assert_allclose(theory.jacobian(y, p)[:2, 3], expected[:2], rtol=1e-3)


def test_folds_continue_in_the_width_of_currents():
    """Oracle: branches in the current alone at other widths."""
    limits = {"rs.current_truncation": 100.0}
    given = regular_spiking().replace(ALIKE | {WIDTH: 10.0} | limits)
    theory = Stationary(given, shared_recovery=True)
    problem = theory.problem().at({CURRENT: -10.0})
    options = co.ContinuationOptions(bounds={CURRENT: (-10.0, 70.0)}, direction="forward")
    state = co.find_equilibrium(problem, theory.initial_state())
    start = co.continue_equilibria(problem, state, CURRENT, options).points("LP")[0]
    options = co.ContinuationOptions(bounds={CURRENT: (-40.0, 90.0), WIDTH: (8.0, 14.0)})
    curve = co.continue_folds(theory.problem(), start, (CURRENT, WIDTH), options)
    for end in (0, -1):
        other = given.replace({WIDTH: float(curve[WIDTH][end])})
        expected = folds(Stationary(other, shared_recovery=True), CURRENT, (-40.0, 90.0))[0]
        assert curve[CURRENT][end] == pytest.approx(expected, abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", [
    "currents", *(pytest.param(name, marks=pytest.mark.long) for name in (
        "currents that follow thresholds", "conductances", "currents and thresholds")),
])  # fmt: skip
def test_networks_agree_with_the_theory_within_three_standard_errors(name):
    """Oracle: six networks of 3000 neurons with a u of their own, drawn at random."""
    changes = LINES.get(name) or SQUARES[name]
    case = random_circuits.Case(circuit(changes, **{CURRENT: 60.0}), 1.4)
    rows, spread = random_circuits.compare(case, range(6), size=3000)
    assert spread < 0.1
    for expected, mean, error in rows.values():
        assert (np.abs(mean - expected) < 3 * error).all(), rows


@pytest.mark.parametrize("name", ["currents", "currents that follow thresholds", "conductances"])
def test_a_slow_modulation_is_followed_as_a_constant_one(name):
    """Oracle: the derivatives of the stationary averages."""
    theory = Stationary(circuit(LINES[name], **{CURRENT: 62.0}), nodes=48)
    state = np.array([0.0, -60.0, 0.0, 1.0])
    asynchronous = AsynchronousState.at(theory, theory.problem(), state)
    mean = theory.averages(state, asynchronous.parameters)[0]
    found = asynchronous.responses[0](1e-5)
    expected = [mean.rate_by_drive, mean.rate_by_conductance, mean.by_spread[0, 0]]
    np.testing.assert_allclose(found[::2], expected, rtol=2e-3, atol=1e-12)


def test_with_all_assumptions_modes_are_eigenvalues_of_the_mean_field():
    """Oracle: the Jacobian of the mean field, which is exact for a single spread of currents."""
    field = MeanField(bursting(), reset_correction=False)
    state = co.find_equilibrium(field.problem(), np.array([0.009, -50.0, 1500.0, 0.1]))
    eigenvalues = np.linalg.eigvals(field.jacobian(state, field.problem().vector()))
    expected = eigenvalues[np.argmax(eigenvalues.real + 1e-9 * eigenvalues.imag)]
    assert expected.real > 1e-3
    theory = Stationary(bursting(), nodes=32, **ALL)
    there = AsynchronousState.at(theory, theory.problem(), state)
    assert there.mode(expected * (1.1 + 0.05j)) == pytest.approx(expected, rel=1e-5)
    assert there.unstable_modes(1e-3) == 2


def test_the_response_of_several_spreads_is_refused():
    theory = Stationary(circuit(SQUARES["currents and thresholds"]))
    there = AsynchronousState.at(theory, theory.problem(), np.array([0.0, -60.0, 0.0, 1.0]))
    with pytest.raises(StationaryError, match=r"one quantile; here are 2 independent ones"):
        there.determinant(0.01 + 0.1j)


def test_transfer_functions_know_that_conductances_differ():
    """Oracle: Eqs. 30-31 of 10⁶ neurons with b = κ = 0."""
    still = {"rs.recovery_coupling": 0.0, "rs.adaptation": 0.0}
    given = circuit(LINES["conductances"] | still, **{CURRENT: 50.0})
    found = transfer_function(Stationary(given), "rs", [50.0], np.array([1.5]))
    expected = sampled_rate(given.populations["rs"], 1.5, 0.0, 10**6)
    assert float(found.firing_rate[0]) == pytest.approx(1e3 * expected, rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "switches", "words"),
    [
        ({WIDTH: 5.0}, {}, r"rs.current_width = 5 pA: .* give current_truncation, or infinite"),
        (
            {WIDTH: 5.0, "rs.current_truncation": 50.0}, {"full_lorentzian": True},
            r"rs.current_width = 5 pA: .* no mean rate",
        ),
        (
            {WIDTH: 5.0}, {"full_lorentzian": True, "infinite_reset": True},
            "rs: threshold and 1 more differ independently",
        ),
        (
            {"rs.law": "truncated_gaussian"}, {"full_lorentzian": True},
            "rs: law = 'truncated_gaussian': full_lorentzian: true asks for a Lorentzian",
        ),
        ({"rs.cauchy_noise": 2.0}, {}, r"rs.cauchy_noise = 2 pA: .* set it to 0"),
        ({"rs.gaussian_noise": 2.0}, {}, r"rs.gaussian_noise = 2 pA ms\^0.5: .* set it to 0"),
    ],
)  # fmt: skip
def test_what_has_no_average_is_refused_by_name(changes, switches, words):
    given = regular_spiking().replace(changes)
    for ask in (
        lambda: Stationary(given, **switches),
        lambda: StationarySettings(**switches).check(given),
    ):
        with pytest.raises(DomainError, match=words):
            ask()


def test_what_differs_enters_the_identity():
    """Oracle: a result with the default half-range is that with it written out."""
    exact, whole = StationarySettings(), StationarySettings(**ALL)
    given = regular_spiking().replace(ALIKE | {CONDUCTANCE: 0.2})
    written = given.replace({"rs.ampa.conductance_truncation": 1.0})
    narrow = given.replace({"rs.ampa.conductance_truncation": 0.5})
    assert exact.identity(given) == exact.identity(written) != exact.identity(narrow)
    assert whole.identity(given) == whole.identity(narrow)
    for path, value in ((WIDTH, 5.0), (SLOPE, 2.0), ("rs.law", "truncated_gaussian")):
        assert exact.identity(given) != exact.identity(given.replace({path: value}))
    for path in (WIDTH, SLOPE, CONDUCTANCE, "rs.current_truncation"):
        assert exact.knows(path)
    assert not whole.knows("rs.current_truncation")
    assert (
        "rs.truncation"
        not in Stationary(regular_spiking().replace({"rs.law": "lorentzian"})).parameters
    )
