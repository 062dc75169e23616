"""Networks with sparse synapses, against all-to-all networks, a plain solver and the mean field."""

from __future__ import annotations

import numpy as np
import pytest

from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking
from ikmeanfield.inputs import ramp
from ikmeanfield.spiking import Network
from ikmeanfield.theories.mean_field import MeanField

FORMS = ["neuron", "population"]
INPUTS = {"rs": ramp([(0.0, 60.0), (60.0, 80.0)])}


def ring(size: int = 60, probability: float = 0.3, **changes):
    given = {
        "rs.size": size, "rs.input_current": 60.0, "rs.ampa.connectivity": "ring",
        "rs.ampa.connection_probability": probability, "rs.ampa.distance_exponent": 1.0,
    }  # fmt: skip
    return regular_spiking().replace(given | {f"rs.{key}": value for key, value in changes.items()})


@pytest.mark.parametrize("form", FORMS)
def test_certain_connections_give_the_network_of_all_to_all_synapses(form):
    """Oracle: the kernel for all-to-all synapses, with the same neurons in another order."""
    plain = regular_spiking().replace({"rs.size": 300, "rs.recovery": form})
    some = plain.replace({"rs.ampa.connectivity": "random"})
    a, b = (Network(c, step=0.2).advance(INPUTS, duration=200.0, sample=5.0) for c in (plain, some))
    assert a["firing_rate"].max() > 20
    for name, values in a.items():
        np.testing.assert_allclose(b[name], values, rtol=1e-8, atol=1e-9)


def test_sparse_and_all_to_all_synapses_in_one_circuit():
    """Oracle: the kernel for all-to-all synapses; one of four synapses is sparse, and certain."""
    plain = excitatory_inhibitory().replace(
        {"rs.size": 100, "fs.size": 40, "fs.input_current": 60.0}
    )
    some = plain.replace({"fs.ampa.connectivity": "random"})
    a, b = (Network(c, step=0.1).advance(duration=100.0, sample=5.0) for c in (plain, some))
    assert a["firing_rate"].min(axis=1).max() >= 0
    assert a["firing_rate"].max(axis=1).min() > 0
    for name, values in a.items():
        np.testing.assert_allclose(b[name], values, rtol=1e-7, atol=1e-8)


def plain_euler(network: Network, inputs, duration: float, step: float) -> np.ndarray:
    """Eqs. 1-3 (or 26-27) by explicit Euler, with the network's connections as a full matrix.

    Returns potentials, recovery variables and activations of all neurons at the end.
    """
    (cell,) = network.circuit.populations.values()
    wiring, size = network._wiring, cell.size
    pointer = wiring.pointer
    weights = np.zeros((size, size))
    for source in range(size):
        reached = wiring.targets[pointer[source] : pointer[source + 1]]
        np.add.at(weights[:, source], reached, wiring.gain[reached])
    np.testing.assert_allclose(weights.sum(axis=1), cell.synapses["ampa"].weights["rs"])
    threshold, synapse = network.thresholds["rs"], cell.synapses["ampa"]
    v, s = np.full(size, cell.resting_potential), np.zeros(size)
    u = np.zeros(size)
    own = cell.recovery == "neuron"
    for n in range(round(duration / step)):
        current = float(inputs["rs"]((n + 0.5) * step))
        drive = synapse.conductance * s * (synapse.reversal_potential - v)
        slope = cell.leakage * (v - cell.resting_potential) * (v - threshold) - u + current + drive
        mean = v if own else np.full(size, v.mean())
        change = (cell.recovery_coupling * (mean - cell.resting_potential) - u) / cell.recovery_time
        v, u, s = (
            v + step * slope / cell.capacitance,
            u + step * change,
            s - step * s / synapse.synaptic_time,
        )
        fired = v >= cell.peak_potential
        v[fired] = cell.reset_potential
        u += cell.adaptation * (fired if own else fired.mean())
        s += weights @ fired
    return np.stack([v, u, s])


@pytest.mark.parametrize("form", FORMS)
def test_every_neuron_goes_where_a_plain_solver_takes_it(form):
    """Oracle: explicit Euler, written above, at three steps; its distance falls with its step.

    Activations are compared: potentials jump at spikes, whose times differ.
    """
    circuit = ring(40, recovery=form, threshold_width=0.3)
    network = Network(circuit, step=0.025, thresholds="random", seed=3)
    network.advance(INPUTS, duration=60.0, sample=60.0)
    exact = network._state.s
    assert exact.std() > 0.05 * exact.mean() > 0
    errors = [
        np.abs(plain_euler(network, INPUTS, 60.0, step)[2] - exact).max()
        for step in (0.016, 0.004, 0.001)
    ]
    assert errors[0] > 2 * errors[1] > 4 * errors[2]
    assert errors[2] < 6e-3 * exact.max()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["random", "ring"])
def test_second_order(kind, form):
    """Oracle: the same network at a step eight times shorter; by how much the distance falls.

    Of every neuron the spike times are added up, weighted smoothly: they change by as much as the
    spikes move. Over 60 ms, before spikes in another order make networks diverge.
    """
    changes = {"rs.ampa.connectivity": kind, "rs.recovery": form, "rs.input_current": 90.0}
    if kind == "random":
        changes["rs.ampa.distance_exponent"] = 0.0
    circuit = ring(400, 0.2, threshold_width=0.5).replace(changes)
    steps, found = (0.4, 0.2, 0.1, 0.0125), []
    for step in steps:
        network = Network(circuit, step=step, seed=1)
        run = network.advance(duration=60.0, sample=2.0, spikes={"rs": range(400)})
        time, neuron = run["spike_time"], run["spike_neuron"].astype(int)
        weight = np.where(abs(time - 30) < 28, np.cos(np.pi * (time - 30) / 56) ** 2, 0.0)
        found.append(np.bincount(neuron, weight * time, 400))
    errors = [np.sqrt(np.mean((each - found[-1]) ** 2)) for each in found[:-1]]
    order = np.polyfit(np.log(steps[:-1]), np.log(errors), 1)[0]
    assert order > 1.6, (order, errors)
    assert errors[0] < 2e-3


