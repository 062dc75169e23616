"""The circuits of Chen & Campbell against their dimensionless equations."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ikmeanfield import MeanField, simulate
from ikmeanfield.analysis.diagrams import fold_and_hopf_points
from ikmeanfield.circuit import Circuit, bursting, bursting_pair, regular_spiking
from ikmeanfield.circuit.scaling import Units, dimensionless, units_of
from ikmeanfield.theories.mean_field.settings import MeanFieldSettings

UNITS = Units(250.0, 2.5, -65.0)
WIDTH = 0.02
ALPHA, G, E_R, B, TAU_S, S_JUMP, MU = 0.6215, 1.2308, 1.0, -0.0062, 2.6, 1.2308, 0.12
TIGHT = {"method": "DOP853", "rtol": 1e-13, "atol": 1e-15}


def _mean_field(populations, shares):
    """Their Eqs. for (r, v, w, s) of every population, written down from the paper."""

    def field(_, y):
        blocks = y.reshape(-1, 4)
        drive = sum(share * block[3] for share, block in zip(shares, blocks, strict=True))
        out = []
        for (a, w_jump), (r, v, w, s) in zip(populations, blocks, strict=True):
            out += [
                WIDTH / np.pi + 2 * r * v - r * (G * drive + ALPHA),
                v**2 - ALPHA * v + G * drive * (E_R - v) - np.pi**2 * r**2 - w + MU,
                a * (B * v - w) + w_jump * r,
                -s / TAU_S + S_JUMP * r,
            ]
        return np.array(out)

    return field


def test_units():
    """Oracle: the numbers that follow from the paper's Table, by hand."""
    assert UNITS.time == pytest.approx(1.53846, abs=1e-5)
    assert UNITS.current * 0.12 == pytest.approx(1267.5)
    assert UNITS.current * 0.02 == pytest.approx(211.25)
    assert UNITS.conductance * 1.2308 == pytest.approx(200.0, rel=1e-4)
    assert UNITS.potential(200.0) == pytest.approx(12_935.0)
    assert UNITS.potential(-200.0) == pytest.approx(-13_065.0)
    assert UNITS.potential(1.0) == 0.0
    assert UNITS.without(-24.6) == pytest.approx(0.6215, abs=1e-4)
    assert UNITS.rate == pytest.approx(650.0)
    with pytest.raises(ValueError, match="resting_potential = 5 mV negative"):
        Units(250.0, 2.5, 5.0)


def test_the_preset_has_the_papers_parameters_to_their_digits():
    """Oracle: the values with units of the paper; its dimensionless ones are rounded."""
    p = bursting().populations["p"]
    assert p.threshold == pytest.approx(-24.6, abs=0.01)
    assert p.recovery_coupling == pytest.approx(-1.0, rel=0.01)
    assert p.recovery_time == pytest.approx(200.0, rel=0.01)
    assert p.adaptation == pytest.approx(200.0, rel=0.01)
    assert p.synapses["ampa"].synaptic_time == pytest.approx(4.0, rel=0.01)
    assert p.synapses["ampa"].reversal_potential == 0.0
    assert p.synapses["ampa"].weights == {"p": 1.2308}


@pytest.mark.parametrize("name", ["p", "q"])
def test_there_and_back(name):
    """Oracle: the numbers that went in."""
    population = bursting_pair().populations[name]
    found = dimensionless(population)
    assert units_of(population) == UNITS
    expected = {"p": (0.0077, 0.0189), "q": (0.077, 0.0095)}[name]
    assert (found.a, found.w_jump) == pytest.approx(expected, rel=1e-14)
    given = (found.alpha, found.g, found.e_r, found.b, found.tau_s, found.eta, found.width)
    assert given == pytest.approx((ALPHA, G, E_R, B, TAU_S, MU, WIDTH), rel=1e-13)
    assert found.s_jump == pytest.approx({"p": 0.8 * S_JUMP, "q": 0.2 * S_JUMP})
    assert (found.v_peak, found.v_reset) == pytest.approx((200.0, -200.0))
    again = found.population(UNITS, population.size)
    for path in ("threshold", "recovery_time", "adaptation", "input_current"):
        assert getattr(again, path) == pytest.approx(getattr(population, path), rel=1e-14)


def test_what_has_no_dimensionless_form_is_refused():
    with pytest.raises(ValueError, match="threshold_width = 1 mV; the dimensionless form has one"):
        dimensionless(regular_spiking().populations["rs"])


