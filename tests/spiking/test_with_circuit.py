"""A network that goes on with other parameters."""

import numpy as np
import pytest

from ikmeanfield import regular_spiking
from ikmeanfield.spiking import Network


def rate(network):
    return network.advance({"rs": 50.0}, duration=50.0, sample=1.0, record=("firing_rate",))


@pytest.mark.parametrize("recovery", ["neuron", "population"])
def test_with_the_same_parameters_nothing_changes(recovery):
    """Oracle: the network itself, told its own state again."""
    circuit = regular_spiking().replace({"rs.size": 200, "rs.recovery": recovery})
    first = Network(circuit, thresholds="random", seed=3)
    rate(first)
    second = first.with_circuit(circuit)
    first.set_state(recovery={"rs": first.recovery("rs")})
    assert second.time == first.time
    np.testing.assert_array_equal(rate(second)["firing_rate"], rate(first)["firing_rate"])


def test_other_parameters_begin_with_the_present_state():
    """Oracle: the state that is handed over; u decays to another level then."""
    circuit = regular_spiking().replace({"rs.size": 200})
    first = Network(circuit)
    rate(first)
    second = first.with_circuit(circuit.replace({"rs.adaptation": 0.0, "rs.threshold_width": 0.1}))
    np.testing.assert_allclose(second.potentials("rs"), first.potentials("rs"))
    np.testing.assert_allclose(second.recovery("rs"), first.recovery("rs"))
    assert np.ptp(second.thresholds["rs"]) < np.ptp(first.thresholds["rs"])


def test_a_circuit_of_other_neurons_is_refused():
    network = Network(regular_spiking().replace({"rs.size": 200}))
    with pytest.raises(ValueError, match=r"must be .*200.* not .*100"):
        network.with_circuit(regular_spiking().replace({"rs.size": 100}))