def test_the_mean_field_is_the_limit():
    """Oracle: the mean field of full Lorentzians and one recovery variable, exact for N → ∞.

    A sparse network differs from it by no more than finite networks of its size do, measured by
    the scatter between draws of all-to-all networks, and by what the randomness of inputs adds.
    """
    base = {
        "rs.size": 3000, "rs.recovery": "population", "rs.law": "lorentzian",
        "rs.input_current": 60.0,
    }  # fmt: skip
    circuit = regular_spiking().replace(base)
    sparse = circuit.replace(
        {"rs.ampa.connectivity": "random", "rs.ampa.connection_probability": 0.2}
    )
    theory = MeanField(circuit, reset_correction=False)
    field = theory.integrate(duration=320.0, sample=4.0)["synaptic_activation"].values[0]

    def course(given, seed):
        network = Network(given, thresholds="random", seed=seed)
        return network.advance(duration=320.0, sample=4.0)["synaptic_activation"][0]

    late = slice(50, None)
    dense = np.array([course(circuit, seed)[late].mean() for seed in range(3)])
    found = np.array([course(sparse, seed)[late].mean() for seed in range(3)])
    scatter = dense.std(ddof=1)
    assert abs(found.mean() - field[late].mean()) < 4 * scatter + 0.02 * field[late].mean()
    assert scatter < 0.05 * field[late].mean()


def test_a_pattern_is_a_current_of_each_neuron():
    """Oracle: networks of one neuron with the whole input; no neuron feels another (g = 0)."""
    circuit = ring(8, **{"ampa.conductance": 0.0, "current_width": 3.0, "law": "lorentzian"})
    network = Network(circuit, step=0.1)
    pattern = np.linspace(-20.0, 40.0, 8)
    network.set_pattern({"rs": pattern})
    network.advance(duration=60.0, sample=60.0)
    for i in range(8):
        own = {
            "rs.size": 1, "rs.threshold": network.thresholds["rs"][i], "rs.threshold_width": 0.0,
            "rs.current_width": 0.0, "rs.ampa.connectivity": "all_to_all",
            "rs.ampa.connection_probability": 1.0, "rs.ampa.distance_exponent": 0.0,
        }  # fmt: skip
        alone = Network(circuit.replace(own), step=0.1)
        current = 60.0 + pattern[i] + network.neurons["rs"].current[i]
        alone.advance({"rs": current}, duration=60.0, sample=60.0)
        np.testing.assert_allclose(network.potentials("rs")[i], alone.potentials("rs"), rtol=2e-6)


def test_a_run_is_the_same_however_it_is_cut_and_after_a_return():
    """Oracle: bytes of one call against many, and of a second course from a snapshot."""
    whole, parts = Network(ring(), seed=1), Network(ring(), seed=1)
    whole.advance(INPUTS, duration=40.0, sample=40.0)
    parts.advance(INPUTS, duration=20.0, sample=4.0)
    middle = parts.snapshot()
    for _ in range(2):
        parts.restore(middle)
        parts.advance(INPUTS, duration=20.0, sample=4.0)
        assert whole.potentials("rs").tobytes() == parts.potentials("rs").tobytes()
        assert whole._state.s.tobytes() == parts._state.s.tobytes()


def test_spikes_of_watched_neurons_are_all_spikes():
    """Oracle: the firing rate, which counts them; and activations made of them by hand."""
    network = Network(ring(input_current=120.0), step=0.2)
    found = network.advance(duration=60.0, sample=2.0, spikes={"rs": range(60)})
    counts = np.histogram(found["spike_time"], np.arange(0.0, 60.1, 2.0))[0]
    assert counts.sum() > 60
    np.testing.assert_allclose(counts, found["firing_rate"][0] * 60 * 2e-3)
    wiring, tau = network._wiring, 6.0
    activation = np.zeros(60)
    for neuron, time in zip(found["spike_neuron"].astype(int), found["spike_time"], strict=True):
        reached = wiring.targets[wiring.pointer[neuron] : wiring.pointer[neuron + 1]]
        np.add.at(activation, reached, wiring.gain[reached] * np.exp(-(60.0 - time) / tau))
    # The series of the decay within a step leaves out (Δt/τ)⁴/24.
    np.testing.assert_allclose(network._state.s, activation, rtol=1e-6)


def test_euler_has_no_sparse_kernel():
    """Oracle: the message names the scheme and the other one."""
    with pytest.raises(ValueError, match="need the scheme 'exact'"):
        Network(ring(), scheme="euler")


def test_noise_of_single_neurons_reaches_sparse_networks():
    """Oracle: an Ornstein-Uhlenbeck process, to which equal neurons at rest are close (g = b = 0).

    C v' = −k (v_θ − v_r)(v − v_r) + σ ξ has the standard deviation σ/√(2 C k (v_θ − v_r)).
    """
    quiet = {
        "rs.input_current": 0.0, "rs.ampa.conductance": 0.0, "rs.gaussian_noise": 10.0,
        "rs.threshold_width": 0.0, "rs.recovery_coupling": 0.0,
    }  # fmt: skip
    network = Network(ring(3000).replace(quiet), step=0.1, seed=7)
    network.advance(duration=60.0, sample=60.0)
    found = network.potentials("rs").std()
    assert found == pytest.approx(10.0 / np.sqrt(2 * 100.0 * 0.7 * 20.0), rel=0.06)
