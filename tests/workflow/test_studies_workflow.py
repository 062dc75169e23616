"""Studies side by side: many kinds on one grid, values inserted, failures, and work by hand."""

import shutil
from pathlib import Path

import pytest
import xarray as xr

from checkouts import Workflow, content
from ikmeanfield import open_experiment
from ikmeanfield.studies import KINDS
from small import all_kinds

pytestmark = pytest.mark.slow


def long_sweep(*inserted):
    """Twenty-four networks of a few neurons in batches of at most four, and more inserted."""
    values = sorted([*range(0, 96, 4), *inserted])
    return {
        "seed": 1,
        "runs_per_job": 4,
        "experiments": {
            "long": {
                "circuit": {"preset": "regular_spiking", "set": {"rs.size": 10}},
                "theories": {"corrected": {"kind": "mean_field"}},
                "studies": {
                    "networks": {"kind": "networks", "duration": 20.0, "sample": 1.0},
                    "predictions": {"kind": "predictions"},
                },
                "sweeps": {"kappa": {"axes": [
                    {"parameter": "rs.adaptation", "values": [float(v) for v in values]}]}},
            }
        },
    }  # fmt: skip


def failing(how="raise"):
    """Networks beside a study that fails at κ = 25 pA."""
    config = long_sweep()
    experiment = config["experiments"]["failing"] = config["experiments"].pop("long")
    experiment["sweeps"]["kappa"]["axes"][0]["values"] = [5.0, 25.0, 100.0]
    del experiment["studies"]["predictions"]
    experiment["studies"]["other"] = {"kind": "failing", "how": how}
    return config


@pytest.fixture
def here(finished, tmp_path):
    """An empty folder to work in, with compiled kernels."""
    shutil.copytree(
        finished.folder / "results/kernels", tmp_path / "results/kernels",
        copy_function=shutil.copy2,
    )  # fmt: skip
    return Workflow(finished.checkout, tmp_path)


def test_all_kinds_of_studies_share_a_grid(complete):
    """Oracle: every summary has the grid; folds lie on the planes; traces and figures are there."""
    experiment = open_experiment(complete.folder / "results/adaptation")
    kinds = {settings.kind for settings in experiment.plan.studies.values()}
    assert len(kinds) == 8
    for name, settings in experiment.plan.studies.items():
        if settings.summarises():
            summary = experiment.summary(name)
            assert summary["rs_adaptation"].values.tolist() == [5.0, 25.0, 100.0], name
            for table in settings.tables:
                assert (experiment.folder / name / f"{table}.csv").stat().st_size > 0
        assert len(experiment.each(name)) == len(experiment.plan.all_items(name)) > 0
    assert float(experiment.summary("points")["difference"].max()) < 1e-6
    for figure in ("overview", "fig1"):
        assert (complete.folder / f"results/figures/{figure}.pdf").stat().st_size > 1000
    assert complete.planned(all_kinds()) == {}
    status = complete.command("status", "results", "--config", "given.yaml", "--verify")
    rows = [line.split() for line in status.splitlines()[1:]]
    assert [row[:2] for row in rows if row[-1] != "-"] == [["pages", "report"]]  # unasked


def test_jobs_find_all_their_kernels_compiled(complete):
    """Oracle: the files in which numba keeps machine code.

    Jobs that run side by side would compile the same kernels, and can crash when they do.
    """
    assert complete.compiled_by_jobs() == []


def test_a_setting_of_one_study_reruns_none_of_the_others(complete):
    config = all_kinds()
    config["experiments"]["adaptation"]["studies"]["diagrams"]["bounds"] = [0.0, 81.0]
    planned = complete.planned(config)
    rules = {"simulate_networks", "integrate_theories", "follow_diagrams", "compute_rates",
             "locate_transitions", "find_points", "follow_planes", "run_traces"}  # fmt: skip
    assert rules & set(planned) == {"follow_diagrams"}


def batches(workflow, study):
    """The batches of the long sweep, with what tells whether a file was written again."""
    folder = workflow.folder / "results/long" / study
    return {path: path.stat().st_mtime_ns for path in folder.glob("batch-*.nc")}


@pytest.mark.long
def test_values_inserted_in_a_sweep_rerun_the_batch_that_they_fall_into(here):
    """Oracle: batches hold at most four networks, so 24 need at least six.

    The files of all others stay as they are; they and the new ones hold what a run of the longer
    sweep from scratch gives.
    """
    here.run(long_sweep())
    before = {study: batches(here, study) for study in ("networks", "predictions")}
    assert all(len(files) >= 6 for files in before.values())
    planned = here.planned(long_sweep(50, 51))
    assert planned["simulate_networks"] <= 2
    assert planned["integrate_theories"] <= 2
    assert planned["summarise_networks"] == planned["summarise_predictions"] == 1
    here.run(long_sweep(50, 51))
    for study, files in before.items():
        assert files.items() <= batches(here, study).items()
    grown = open_experiment(here.folder / "results/long")
    found = grown.stacked("networks").drop_attrs()
    shutil.rmtree(here.folder / "results/long")
    here.run(long_sweep(50, 51))
    again = open_experiment(here.folder / "results/long")
    xr.testing.assert_identical(again.stacked("networks").drop_attrs(), found)


