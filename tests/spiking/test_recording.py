"""What a run records: sampling, rates, spike times, and the errors of wrong arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from neurons import alone, both, coupled

from ikmeanfield.inputs import constant
from ikmeanfield.spiking import RECORDABLE, Network, SimulationError, simulate

SCHEMES = ("exact", "euler")
STEP = {"exact": 0.2, "euler": 0.01}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_sampling_at_any_multiple_of_the_step(scheme: str) -> None:
    """Oracle: a coarse sample is one of the fine ones; its rate is the mean of theirs."""
    circuit = both(rs_size=10, fs_size=8, rs_input_current=300.0, fs_input_current=60.0)
    step = STEP[scheme]
    fine, coarse = (
        simulate(circuit, duration=60.0, sample=sample, scheme=scheme, step=step)  # type: ignore[arg-type]
        for sample in (step, 3.0)
    )
    every = round(3.0 / step)
    assert fine.sizes["time"] == 20 * every
    np.testing.assert_allclose(coarse.time, 3.0 * np.arange(1, 21), rtol=1e-12)
    np.testing.assert_allclose(fine.time[every - 1 :: every], coarse.time, rtol=1e-12)
    for name in ("membrane_potential", "recovery", "synaptic_activation"):
        np.testing.assert_array_equal(fine[name][:, every - 1 :: every], coarse[name])
    means = fine.firing_rate.values.reshape(2, 20, every).mean(axis=2)
    np.testing.assert_allclose(means, coarse.firing_rate, rtol=1e-12)
    assert float(coarse.firing_rate.max()) > 0


@pytest.mark.parametrize("scheme", SCHEMES)
def test_rates_count_the_recorded_spikes(scheme: str) -> None:
    """Oracle: a histogram of all spike times over (t − window, t], per neuron and second."""
    circuit = both(rs_size=10, fs_size=8, rs_input_current=300.0, fs_input_current=60.0)
    data = simulate(
        circuit, duration=100.0, sample=5.0, scheme=scheme, step=STEP[scheme],  # type: ignore[arg-type]
        spikes={"rs": range(10), "fs": range(8)},
    )  # fmt: skip
    assert np.all(data.firing_rate.mean("time") > 0)
    for name, population in circuit.populations.items():
        times = data.spike_time[data.spike_population == name].values
        # Euler notices a spike at the end of its step: that time belongs to the window it ends.
        counts, _ = np.histogram(times - (1e-9 if scheme == "euler" else 0), np.arange(0, 101, 5.0))
        expected = counts / (population.size * 0.005)
        np.testing.assert_allclose(data.firing_rate.sel(population=name), expected, rtol=1e-12)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_spikes_of_chosen_neurons_only(scheme: str) -> None:
    """Oracle: the part of the record of all neurons that belongs to the chosen ones, in order."""
    circuit = both(rs_size=10, fs_size=8, rs_input_current=300.0, fs_input_current=60.0)
    options: dict[str, Any] = {"duration": 100.0, "sample": 5.0, "scheme": scheme}
    options["step"] = STEP[scheme]
    chosen = {"fs": [7, 2], "rs": [4, 4]}
    everyone = simulate(circuit, spikes={"rs": range(10), "fs": range(8)}, **options)
    some = simulate(circuit, spikes=chosen, **options)
    none = simulate(circuit, spikes={"rs": []}, **options)
    without = simulate(circuit, **options)
    wanted = [
        neuron in chosen[name]
        for neuron, name in zip(
            everyone.spike_neuron.values, everyone.spike_population.values, strict=True
        )
    ]
    for name in ("spike_time", "spike_neuron", "spike_population"):
        np.testing.assert_array_equal(everyone[name].values[wanted], some[name].values)
        assert none[name].size == 0
        assert name not in without
    assert some.sizes["spike"] > 5
    assert np.all(np.diff(everyone.spike_time) >= 0)
    ties = np.diff(everyone.spike_time) == 0
    row = np.where(everyone.spike_population == "rs", 0, 10) + everyone.spike_neuron.values
    assert np.all(np.diff(row)[ties] > 0)
    for other in (some, none, without):  # watching changes nothing
        for name in RECORDABLE:
            np.testing.assert_array_equal(other[name], everyone[name])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_neuron_at_rest_on_its_reset_has_not_spiked(scheme: str) -> None:
    """Oracle: v_0 = v_r, no input: only the neuron that starts above its threshold spikes."""
    circuit = alone(size=3, peak_potential=50.0, reset_potential=-60.0, adaptation=10.0)
    network = Network(circuit, scheme=scheme, step=STEP[scheme])  # type: ignore[arg-type]
    network.set_state(potentials={"rs": np.array([-60.0, 45.0, -60.0])})
    data = network.run(duration=20.0, sample=20.0, spikes={"rs": [0, 1, 2]})
    np.testing.assert_array_equal(data.spike_neuron, [1])
    assert float(data.firing_rate.values[0, 0]) == pytest.approx(1 / (3 * 0.02))


def test_spike_times_are_network_times() -> None:
    """Oracle: two runs in a row give the spikes of one, at the same times."""
    circuit = coupled(size=5, input_current=100.0)
    whole = simulate(circuit, duration=200.0, sample=10.0, spikes={"rs": range(5)})
    network = Network(circuit)
    parts = [network.run(duration=100.0, sample=10.0, spikes={"rs": range(5)}) for _ in range(2)]
    for name in ("spike_time", "spike_neuron"):
        joined = np.concatenate([part[name].values for part in parts])
        np.testing.assert_array_equal(joined, whole[name].values)
    assert float(parts[1].time[0]) == pytest.approx(110.0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_more_spikes_than_the_log_holds_at_once(scheme: str) -> None:
    """Oracle: the rate. The log is emptied and the step repeated when it might overflow."""
    circuit = alone(
        size=150, input_current=80.0, peak_potential=50.0, reset_potential=48.0,
        recovery_coupling=0.0, adaptation=0.0,
    )  # fmt: skip
    network = Network(circuit, scheme=scheme, step=0.2 if scheme == "exact" else 0.02)  # type: ignore[arg-type]
    network.set_state(potentials={"rs": np.full(150, 48.0)})
    data = network.run(duration=80.0, sample=80.0, spikes={"rs": range(150)})
    assert data.sizes["spike"] > 110_000
    expected = float(data.firing_rate.values[0, 0]) * 150 * 0.08
    assert data.sizes["spike"] == pytest.approx(expected, rel=1e-12)


def test_only_what_is_asked_for_is_recorded() -> None:
    """Oracle: the same numbers as in a run that records everything."""
    circuit = both(rs_size=5, fs_size=5)
    everything = simulate(circuit, duration=20.0, sample=1.0)
    for name in RECORDABLE:
        data = simulate(circuit, duration=20.0, sample=1.0, record=[name])
        assert list(data.data_vars) == [name]
        np.testing.assert_array_equal(data[name], everything[name])
    assert list(simulate(circuit, duration=20.0, sample=1.0, record=()).data_vars) == []


def test_labels_units_and_attributes() -> None:
    """Oracle: the model's units; one label per synapse, target first."""
    data = simulate(both(rs_size=3, fs_size=3), duration=2.0, sample=1.0, seed=5)
    assert list(data.population.values) == ["rs", "fs"]
    assert list(data.synapse.values) == ["rs.ampa", "rs.gaba", "fs.ampa", "fs.gaba"]
    units = {name: data[name].attrs["units"] for name in (*RECORDABLE, "time")}
    assert units == {
        "firing_rate": "Hz", "membrane_potential": "mV", "recovery": "pA",
        "synaptic_activation": "1", "time": "ms",
    }  # fmt: skip
    assert data.attrs["seed"] == 5
    assert (data.attrs["scheme"], data.attrs["step"]) == ("exact", 0.2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sample": 0.3}, "sample = 0.3 ms must be a whole multiple of step = 0.2 ms"),
        ({"sample": 0.1}, "sample = 0.1 ms must be a whole multiple of step = 0.2 ms"),
        ({"sample": 0.0}, "sample = 0 ms must be positive and finite"),
        ({"sample": -1.0}, "sample = -1 ms must be positive and finite"),
        ({"sample": float("nan")}, "sample = nan ms must be positive and finite"),
        ({"duration": 10.5}, "duration = 10.5 ms must be a whole multiple of sample = 1 ms"),
        ({"duration": 0.0}, "duration = 0 ms must be positive and finite"),
        ({"duration": float("inf")}, "duration = inf ms must be positive and finite"),
        ({"record": ["rate"]}, "record names 'rate'; allowed are firing_rate"),
        ({"spikes": {"pv": [0]}}, "spikes asked of population 'pv'; the circuit has rs, fs"),
        ({"spikes": {"rs": [3]}}, r"outside 0 … 2 in population 'rs'"),
        ({"spikes": {"fs": [-1]}}, r"outside 0 … 2 in population 'fs'"),
        ({"inputs": {"pv": constant(1.0)}}, "population 'pv'; the circuit has rs, fs"),
    ],
)
def test_wrong_arguments_of_a_run(arguments: dict[str, Any], message: str) -> None:
    """Oracle: the message names the argument, its value and what is allowed; nothing has run."""
    network = Network(both(rs_size=3, fs_size=3))
    with pytest.raises(ValueError, match=message):
        network.run(**{"duration": 10.0, "sample": 1.0} | arguments)
    assert network.steps_done == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scheme": "rk4"}, "scheme = 'rk4' is not one of 'exact', 'euler'"),
        ({"step": 0.0}, "step = 0.0: expected a positive number in ms"),
        ({"step": -0.1}, "step = -0.1: expected a positive number in ms"),
        ({"step": float("nan")}, "step = nan: expected a positive number in ms"),
        ({"step": float("inf")}, "step = inf: expected a positive number in ms"),
        (
            {"step": 5.5},
            r"step = 5.5 ms is longer than the shortest time constant, fs.recovery_time = 5 ms",
        ),
        ({"thresholds": "sobol"}, "thresholds = 'sobol' is not one of 'quantiles', 'random'"),
    ],
)
def test_wrong_arguments_of_a_network(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Network(both(rs_size=3, fs_size=3), **arguments)


def test_progress_runs_from_start_to_end() -> None:
    """Oracle: fractions increase and end at exactly one; an error stops them."""
    seen: list[float] = []
    simulate(coupled(size=3), duration=100.0, sample=1.0, progress=seen.append)
    assert np.all(np.diff(seen) > 0)
    assert seen[-1] == 1.0
    assert 40 <= len(seen) <= 60
    broken = alone(
        input_current=80.0, peak_potential=50.0, reset_potential=49.9999, recovery_coupling=0.0
    )
    network = Network(broken)
    network.set_state(potentials={"rs": np.array([49.9999])})
    seen.clear()
    with pytest.raises(SimulationError):
        network.run(duration=10.0, sample=1.0, progress=seen.append)
    assert seen == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"duration": "10"}, "duration = '10': expected a time in ms"),
        ({"sample": None}, "sample = None: expected a time in ms"),
        ({"record": "firing_rate"}, "record = 'firing_rate': expected a list of names"),
        ({"spikes": [0, 1]}, r"spikes = \[0, 1\]: expected a mapping from populations"),
        ({"spikes": {"rs": 2}}, "neurons 2 in population 'rs'; expected a sequence of whole"),
        ({"spikes": {"rs": [0.5]}}, r"neurons \[0.5\] in population 'rs'; expected a sequence"),
    ],
)
def test_arguments_of_another_kind_are_refused_in_words(
    arguments: dict[str, Any], message: str
) -> None:
    """Oracle: the message names the argument, its value and what is expected."""
    network = Network(both(rs_size=3, fs_size=3))
    with pytest.raises(TypeError, match=message):
        network.run(**{"duration": 10.0, "sample": 1.0} | arguments)
    assert network.steps_done == 0


