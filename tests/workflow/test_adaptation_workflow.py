"""An experiment that looks for transitions, from its configuration to Fig. 1."""

import copy
import csv
import json
import shutil

import numpy as np
import pytest
import xarray as xr
from ikmeanfield.stages.summarise_transitions import summarise_transitions

from ikmeanfield.analysis.diagrams import CoincidenceError
from ikmeanfield.datasets.store import read, write
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.experiments import read_plan
from small import tiny_adaptation

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(located):
    return located.folder / "results/adaptation"


def test_everything_promised_is_there(located, folder):
    for name in ("fig1.pdf", "fig1.png", "fig1.md", "plane.pdf", "plane.md"):
        assert (located.folder / "results/figures" / name).stat().st_size > 100
    caption = (located.folder / "results/figures/fig1.md").read_text()
    for words in ("size 300", "thresholds quantiles", "seed 1", "rise 2000"):
        assert words in caption
    for name in ("transitions/batch-001", "continuation/batch-001"):
        batch = read(folder / f"{name}.nc")
        assert json.loads(batch.attrs["config"])["seed"] == 1
        assert batch.sizes["run"] == 1
    for name in ("continuation/plane", "continuation/diagrams", "traces"):
        assert "ikmeanfield" in read_tree(folder / f"{name}.nc").attrs["source"]
    for name in ("transitions/batch-000", "continuation/batch-000", "continuation/plane", "traces"):
        assert (folder / f"logs/{name}.log").exists()
        assert (folder / f"benchmarks/{name}.jsonl").stat().st_size > 10


def test_the_summary_holds_the_mean_fields_currents(folder):
    # Oracle: AUTO-07p's folds and Hopf points are compared elsewhere; here the paper's Fig. 1:
    # folds at small adaptation, Hopf points at large, and the points lie on the plane's curves.
    summary = xr.load_dataset(folder / "summary.nc")
    assert float(summary["bifurcation_difference"].max()) < 1e-6
    with (folder / "summary.csv").open() as file:
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


def test_the_summary_holds_every_point_of_the_network(folder):
    summary = xr.load_dataset(folder / "summary.nc")
    batches = [read(folder / f"transitions/batch-{n:03d}.nc") for n in range(2)]
    found = np.concatenate([batch["current"].values for batch in batches])
    np.testing.assert_array_equal(summary["current"].values, found)


def test_the_scores_are_a_table_too(folder):
    # oracle: the mean field is bistable between its folds at κ = 5 and 25, which stand for 10 and
    # 47.5 pA of κ on the grid 5, 25, 100; no folds at 100
    summary = xr.load_dataset(folder / "summary.nc")
    with (folder / "scores.csv").open() as file:
        table = {row["region"]: row for row in csv.DictReader(file)}
    assert set(table) == {"oscillatory", "bistable"}
    folds = {
        kappa: summary["bifurcation_value"].values[
            (summary["bifurcation_second"].values == kappa)
            & (summary["bifurcation_kind"].values == "fold")
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
    path = copied / "continuation/batch-000.nc"
    batch = read(path)
    batch["value"] = batch["value"] * (1 + 1e-5)
    write(batch, path)
    (copied / "summary.nc").unlink()
    with pytest.raises(CoincidenceError, match=r"rs.adaptation = 25.*disagree.*fold at .*curve at"):
        summarise_transitions(read_plan(copied / "plan.json"), copied)
    assert not (copied / "summary.nc").exists()


def test_when_nothing_changed_nothing_runs(located):
    assert located.planned(tiny_adaptation()) == {}


def test_a_change_of_traces_reruns_them_and_the_figure(located):
    config = copy.deepcopy(tiny_adaptation())
    config["experiments"]["adaptation"]["continuation"]["traces"][0]["at"] = 5.0
    planned = located.planned(config)
    assert planned == {"write_plan": 1, "run_traces": 1, "summarise_experiment": 1, "tabulate": 1,
                       "draw_figure": 2}  # fmt: skip


def test_a_damaged_plane_is_named_and_rebuilt(located, folder):
    path = folder / "continuation/plane.nc"
    path.write_bytes(path.read_bytes()[:3000])
    located.run(tiny_adaptation())
    assert (
        "DAMAGED results/adaptation/continuation/plane.nc"
        in (folder / "logs/summary.log").read_text()
    )
    read_tree(path)
    assert located.planned(tiny_adaptation()) == {}
