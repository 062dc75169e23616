"""A single neuron against an event-driven reference, and against its closed-form firing rate.

Oracles: `neurons.reference` (solve_ivp with events, rtol 1e-11), and Eqs. 30-31 of the paper,
whose interval between spikes is (C/k)∫dv/[(v − v_r)(v − v_θ) + I/k] from v_0 to v_p.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from neurons import alone, coupled, reference
from scipy.integrate import quad

from ikmeanfield.circuit import Circuit
from ikmeanfield.spiking import Network, SimulationError, simulate

FAST = {
    "capacitance": 20.0,
    "leakage": 1.0,
    "resting_potential": -55.0,
    "recovery_time": 5.0,
    "recovery_coupling": 0.025,
    "adaptation": 0.0,
    "input_current": 120.0,
}
LOW = {"peak_potential": 50.0, "reset_potential": -100.0}
LOWER = {"peak_potential": 40.0, "reset_potential": -60.0}
NEURONS: dict[str, dict[str, Any]] = {
    "table-1": {"input_current": 100.0},
    "table-1, 50 -100": LOW | {"input_current": 100.0},
    "table-1, 40 -60": LOWER | {"input_current": 100.0},
    "strong adaptation": {"adaptation": 100.0, "input_current": 200.0},
    "strong adaptation, 50 -100": LOW | {"adaptation": 100.0, "input_current": 200.0},
    "strong adaptation, 40 -60": LOWER | {"adaptation": 100.0, "input_current": 200.0},
    "b = +2": LOW | {"recovery_coupling": 2.0, "input_current": 150.0},
    "fast": FAST,
    "fast, 50 -100": FAST | LOW,
    "fast, 40 -60": FAST | LOWER,
}


STEPS = np.array([0.8, 0.4, 0.2, 0.1, 0.05, 0.025])


def order(errors: np.ndarray) -> float:
    """Slope of log error over log step; single errors scatter with the spikes' places in steps."""
    return float(np.polyfit(np.log(STEPS), np.log(errors), 1)[0])


def compare(circuit: Circuit, step: float, expected: tuple, duration: float) -> tuple:
    """Largest errors of spike times (ms), of u (pA, at the end) and of v."""
    spikes, (v, u, _) = expected
    network = Network(circuit, step=step)
    data = network.run(duration=duration, sample=duration, spikes={"rs": [0]})
    got = data.spike_time.values
    assert got.size == spikes.size
    return (
        np.abs(got - spikes).max(),
        abs(network.recovery("rs")[0] - u),
        abs(network.potentials("rs")[0] - v),
    )


@pytest.mark.parametrize("name", NEURONS)
def test_spike_times_and_recovery_of_one_neuron(name: str) -> None:
    """The difference from the reference falls with the square of the step."""
    circuit = alone(**NEURONS[name])
    duration = 240.0
    expected = reference(circuit, duration)
    assert expected[0].size >= 3
    errors = np.array([compare(circuit, h, expected, duration) for h in STEPS])
    assert order(errors[:, 0]) > 1.6
    assert np.all(errors[:, 0] < 0.3 * STEPS**2 + 1e-6)
    assert np.all(errors[:, 1] < 0.3 * STEPS**2 + 1e-5)


@pytest.mark.parametrize("name", ["table-1", "strong adaptation, 50 -100", "b = +2", "fast"])
def test_one_neuron_with_the_recovery_variable_of_a_population(name: str) -> None:
    """The same reference: for N = 1 Eqs. 26-27 are Eqs. 1-2."""
    circuit = alone(**NEURONS[name] | {"recovery": "population"})
    duration = 240.0
    expected = reference(circuit, duration)
    errors = np.array([compare(circuit, h, expected, duration) for h in STEPS])
    assert order(errors[:, 0]) > 1.6
    assert np.all(errors[:, 0] < 0.05 * STEPS**2 + 1e-6)


@pytest.mark.parametrize("resets", [{}, LOW, LOWER], ids=["1000", "50 -100", "40 -60"])
def test_a_neuron_that_excites_itself(resets: dict[str, Any]) -> None:
    """The same with a synapse: what a spike adds to s comes late, but falls with the square."""
    circuit = coupled(size=1, threshold_width=0.0, input_current=80.0, **resets).replace(
        {"rs.ampa.weights.rs": 3.0}
    )
    duration = 200.0
    expected = reference(circuit, duration, weight=3.0)
    assert expected[0].size >= 2
    errors = np.array([compare(circuit, h, expected, duration) for h in STEPS])
    assert order(errors[:, 0]) > 1.6
    assert np.all(errors < 0.3 * STEPS[:, None] ** 2)


def interval(circuit: Circuit) -> float:
    """Time from reset to peak with u frozen at zero, by quadrature; infinite at rest."""
    p = circuit.populations["rs"]

    def rate(v: float) -> float:
        return p.leakage * (v - p.resting_potential) * (v - p.threshold) + p.input_current

    middle = (p.resting_potential + p.threshold) / 2
    if p.input_current <= 0.25 * p.leakage * (p.threshold - p.resting_potential) ** 2:
        return np.inf
    lo, hi = p.reset_potential, p.peak_potential
    points = [w for w in (middle - 50, middle, middle + 50) if lo < w < hi]
    value, _ = quad(
        lambda v: p.capacitance / rate(v), lo, hi, points=points or None, limit=500, epsrel=1e-12
    )
    return float(value)


