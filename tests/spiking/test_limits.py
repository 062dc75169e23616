"""Limiting circuits work, hopeless ones end with an error, and NaN never comes out silently."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neurons import alone, both, coupled

from ikmeanfield.circuit import Circuit
from ikmeanfield.inputs import constant, steps
from ikmeanfield.schema import ConfigError
from ikmeanfield.spiking import Network, SimulationError, compile_kernels, simulate

SCHEMES = ("exact", "euler")
FORMS = ("neuron", "population")


@pytest.fixture(scope="module", autouse=True)
def _kernels_are_compiled() -> None:
    """Keep compilation out of the bounds on time."""
    compile_kernels()


def finite(data: Any) -> bool:
    floats = (values for values in data.values() if values.dtype.kind == "f")
    return all(bool(np.isfinite(values).all()) for values in floats)


def outcome(run: Callable[[], Any]) -> tuple[Any, str]:
    """What a run gives, or the message of its error."""
    try:
        return run(), ""
    except SimulationError as error:
        return None, str(error)


def everything(circuit: Circuit, scheme: str, **more: Any) -> Any:
    spikes = {name: range(p.size) for name, p in circuit.populations.items()}
    step = 0.2 if scheme == "exact" else 0.01
    options = {"duration": 50.0, "sample": 1.0, "step": step, "spikes": spikes} | more
    return simulate(circuit, scheme=scheme, **options)  # type: ignore[arg-type]


LIMITS: dict[str, dict[str, Any]] = {
    "one neuron": {"rs.size": 1, "fs.size": 1},
    "one of many": {"rs.size": 1, "fs.size": 7},
    "homogeneous": {"rs.threshold_width": 0.0, "fs.threshold_width": 0.0},
    "no coupling": {
        "rs.ampa.weights.rs": 0.0, "rs.gaba.weights.fs": 0.0,
        "fs.ampa.weights.rs": 0.0, "fs.gaba.weights.fs": 0.0,
    },
    "no conductance": {
        "rs.ampa.conductance": 0.0, "rs.gaba.conductance": 0.0,
        "fs.ampa.conductance": 0.0, "fs.gaba.conductance": 0.0,
    },
    "no input": {"rs.input_current": 0.0, "fs.input_current": 0.0},
    "no recovery": {
        "rs.recovery_coupling": 0.0, "rs.adaptation": 0.0,
        "fs.recovery_coupling": 0.0, "fs.adaptation": 0.0,
    },
}  # fmt: skip


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("limit", LIMITS)
def test_limits_of_the_two_populations(limit: str, form: str, scheme: str) -> None:
    """Oracle: finite; silent without input; identical neurons stay identical."""
    circuit = both(rs_size=6, fs_size=5, rs_recovery=form, fs_recovery=form, fs_input_current=60.0)
    circuit = circuit.replace(LIMITS[limit])
    data = everything(circuit, scheme)
    assert finite(data)
    quiet = limit == "no input"
    assert (float(data.firing_rate.sum()) == 0) is quiet
    if quiet:  # rest is an equilibrium
        np.testing.assert_allclose(data.membrane_potential[:, -1], [-60, -55], atol=1e-9)
        np.testing.assert_allclose(data.recovery[:, -1], 0, atol=1e-5)
    if limit == "no coupling":
        np.testing.assert_array_equal(data.synaptic_activation, 0)
    if limit == "homogeneous":
        for name, population in circuit.populations.items():
            chosen = data.spike_time[data.spike_population == name].values
            assert chosen.size % population.size == 0
            trains = chosen.reshape(-1, population.size)
            assert np.all(trains == trains[:, :1])


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1, 9])
def test_a_population_without_synapses(size: int, form: str, scheme: str) -> None:
    """Oracle: nothing couples the neurons: the same as a coupling of zero; no synapse recorded."""
    changes = {"size": size, "recovery": form, "input_current": 90.0, "threshold_width": 0.5}
    data = everything(alone(**changes), scheme)
    assert data.synaptic_activation.shape == (0, 50)
    silent = everything(coupled(**changes).replace({"rs.ampa.weights.rs": 0.0}), scheme)
    np.testing.assert_array_equal(data.firing_rate, silent.firing_rate)
    np.testing.assert_array_equal(data.membrane_potential, silent.membrane_potential)
    np.testing.assert_array_equal(data.spike_time, silent.spike_time)


def test_one_u_per_neuron_or_one_for_all_is_the_same_for_one_neuron() -> None:
    """Oracle: Eqs. 2 and 27 coincide for N = 1; each scheme treats them apart to second order."""
    results = [
        everything(coupled(size=1, recovery=form, input_current=90.0), "exact", step=0.02)
        for form in FORMS
    ]
    np.testing.assert_allclose(*(r.spike_time for r in results), atol=2e-3)
    np.testing.assert_allclose(*(r.recovery for r in results), atol=2e-2)


# The size of the parameters is bounded by nothing that the schema would not let in.
extremes = st.sampled_from([0.0, 1e-9, 1e-3, 1.0, 30.0, 1e3, 1e6, 1e12, 1e100, 1e200, 1e308])
positive = extremes.filter(lambda x: x > 0)
signed = st.tuples(extremes, st.sampled_from([-1.0, 1.0])).map(lambda p: p[0] * p[1])
usual = {
    "capacitance": st.just(100.0),
    "leakage": st.just(0.7),
    "resting_potential": st.just(-60.0),
    "threshold": st.just(-40.0),
    "threshold_width": st.just(1.0),
    "recovery_time": st.just(33.33),
    "recovery_coupling": st.just(-2.0),
    "adaptation": st.just(10.0),
    "peak_potential": st.just(50.0),
    "reset_potential": st.just(-100.0),
    "input_current": st.just(80.0),
}
wild = {
    "capacitance": positive,
    "leakage": positive,
    "resting_potential": signed,
    "threshold": signed,
    "threshold_width": extremes,
    "recovery_time": st.sampled_from([0.2, 1.0, 1e3, 1e100, 1e308]),
    "recovery_coupling": signed,
    "adaptation": signed,
    "peak_potential": signed,
    "reset_potential": signed,
    "input_current": signed,
}


@settings(
    deadline=None,
    max_examples=400,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(st.data())
def test_every_run_ends_with_numbers_or_an_error(data: st.DataObject) -> None:
    """Oracle: a finite result, or an error of the documented kinds, within a second."""
    chosen = data.draw(st.sets(st.sampled_from(sorted(wild)), max_size=4))
    values = {key: data.draw((wild if key in chosen else usual)[key], label=key) for key in wild}
    values |= {"recovery": data.draw(st.sampled_from(FORMS)), "size": 3}
    weight, conductance = data.draw(signed), data.draw(extremes)
    scheme = data.draw(st.sampled_from(SCHEMES))
    paths = {f"rs.{key}": value for key, value in values.items()}
    paths |= {"rs.ampa.weights.rs": weight, "rs.ampa.conductance": conductance}
    began = time.process_time()
    try:
        result = everything(coupled().replace(paths), scheme, step=0.2, duration=4.0, sample=0.4)
    except (ConfigError, SimulationError):
        pass
    else:
        assert finite(result)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("current", [1e12, -1e12, 1e300, -1e300])
def test_huge_inputs_end(current: float, form: str, scheme: str) -> None:
    """Oracle: finite numbers or a SimulationError that names the population, at once."""
    circuit = coupled(size=5, recovery=form)
    inputs = {"rs": steps([(0, 40.0), (5.0, current)])}
    began = time.process_time()
    result, error = outcome(lambda: everything(circuit, scheme, inputs=inputs))
    assert time.process_time() - began < 2.0
    if error:
        assert "population rs" in error
        assert "size = 5" in error
    else:
        assert finite(result)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("bad", [nan, inf, -inf])
@pytest.mark.parametrize("what", ["potentials", "recovery", "activation"])
def test_a_state_that_is_not_finite_is_noticed(
    what: str, bad: float, form: str, scheme: str
) -> None:
    """Oracle: no NaN or infinity in any recorded variable, even in a run of a single step."""
    for size in (1, 30):
        network = Network(coupled(size=size, recovery=form), scheme=scheme, step=0.2)
        state: dict[str, Any] = {"activation": np.array([bad])}
        if what == "potentials":
            state = {what: {"rs": np.where(np.arange(size) == size // 2, bad, -60.0)}}
        elif what == "recovery":
            state = {what: {"rs": bad}}
        network.set_state(**state)
        result, error = outcome(lambda n=network: n.run(duration=0.2, sample=0.2))  # type: ignore[misc]
        if error:
            assert "population rs" in error or "synapse rs.ampa" in error
        else:  # Euler takes an infinite potential for a spike, and so resets it
            assert what == "potentials"
            assert bad > 0
            assert finite(result)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_overflow_of_a_synapse_that_nobody_feels_is_noticed(scheme: str) -> None:
    """Oracle: two spikes add 3e308 to s, which is more than a number holds."""
    circuit = coupled(size=1, input_current=20_000.0).replace(
        {"rs.ampa.weights.rs": 1.7e308, "rs.ampa.conductance": 0.0}
    )
    network = Network(circuit, scheme=scheme, step=0.1)  # type: ignore[arg-type]
    errors = (outcome(lambda: network.run(duration=0.1, sample=0.1))[1] for _ in range(100))
    assert "not finite" in next(filter(None, errors))


def test_an_error_names_neuron_time_and_parameters() -> None:
    """Oracle: the only neuron with a NaN, the second population, the step it was noticed in."""
    network = Network(both(rs_size=4, fs_size=6))
    network.run(duration=2.0, sample=2.0)
    broken = network.potentials("fs")
    broken[3] = nan
    network.set_state(potentials={"fs": broken})
    with pytest.raises(SimulationError) as caught:
        network.run(duration=2.0, sample=2.0)
    message = str(caught.value)
    for part in ("neuron 3 ", "population fs", "t = 2 ms", "threshold_width = 0.3", "rs: size = 4"):
        assert part in message


@pytest.mark.parametrize("current", [nan, inf])
def test_a_current_that_is_not_finite_never_reaches_the_network(current: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        simulate(alone(), {"rs": constant(current)}, duration=1.0, sample=1.0)
