"""Reference values and helpers shared by the tests of the mean field."""

from __future__ import annotations

import pytest

from ikmeanfield.circuit import Circuit, regular_spiking


@pytest.fixture
def narrow_reset() -> Circuit:
    """The population of Fig. 2 with v_p = 50 mV and v_0 = -100 mV."""
    return regular_spiking().replace(
        {
            "rs.threshold_width": 0.5,
            "rs.recovery_coupling": 0.0,
            "rs.adaptation": 0.0,
            "rs.peak_potential": 50.0,
            "rs.reset_potential": -100.0,
        }
    )
