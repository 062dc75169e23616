"""Widths of currents and conductances in configurations: axes, planes, keys, refusals."""

import copy

import numpy as np
import pytest

from ikmeanfield.datasets.runs import coordinates
from ikmeanfield.experiments import expand, parse
from ikmeanfield.schema import ConfigError

WIDTH = "rs.current_width"
EXPERIMENT = {
    "circuit": {"preset": "regular_spiking", "set": {"rs.size": 50, "rs.law": "lorentzian"}},
    "theories": {"uncorrected": {"kind": "mean_field", "reset_correction": False}},
    "studies": {
        "networks": {"kind": "networks", "duration": 10.0, "sample": 1.0, "step": 0.2},
        "planes": {
            "kind": "planes", "parameter": "rs.input_current", "bounds": [0.0, 60.0],
            "second": WIDTH, "second_bounds": [0.0, 30.0],
        },
    },
    "sweeps": {
        "widths": {
            "axes": [
                {"parameter": WIDTH, "values": [0.0, 5.0, 10.0]},
                {"parameter": "rs.ampa.conductance_width", "values": [0.0, 0.1]},
            ]
        }
    },
}  # fmt: skip


def changed(**theory):
    experiment = copy.deepcopy(EXPERIMENT)
    experiment["theories"]["uncorrected"] |= theory
    return experiment


def test_widths_are_axes_like_any_other():
    """Oracle: the grid written out; planes are shared by all that differ in Δ_η only."""
    plan = expand(parse({"experiments": {"e": EXPERIMENT}}), "e")
    found = coordinates(plan, plan.runs)
    for name, unit, values in (
        ("rs_current_width", "pA", [0.0, 0.0, 5.0, 5.0, 10.0, 10.0]),
        ("rs_ampa_conductance_width", "nS", [0.0, 0.1] * 3),
    ):
        dims, given, attributes = found[name]
        assert (dims, attributes["units"]) == ("run", unit)
        np.testing.assert_array_equal(given, values)
    planes = {item.key for item in plan.studies["planes"].items(plan, "planes")}
    assert len(planes) == 2
    networks = [item.key for item in plan.studies["networks"].items(plan, "networks")]
    assert len(set(networks)) == 6


def test_what_a_theory_cannot_do_is_refused_before_anything_runs():
    """Oracle: messages that name parameter, value and what to do."""
    experiment = changed()
    experiment["theories"]["exact"] = {"kind": "stationary"}
    experiment["studies"]["planes"]["theories"] = ["uncorrected"]
    experiment["studies"]["points"] = {
        "kind": "points", "parameter": "rs.input_current", "bounds": [0.0, 60.0],
        "theories": ["exact"],
    }  # fmt: skip
    with pytest.raises(
        ConfigError, match=r"current_width = 5 pA: rates of .*give current_truncation"
    ):
        expand(parse({"experiments": {"e": experiment}}), "e")
    gaussian = changed()
    gaussian["circuit"]["set"]["rs.law"] = "truncated_gaussian"
    with pytest.raises(ConfigError, match=r"law = 'truncated_gaussian' .*fit_laws"):
        expand(parse({"experiments": {"e": gaussian}}), "e")
    fitted = changed(fit_laws=True)
    fitted["circuit"]["set"]["rs.law"] = "truncated_gaussian"
    assert len(expand(parse({"experiments": {"e": fitted}}), "e").runs) == 6
