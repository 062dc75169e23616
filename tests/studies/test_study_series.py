"""Studies in time side by side, where theories predict fewer runs than there are networks.

Oracle: made-up rates that tell their run, the network's and ten times that for the theory.
"""

import numpy as np
import pytest

from ikmeanfield.datasets import time_series
from ikmeanfield.studies.networks import Networks
from ikmeanfield.studies.predictions import Predictions
from ikmeanfield.studies.series import common_runs, joined_summaries, side_by_side
from stored import computed

WIDTHS = {"one": [1.0, 2.0], "two": [3.0, 4.0, 5.0]}
"""Values along each sweep; every grid point has two replicates."""


def width(self, plan, item):
    run = plan.first_run(item)
    factor = 10.0 if item.label else 1.0
    rate = np.full((1, 60), factor * run.circuit.populations["rs"].threshold_width)
    return time_series(run.circuit, np.arange(1.0, 61.0), {"firing_rate": rate})


@pytest.fixture(scope="module", params=[["one"], ["two"], ["one", "two"]], ids="+".join)
def predicted(request, tmp_path_factory):
    """Sweeps in which theories are asked, and the studies."""
    experiment = {
        "circuit": {"preset": "regular_spiking", "set": {"rs.size": 20}},
        "theories": {"mine": {"kind": "mean_field"}},
        "studies": {
            "networks": {
                "kind": "networks", "duration": 60.0, "discard": 10.0, "sample": 1.0,
                "thresholds": "random",
            },
            "predictions": {"kind": "predictions", "sweeps": request.param},
        },
        "sweeps": {
            name: {
                "axes": [{"parameter": "rs.threshold_width", "values": values}], "replicates": 2
            }
            for name, values in WIDTHS.items()
        },
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("series")
    return request.param, computed(folder, experiment, {Networks: width, Predictions: width})


def test_joined_summaries_hold_the_runs_that_both_have(predicted):
    sweeps, studies = predicted
    joined = joined_summaries(studies["networks"], studies["predictions"])
    widths = np.repeat([value for sweep in sweeps for value in WIDTHS[sweep]], 2)
    np.testing.assert_array_equal(joined["rs_threshold_width"], widths)
    np.testing.assert_array_equal(joined["replicate"], [0, 1] * (len(widths) // 2))
    np.testing.assert_allclose(joined["rate_mean"].sel(population="rs"), widths)
    differences = joined["difference_mean"].sel(population="rs", theory="mine")
    np.testing.assert_allclose(differences, 9 * widths)
    runs = studies["networks"].plan.runs
    chosen = [runs[n] for n in common_runs(studies["networks"], studies["predictions"])]
    assert [run.coordinate("rs.threshold_width") for run in chosen] == widths.tolist()
    assert joined.attrs == studies["networks"].summary.attrs
    assert joined["rs_threshold_width"].attrs["long_name"] == "rs.threshold_width"
    assert joined["difference_mean"].attrs["units"] == "Hz"


def test_traces_of_networks_and_theories_are_of_the_same_runs(predicted):
    """A summary has traces of the first sweep alone, so without predictions there are none."""
    sweeps, studies = predicted
    joined = joined_summaries(studies["networks"], studies["predictions"])
    if "one" not in sweeps:
        assert "trace_network" not in joined
        assert "trace_prediction" not in joined
        return
    assert joined["trace_network"].shape == (2, 1, 60)
    widths = joined["rs_threshold_width"].values[joined["trace_run"].values]
    np.testing.assert_array_equal(widths, WIDTHS["one"])
    traces = joined.sel(population="rs", theory="mine")
    assert (traces["trace_network"] == widths[:, None]).all()
    assert (traces["trace_prediction"] == 10 * widths[:, None]).all()


def test_without_predictions_the_summary_of_networks_is_as_it_is(predicted):
    _, studies = predicted
    joined = joined_summaries(studies["networks"], None)
    assert joined.identical(studies["networks"].summary)


def test_series_side_by_side_are_those_of_the_runs_asked_for(predicted):
    sweeps, studies = predicted
    networks, predictions = studies["networks"], studies["predictions"]
    runs = common_runs(networks, predictions)[::-2]
    series = side_by_side(networks, predictions, runs, ["firing_rate"])
    widths = np.array([value for sweep in sweeps for value in WIDTHS[sweep]])[::-1]
    assert series["model"].values.tolist() == ["network", "mine"]
    np.testing.assert_array_equal(series["rs_threshold_width"], widths)
    rates = series["firing_rate"].sel(population="rs").isel(time=0)
    np.testing.assert_array_equal(rates.sel(model="network"), widths)
    np.testing.assert_array_equal(rates.sel(model="mine"), 10 * widths)
    assert series["input_current"].dims == ("run", "population", "time")


def test_a_run_that_no_theory_predicts_is_named(predicted):
    sweeps, studies = predicted
    networks, predictions = studies["networks"], studies["predictions"]
    others = [run for run in networks.runs() if run not in predictions.runs()]
    assert bool(others) == (len(sweeps) == 1)
    for run in others[:1]:
        with pytest.raises(KeyError, match=f"'predictions' has no result for run {run} of 'mine'"):
            side_by_side(networks, predictions, [run], ["firing_rate"])
