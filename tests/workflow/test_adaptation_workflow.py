"""An experiment that looks for transitions, from its configuration to Fig. 1."""

import csv
import json
import shutil

import numpy as np
import pytest
import xarray as xr

from ikmeanfield import open_experiment
from ikmeanfield.analysis.diagrams import CoincidenceError
from ikmeanfield.datasets.store import read, write
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.jobs.summarise import summarise
from small import all_kinds

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(complete):
    return complete.folder / "results/adaptation"


@pytest.fixture
def experiment(folder):
    return open_experiment(folder)


def batch_files(experiment, study):
    """Files of a study, in the order of its batches."""
    return [experiment.folder / study / f"batch-{b}.nc" for b in experiment.plan.batches[study]]


def test_everything_promised_is_there(complete, folder, experiment):
    for name in ("fig1.pdf", "fig1.png", "fig1.csv", "fig1.md", "overview.pdf", "overview.md"):
        assert (complete.folder / "results/figures" / name).stat().st_size > 100
    caption = (complete.folder / "results/figures/fig1.md").read_text()
    for words in ("size 300", "thresholds quantiles", "seed 1", "rise 2000"):
        assert words in caption
    page = (complete.folder / "results/explorer.html").read_text()
    assert all(
        f"adaptation/transitions/{p.name}" in page for p in batch_files(experiment, "transitions")
    )
    for study in ("transitions", "points"):
        batches = [read(path) for path in batch_files(experiment, study)]
        assert sorted(batch.sizes["item"] for batch in batches) == [1, 2]
        assert all(json.loads(batch.attrs["config"])["seed"] == 1 for batch in batches)
    for study in ("planes", "traces"):
        (path,) = batch_files(experiment, study)
        assert "ikmeanfield" in read_tree(path).attrs["source"]
    for study in ("transitions", "points", "planes", "traces"):
        for path in batch_files(experiment, study):
            assert (folder / "logs" / study / f"{path.stem}.log").exists()
            assert (folder / "benchmarks" / study / f"{path.stem}.jsonl").stat().st_size > 10


def test_the_summaries_hold_the_theorys_currents(folder):
    # Oracle: AUTO-07p's folds and Hopf points are compared elsewhere; here the paper's Fig. 1:
    # folds at small adaptation, Hopf points at large, and the points lie on the plane's curves.
    points = xr.load_dataset(folder / "points/summary.nc")
    assert float(points["difference"].max()) < 1e-6
    with (folder / "transitions/transitions.csv").open() as file:
        table = list(csv.DictReader(file))
    found = {
        (float(row["rs_adaptation"]), row["kind"], row["side"]): float(row["mean_field"])
        for row in table
        if row["mean_field"]
    }
    kinds = {(kappa, kind) for kappa, kind, _ in found}
    assert kinds == {(5.0, "fold"), (25.0, "fold"), (100.0, "hopf")}
    assert found[25.0, "fold", "lower"] < found[25.0, "fold", "upper"]
    for row in table:
        if row["held"] and row["mean_field"]:
            gap = float(row["held"]) - float(row["mean_field"])
            assert float(row["held_difference"]) == pytest.approx(gap)


def test_the_summary_holds_every_point_of_the_network(folder, experiment):
    summary = xr.load_dataset(folder / "transitions/summary.nc")
    batches = [read(path) for path in batch_files(experiment, "transitions")]
    found = np.concatenate([batch["current"].values for batch in batches])
    np.testing.assert_array_equal(summary["current"].values, found)


def test_the_scores_are_a_table_too(folder):
    # oracle: the mean field is bistable between its folds at κ = 5 and 25, which stand for 10 and
    # 47.5 pA of κ on the grid 5, 25, 100; no folds at 100
    summary = xr.load_dataset(folder / "transitions/summary.nc")
    points = xr.load_dataset(folder / "points/summary.nc")
    with (folder / "transitions/scores.csv").open() as file:
        table = {row["region"]: row for row in csv.DictReader(file)}
    assert set(table) == {"oscillatory", "bistable"}
    folds = {
        kappa: points["value"].values[
            (points["second"].values == kappa) & (points["kind"].values == "fold")
        ]
        for kappa in (5.0, 25.0)
    }
    area = 10.0 * np.ptp(folds[5.0].clip(20.0)) + 47.5 * np.ptp(folds[25.0])
    assert float(table["bistable"]["predicted_area"]) == pytest.approx(area, rel=1e-3)
    for region, overlap in zip(
        summary["scored_region"].values, summary["score_overlap"].values, strict=True
    ):
        assert 0.0 <= float(table[region]["overlap"]) == overlap <= 1.0


def test_points_off_the_curves_of_the_plane_fail_with_words(folder, tmp_path):
    copied = tmp_path / "adaptation"
    shutil.copytree(folder, copied)
    moved = open_experiment(copied)
    path = next(path for path in batch_files(moved, "points") if read(path).sizes["item"] == 2)
    batch = read(path)
    batch["value"] = batch["value"] * (1 + 1e-5)
    write(batch, path)
    (copied / "points/summary.nc").unlink()
    with pytest.raises(CoincidenceError, match=r"rs.adaptation = 25.*disagree.*fold at .*curve at"):
        summarise(moved.plan, "points", copied)
    assert not (copied / "points/summary.nc").exists()


def test_when_nothing_changed_nothing_runs(complete):
    assert complete.planned(all_kinds()) == {}


def test_a_change_of_traces_reruns_them_and_the_figure(complete):
    config = all_kinds()
    config["experiments"]["adaptation"]["studies"]["traces"]["ramps"][0]["at"] = 5.0
    summaries = {f"summarise_{kind}": 1 for kind in (
        "transitions", "points", "networks", "predictions", "diagrams", "rates"
    )}  # fmt: skip
    assert complete.planned(config) == {
        "write_plan": 1, "run_traces": 1, **summaries, "draw_figure": 2, "write_explorer": 1,
    }  # fmt: skip


@pytest.mark.long
def test_a_damaged_plane_is_named_and_rebuilt(complete, folder, experiment):
    (path,) = batch_files(experiment, "planes")
    path.write_bytes(path.read_bytes()[:3000])
    complete.run(all_kinds())
    logs = "".join(
        (folder / f"logs/{s}/summary.log").read_text() for s in ("points", "transitions")
    )
    assert f"DAMAGED results/adaptation/planes/{path.name}" in logs
    read_tree(path)
    assert complete.planned(all_kinds()) == {}
