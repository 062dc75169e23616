"""Noise of single neurons in configurations and theories: keys, units, refusals."""

import copy

import numpy as np
import pytest

from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.circuit.scaling import dimensionless
from ikmeanfield.datasets.runs import coordinates
from ikmeanfield.experiments import expand, parse
from ikmeanfield.schema import ConfigError
from ikmeanfield.theories import DomainError
from ikmeanfield.theories.mean_field import MeanField

EXPERIMENT = {
    "circuit": {"preset": "regular_spiking", "set": {"rs.size": 50, "rs.law": "lorentzian"}},
    "theories": {"uncorrected": {"kind": "mean_field", "reset_correction": False}},
    "studies": {
        "networks": {"kind": "networks", "duration": 10.0, "sample": 1.0, "step": 0.2},
        "predictions": {"kind": "predictions"},
    },
    "sweeps": {"noisy": {"axes": [{"parameter": "rs.cauchy_noise", "values": [0.0, 5.0]}]}},
}  # fmt: skip


def test_noise_is_an_axis_and_counts_in_keys():
    """Oracle: the grid written out; without noise, keys are those of a circuit without the field.

    The stored circuit has no field of a width or noise that is zero.
    """
    plan = expand(parse({"experiments": {"e": EXPERIMENT}}), "e")
    dims, given, attributes = coordinates(plan, plan.runs)["rs_cauchy_noise"]
    assert (dims, attributes["units"]) == ("run", "pA")
    np.testing.assert_array_equal(given, [0.0, 5.0])
    for study in ("networks", "predictions"):
        assert len({item.key for item in plan.studies[study].items(plan, study)}) == 2
    stored = plan.runs[0].circuit.identity()["populations"]["rs"]
    assert "cauchy_noise" not in stored
    assert plan.runs[1].circuit.identity()["populations"]["rs"]["cauchy_noise"] == 5.0
    assert Circuit.unit("rs.gaussian_noise") == "pA ms^0.5"


@pytest.mark.parametrize(
    ("path", "theory", "words"),
    [
        ("rs.gaussian_noise", {}, "gaussian_noise = 2 pA ms.0.5: a mean field cannot"),
        ("rs.gaussian_noise", {"kind": "stationary"}, "gaussian_noise = 2 .*no stationary state"),
        ("rs.cauchy_noise", {"kind": "stationary"}, "cauchy_noise = 2 pA: .*no stationary state"),
    ],
)
def test_theories_refuse_by_name_what_they_cannot_take(path, theory, words):
    """Oracle: messages that name parameter, value and theory."""
    experiment = copy.deepcopy(EXPERIMENT)
    experiment["circuit"]["set"][path] = 2.0
    del experiment["sweeps"], experiment["studies"]["predictions"]
    experiment["sweeps"] = {"kappa": {"axes": [{"parameter": "rs.adaptation", "values": [10.0]}]}}
    points = {"kind": "points", "parameter": "rs.input_current", "bounds": [0.0, 60.0]}
    experiment["studies"]["points"] = points
    if theory:
        experiment["circuit"]["set"]["rs.law"] = "truncated_lorentzian"
        experiment["theories"]["uncorrected"] = theory
    with pytest.raises(ConfigError, match=words):
        expand(parse({"experiments": {"e": experiment}}), "e")


def test_the_mean_field_adds_noise_to_the_width():
    """Oracle: the sum, 3 + 4 = 7 pA, in the parameters and in the field."""
    both = MeanField(
        regular_spiking().replace({"rs.current_width": 3.0, "rs.cauchy_noise": 4.0}), False
    )
    one = MeanField(regular_spiking().replace({"rs.current_width": 7.0}), False)
    assert dict(both.parameters) == dict(one.parameters)
    state = np.array([0.02, -45.0, 10.0, 1.0])
    p = np.array(list(both.parameters.values()))
    np.testing.assert_array_equal(both.field(state, p), one.field(state, p))


def test_noise_beside_parameters_that_set_widths_is_refused():
    """Oracle: the message names the path and the parameter that sets it."""
    data = regular_spiking().replace({"rs.cauchy_noise": 4.0}).model_dump()
    data["parameters"] = {"spread": {"value": 2.0, "sets": {"rs.current_width": "2 * spread"}}}
    with pytest.raises(DomainError, match=r"rs.current_width is set by the parameter spread"):
        MeanField(Circuit.model_validate(data), False)


def test_the_dimensionless_form_refuses_noise():
    """Oracle: the message names the noise and its value."""
    noisy = regular_spiking().replace({"rs.cauchy_noise": 4.0, "rs.threshold_width": 0.0})
    with pytest.raises(ValueError, match="cauchy_noise = 4: the dimensionless form"):
        dimensionless(noisy.populations["rs"])
