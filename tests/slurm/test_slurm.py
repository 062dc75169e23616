"""The whole workflow through its profile on a real SLURM; `make test-slurm`.

Every test waits for what the fixtures start side by side: the workflow; two jobs that are short
of memory and of time at their first attempt; and the workflow's work in one process, as an oracle.
"""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import cluster
import numpy as np
import pytest
import xarray as xr

from checkouts import content, copy_checkout, copy_kernels, environment

HERE = Path(__file__).parent
PROFILE = "workflow/profiles/slurm"
CONFIG = Path(os.environ.get("IKMEANFIELD_SLURM_CONFIG", HERE / "small.yaml")).resolve()
LIMIT = 900
"""Seconds after which whatever runs is ended: no test waits for good."""
SNAKEMAKE = """
from snakemake.cli import main
from snakemake_executor_plugin_slurm import Executor

Executor.next_seconds_between_status_checks = property(lambda self: 2, lambda self, seconds: None)
main()
"""
"""Snakemake that asks for the state of its jobs every 2 s.

Otherwise it waits 10 s longer each time that none has ended, and so notices late when one does.
"""
ALONE = """
import sys
from pathlib import Path
from ikmeanfield import environment

environment.single_thread()
from ikmeanfield.experiments import expand_all, load
from ikmeanfield.jobs.compute import compute_batch
from ikmeanfield.jobs.draw import draw
from ikmeanfield.jobs.results import batch_path
from ikmeanfield.jobs.summarise import summarise

settings, results = load(sys.argv[1]), Path("results")
plans = expand_all(settings)
for name, plan in plans.items():
    for study in plan.studies:
        for batch in plan.batches[study]:
            compute_batch(plan, study, batch, batch_path(results / name, study, batch))
    for study, its in plan.studies.items():
        if its.summarises():
            summarise(plan, study, results / name)
for name, its in settings.figures.items():
    folders = [results / source for source in its.sources]
    draw(its.draw, [plans[source] for source in its.sources], folders, results / "figures" / name)
"""
"""All studies and figures of a configuration, without Snakemake and without SLURM."""

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.skipif(cluster.why_not() is not None, reason=f"no SLURM: {cluster.why_not()}"),
]


@dataclass
class Run:
    """A process that goes on while others are looked at."""

    folder: Path
    process: subprocess.Popen
    log: Path

    def finished(self):
        """What it said, when it has ended well."""
        status = self.process.wait()
        text = self.log.read_text(errors="replace")
        assert status == 0, text[-8000:]
        return text


def start(folder, command, place, given=os.environ, **more):
    """Start a command at a place, ended in any case after `LIMIT` seconds; a folder has its log."""
    log = folder / "said.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            ["timeout", "-s", "INT", "-k", "30", str(LIMIT), *command],
            cwd=place, env=environment(given, **more),
            stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip
    return Run(folder, process, log)


@pytest.fixture(scope="module")
def slurm():
    with cluster.running() as here:
        yield here


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the checkout in a place with a space in its name."""
    return copy_checkout(tmp_path_factory.mktemp("check out"))


@pytest.fixture(scope="module")
def started(slurm, checkout, tmp_path_factory):
    """The workflow, the jobs short of resources, and the same work without SLURM, on their way."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("short", "workflow", "alone")}
    copy_kernels(checkout, folders["workflow"], done=False)
    (kernels,) = folders["workflow"].glob("results/kernels/networks_and_theories-*")
    shutil.copytree(kernels, folders["alone"] / "kernels")
    runs = {}
    for name, options in {
        "short": ("--snakefile", str(HERE / "short_of_resources.smk")),
        "workflow": ("--configfile", str(CONFIG)),
    }.items():
        own = (
            "--directory", str(folders[name]), "--slurm-logdir", str(folders[name] / "logs"),
            "--slurm-keep-successful-logs",
        )  # fmt: skip
        command = (sys.executable, "-c", SNAKEMAKE, "--profile", PROFILE, *options, *own)
        runs[name] = start(folders[name], command, checkout, slurm.environment)
    runs["alone"] = start(
        folders["alone"], (sys.executable, "-c", ALONE, str(CONFIG)), folders["alone"],
        PYTHONPATH=str(checkout / "src"), NUMBA_CACHE_DIR=str(folders["alone"] / "kernels"),
    )  # fmt: skip
    yield runs
    for run in runs.values():
        if run.process.poll() is None:  # asked to end, Snakemake would wait for its jobs
            os.killpg(run.process.pid, signal.SIGKILL)
            run.process.wait()


