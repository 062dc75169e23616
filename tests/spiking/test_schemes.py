"""The two schemes against each other, and every run against itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from neurons import both, coupled

from ikmeanfield.circuit import Circuit
from ikmeanfield.inputs import ramp, steps
from ikmeanfield.spiking import RECORDABLE, Network, simulate

NETWORKS = {
    "own u": lambda: coupled(size=30, input_current=80.0, adaptation=10.0),
    "one u": lambda: coupled(size=30, input_current=80.0, recovery="population"),
    "50 -100": lambda: coupled(
        size=30, input_current=80.0, peak_potential=50.0, reset_potential=-100.0
    ),
    "two populations": lambda: both(
        rs_size=20, fs_size=20, rs_input_current=80.0, fs_input_current=60.0
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_schemes_agree_at_a_small_step(name: str) -> None:
    """Oracle: Euler, an independent discretisation, at 10⁻⁴ ms.

    Euler is first order: in Table I its ⟨u⟩ is off by 1.1 % at 10⁻³ ms and by 0.1 % at 10⁻⁴ ms,
    which is the tolerance here (of the largest value), three times over. `exact` at 0.05 ms is
    closer than that.
    """
    circuit = NETWORKS[name]()
    means = []
    for scheme, step in (("exact", 0.05), ("euler", 1e-4)):
        data = simulate(circuit, duration=150.0, sample=0.5, scheme=scheme, step=step)  # type: ignore[arg-type]
        means.append({key: data[key].values.mean(axis=1) for key in RECORDABLE})
    exact, euler = means
    for key in ("recovery", "synaptic_activation", "firing_rate"):
        scale = np.abs(euler[key]).max()
        # A spike more or less in the whole run is 1/N/150 ms.
        slack = 1000 / 20 / 150 if key == "firing_rate" else 0.0
        np.testing.assert_allclose(exact[key], euler[key], atol=3e-3 * scale + slack, err_msg=key)


def inputs_for(circuit: Circuit) -> dict[str, Any]:
    first, *others = circuit.populations
    given = {first: ramp([(10.03, 80.0), (45.5, 120.0)])}
    return given | {name: steps([(0, 30.0), (17.77, 90.0)]) for name in others}


@pytest.mark.parametrize("scheme", ["exact", "euler"])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_run_may_be_cut_anywhere(name: str, scheme: str) -> None:
    """Oracle: the same bytes from one call, from many, and after a detour and a `restore`."""
    circuit = NETWORKS[name]()
    inputs = inputs_for(circuit)
    step = 0.1 if scheme == "exact" else 0.01
    spikes = {population: range(3) for population in circuit.populations}
    options: dict[str, Any] = {"sample": 0.5, "spikes": spikes}

    def network() -> Network:
        return Network(circuit, scheme=scheme, step=step)  # type: ignore[arg-type]

    whole = network().run(inputs, duration=60.0, **options)
    cut = network()
    parts = [cut.run(inputs, duration=d, **options) for d in (0.5, 7.0, 22.5)]
    saved = cut.snapshot()
    lost = cut.run(duration=5.0, sample=0.5)
    cut.restore(saved)
    assert cut.time == pytest.approx(30.0)
    parts.append(cut.run(inputs, duration=30.0, **options))
    for key in (*RECORDABLE, "time", "spike_time", "spike_neuron"):
        joined = np.concatenate([part[key].values for part in parts], axis=-1)
        assert joined.tobytes() == whole[key].values.tobytes(), key
    assert whole.sizes["spike"] > 0
    cut.restore(saved)  # a snapshot can be used twice, and gives what it gave before
    again = cut.run(duration=5.0, sample=0.5)
    assert again.membrane_potential.values.tobytes() == lost.membrane_potential.values.tobytes()


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_progress_chunks_leave_no_trace(scheme: str) -> None:
    """Oracle: 1, 7, … steps per kernel call give the same state, bit by bit."""
    circuit = NETWORKS["two populations"]()
    states = []
    for duration in (0.1, 0.7, 4.9, 9.8):
        network = Network(circuit, scheme=scheme, step=0.1 if scheme == "exact" else 0.01)  # type: ignore[arg-type]
        for _ in range(round(9.8 / duration)):
            network.run(duration=duration, sample=duration, progress=lambda _: None)
        states.append(b"".join(array.tobytes() for array in network.snapshot()[1]))
    assert len(set(states)) == 1


def test_random_thresholds_depend_on_the_seed_only() -> None:
    """Oracle: bytes; scheme, step and other parameters of the neurons do not matter."""
    circuit = both(rs_size=20, fs_size=10)

    def drawn(seed: int, **more: Any) -> bytes:
        given = {"circuit": circuit} | more
        network = Network(given.pop("circuit"), thresholds="random", seed=seed, **given)
        return b"".join(values.tobytes() for values in network.thresholds.values())

    base = drawn(1)
    assert base == drawn(1)
    assert base != drawn(2)
    assert base == drawn(1, scheme="euler")
    assert base == drawn(1, step=0.05)
    assert base == drawn(1, circuit=circuit.replace({"rs.input_current": 99.0}))
    network = Network(circuit, thresholds="random", seed=1)
    assert network.thresholds["rs"][:10].tolist() != network.thresholds["fs"].tolist()
    assert np.all(np.diff(network.thresholds["rs"]) >= 0)


def test_equal_arguments_give_equal_runs() -> None:
    """Oracle: bytes, for two networks that are built and run side by side."""
    circuit = NETWORKS["two populations"]()
    one, two = (Network(circuit, thresholds="random", seed=3) for _ in range(2))
    for _ in range(3):
        a = one.run(duration=10.0, sample=1.0)
        b = two.run(duration=10.0, sample=1.0)
        for key in RECORDABLE:
            assert a[key].values.tobytes() == b[key].values.tobytes()


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_a_state_that_is_set_is_read_back(scheme: str) -> None:
    """Oracle: the values themselves, in mV and pA, for both forms of u."""
    circuit = both(rs_size=4, fs_size=3, rs_recovery="neuron")
    network = Network(circuit, scheme=scheme)  # type: ignore[arg-type]
    np.testing.assert_allclose(network.potentials("rs"), -60.0)
    np.testing.assert_allclose(network.potentials("fs"), -55.0)
    v, u = np.array([-70.0, -50.0, 0.0, 10.0]), np.array([1.0, -2.0, 3.0, 40.0])
    network.set_state(potentials={"rs": v}, recovery={"rs": u, "fs": 7.0})
    np.testing.assert_allclose(network.potentials("rs"), v, atol=1e-12)
    np.testing.assert_allclose(network.recovery("rs"), u, atol=1e-12)
    np.testing.assert_allclose(network.recovery("fs"), [7.0], atol=1e-12)
    np.testing.assert_allclose(network.potentials("fs"), -55.0)