@pytest.mark.long
def test_batches_that_no_plan_names_are_listed_and_removed(here):
    """Oracle: the difference of what two configurations have stored."""
    here.run(long_sweep())
    first = set(batches(here, "networks")) | set(batches(here, "predictions"))
    here.run(long_sweep(50))
    plan = open_experiment(here.folder / "results/long").plan
    wanted = {
        here.folder / f"results/long/{study}/batch-{batch}.nc"
        for study in plan.studies
        for batch in plan.batches[study]
    }
    assert first - wanted
    listed = {here.folder / line for line in here.command("prune", "results").splitlines()}
    assert listed == first - wanted
    assert all(path.exists() for path in listed), "they are listed only"
    here.command("prune", "results", "--remove")
    assert set(batches(here, "networks")) | set(batches(here, "predictions")) == wanted
    assert here.command("prune", "results") == ""
    assert here.planned(long_sweep(50)) == {}


@pytest.fixture
def plugin(here, monkeypatch):
    """The study of failing.py, beside the library."""
    place = here.checkout / "src/failing.py"
    shutil.copy(Path(__file__).parent / "failing.py", place)
    monkeypatch.setenv("IKMEANFIELD_PLUGINS", "failing")
    yield
    place.unlink()


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        pytest.param("raise", "no number can be found here", marks=pytest.mark.long),
        ("nan", "number is NaN or infinite"),
    ],
)
def test_a_failing_study_names_the_grid_point_and_the_others_go_on(here, plugin, how, reason):
    """Oracle: the plug-in fails at κ = 25 pA and nowhere else."""
    text = here.run(failing(how), check=False)
    told = f"failing, other, kappa: rs.adaptation = 25.0, replicate 0: {reason}"
    assert told in text
    assert "rs.adaptation = 5.0" not in text
    assert "rs.adaptation = 100.0" not in text
    results = here.folder / "results/failing"
    assert (results / "networks/summary.nc").exists(), "the others went on"
    assert not list((results / "other").glob("*.nc"))
    status = here.command("status", "results", check=False)
    assert told in status
    assert f"failed: {results.relative_to(here.folder)}/other/batch-" in status


@pytest.mark.long
def test_every_study_is_done_by_hand_as_the_workflow_does_it(complete, tmp_path):
    """Oracle: what the workflow has stored, to the bit."""
    config = complete.folder / "given.yaml"
    complete.run(all_kinds())
    hand = Workflow(complete.checkout, tmp_path)
    (kernels,) = (complete.folder / "results/kernels").glob("networks_and_theories-*")
    assert hand.command("plan", config).split() == ["results/adaptation/plan.json"]
    experiment = open_experiment(complete.folder / "results/adaptation")
    for name in experiment.plan.studies:
        hand.command("run", "results/adaptation/plan.json", name, NUMBA_CACHE_DIR=str(kernels))
    for name, settings in experiment.plan.studies.items():
        if settings.summarises():
            hand.command("summarise", "results/adaptation/plan.json", name)
    for name in experiment.plan.studies:
        files = sorted((experiment.folder / name).iterdir())
        assert [path.name for path in files] == sorted(
            path.name for path in (tmp_path / "results/adaptation" / name).iterdir()
        )
        for path in files:
            mine = tmp_path / "results/adaptation" / name / path.name
            if path.suffix == ".csv":
                assert mine.read_bytes() == path.read_bytes()
            else:
                assert content(mine).attrs["checksum"] == content(path).attrs["checksum"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("run", "results/adaptation/plan.json", "nothing"),
            "no study 'nothing'; adaptation has: diagrams,",
        ),
        (
            ("run", "results/adaptation/plan.json", "planes", "--batch", "7"),
            "no batch '7' of planes",
        ),
        (
            ("summarise", "results/adaptation/plan.json", "traces"),
            "traces is a study without a summary",
        ),
        (("run", "results/none/plan.json", "networks"), "results/none/plan.json"),
    ],
)
def test_a_wrong_name_is_refused_in_words(complete, arguments, words):
    text = " ".join(complete.command(*arguments, check=False).replace("│", " ").split())
    assert words in text
    assert "Traceback" not in text


def test_the_kinds_of_studies_are_listed(complete):
    """Oracle: the registry, of which the documentation of clusters names every rule."""
    listed = dict(line.split(maxsplit=1) for line in complete.command("studies").splitlines())
    assert list(listed) == list(KINDS)
    assert listed["planes"].startswith("Curves of folds and Hopf points")