@pytest.fixture(scope="module")
def finished(started):
    """The workflow, at its end."""
    started["workflow"].finished()
    return started["workflow"]


def test_all_work_was_done_in_jobs(finished, slurm):
    results = finished.folder / "results"
    for name in ("fig1", "overview"):
        assert (results / f"figures/{name}.pdf").stat().st_size > 100
    jobs = [comment for _, comment in slurm.jobs().values()]
    for rule in (
        "compile_kernels", "simulate_networks", "integrate_theories", "follow_diagrams",
        "compute_rates", "locate_transitions", "find_points", "follow_planes", "run_traces",
        "summarise_networks", "summarise_predictions", "summarise_diagrams", "summarise_rates",
        "summarise_transitions", "summarise_points",
    ):  # fmt: skip
        assert any(comment.startswith(f"rule_{rule}") for comment in jobs), rule
    assert not any("write_plan" in comment or "draw_figure" in comment for comment in jobs)


def test_what_was_asked_for_was_enough(finished, slurm):
    """No job of the workflow needed a second attempt."""
    own = {n: job for n, job in slurm.jobs().items() if "wildcards" in job[1]}
    assert {state for state, _ in own.values()} == {"COMPLETED"}
    assert len({comment for _, comment in own.values()}) == len(own)


def test_every_dataset_is_that_of_one_process(finished, started):
    """Oracle: the same work in one process on this machine, with kernels of the same code."""
    started["alone"].finished()
    theirs, mine = finished.folder / "results", started["alone"].folder / "results"
    files = sorted(path.relative_to(theirs) for path in theirs.rglob("*.nc"))
    assert files == sorted(path.relative_to(mine) for path in mine.rglob("*.nc"))
    assert len(files) >= 14, "batches of eight studies, and six summaries"
    for file in files:
        same_data(theirs / file, mine / file)
    for file in sorted(theirs.rglob("*.csv")):
        assert file.read_bytes() == (mine / file.relative_to(theirs)).read_bytes()


def same_data(path, other):
    """Both files hold the same values, to the bit, under the same names and checksum rules."""
    ours, theirs = (nodes(content(file)) for file in (path, other))
    assert list(ours) == list(theirs)
    for place, dataset in ours.items():
        same_variables(dataset, theirs[place])


def nodes(stored):
    """The Datasets of a file by their place in it."""
    if isinstance(stored, xr.Dataset):
        return {"/": stored}
    return {node.path: node.to_dataset() for node in stored.subtree}


def same_variables(one, two):
    xr.testing.assert_identical(one.drop_attrs(), two.drop_attrs())
    for name in one.variables:
        values, others = one[name].values, two[name].values
        assert values.dtype == others.dtype
        if values.dtype.kind in "fiu":
            assert values.tobytes() == np.ascontiguousarray(others).tobytes(), name


def test_a_job_out_of_memory_and_one_out_of_time_succeed_at_their_second_attempt(started, slurm):
    text = started["short"].finished()
    folder = started["short"].folder
    assert (folder / "hungry.txt").read_text().strip() == str(256 * 2048 * 1000)
    assert (folder / "late.txt").read_text().strip() == "in time"
    attempts = {
        rule: [state for state, comment in slurm.jobs().values() if comment == f"rule_{rule}"]
        for rule in ("hungry", "late")
    }
    assert slurm.limits("rule_late") == ["1:00", "4:00"]
    # SLURM calls a job FAILED whose step, not its script, was killed for memory
    assert attempts["hungry"][0] in {"OUT_OF_MEMORY", "FAILED"}
    assert attempts["late"][0] == "TIMEOUT"
    assert [states[1:] for states in attempts.values()] == [["COMPLETED"], ["COMPLETED"]]
    assert "Trying to restart job" in text
    killed = "\n".join(path.read_text() for path in folder.glob("logs/rule_hungry/*.log"))
    assert "oom" in killed.lower() or "memory limit" in killed.lower()


def test_a_foreign_configuration_is_left_alone(monkeypatch, tmp_path):
    foreign = tmp_path / "slurm.conf"
    foreign.write_text("ClusterName=theirs\n")
    monkeypatch.setattr(cluster, "LINK", foreign)
    assert "left alone" in cluster.why_not()
    with pytest.raises(FileExistsError), cluster.running():
        pass
    assert foreign.read_text() == "ClusterName=theirs\n"


def test_a_cluster_of_another_test_is_left_alone(slurm):
    assert "another test" in cluster.why_not()
