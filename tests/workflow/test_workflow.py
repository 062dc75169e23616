"""The whole path from a configuration to the figure, and what runs again when something changes."""

import json
import shutil
from pathlib import Path

import pytest
import xarray as xr
import yaml

from checkouts import Workflow
from ikmeanfield import open_experiment
from small import tiny

pytestmark = pytest.mark.slow
LONG = pytest.mark.long

FORMATS = ("pdf", "png", "csv", "md")


def with_cutoffs(*values):
    config = tiny()
    sweeps = config["experiments"]["truncation"]["sweeps"]
    sweeps["cutoff"]["axes"][0] = {"parameter": "rs.truncation", "values": list(values)}
    return config


def test_everything_promised_is_there(finished):
    results = finished.folder / "results"
    for name in (f"{figure}.{suffix}" for figure in ("fig4", "runs") for suffix in FORMATS):
        assert (results / "figures" / name).stat().st_size > 100
    caption = (results / "figures/fig4.md").read_text()
    for words in ("N = 200", "`exact`", "step 0.1 ms", "base seed 1", "thresholds random"):
        assert words in caption
    experiment = open_experiment(finished.experiment)
    assert experiment.stacked("networks")["firing_rate"].shape == (8, 1, 5000)
    summary = xr.load_dataset(finished.experiment / "predictions/summary.nc")
    assert summary["difference_mean"].shape == (8, 1, 1)
    for table in ("networks/networks", "predictions/predictions", "predictions/distances"):
        rows = (finished.experiment / f"{table}.csv").read_text().splitlines()
        assert len(rows) == 9, table
    for study in ("networks", "predictions"):
        summary = xr.load_dataset(finished.experiment / study / "summary.nc")
        assert all(variable.attrs["long_name"] for variable in summary.data_vars.values())
        batches = experiment.plan.batches[study]
        assert len(batches) == {"networks": 2, "predictions": 1}[study]
        for batch in batches:
            stored = experiment.batch(study, batch)
            assert json.loads(stored.attrs["config"])["studies"][study]["kind"] == study
            for kind, suffix in (("logs", "log"), ("benchmarks", "jsonl")):
                file = finished.experiment / kind / study / f"batch-{batch}.{suffix}"
                assert file.stat().st_size > 10


def test_the_summary_is_what_the_data_say(finished):
    # Oracle: the mean of D_r by hand from the stored series.
    experiment = open_experiment(finished.experiment)
    rates = experiment.stacked("networks")["firing_rate"].astype(float)
    difference = experiment.stacked("predictions", "corrected")["firing_rate"].astype(float) - rates
    by_hand = difference.isel(time=slice(1000, None)).mean("time").isel(population=0)
    summary = xr.load_dataset(finished.experiment / "predictions/summary.nc")
    found = summary["difference_mean"].isel(theory=0, population=0)
    assert abs(found.values - by_hand.values).max() < 1e-9


def test_when_nothing_changed_nothing_runs(finished):
    assert finished.planned(tiny()) == {}


@pytest.mark.long
def test_stored_plans_of_other_configurations_do_not_pile_up(finished):
    """Oracle: one folder of plans, of the configuration that ran last."""
    plans = finished.folder / ".snakemake/plans"
    for config in (tiny(seed=2), tiny()):
        finished.run(config, "results/truncation/plan.json")
        (stored,) = plans.iterdir()
        plan = finished.experiment / "plan.json"
        assert (stored / "truncation.json").read_bytes() == plan.read_bytes()
    assert finished.planned(tiny()) == {}


def test_one_grid_value_reruns_its_batch_the_summaries_and_the_figures(finished):
    # The truncation of 5 mV occurs in one batch of networks, which may share its border with the
    # other one; the mean field does not know it.
    planned = finished.planned(with_cutoffs(40.0, 6.0))
    assert planned.pop("simulate_networks") in {1, 2}
    assert planned == {
        "write_plan": 1, "summarise_networks": 1, "summarise_predictions": 1, "draw_figure": 2,
    }  # fmt: skip


def test_the_seed_reruns_networks_but_no_mean_field(finished):
    planned = finished.planned(tiny(seed=2))
    assert planned["simulate_networks"] == 2
    assert "integrate_theories" not in planned


def test_what_is_discarded_concerns_the_summaries_only(finished):
    # Theories are compared with what the networks' analysis keeps, so theirs is made again too.
    config = tiny()
    config["experiments"]["truncation"]["studies"]["networks"]["discard"] = 200.0
    assert finished.planned(config) == {
        "write_plan": 1, "summarise_networks": 1, "summarise_predictions": 1, "draw_figure": 2,
    }  # fmt: skip


def test_a_study_more_leaves_the_others_alone(finished):
    config = tiny()
    config["experiments"]["truncation"]["studies"]["rates"] = {
        "kind": "rates", "population": "rs", "currents": [0.0, 100.0]
    }  # fmt: skip
    planned = finished.planned(config)
    assert planned.pop("compute_rates") == 2, "one batch for every two of three different neurons"
    assert planned == {
        "write_plan": 1, "summarise_rates": 1, "summarise_networks": 1,
        "summarise_predictions": 1, "draw_figure": 2,
    }  # fmt: skip


