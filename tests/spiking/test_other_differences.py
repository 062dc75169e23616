"""Neurons that differ in their background current and their conductances, in both schemes."""

from __future__ import annotations

import numpy as np
import pytest

from ikmeanfield.circuit import Circuit, excitatory_inhibitory, regular_spiking
from ikmeanfield.inputs import ramp
from ikmeanfield.spiking import Network

CURRENTS = {"rs.current_width": 8.0}
SLOPE = {"rs.current_slope": -3.0}
CONDUCTANCES = {"rs.ampa.conductance_width": 0.1}
INHIBITED = {"fs.gaba.conductance_width": 0.2, "fs.ampa.conductance_width": 0.1}
FORMS = ["neuron", "population"]


def coupled(form: str, changes: dict, size: int = 200) -> Circuit:
    base = {"rs.size": size, "rs.recovery": form, "rs.input_current": 60.0}
    return regular_spiking().replace(base | changes)


def uncoupled(form: str) -> Circuit:
    """Sixteen neurons without synapses."""
    data = coupled(form, {"rs.size": 16, "rs.law": "lorentzian", **CURRENTS}).model_dump()
    data["populations"]["rs"]["synapses"] = {}
    return Circuit.model_validate(data)


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_each_neuron_receives_its_own_current(scheme):
    """Oracle: networks of one neuron whose input is the sum; one after the other, same bits."""
    circuit = uncoupled("neuron")
    whole = Network(circuit, scheme=scheme, step=0.1 if scheme == "exact" else 0.01)
    whole.advance(duration=100.0, sample=100.0)
    for i, (threshold, current) in enumerate(
        zip(whole.thresholds["rs"], whole.neurons["rs"].current, strict=True)
    ):
        own = {
            "rs.size": 1, "rs.threshold": threshold, "rs.threshold_width": 0.0,
            "rs.current_width": 0.0,
        }  # fmt: skip
        alone = Network(circuit.replace(own), scheme=scheme, step=whole.step)
        alone.advance({"rs": 60.0 + current}, duration=100.0, sample=100.0)
        np.testing.assert_allclose(whole.potentials("rs")[i], alone.potentials("rs"), rtol=2e-6)
        np.testing.assert_allclose(whole.recovery("rs")[i], alone.recovery("rs"), rtol=2e-6)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "changes",
    [CURRENTS, SLOPE, CONDUCTANCES, CURRENTS | SLOPE | CONDUCTANCES],
    ids=["currents", "slope", "conductances", "all"],
)
def test_the_schemes_converge_to_each_other(form, changes):
    """Oracle: `euler`, which shares no kernel with `exact`; its error falls with its step.

    Over 60 ms, before single spikes in a different order make networks diverge.
    """
    circuit = coupled(form, changes)
    inputs = {"rs": ramp([(0.0, 60.0), (60.0, 80.0)])}

    def course(scheme, step):
        network = Network(circuit, scheme=scheme, step=step)
        found = network.advance(inputs, duration=60.0, sample=5.0)
        return np.concatenate([found["synaptic_activation"][0], found["recovery"][0] / 10])

    exact = course("exact", 0.05)
    errors = [np.abs(course("euler", step) - exact).max() for step in (0.008, 0.002, 0.0005)]
    assert errors[0] > 2 * errors[1] > 4 * errors[2]
    assert errors[2] < 2e-3 * np.abs(exact).max()
    assert np.abs(exact - course("exact", 0.1)).max() < 5e-3 * np.abs(exact).max()


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_equal_conductances_are_those_of_the_synapse(scheme):
    """Oracle: the network without a spread; a width of 1e-12 nS takes the path of its own."""
    changes = {f"{p}.size": 100 for p in ("rs", "fs")} | {"fs.input_current": 60.0}
    circuit = excitatory_inhibitory().replace(changes)
    spread = dict.fromkeys(INHIBITED, 1e-12)
    step = 0.1 if scheme == "exact" else 0.01
    plain, other = (
        Network(c, scheme=scheme, step=step) for c in (circuit, circuit.replace(spread))
    )
    a, b = (n.advance(duration=100.0, sample=10.0) for n in (plain, other))
    assert a["firing_rate"].max() > 0
    for name in a:
        np.testing.assert_allclose(b[name], a[name], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_two_synapses_into_a_population(form):
    """Oracle: `euler` at a short step, for a population with both synapses spread."""
    changes = {f"{p}.size": 100 for p in ("rs", "fs")} | {"fs.input_current": 60.0}
    circuit = excitatory_inhibitory().replace(
        changes | INHIBITED | {"fs.recovery": form, "rs.current_width": 5.0}
    )
    a = Network(circuit, step=0.05).advance(duration=60.0, sample=5.0)
    b = Network(circuit, scheme="euler", step=0.0005).advance(duration=60.0, sample=5.0)
    assert a["firing_rate"][1].max() > 0
    for name in ("synaptic_activation", "recovery"):
        scale = np.abs(a[name]).max(axis=1, keepdims=True)
        assert (np.abs(a[name] - b[name]) / scale).max() < 5e-3


def test_a_run_is_the_same_however_it_is_cut():
    """Oracle: bytes of one call against many, with all that can differ."""
    circuit = coupled("neuron", CURRENTS | CONDUCTANCES)
    whole, parts = Network(circuit), Network(circuit)
    whole.advance(duration=40.0, sample=40.0)
    for _ in range(10):
        parts.advance(duration=4.0, sample=4.0)
    assert whole.potentials("rs").tobytes() == parts.potentials("rs").tobytes()


def test_arrays_are_there_only_where_neurons_differ():
    """Oracle: sizes of the arrays."""
    plain, varied = Network(coupled("neuron", {})), Network(coupled("neuron", CURRENTS))
    names = ("current", "conductance", "force", "field")
    assert [getattr(plain._various, name).size for name in names] == [0, 0, 0, 0]
    assert varied._various.current.size == 200
    assert varied._various.conductance.size == 0
    assert varied.nbytes > plain.nbytes
