"""The network approaches the mean field as N grows, where the mean field is exact.

Oracle: the mean field itself. It is exact for N → ∞ with one recovery variable per population,
a spike that runs over the whole line, and an untruncated Lorentzian (Sec. II); independent
random thresholds then leave a difference that falls as 1/√N. With b = 0, because u would follow
the mean of v, and the sample mean of a Lorentzian does not settle as N grows.
"""

import numpy as np
import pytest

from ikmeanfield.circuit import regular_spiking
from ikmeanfield.inputs import steps
from ikmeanfield.spiking import simulate
from ikmeanfield.theories.mean_field import integrate

INPUT = {"rs": steps([(0.0, 60.0), (200.0, 75.0)])}
SIZES = (500, 2000, 8000)


def circuit(size):
    return regular_spiking().replace(
        {
            "rs.size": size,
            "rs.recovery": "population",
            "rs.peak_potential": 1e5,
            "rs.reset_potential": -1e5,
            "rs.truncation": 1e4,
            "rs.recovery_coupling": 0.0,
        }
    )


@pytest.mark.parametrize("name", ["synaptic_activation", "recovery"])
def test_difference_falls_as_one_over_root_n(name):
    expected = integrate(circuit(1), INPUT, duration=400.0, sample=4.0, reset_correction=False)
    differences = []
    for size in SIZES:
        squares = [
            float(
                (
                    simulate(
                        circuit(size), INPUT, duration=400.0, sample=4.0,
                        thresholds="random", seed=seed,
                    )[name]
                    - expected[name]
                ).sel(time=slice(100.0, None)).pipe(lambda d: (d**2).mean())
            )
            for seed in range(12)
        ]  # fmt: skip
        differences.append(np.sqrt(np.mean(squares)))
    slope = np.polyfit(np.log(SIZES), np.log(differences), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.12), differences
    spread = np.ptp(expected[name].sel(time=slice(100.0, None)).values)
    assert differences[-1] < 0.1 * spread, (differences, spread)
