"""Stored results of an experiment: read by run, checked against the plan, made again if damaged."""

import numpy as np
import pytest

import small
from ikmeanfield import open_experiment
from ikmeanfield.datasets import DatasetError, time_series
from ikmeanfield.experiments import expand, parse
from ikmeanfield.jobs.compute import StudyError, compute_batch
from ikmeanfield.jobs.results import batch_path
from ikmeanfield.studies.networks import Networks


@pytest.fixture
def plan():
    data = small.tiny(runs_per_job=2)
    return expand(parse(data), "truncation")


def fake(self, plan, item):
    """A constant rate that tells the run."""
    run = plan.first_run(item)
    rate = np.full((1, 30), run.coordinate("rs.truncation") + run.coordinate("rs.threshold_width"))
    return time_series(run.circuit, np.arange(1, 31) * 0.1, {"firing_rate": rate})


@pytest.fixture
def folder(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(Networks, "compute", fake)
    plan.write(tmp_path / "plan.json")
    for batch in plan.batches["networks"]:
        compute_batch(plan, "networks", batch, batch_path(tmp_path, "networks", batch))
    return tmp_path


def test_batches_make_one_dataset_with_grid_coordinates(plan, folder):
    data = open_experiment(folder).stacked("networks")
    assert data.sizes["run"] == len(plan.runs) == 8
    width, cutoff = data["rs_threshold_width"], data["rs_truncation"]
    assert width.attrs["units"] == "mV"
    np.testing.assert_allclose(data["firing_rate"].isel(population=0, time=0), width + cutoff)
    seeds = {number: item.seed for item in plan.all_items("networks") for number in item.runs}
    np.testing.assert_array_equal(data["seed"], [seeds[number] for number in range(8)])
    assert data["sweep"].values.tolist() == [run.sweep for run in plan.runs]


def test_runs_that_differ_in_nothing_share_a_result(plan, folder):
    """Oracle: widths 0.5 and 2 at a cutoff of 40, cutoffs 40 and 5 at a width of 2; all twice."""
    assert [item.runs for item in plan.all_items("networks")] == [[0, 4], [1, 2, 5, 6], [3, 7]]
    results = open_experiment(folder)
    assert results.item("networks", 2) is results.item("networks", 5)
    assert results.result("networks", 1).identical(results.result("networks", 6))


def test_values_are_those_of_the_dataset(folder):
    results = open_experiment(folder)
    for number in range(8):
        expected = results.result("networks", number)["firing_rate"].values
        np.testing.assert_array_equal(results.values("networks", number, "firing_rate"), expected)


def test_each_item_comes_once(plan, folder):
    each = open_experiment(folder).each("networks")
    assert [item.id for item, _ in each] == [item.id for item in plan.all_items("networks")]
    for item, dataset in each:
        run = plan.first_run(item)
        total = run.coordinate("rs.truncation") + run.coordinate("rs.threshold_width")
        assert (dataset["firing_rate"] == total).all()


def test_a_missing_batch_is_named(plan, folder):
    batch = next(iter(plan.batches["networks"]))
    batch_path(folder, "networks", batch).unlink()
    with pytest.raises(DatasetError, match=f"batch-{batch}.nc: there is no such file"):
        open_experiment(folder).stacked("networks")


def test_a_foreign_batch_is_refused_and_made_again(plan, folder, capfd):
    """Oracle: the file of another batch in its place."""
    one, other = list(plan.batches["networks"])[:2]
    path = batch_path(folder, "networks", one)
    path.write_bytes(batch_path(folder, "networks", other).read_bytes())
    made = open_experiment(folder).batch("networks", one)
    assert made.attrs["keys"] == one
    assert f"DAMAGED {path}: keys is" in capfd.readouterr().err


def test_a_result_with_nan_fails_with_its_study_and_grid_point(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(Networks, "compute", lambda *given: fake(*given) * np.nan)
    batch = next(iter(plan.batches["networks"]))
    words = r"truncation, networks, width: .*firing_rate is NaN[\s\S]*capacitance = 100"
    with pytest.raises(StudyError, match=words):
        compute_batch(plan, "networks", batch, tmp_path / "batch.nc")
    assert not (tmp_path / "batch.nc").exists()


def test_all_grid_points_that_fail_are_named_at_once(plan, tmp_path, monkeypatch):
    def explode(self, plan, item):
        msg = f"exploded at {plan.first_run(item).coordinate('rs.truncation'):g}"
        raise RuntimeError(msg)

    monkeypatch.setattr(Networks, "compute", explode)
    batch = next(b for b in plan.batches["networks"] if len(plan.items("networks", b)) > 1)
    with pytest.raises(StudyError) as failure:
        compute_batch(plan, "networks", batch, tmp_path / "batch.nc")
    assert str(failure.value).count("exploded at") == len(plan.items("networks", batch))
