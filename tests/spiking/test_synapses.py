"""Synapses: their course after a known spike train, and which source drives which.

Oracle: Eq. 3 solved by hand: every spike of a source adds J/N to s, which then decays with τ_s.
"""

from __future__ import annotations

import numpy as np
import pytest
from neurons import both, coupled

from ikmeanfield.spiking import Network, simulate

SCHEMES = {"exact": 0.2, "euler": 0.002}
# First order in Δt/τ for Euler; for `exact` the series of the decay within a step, (Δt/τ)⁴/24.
TOLERANCE = {"exact": 1e-6, "euler": 2e-3}


def closed_form(times: np.ndarray, spikes: np.ndarray, jump: float, tau: float) -> np.ndarray:
    """S at the given times after a train of spikes."""
    late = times[:, None] - spikes[None, :]
    return jump * np.sum(np.where(late >= 0, np.exp(-np.maximum(late, 0) / tau), 0.0), axis=1)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_activation_after_a_spike_train(scheme: str) -> None:
    """The neurons do not feel the synapse (g = 0), so their spikes are a given train."""
    circuit = coupled(size=7, input_current=150.0).replace({"rs.ampa.conductance": 0.0})
    data = simulate(
        circuit, duration=100.0, sample=1.0, scheme=scheme, step=SCHEMES[scheme],  # type: ignore[arg-type]
        spikes={"rs": range(7)},
    )  # fmt: skip
    spikes = data.spike_time.values
    assert spikes.size > 10
    # A spike of Euler at the very end of a step counts as one at its time.
    expected = closed_form(data.time.values + 1e-9, spikes, 15 / 7, 6.0)
    np.testing.assert_allclose(
        data.synaptic_activation[0], expected, atol=TOLERANCE[scheme] * expected.max()
    )


def test_activation_decays_from_a_given_value() -> None:
    """Oracle: exp(−t/τ_s), exactly, whatever the step; no neuron spikes."""
    circuit = coupled(size=2, input_current=0.0).replace({"rs.ampa.reversal_potential": -60.0})
    for step in (0.1, 2.0):
        network = Network(circuit, step=step)
        network.set_state(activation=np.array([0.7]))
        data = network.run(duration=20.0, sample=2.0)
        np.testing.assert_allclose(
            data.synaptic_activation[0], 0.7 * np.exp(-data.time / 6.0), rtol=1e-12
        )


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("target", ["rs", "fs"])
@pytest.mark.parametrize("source", ["rs", "fs"])
def test_which_source_drives_which_synapse(source: str, target: str, scheme: str) -> None:
    """One weight on, all others zero: one activation moves, from one train, into one target."""
    synapse = {"rs": "ampa", "fs": "gaba"}[source]
    zero = {
        f"{t}.{s}.weights.{f}": 0.0
        for t in ("rs", "fs")
        for s, f in (("ampa", "rs"), ("gaba", "fs"))
    }
    silent = both(rs_size=5, fs_size=4, rs_input_current=150.0, fs_input_current=100.0).replace(
        zero
    )
    weight = 2.0
    driven = silent.replace({f"{target}.{synapse}.weights.{source}": weight})
    record = {"rs": range(5), "fs": range(4)}
    without, data = (
        simulate(c, duration=60.0, sample=1.0, scheme=scheme, step=SCHEMES[scheme], spikes=record)  # type: ignore[arg-type]
        for c in (silent, driven)
    )
    label = f"{target}.{synapse}"
    for other in data.synapse.values:
        assert (float(data.synaptic_activation.sel(synapse=other).max()) > 0) is (other == label)
    train = data.spike_time.values[data.spike_population.values == source]
    tau = {"ampa": 6.0, "gaba": 8.0}[synapse]
    size = silent.populations[source].size
    expected = closed_form(data.time.values + 1e-9, train, weight / size, tau)
    np.testing.assert_allclose(
        data.synaptic_activation.sel(synapse=label), expected,
        atol=TOLERANCE[scheme] * expected.max(),
    )  # fmt: skip
    for name in ("rs", "fs"):
        moved = not np.array_equal(
            data.membrane_potential.sel(population=name),
            without.membrane_potential.sel(population=name),
        )
        assert moved is (name == target)


def test_a_synapse_with_two_sources() -> None:
    """Oracle: the two closed forms add up, each with its own J/N."""
    circuit = both(rs_size=5, fs_size=4, rs_input_current=150.0, fs_input_current=100.0)
    data = circuit.model_dump()
    for population in data["populations"].values():
        for synapse in population["synapses"].values():
            synapse["conductance"] = 0.0
            synapse["weights"] = {"rs": 3.0, "fs": -1.0}
    result = simulate(
        type(circuit).model_validate(data), duration=60.0, sample=1.0,
        spikes={"rs": range(5), "fs": range(4)},
    )  # fmt: skip
    trains = [
        result.spike_time.values[result.spike_population.values == name] for name in ("rs", "fs")
    ]
    for label, tau in (("rs.ampa", 6.0), ("fs.gaba", 8.0)):
        expected = closed_form(result.time.values, trains[0], 3 / 5, tau) + closed_form(
            result.time.values, trains[1], -1 / 4, tau
        )
        np.testing.assert_allclose(
            result.synaptic_activation.sel(synapse=label), expected, atol=1e-6
        )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_potential_under_a_held_conductance(scheme: str) -> None:
    """Oracle: the root of k(v − v_r)(v − v_θ) + g s (E − v) + I = 0 with s held at its value."""
    circuit = coupled(
        size=1, input_current=0.0, recovery_coupling=0.0, threshold_width=0.0
    ).replace({"rs.ampa.synaptic_time": 1e9, "rs.ampa.reversal_potential": -70.0})
    network = Network(circuit, scheme=scheme, step=0.05)  # type: ignore[arg-type]
    network.set_state(activation=np.array([5.0]))
    network.run(duration=500.0, sample=500.0)
    roots = np.roots([0.7, 0.7 * 100 - 5.0, 0.7 * 2400 - 5.0 * 70])
    assert network.potentials("rs")[0] == pytest.approx(roots.min(), abs=1e-4)
