"""Borders of stability of ever larger networks, held at constant current, against the theory."""

from dataclasses import replace

import numpy as np
import pytest

from ikmeanfield.analysis.transitions import RampSettings, SearchSettings, locate
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.theories.stationary import Stationary, folds

CURRENT = "rs.input_current"
RAMP = RampSettings(rise=5000.0)
SEARCH = SearchSettings()
FINE = replace(SEARCH, hold=replace(SEARCH.hold, resolution=0.02))
SIZES = (25, 100, 1600)


@pytest.mark.slow
def test_networks_leave_rest_ever_closer_to_the_exact_border():
    """Oracle: simulated networks with quantile thresholds, of which the theory knows nothing.

    The mean field's border, 40.67 pA, is not what they tend to.
    """
    circuit = regular_spiking()
    exact = folds(Stationary(circuit), CURRENT, (10.0, 70.0))[0]
    distances = []
    for size in SIZES:
        network = circuit.replace({"rs.size": size})
        found = locate(network, "rs", 30.0, 48.0, ramp=RAMP, search=FINE, hold=("fold",))
        rows = (found["method"] == "held") & (found["direction"] == "up")
        (current,) = found["current"].values[rows.values & (found["kind"].values == "fold")]
        distances.append(abs(current - exact))
    assert (np.diff(distances) < 0).all(), distances
    assert distances[-1] < 0.03 < distances[0]
