"""Theories along the ramp of networks.

Oracle: where the current moves slowly and nothing bifurcates, a theory follows its equilibrium,
which Newton's method finds at each current; and the ramp that the networks store beside it.
"""

import numpy as np
import pytest

from ikmeanfield.continuation import find_equilibrium
from ikmeanfield.experiments import expand, parse
from ikmeanfield.schema import ConfigError
from stored import computed

STUDIES = {
    "transitions": {
        "kind": "transitions", "population": "rs", "low": 20.0, "high": 30.0, "settle": 400.0,
        "rise": 2000.0, "hold_every": 0,
    },
    "ramps": {"kind": "ramps"},
}  # fmt: skip
EXPERIMENT = {
    "circuit": {"preset": "regular_spiking", "set": {"rs.size": 50, "rs.adaptation": 10.0}},
    "theories": {"plain": {"kind": "mean_field", "reset_correction": False}},
    "studies": STUDIES,
    "sweeps": {"size": {"axes": [{"parameter": "rs.size", "values": [50, 100]}]}},
}  # fmt: skip


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    return computed(tmp_path_factory.mktemp("ramps"), EXPERIMENT)


def test_a_slow_ramp_follows_the_equilibrium(studies):
    found = studies["ramps"].result(0, "plain")
    plan = studies["ramps"].plan
    for time in (500.0, 1500.0, 2400.0, 4000.0):
        here = found.sel(time=time)
        current = float(here["input_current"])
        circuit = plan.runs[0].circuit.replace({"rs.input_current": current})
        theory = plan.theories["plain"].build(circuit)
        rest = find_equilibrium(theory.problem(), theory.initial_state())
        names = list(theory.problem().variables)
        for name, variable in (("synaptic_activation", "rs.ampa.synaptic_activation"),
                               ("recovery", "rs.recovery")):  # fmt: skip
            expected = rest[names.index(variable)]
            assert float(here[name]) == pytest.approx(expected, rel=0.03, abs=1e-5), (time, name)


def test_time_and_current_are_those_of_the_networks(studies):
    network, theory = studies["transitions"].result(0), studies["ramps"].result(0, "plain")
    np.testing.assert_array_equal(theory["time"], network["time"])
    np.testing.assert_allclose(theory["input_current"], network["input_current"], rtol=1e-5)
    assert {theory[name].attrs["units"] for name in ("recovery", "input_current")} == {"pA"}


def test_networks_of_all_sizes_share_a_ramp(studies):
    """Oracle: a mean field does not know the size."""
    (item,) = studies["ramps"].plan.all_items("ramps")
    assert item.runs == [0, 1]


def test_ramps_need_transitions():
    config = {"seed": 1, "experiments": {"one": EXPERIMENT | {
        "studies": {**STUDIES, "ramps": {"kind": "ramps", "transitions": "ramps"}}}}}  # fmt: skip
    with pytest.raises(ConfigError, match="'ramps' is of kind ramps, not transitions"):
        expand(parse(config), "one")