OF_NETWORKS, OF_THEORIES, DRAW = "summarise_networks", "summarise_predictions", "draw_figure"
EDITS = {
    "src/ikmeanfield/plot/style.mplstyle": {DRAW},
    "src/ikmeanfield/analysis/spectra.py": {OF_NETWORKS, DRAW},
    "src/ikmeanfield/theories/mean_field/domain.py": {
        "compile_kernels", "integrate_theories", OF_THEORIES, DRAW
    },
    "src/ikmeanfield/theories/mean_field/reset.py": {
        "compile_kernels", "integrate_theories", OF_THEORIES, DRAW
    },
    "src/ikmeanfield/spiking/exact.py": {
        "compile_kernels", "simulate_networks", OF_NETWORKS, OF_THEORIES, DRAW
    },
    "src/ikmeanfield/experiments/grid.py": set(),
}  # fmt: skip


IN_SHORT = {"style.mplstyle", "exact.py", "grid.py"}
"""Files whose edits are tried in the short suite."""


@pytest.mark.parametrize(
    "file",
    [file if Path(file).name in IN_SHORT else pytest.param(file, marks=LONG) for file in EDITS],
)
def test_an_edit_reruns_what_depends_on_it(finished, file):
    path = finished.checkout / file
    text = path.read_text()
    try:
        line = "axes.grid: True" if path.suffix == ".mplstyle" else "EDITED = 1"
        path.write_text(f"{text}\n{line}\n")
        assert set(finished.planned(tiny())) == EDITS[file]
    finally:
        path.write_text(text)


@pytest.mark.long
def test_batches_and_cores_do_not_change_the_data(finished, tmp_path):
    shutil.copytree(finished.folder, tmp_path / "copy")
    other = Workflow(finished.checkout, tmp_path / "copy")
    other.run(tiny(runs_per_job=5), "--forcerun", "simulate_networks", cores=1)
    ours, theirs = (open_experiment(one.experiment) for one in (finished, other))
    assert ours.plan.batches["networks"].keys() != theirs.plan.batches["networks"].keys()
    for one in (("networks",), ("predictions", "corrected")):
        data = ours.stacked(*one).drop_attrs()
        xr.testing.assert_identical(theirs.stacked(*one).drop_attrs(), data)


@pytest.mark.long
def test_a_truncated_file_is_named_and_rebuilt(finished):
    batch = list(open_experiment(finished.experiment).plan.batches["networks"])[1]
    path = finished.experiment / f"networks/batch-{batch}.nc"
    whole = path.read_bytes()
    path.write_bytes(whole[:3000])
    finished.run(tiny())
    log = (finished.experiment / "logs/networks/summary.log").read_text()
    assert "DAMAGED" in log
    assert path.name in log
    assert path.read_bytes() == whole, "the same run gives the same bytes"
    assert finished.planned(tiny()) == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sede": 1}, "sede: unknown key"),
        ({"runs_per_job": 0}, "runs_per_job: got 0"),
        ({"figures": {"fig4": "other"}}, "no experiment 'other'"),
    ],
)
def test_a_wrong_configuration_is_refused_before_any_job(finished, changes, words):
    text = finished.run(tiny(**changes), check=False)
    assert words in text
    assert "Job stats" not in text
    assert "Traceback" not in text


def test_a_key_given_twice_is_refused_by_its_line(finished, tmp_path):
    """Oracle: the last of seven lines repeats the first; Snakemake alone would take the last."""
    file = tmp_path / "twice.yaml"
    file.write_text(
        "seed: 1\nexperiments:\n  one:\n    circuit: {preset: truncated}\n"
        "    studies: {networks: {kind: networks, duration: 9.0, sample: 1.0}}\n"
        "    sweeps: {x: {axes: [{parameter: rs.size, values: [9]}]}}\nseed: 2\n"
    )
    said = finished.run(None, "--configfile", str(file), "--dry-run", check=False)
    assert f"{file}, line 7: the key 'seed' is given again" in said
    assert "Job stats" not in said


def test_without_a_configuration_the_papers_is_run_and_a_given_one_stands_alone(finished):
    # Oracle: the summaries of the paper's studies; with a configuration given, only its own.
    here = Workflow(finished.checkout, finished.checkout)
    paper = here.planned(None)
    experiments = yaml.safe_load((here.checkout / "config/config.yaml").read_text())["experiments"]
    kinds = [study["kind"] for one in experiments.values() for study in one["studies"].values()]
    assert paper["summarise_networks"] == kinds.count("networks")
    assert paper["summarise_transitions"] == kinds.count("transitions")
    other = tiny(figures={})
    other["experiments"] = {"other": other["experiments"]["truncation"]}
    assert here.planned(other)["summarise_networks"] == 1
