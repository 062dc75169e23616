"""Shapley values of the mean field's assumptions, transfer functions, and bistable intervals."""

from itertools import product

import numpy as np
import pytest

from ikmeanfield.circuit import regular_spiking
from ikmeanfield.theories.mean_field import firing_rate
from ikmeanfield.theories.stationary import Stationary
from ikmeanfield.theories.stationary.attribution import fold_attribution, shapley
from ikmeanfield.theories.stationary.transfer import bistable_width, transfer_function

CURRENT = "rs.input_current"


def test_shapley_values_of_known_games():
    """Oracle: additive games return their terms; the glove game (1/6, 1/6, 2/3) is a textbook's."""
    combinations = list(product((False, True), repeat=3))
    terms = np.array([1.0, -2.0, 5.0])
    additive = {on: np.array(terms[list(on)].sum()) for on in combinations}
    np.testing.assert_allclose(shapley(additive, 3), terms)
    gloves = {on: np.array(float(on[2] and (on[0] or on[1]))) for on in combinations}
    np.testing.assert_allclose(shapley(gloves, 3), [1 / 6, 1 / 6, 2 / 3])


@pytest.mark.slow
@pytest.mark.long
def test_contributions_add_up_to_the_error_of_the_mean_field():
    """Oracle for the corners: the mean field's folds (40.671, 23.621) and held networks."""
    circuit = regular_spiking()
    found = fold_attribution(circuit, CURRENT, (0.0, 70.0))
    np.testing.assert_allclose(found.contribution.sum("assumption"), found.error, atol=1e-9)
    np.testing.assert_allclose(found.error, [40.671 - 38.71, 23.621 - 23.81], atol=0.01)
    upper = found.contribution.sel(fold_kind="upper", assumption="shared_recovery")
    assert upper.item() == pytest.approx(1.85, abs=0.01)


def test_the_transfer_function_of_alike_neurons_is_that_of_one():
    """Oracle: Eq. 30 for a single neuron without recovery; the gain by differences."""
    circuit = regular_spiking().replace(
        {"rs.threshold_width": 0.0, "rs.adaptation": 0.0, "rs.recovery_coupling": 0.0}
    )
    currents = np.array([60.0, 80.0, 120.0])
    found = transfer_function(Stationary(circuit), "rs", currents, np.array([0.5]))
    neuron = circuit.populations["rs"]
    rate = firing_rate(neuron, currents, synaptic_activation={"ampa": 0.5})
    np.testing.assert_allclose(found.firing_rate, rate, rtol=1e-9)
    near = [
        firing_rate(neuron, currents + d, synaptic_activation={"ampa": 0.5}) for d in (1e-4, -1e-4)
    ]
    np.testing.assert_allclose(found.gain, (near[0] - near[1]) / 2e-4, rtol=1e-6)


@pytest.mark.parametrize("shared", [False, True])
def test_the_gain_is_the_slope_of_the_rate(shared):
    theory = Stationary(regular_spiking(), shared_recovery=shared)
    step = 1e-3
    found = transfer_function(theory, "rs", [45.0 - step, 45.0, 45.0 + step])
    slope = (found.firing_rate[2] - found.firing_rate[0]) / (2 * step)
    assert found.gain[1].item() == pytest.approx(slope.item(), rel=1e-5)


def test_heterogeneity_narrows_the_bistable_interval():
    """Oracle: the interval at 1 mV is that of held networks; far above the cusp there is none."""
    found = bistable_width(
        regular_spiking(), [1.0, 6.0], "rs.threshold_width", CURRENT, (0.0, 70.0)
    )
    assert found.bistable[0].item() == pytest.approx(38.71 - 23.81, abs=0.02)
    assert found.bistable[1].item() == 0.0


def test_activations_of_the_wrong_shape_are_refused():
    with pytest.raises(ValueError, match=r"activations has shape \(2,\); rs has 1 synapses"):
        transfer_function(Stationary(regular_spiking()), "rs", [40.0], np.zeros(2))
