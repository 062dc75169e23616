"""One Dataset from many batches; a missing or doubled grid point is refused by name."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import yaml

from ikmeanfield.datasets import DatasetError, open_experiment, time_series
from ikmeanfield.datasets.runs import batch_path, check_grid
from ikmeanfield.datasets.store import write
from ikmeanfield.experiments import expand, parse
from ikmeanfield.parts import NETWORK
from ikmeanfield.stages.runs import RunError, collect

QUICK = Path(__file__).parents[2] / "config/quick.yaml"


def fake(run):
    """A constant rate that tells the run."""
    rate = np.full((1, 30), run.coordinate("rs.threshold_width"))
    return time_series(run.circuit, np.arange(1, 31) * 0.1, {"firing_rate": rate})


@pytest.fixture
def plan():
    return expand(parse(yaml.safe_load(QUICK.read_text())), "truncation")


@pytest.fixture
def folder(plan, tmp_path):
    plan.write(tmp_path / "plan.json")
    for number, runs in enumerate(plan.batches):
        write(collect(plan, NETWORK, runs, fake, "test"), batch_path(tmp_path, NETWORK, number))
    return tmp_path


def test_a_batch_may_be_older_than_a_sweep_of_another_parameter(tmp_path):
    # Oracle: the same experiment in which all batches were written with both sweeps.
    data = yaml.safe_load(QUICK.read_text())
    del data["figures"]
    data["runs_per_job"] = 7
    sweeps = data["experiments"]["truncation"]["sweeps"]
    new = {"axes": [{"parameter": "rs.recovery", "values": ["neuron", "population"]}]}
    data["experiments"]["truncation"]["sweeps"] = {"width": sweeps["width"]}
    before = expand(parse(data), "truncation")
    data["experiments"]["truncation"]["sweeps"]["form"] = new
    after = expand(parse(data), "truncation")
    after.write(tmp_path / "plan.json")
    for number, plan in enumerate((before, after)):
        batch = collect(plan, NETWORK, plan.batches[number], fake, "test")
        write(batch, batch_path(tmp_path, NETWORK, number))
    found = open_experiment(tmp_path)
    recovery = [run.coordinate("rs.recovery") for run in after.runs]
    assert found["rs_recovery"].values.tolist() == recovery


def test_batches_make_one_dataset_with_grid_coordinates(plan, folder):
    data = open_experiment(folder)
    assert data.sizes["run"] == len(plan.runs)
    width = data["rs_threshold_width"]
    assert width.attrs["units"] == "mV"
    np.testing.assert_allclose(data["firing_rate"].isel(population=0, time=0), width, rtol=1e-6)
    np.testing.assert_array_equal(data["seed"], [run.seed for run in plan.runs])
    cutoff = data["rs_truncation"].values[data["sweep"].values == "cutoff"]
    np.testing.assert_allclose(cutoff, np.linspace(40, 5, 7))


def test_a_missing_batch_is_named_with_its_grid_points(plan, folder):
    batch_path(folder, NETWORK, 1).unlink()
    with pytest.raises(DatasetError, match=r"batch-001\.nc is missing.*rs\.truncation = "):
        open_experiment(folder)


def test_a_doubled_batch_is_refused_by_name(folder):
    shutil.copy(batch_path(folder, NETWORK, 0), batch_path(folder, NETWORK, 1))
    with pytest.raises(DatasetError, match=r"batch-001\.nc: keys is"):
        open_experiment(folder)


def test_missing_and_doubled_grid_points_are_named(plan, folder):
    data = open_experiment(folder)
    with pytest.raises(DatasetError, match=r"missing: width: rs\.threshold_width = 0\.25"):
        check_grid(plan, data.isel(run=slice(1, None)))
    doubled = xr.concat([data.isel(run=[0]), data], dim="run")
    with pytest.raises(DatasetError, match=r"doubled: width: rs\.threshold_width = 0\.25"):
        check_grid(plan, doubled)


def test_a_run_with_nan_fails_with_its_parameters(plan):
    def broken(run):
        return fake(run) * np.nan

    words = r"width: rs\.threshold_width = 0\.25.*firing_rate is NaN[\s\S]*capacitance = 100"
    with pytest.raises(RunError, match=words):
        collect(plan, NETWORK, plan.runs[:1], broken, "test")