@pytest.mark.parametrize("pair", [False, True])
def test_the_same_trajectory_with_and_without_units(pair):
    """Oracle: the dimensionless mean field of the paper, integrated by scipy, to 1e-10."""
    circuit = bursting_pair() if pair else bursting()
    shares = [0.8, 0.2] if pair else [1.0]
    own = [(0.0077, 0.0189), (0.077, 0.0095)][: len(shares)]
    model = MeanField(circuit, reset_correction=False)
    problem = model.problem()
    p = problem.vector()
    start = np.tile([0.05, 0.3, 0.02, 0.1], len(shares))
    end, times = 40.0, np.linspace(1.0, 40.0, 40)
    y = solve_ivp(_mean_field(own, shares), (0.0, end), start, t_eval=times, **TIGHT).y
    expected = y.reshape(len(shares), 4, -1)
    drive = sum(share * block[3] for share, block in zip(shares, expected, strict=True))
    initial = np.concatenate(
        [[0.05 / UNITS.time, UNITS.potential(0.3), 0.02 * UNITS.current, 0.1] for _ in shares]
    )
    with_units = solve_ivp(
        lambda _, y: problem.field(y, p), (0.0, end * UNITS.time), initial,
        t_eval=times * UNITS.time, **TIGHT,
    ).y.reshape(len(shares), 4, -1)  # fmt: skip
    for got, (r, v, w, _) in zip(with_units, expected, strict=True):
        np.testing.assert_allclose(got[0] * UNITS.time, r, atol=1e-10)
        np.testing.assert_allclose(UNITS.without(got[1]), v, atol=1e-10)
        np.testing.assert_allclose(got[2] / UNITS.current, w, atol=1e-10)
        np.testing.assert_allclose(got[3], drive, atol=1e-10)


def test_a_neuron_spikes_at_the_times_of_the_dimensionless_one():
    """Oracle: scipy's event location in the dimensionless equations of one uncoupled neuron."""
    mu, w, t, spikes = 0.3, 0.0, 0.0, []

    def field(_, y):
        return [y[0] * (y[0] - ALPHA) - y[1] + mu, 0.0077 * (B * y[0] - y[1])]

    def peak(_, y):
        return y[0] - 200.0

    peak.terminal = True
    v = 0.0
    while len(spikes) < 4:
        run = solve_ivp(field, (t, 500.0), [v, w], events=peak, rtol=1e-11, atol=1e-12)
        t, v, w = run.t[-1], -200.0, run.y[1, -1] + 0.0189
        spikes.append(t)
    circuit = bursting().replace(
        {"p.size": 1, "p.ampa.conductance": 0.0, "p.input_current": mu * UNITS.current}
    )
    circuit = circuit.replace({"p.current_width": 0.0})
    found = simulate(circuit, duration=100.0, sample=1.0, step=0.01, spikes={"p": [0]})
    np.testing.assert_allclose(
        found["spike_time"].values[:4], np.array(spikes) * UNITS.time, rtol=1e-5
    )


def test_a_spike_raises_the_activation_by_the_dimensionless_jump():
    """Oracle: the mean activation is J τ_s r, and J is 1.2308, not 0.8."""
    circuit = bursting().replace({"p.size": 1, "p.ampa.conductance": 0.0})
    circuit = circuit.replace({"p.input_current": 0.3 * UNITS.current, "p.adaptation": 0.0})
    run = simulate(circuit, duration=4000.0, sample=0.05, step=0.05).isel(time=slice(40_000, None))
    rate = float(run["firing_rate"].mean()) * 1e-3
    jump = float(run["synaptic_activation"].mean()) / (rate * TAU_S * UNITS.time)
    assert jump == pytest.approx(1.2308, rel=0.01)


@pytest.mark.parametrize(
    ("found", "kind", "expected"),
    [
        (bursting(), "hopf", [0.0748928, 0.19094]),
        (bursting_pair(), "hopf", [0.0540577, 0.134983]),
        (bursting_pair().replace({"share": 0.5}), "hopf", [0.0591891]),
        (bursting_pair().replace({"share": 0.5}), "fold", [0.0280205, 0.0362394]),
    ],
)
def test_bifurcations_are_those_of_the_papers_archive(found, kind, expected):
    """Oracle: AUTO's points in the archive of the paper (ModelDB 267382), all currents at once.

    All agree to the printed digits but the upper fold, 0.0362398 here and 0.0362394 there.
    """
    common = {f"{one}.input_current": "drive" for one in found.populations}
    found = Circuit(
        populations=found.populations,
        parameters={**found.parameters, "drive": {"value": 1.0, "sets": common}},
    )
    points = fold_and_hopf_points(
        found, "drive", 1.0, 0.3 * UNITS.current, at="p.adaptation",
        theory=MeanFieldSettings(reset_correction=False),
    )  # fmt: skip
    at = np.sort(points["value"].values[points["kind"].values == kind]) / UNITS.current
    np.testing.assert_allclose(at, expected, rtol=2e-5)