@pytest.mark.parametrize(
    "changes",
    [
        {"input_current": 71.0},  # just above the threshold 0.25 k (v_θ − v_r)² = 70 pA
        {"input_current": 100.0},
        {"input_current": 200.0} | LOW,
        {"input_current": 200.0} | LOWER,
        {"input_current": 5000.0},
        {"input_current": 100.0} | FAST | {"recovery_coupling": 0.0},
        {"input_current": 80.0, "peak_potential": 50.0, "reset_potential": 49.0},  # 14 a step
        {"input_current": 1e5, "peak_potential": 50.0, "reset_potential": -50.0},
    ],
)
@pytest.mark.parametrize("form", ["neuron", "population"])
def test_firing_rate_with_frozen_recovery(changes: dict[str, Any], form: str) -> None:
    """Oracle: Eqs. 30-31. With b = κ = 0 and no synapse a step of any length is exact."""
    data = {"recovery_coupling": 0.0, "adaptation": 0.0, "recovery": form} | changes
    circuit = alone(**data | {"recovery_coupling": 0.0})
    expected = interval(circuit)
    network = Network(circuit)
    network.set_state(potentials={"rs": np.array([circuit.get("rs.reset_potential")])})
    duration = 20.0 * np.ceil(max(1.0, 12 * expected / 20))
    data = network.run(duration=duration, sample=duration, spikes={"rs": [0]})
    spikes = data.spike_time.values
    assert spikes.size == np.floor(duration / expected) or duration / expected % 1 > 1 - 1e-4
    np.testing.assert_allclose(spikes, expected * np.arange(1, spikes.size + 1), rtol=2e-6)
    rate = float(data.firing_rate.values[0, 0])
    assert rate == pytest.approx(spikes.size / duration * 1000)
    assert abs(rate - 1000 / expected) <= 1000 / duration + 1e-5 * rate


@pytest.mark.parametrize("current", [-100.0, 0.0, 50.0, 69.0])
@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_no_spikes_below_the_threshold(current: float, scheme: str) -> None:
    """Oracle: Eq. 31 has rate zero below q = 0; v comes to the lower root of the parabola."""
    circuit = alone(recovery_coupling=0.0, adaptation=0.0, input_current=current)
    data = simulate(
        circuit, duration=1000.0, sample=100.0, scheme=scheme,
        step=0.5 if scheme == "exact" else 0.05,
    )  # fmt: skip
    assert np.all(data.firing_rate == 0)
    root = -50.0 - np.sqrt(100.0 - current / 0.7)
    assert data.membrane_potential.values[0, -1] == pytest.approx(root, abs=1e-4)


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_a_reset_above_the_threshold_keeps_spiking_without_input(scheme: str) -> None:
    """Oracle: ∫dv from v_0 to v_p; a subthreshold neuron spikes on if v_0 > v_θ (Eq. 30)."""
    circuit = alone(
        recovery_coupling=0.0, adaptation=0.0, peak_potential=50.0, reset_potential=-30.0
    )
    network = Network(circuit, scheme=scheme)
    network.set_state(potentials={"rs": np.array([-30.0])})
    data = network.run(duration=200.0, sample=200.0, spikes={"rs": [0]})
    w = np.array([-30.0, 50.0])
    # (C/k)/(v_θ − v_r) ln[(v − v_θ)/(v − v_r)] between the two potentials, by hand.
    expected = 100 / 0.7 / 20 * np.diff(np.log((w + 40) / (w + 60)))[0]
    tolerance = 1e-6 if scheme == "exact" else 2e-3
    np.testing.assert_allclose(np.diff(data.spike_time), expected, rtol=tolerance)


def test_endless_spiking_is_an_error_that_says_where() -> None:
    """Oracle: the interval is 2·10⁻⁶ ms, 10⁵ spikes a step; the run must end and say why."""
    circuit = alone(
        size=3, threshold_width=1.0, input_current=80.0,
        peak_potential=50.0, reset_potential=49.9999, recovery_coupling=0.0,
    )  # fmt: skip
    assert interval(circuit) < 1e-5
    network = Network(circuit)
    with pytest.raises(SimulationError) as caught:
        network.run(duration=1000.0, sample=1.0)
    message = str(caught.value)
    for part in ("neuron 0 ", "population rs", "100 times in one step", "t = ", "scheme exact"):
        assert part in message
    for part in ("reset_potential = 49.9999", "peak_potential = 50", "input_current = 80"):
        assert part in message


def test_several_spikes_in_a_step_add_their_jumps() -> None:
    """Oracle: many short steps; u and the count agree although one step holds many spikes."""
    circuit = alone(
        input_current=80.0, peak_potential=50.0, reset_potential=45.0, adaptation=1.0,
    )  # fmt: skip
    results = []
    for step in (0.4, 0.004):
        network = Network(circuit, step=step)
        network.set_state(potentials={"rs": np.array([45.0])})
        data = network.run(duration=20.0, sample=20.0)
        results.append((float(data.firing_rate.values[0, 0]) / 50, network.recovery("rs")[0]))
    (count, u), (many, v) = results
    assert many > 150  # more than three in every long step
    assert count == pytest.approx(many, abs=2)
    assert u == pytest.approx(v, rel=5e-3)
