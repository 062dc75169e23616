"""Networks in single precision, in the kinds of studies that offer them."""

import numpy as np
import pytest

from ikmeanfield.experiments import expand, parse
from ikmeanfield.schema import ConfigError
from ikmeanfield.spiking import Network
from stored import computed

KINDS = {
    "networks": {"duration": 40.0, "sample": 1.0, "thresholds": "quantiles"},
    "oscillations": {"duration": 40.0, "neurons": 3, "thresholds": "quantiles"},
    "responses": {
        "modulated": "rs", "frequencies": [40.0], "settle": 10.0, "segment": 50.0, "segments": 2,
    },
    "hysteresis": {
        "population": "rs", "low": 50.0, "high": 60.0, "levels": 3, "hold": 20.0, "discard": 10.0,
    },
    "sensitivity": {
        "modulated": "rs", "standard_deviation": 5.0, "correlation_times": [5.0],
        "settle": 10.0, "duration": 2000.0, "segment": 50.0, "interval": 60.0, "window": 20.0,
    },
    "escapes": {
        "population": "rs", "bounds": [0.0, 100.0], "position": 0.5, "intensities": [100.0],
        "trials": 2, "limit": 20.0, "settle": 20.0, "wait": 20.0,
    },
    "entrainment": {
        "population": "rs", "amplitudes": [3.5], "frequencies": [5.0, 6.0, 7.0],
        "duration": 1000.0, "discard": 200.0,
    },
    "transitions": {
        "population": "rs", "low": 20.0, "high": 60.0, "settle": 200.0, "rise": 600.0,
        "hold_every": 0,
    },
}  # fmt: skip
SHOWN = {
    "networks": "firing_rate", "oscillations": "rate_mean", "responses": "gain",
    "hysteresis": "rate_mean", "sensitivity": "rate", "escapes": "current",
    "entrainment": "coherence", "transitions": "synaptic_activation",
}  # fmt: skip


def experiment(kind, precision, **settings):
    one = {"kind": kind, **KINDS[kind], **settings}
    if precision:
        one["precision"] = precision
    return {
        "circuit": {"preset": "regular_spiking", "set": {"rs.size": 100, "rs.input_current": 60.0}},
        "theories": {"plain": {"kind": "mean_field", "reset_correction": False}},
        "studies": {"study": one},
        "sweeps": {"kappa": {"axes": [{"parameter": "rs.adaptation", "values": [10.0]}]}},
    }


def items(kind, precision):
    config = parse({"seed": 1, "experiments": {"one": experiment(kind, precision)}})
    plan = expand(config, "one")
    return plan, {item.label: item.key for item in plan.studies["study"].items(plan, "study")}


@pytest.mark.parametrize("kind", KINDS)
def test_it_determines_results_of_networks_alone(kind):
    plan, single = items(kind, "single")
    assert "exact_single" in plan.engines["study"]
    double = items(kind, "double")[1]
    assert double == items(kind, None)[1], "as before there was a choice"
    changed = {label for label, key in single.items() if key != double[label]}
    assert changed == set(single) - {"plain"}


@pytest.mark.parametrize("kind", KINDS)
def test_results_are_those_of_double_precision_as_far_as_rounding_goes(kind, tmp_path, monkeypatch):
    """Oracle: the same study in double precision, over a time in which rounding cannot grow."""
    built, found = [], {}
    build = Network.__init__

    def noted(network, *given, **settings):
        build(network, *given, **settings)
        built.append(network.precision)

    monkeypatch.setattr(Network, "__init__", noted)
    for precision in ("double", "single"):
        folder = tmp_path / precision
        folder.mkdir()
        study = computed(folder, experiment(kind, precision))["study"]
        data = next(data for item, data in study.each() if item.label != "plain")
        found[precision] = data[SHOWN[kind]].values.astype(float)
        assert set(built) == {precision}
        built.clear()
    size = np.abs(found["double"]).max()
    assert size > 0
    np.testing.assert_allclose(found["single"], found["double"], atol=0.05 * size)


@pytest.mark.parametrize("kind", ["transitions", "hysteresis"])
def test_sparse_synapses_are_refused(kind):
    sparse = experiment(kind, "single")
    sparse["circuit"]["set"] |= {
        "rs.ampa.connectivity": "random", "rs.ampa.connection_probability": 0.2,
    }  # fmt: skip
    with pytest.raises(ConfigError, match="precision = 'single' needs the scheme 'exact'"):
        expand(parse({"experiments": {"one": sparse}}), "one")
