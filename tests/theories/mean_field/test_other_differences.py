"""Spread currents and conductances in the mean field: stationary averages, folds, networks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

from ikmeanfield.analysis.diagrams import bifurcation_plane, equilibrium_diagram
from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.heterogeneity import LAWS
from ikmeanfield.inputs import steps
from ikmeanfield.spiking import Network
from ikmeanfield.theories import DomainError
from ikmeanfield.theories.mean_field import MeanField, MeanFieldSettings, integrate

UNCORRECTED = MeanFieldSettings(reset_correction=False)
CURRENT, WIDTH = "rs.input_current", "rs.current_width"

# s, u, I and what differs: excitatory below and inhibitory above the reversal potential, currents
# alone and with thresholds, and currents that follow the threshold, up to k(v − v_r) < c.
STATES = {
    "currents": (1.0, 5.0, 60.0, {"rs.threshold_width": 0.0, WIDTH: 20.0}),
    "thresholds": (1.0, 5.0, 60.0, {}),
    "slope −5": (1.0, 5.0, 60.0, {"rs.current_slope": -5.0}),
    "slope 3": (1.0, 5.0, 60.0, {"rs.current_slope": 3.0}),
    "slope 12": (2.5, 9.0, 75.0, {"rs.current_slope": 12.0}),
    "excitation": (
        2.5, 9.0, 75.0, {"rs.threshold_width": 0.0, "rs.ampa.conductance_width": 0.3}
    ),
    "inhibition": (
        1.0, 0.0, 100.0, {
            "rs.threshold_width": 0.0, "rs.ampa.conductance_width": 0.3,
            "rs.ampa.reversal_potential": -65.0,
        },
    ),
}  # fmt: skip


def average_rate(circuit: Circuit, s: float, u: float, current: float) -> float:
    """Mean rate in 1/ms of 10⁶ neurons at equally probable quantiles of what differs.

    Eq. 32: r = k √μ/(2 π C), zero where μ ≤ 0, with u and s held.
    """
    q = circuit.populations["rs"]
    x = np.tan(np.pi * ((np.arange(10**6) + 0.5) / 10**6 - 0.5))
    ampa = q.synapses["ampa"]
    threshold = q.threshold + q.threshold_width * x
    alone = q.threshold_width == 0 and ampa.conductance_width == 0
    drive = current - u + q.current_slope * (threshold - q.threshold)
    drive = drive + (q.current_width * x if alone else 0.0)
    gs = (ampa.conductance + ampa.conductance_width * x) * s
    k = q.leakage
    alpha = k * (q.resting_potential + threshold) + gs
    beta = k * q.resting_potential * threshold + gs * ampa.reversal_potential + drive
    mu = 4 * beta / k - (alpha / k) ** 2
    return float(np.sqrt(np.maximum(mu, 0.0)).mean() * k / (2 * np.pi * q.capacitance))


@pytest.mark.parametrize("name", STATES)
def test_stationary_rates_are_the_average_over_the_neurons(name):
    """Oracle: rates of 10⁶ single neurons at quantiles, averaged; u and s are held in both.

    Midpoints leave an error of order N^(-1/2) where rates grow as the root of what is spread, as
    they do with currents, and of order 1/N where the neurons that fire are a bounded range.
    """
    s, u, current, changes = STATES[name]
    circuit = regular_spiking().replace({CURRENT: current, **changes})
    rate = average_rate(circuit, s, u, current)
    model = MeanField(circuit, reset_correction=False, form="absolute")

    def held(x: np.ndarray) -> np.ndarray:
        """Eqs. 22-23 in Hz and mV; the weight is the one at which s stays as it is."""
        r = max(x[0] / 1e3, 1e-9)
        p = model.problem().vector(**{"rs.ampa.weights.rs": s / (6.0 * r)})
        dr, dv, *_ = model.field(np.array([r, x[1], u, s]), p)
        return np.array([1e3 * dr, dv])

    found = root(held, [1e3 * rate, -49.0], tol=1e-12)
    assert found.success
    assert found.x[0] == pytest.approx(1e3 * rate, rel=1e-3 if name == "currents" else 1e-7)


@pytest.mark.parametrize(
    ("spread", "held", "error"),
    [((1.0, 10.0), (2.5, 66.0), -2.3e-4), ((3.0, 26.0), (0.3, 20.0), -2.78e-2)],
)
def test_two_independent_spreads_are_an_approximation(spread, held, error):
    """Oracle: the average over the square of both, by trapezoids in arsinh of each; as documented.

    Eq. 32 for every neuron, with s and I − u held.
    """
    (s, drive), k, xi = held, 0.7, np.linspace(-18.0, 18.0, 1201)
    weight = 1 / np.cosh(xi) / (1 / np.cosh(xi)).sum()
    threshold = -40.0 + spread[0] * np.sinh(xi)[:, None]
    current = drive + spread[1] * np.sinh(xi)
    vertex = (-60.0 + threshold + s / k) / 2
    curvature = -60.0 * threshold + current / k - vertex**2
    rate = weight @ np.sqrt(np.maximum(curvature, 0.0)) @ weight * k / (100 * np.pi)
    changes = {"rs.threshold_width": spread[0], WIDTH: spread[1], CURRENT: drive}
    model = MeanField(regular_spiking().replace(changes), reset_correction=False)

    def eqs(x: np.ndarray) -> np.ndarray:
        """Eqs. 22-23, in Hz and mV."""
        dr, dv, *_ = model.field(np.array([x[0] / 1e3, x[1], 0.0, s]), model.problem().vector())
        return np.array([1e3 * dr, dv])

    found = root(eqs, [1e3 * rate, -50.0], tol=1e-12).x[0]
    assert found / (1e3 * rate) - 1 == pytest.approx(error, rel=0.1)


@pytest.mark.parametrize(
    ("second", "cusp", "tolerance"),
    [("rs.threshold_width", (32.37, 3.7345), (5e-3, 5e-5)), (WIDTH, (17.60, 26.39), (5e-3, 5e-3))],
)
def test_where_bistability_ends(second, cusp, tolerance):
    """Oracle: dI/dr = d²I/dr² = 0 on the equilibria in closed form, found by scipy.

    With s = τ_s J r, Eq. 22 is linear in v; Eqs. 23 and 24 then give I(r). The rounded values are
    of an independent calculation with an ODE solver.
    """
    homogeneous = {"rs.threshold_width": 0.0, WIDTH: 0.0}
    circuit = regular_spiking().replace(homogeneous | {second: cusp[1] / 2})
    plane = bifurcation_plane(
        circuit, (CURRENT, second), ((-50.0, 100.0), (0.05 * cusp[1], 1.3 * cusp[1])),
        theory=UNCORRECTED,
    )  # fmt: skip
    points = [point for branch in plane.values() for point in branch.points("CP")]
    assert len(points) == 1
    (point,) = points
    found = point.parameters[CURRENT], point.parameters[second]
    assert found == pytest.approx(cusp, abs=max(tolerance))
    assert found[1] == pytest.approx(cusp[1], abs=tolerance[1])

    def slopes(x: np.ndarray) -> list[float]:
        """First and second derivative of I with respect to r in Hz, by sixth-order differences."""
        h, values = 0.02, {n: current_at(x[0] + 0.02 * n, second, x[1]) for n in range(-3, 4)}
        first = {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}
        then = {1: 3 / 2, 2: -3 / 20, 3: 1 / 90}
        return [
            sum(c * (values[n] - values[-n]) for n, c in first.items()) / h,
            (sum(c * (values[n] + values[-n]) for n, c in then.items()) - 49 / 18 * values[0])
            / h**2,
        ]

    r, width = root(slopes, [1e3 * point.state[0], found[1]], tol=1e-10).x
    assert found[1] == pytest.approx(width, rel=1e-5)
    assert found[0] == pytest.approx(current_at(r, second, width), abs=1e-4)


def current_at(rate: float, second: str, width: float) -> float:
    """The current in pA that holds a rate in Hz, Table I with one width."""
    r, (C, k, v_r, v_t, b, tau, kappa) = rate / 1e3, (100.0, 0.7, -60.0, -40.0, -2.0, 33.33, 10.0)
    thresholds, currents = (width, 0.0) if second == "rs.threshold_width" else (0.0, width)
    s = 6.0 * 15.0 * r
    a = k / (np.pi * C)
    v = a * k * thresholds * v_r - a * currents + r * (k * (v_r + v_t) + s)
    v /= a * k * thresholds + 2 * k * r
    u = b * (v - v_r) + tau * kappa * r
    return float(
        np.pi * C * r * (thresholds + np.pi * C * r / k) + u + s * v - k * (v - v_r) * (v - v_t)
    )


@pytest.mark.parametrize(
    ("width", "folds"),
    [(0.1, (49.348, 18.571)), (0.5, (44.511, 20.943)), (1.0, (40.671, 23.621))],
)
def test_folds_with_thresholds_alone(width, folds):
    """Oracle: values of an independent calculation, rounded to 0.001 pA."""
    circuit = regular_spiking().replace({"rs.threshold_width": width})
    (branch,) = equilibrium_diagram(circuit, CURRENT, 0.0, 80.0, theory=UNCORRECTED).values()
    found = [point.parameters[CURRENT] for point in branch.points("LP")]
    assert sorted(found) == pytest.approx(sorted(folds), abs=6e-4)
    assert WIDTH not in branch.fixed  # of what is not there a branch says nothing


WIDE = {
    "rs.law": "lorentzian", "rs.recovery": "population", "rs.peak_potential": 1e5,
    "rs.reset_potential": -1e5, "rs.recovery_coupling": 0.0,
}  # fmt: skip
"""Where a mean field is exact but for N: see `tests/test_agreement.py`."""
SPREADS = {
    "currents": {"rs.threshold_width": 0.0, WIDTH: 15.0},
    "currents and thresholds": {WIDTH: 15.0},
    "conductances": {"rs.threshold_width": 0.0, WIDTH: 10.0, "rs.ampa.conductance_width": 0.1},
    "slope −6": {"rs.current_slope": -6.0},
    "slope 12": {"rs.current_slope": 12.0},
}
INPUT = {"rs": steps([(0.0, 60.0), (200.0, 75.0)])}


@pytest.mark.parametrize("name", SPREADS)
def test_the_network_approaches_the_mean_field(name):
    """Oracle: the mean field, exact as N → ∞; from 100 ms, when the start is forgotten.

    Quantiles of sizes 500, 2000 and 8000. The series ranges over more than 0.3 and what is left
    at 8000 is below 0.03; the published form for conductances would leave 0.15.
    """
    circuit = regular_spiking().replace(WIDE | SPREADS[name])
    expected = integrate(
        circuit, INPUT, duration=400.0, sample=4.0, reset_correction=False, form="absolute"
    )["synaptic_activation"].values[0, 25:]
    errors = []
    for size in (500, 2000, 8000):
        network = Network(circuit.replace({"rs.size": size}))
        found = network.advance(INPUT, duration=400.0, sample=4.0)["synaptic_activation"][0, 25:]
        errors.append(float(np.sqrt(np.mean((found - expected) ** 2))))
    assert errors[2] < errors[0], errors
    assert errors[2] < 0.03, errors
    assert np.ptp(expected) > 0.3


def test_what_needs_a_pole_is_refused_by_name():
    """Oracle: the message names population, law, parameter and what would serve."""
    gaussian = regular_spiking().replace({"rs.law": "truncated_gaussian", WIDTH: 5.0})
    assert LAWS["truncated_gaussian"](0.0, 1.0).pole is None
    for ask in (MeanField, MeanFieldSettings().check):
        with pytest.raises(DomainError, match=r"rs: law = 'truncated_gaussian' .* lorentzian"):
            ask(gaussian)


def test_what_the_mean_field_knows():
    """Oracle: cut-offs enter networks alone, so circuits that differ in them share results."""
    circuit = regular_spiking().replace({WIDTH: 5.0, "rs.ampa.conductance_width": 0.1})
    cut = circuit.replace({"rs.current_truncation": 50.0, "rs.ampa.conductance_truncation": 0.5})
    assert UNCORRECTED.identity(circuit) == UNCORRECTED.identity(cut)
    wider = circuit.replace({WIDTH: 6.0})
    assert UNCORRECTED.identity(circuit) != UNCORRECTED.identity(wider)
