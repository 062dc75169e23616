"""The whole path from a configuration to the figure, and what runs again when something changes."""

import copy
import json
import shutil

import pytest
import xarray as xr

from checkouts import Workflow
from ikmeanfield.datasets import open_experiment
from small import tiny

pytestmark = pytest.mark.slow


def with_cutoffs(*values):
    config = copy.deepcopy(tiny())
    sweeps = config["experiments"]["truncation"]["sweeps"]
    sweeps["cutoff"]["axes"][0] = {"parameter": "rs.truncation", "values": list(values)}
    return config


def test_everything_promised_is_there(finished):
    results = finished.folder / "results"
    for name in ("fig4.pdf", "fig4.png", "fig4.md", "runs.pdf", "runs.png", "runs.md"):
        assert (results / "figures" / name).stat().st_size > 100
    caption = (results / "figures/fig4.md").read_text()
    for words in ("N = 200", "`exact`", "step 0.1 ms", "base seed 1", "thresholds random"):
        assert words in caption
    networks = open_experiment(finished.experiment)
    assert networks["firing_rate"].shape == (8, 1, 5000)
    summary = xr.load_dataset(finished.experiment / "summary.nc")
    assert summary["difference_mean"].shape == (8, 1, 1)
    table = (finished.experiment / "summary.csv").read_text().splitlines()
    assert len(table) == 9
    assert all(variable.attrs["long_name"] for variable in summary.data_vars.values())
    assert json.loads(networks.attrs["config"])["simulation"]["step"] == 0.1
    for batch in range(3):
        for kind, suffix in (("logs", "log"), ("benchmarks", "jsonl")):
            file = finished.experiment / kind / f"spiking/batch-{batch:03d}.{suffix}"
            assert file.stat().st_size > 10


def test_the_summary_is_what_the_data_say(finished):
    # Oracle: the mean of D_r by hand from the stored series.
    networks = open_experiment(finished.experiment)
    theory = open_experiment(finished.experiment, "corrected")
    difference = theory["firing_rate"].astype(float) - networks["firing_rate"].astype(float)
    by_hand = difference.isel(time=slice(1000, None)).mean("time").isel(population=0)
    summary = xr.load_dataset(finished.experiment / "summary.nc")
    found = summary["difference_mean"].isel(meanfield=0, population=0)
    assert abs(found.values - by_hand.values).max() < 1e-9


def test_when_nothing_changed_nothing_runs(finished):
    assert finished.planned(tiny()) == {}


def test_stored_plans_of_other_configurations_do_not_pile_up(finished):
    """Oracle: one folder of plans, of the configuration that ran last."""
    plans = finished.folder / ".snakemake/plans"
    for config in (tiny(seed=2), tiny()):
        finished.run(config, "results/truncation/plan.json")
        (stored,) = plans.iterdir()
        plan = finished.experiment / "plan.json"
        assert (stored / "truncation.json").read_bytes() == plan.read_bytes()
    assert finished.planned(tiny()) == {}


def test_one_grid_value_reruns_its_batch_the_summary_and_the_figure(finished):
    # The third and fourth of eight runs lie in the batches 0 and 1 of three; only 1 changes, and of
    # mean fields none, which do not know the truncation.
    assert finished.planned(with_cutoffs(40.0, 6.0)) == {
        "write_plan": 1, "simulate_networks": 1, "summarise_experiment": 1, "tabulate": 1,
        "draw_figure": 2,
    }  # fmt: skip


def test_the_seed_reruns_networks_but_no_mean_field(finished):
    planned = finished.planned(tiny(seed=2))
    assert planned["simulate_networks"] == 3
    assert "integrate_mean_fields" not in planned


def test_what_is_discarded_concerns_the_summary_only(finished):
    config = copy.deepcopy(tiny())
    config["experiments"]["truncation"]["simulation"]["discard"] = 200.0
    assert finished.planned(config) == {
        "write_plan": 1, "summarise_experiment": 1, "tabulate": 1, "draw_figure": 2,
    }  # fmt: skip


AFTER_RUNS = {"summarise_experiment", "tabulate", "draw_figure"}
EDITS = {
    "src/ikmeanfield/plot/style.mplstyle": {"draw_figure"},
    "src/ikmeanfield/analysis/spectra.py": AFTER_RUNS,
    "src/ikmeanfield/theories/mean_field/domain.py": AFTER_RUNS
    | {"compile_kernels", "integrate_mean_fields"},
    "src/ikmeanfield/theories/mean_field/reset.py": AFTER_RUNS
    | {"compile_kernels", "integrate_mean_fields"},
    "src/ikmeanfield/spiking/exact.py": AFTER_RUNS | {"compile_kernels", "simulate_networks"},
    "src/ikmeanfield/experiments/grid.py": set(),
}


@pytest.mark.parametrize("file", EDITS)
def test_an_edit_reruns_what_depends_on_it(finished, file):
    path = finished.checkout / file
    text = path.read_text()
    try:
        line = "axes.grid: True" if path.suffix == ".mplstyle" else "EDITED = 1"
        path.write_text(f"{text}\n{line}\n")
        assert set(finished.planned(tiny())) == EDITS[file]
    finally:
        path.write_text(text)


def test_batches_and_cores_do_not_change_the_data(finished, tmp_path):
    shutil.copytree(finished.folder, tmp_path / "copy")
    other = Workflow(finished.checkout, tmp_path / "copy")
    other.run(tiny(runs_per_job=5), "--forcerun", "simulate_networks", cores=1)
    for part in ("spiking", "corrected"):
        data = open_experiment(finished.experiment, part).drop_attrs()
        xr.testing.assert_identical(open_experiment(other.experiment, part).drop_attrs(), data)


def test_a_truncated_file_is_named_and_rebuilt(finished):
    path = finished.experiment / "spiking/batch-001.nc"
    whole = path.read_bytes()
    path.write_bytes(whole[:3000])
    finished.run(tiny())
    log = (finished.experiment / "logs/summary.log").read_text()
    assert "DAMAGED" in log
    assert "batch-001.nc" in log
    open_experiment(finished.experiment)
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


def test_without_a_configuration_the_papers_is_run_and_a_given_one_stands_alone(finished):
    # Oracle: 208, 25 and 2 runs in batches of 52; with a configuration given, only its own.
    here = Workflow(finished.checkout, finished.checkout)
    assert here.planned(None)["simulate_networks"] == 6
    other = tiny(figures={})
    other["experiments"] = {"other": other["experiments"]["truncation"]}
    assert here.planned(other)["summarise_experiment"] == 1
