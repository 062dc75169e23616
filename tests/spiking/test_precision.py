"""Networks whose neurons are kept in single precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from neurons import both, coupled

from ikmeanfield.circuit import Circuit
from ikmeanfield.inputs import ramp
from ikmeanfield.spiking import Network, simulate

CIRCUITS = {
    "own u": lambda: coupled(size=300, adaptation=100.0),
    "one u": lambda: coupled(size=300, recovery="population"),
    "finite reset": lambda: coupled(size=300, peak_potential=40.0, reset_potential=-60.0),
    "currents": lambda: coupled(size=300, current_width=5.0),
    "conductances": lambda: coupled(size=300).replace({"rs.ampa.conductance_width": 0.1}),
    "two populations": lambda: both(rs_size=200, fs_size=200, rs_input_current=80.0),
}
RISING = ramp([(0.0, 30.0), (60.0, 80.0)])
DURATION = 60.0
"""In ms; later, single spikes in another order make any two networks diverge."""


def means(circuit: Circuit, **settings: Any) -> dict[str, np.ndarray]:
    """Activations and recovery variables, averaged over neurons."""
    network = Network(circuit, **settings)
    series = ("recovery", "synaptic_activation")
    return network.advance({"rs": RISING}, duration=DURATION, sample=2.0, record=series)


@pytest.mark.parametrize("name", CIRCUITS)
def test_rounding_is_far_below_the_error_of_the_papers_steps(name: str) -> None:
    """Oracle: the scheme `euler` at the paper's step of 0.001 ms, beside a fine step of `exact`."""
    circuit = CIRCUITS[name]()
    fine, euler = means(circuit, step=0.025), means(circuit, scheme="euler")
    double, single = (means(circuit, step=0.4, precision=p) for p in ("double", "single"))
    for key in ("recovery", "synaptic_activation"):
        error = np.abs(euler[key] - fine[key]).max()
        assert 0 < np.abs(single[key] - double[key]).max() < 0.05 * error, key


def test_noise_is_the_same_in_both_precisions() -> None:
    """Oracle: double precision, over a time in which rounding cannot grow."""
    circuit = coupled(size=300, cauchy_noise=0.5, gaussian_noise=2.0)
    double, single = (means(circuit, precision=p) for p in ("double", "single"))
    np.testing.assert_allclose(
        single["synaptic_activation"], double["synaptic_activation"], rtol=1e-3
    )


@pytest.mark.parametrize("name", ["own u", "one u"])
def test_a_run_may_be_cut_anywhere(name: str) -> None:
    """Oracle: bytes of the state after one call, and after several and a detour."""
    circuit = CIRCUITS[name]()
    whole, cut = (Network(circuit, step=0.4, precision="single") for _ in range(2))
    whole.advance(duration=40.0, sample=2.0)
    cut.advance(duration=12.0, sample=2.0)
    saved = cut.snapshot()
    cut.advance(duration=6.0, sample=2.0)
    cut.restore(saved)
    for duration in (8.0, 20.0):
        cut.advance(duration=duration, sample=2.0)
    for one, other in zip(whole.snapshot()[1], cut.snapshot()[1], strict=True):
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()


def test_neurons_take_half_the_memory() -> None:
    """Oracle: bytes of three numbers per neuron; the thresholds in mV stay double."""
    double, single = (Network(coupled(size=5000), precision=p) for p in ("double", "single"))
    assert double.nbytes - single.nbytes == 3 * 4 * 5000


def test_a_state_that_is_set_is_read_back() -> None:
    """Oracle: the values themselves, rounded to single precision."""
    network = Network(coupled(size=3), precision="single")
    v, u = np.array([-70.0, -50.0, 10.0]), np.array([1.0, -2.0, 40.0])
    network.set_state(potentials={"rs": v}, recovery={"rs": u})
    np.testing.assert_allclose(network.potentials("rs"), v, rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(network.recovery("rs"), u, rtol=1e-6)


@pytest.mark.parametrize(
    ("circuit", "given"),
    [
        (coupled(), {"scheme": "euler"}),
        (coupled().replace({"rs.ampa.connectivity": "random"}), {}),
    ],
    ids=["euler", "sparse"],
)
def test_what_has_no_kernel_is_refused(circuit: Circuit, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="precision = 'single' needs the scheme 'exact'"):
        simulate(circuit, duration=1.0, sample=1.0, precision="single", **given)