def test_what_is_no_circuit_or_population_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match="circuit = 'rs': expected a Circuit"):
        simulate("rs", duration=10.0, sample=1.0)  # type: ignore[arg-type]
    network = Network(both(rs_size=3, fs_size=3))
    for ask in (network.potentials, network.recovery):
        with pytest.raises(ValueError, match="no population 'pv'; the circuit has rs, fs"):
            ask("pv")


def test_spikes_survive_storage(tmp_path: Path) -> None:
    """Oracle: the ragged arrays before and after a netCDF file."""
    circuit = both(rs_size=10, fs_size=8, rs_input_current=300.0, fs_input_current=60.0)
    data = simulate(circuit, duration=60.0, sample=1.0, spikes={"rs": range(10), "fs": [3, 5]})
    assert data["spike_time"].dims == ("spike",)
    assert set(data["spike_population"].values) == {"rs", "fs"}
    assert set(data["spike_neuron"].values[data["spike_population"].values == "fs"]) <= {3, 5}
    data.to_netcdf(tmp_path / "spikes.nc")
    with xr.open_dataset(tmp_path / "spikes.nc") as stored:
        for name in ("spike_time", "spike_neuron", "spike_population"):
            np.testing.assert_array_equal(stored[name], data[name])
            assert stored[name].attrs == data[name].attrs
    nobody = simulate(circuit, duration=10.0, sample=1.0, spikes={})
    assert nobody.sizes["spike"] == 0
