"""Paths that mean every population: what they set, what they are called, what is refused."""

import copy

import numpy as np
import pytest

from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking
from ikmeanfield.datasets.runs import coordinates
from ikmeanfield.experiments import expand, parse
from ikmeanfield.experiments.paths import conflict, in_effect, spread
from ikmeanfield.schema import ConfigError

CIRCUIT = {
    "circuit": {"preset": "excitatory_inhibitory", "set": {"*.size": 50}},
    "studies": {"networks": {"kind": "networks", "duration": 10.0, "sample": 1.0, "step": 0.2}},
    "sweeps": {
        "reset": {
            "axes": [
                {"paired": {"*.peak_potential": [50.0, 40.0], "*.reset_potential": [-100.0, -60.0]}}
            ]
        }
    },
}


def config(**sweeps):
    experiment = copy.deepcopy(CIRCUIT)
    experiment["sweeps"] |= sweeps
    return parse({"experiments": {"circuit": experiment}})


def test_a_star_is_written_out_for_every_population():
    # Oracle: the two populations written out by hand.
    circuit = excitatory_inhibitory()
    assert spread(circuit, {"*.ampa.weights.rs": 1.0, "rs.size": 2}) == {
        "rs.ampa.weights.rs": 1.0, "fs.ampa.weights.rs": 1.0, "rs.size": 2
    }  # fmt: skip


def test_a_star_moves_all_populations_in_set_and_in_axes():
    plan = expand(config(), "circuit")
    for run, (peak, reset) in zip(plan.runs, [(50.0, -100.0), (40.0, -60.0)], strict=True):
        for population in run.circuit.populations.values():
            assert (population.peak_potential, population.reset_potential) == (peak, reset)
            assert population.size == 50


def test_its_coordinate_has_a_name_a_unit_and_the_value_in_effect():
    found = coordinates(plan := expand(config(), "circuit"), plan.runs)
    dims, values, attributes = found["all_reset_potential"]
    assert (dims, attributes["units"]) == ("run", "mV")
    np.testing.assert_array_equal(values, [-100.0, -60.0])


def test_where_populations_differ_there_is_no_common_value_and_this_is_said():
    axis = {"parameter": "rs.reset_potential", "values": [-90.0]}
    plan = expand(config(one={"axes": [axis]}), "circuit")
    _, values, attributes = coordinates(plan, plan.runs)["all_reset_potential"]
    np.testing.assert_array_equal(values, [-100.0, -60.0, np.nan])
    assert "differ" in attributes["undefined"]
    assert in_effect(plan.runs[-1].circuit, "rs.reset_potential") == -90.0


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (["*.size", "rs.size"], "*.size and rs.size set the same"),
        (["rs.ampa.conductance", "*.ampa.conductance"], "set the same"),
        (["rs.size", "rs.size"], "rs.size is set more than once"),
        (["*.size", "*.leakage", "rs.adaptation", "fs.adaptation"], None),
    ],
)
def test_what_sets_the_same_parameter_twice_is_found(paths, words):
    problem = conflict(paths)
    assert (problem is None) if words is None else words in problem


def test_a_sweep_with_both_is_refused():
    both = {
        "set": {"rs.threshold_width": 1.0},
        "axes": [{"parameter": "*.threshold_width", "values": [0.5]}],
    }
    with pytest.raises(ConfigError, match=r"sweeps\.both.*same parameter; keep one"):
        config(both=both)


def test_a_population_that_lacks_the_parameter_is_named():
    axis = {"parameter": "*.nmda.conductance", "values": [1.0]}
    with pytest.raises(ConfigError, match=r"\*\.nmda.*'rs\.nmda\.conductance'.*one by one"):
        expand(config(lacking={"axes": [axis]}), "circuit")


def test_an_open_truncation_is_the_one_in_use():
    circuit = regular_spiking()
    assert in_effect(circuit, "*.truncation") == in_effect(circuit, "rs.truncation") == 20.0


def test_a_cutoff_that_is_not_given_has_the_value_in_effect():
    # Oracle: the defaults that the fields' descriptions state.
    circuit = regular_spiking().replace({"rs.ampa.conductance": 0.7})
    expected = {
        "truncation": 20.0,
        "current_truncation": np.inf,
        "ampa.conductance_truncation": 0.7,
    }
    assert {tail: in_effect(circuit, f"rs.{tail}") for tail in expected} == expected
    whole = circuit.replace({"rs.law": "lorentzian"})
    assert {in_effect(whole, f"rs.{tail}") for tail in expected} == {np.inf}
