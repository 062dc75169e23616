"""What `ikmeanfield status` tells of a folder, without starting anything."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xarray as xr
import yaml

from ikmeanfield import locks
from ikmeanfield.datasets.store import write
from ikmeanfield.experiments import expand, expand_all, parse
from ikmeanfield.jobs.results import batch_path
from ikmeanfield.jobs.status import exit_code, left, stale, status, table
from ikmeanfield.schema import ConfigError
from stored import computed

QUICK = yaml.safe_load((Path(__file__).parents[2] / "config/quick.yaml").read_text())
CONFIG = parse({**QUICK, "runs_per_job": 4, "figures": {"fig4": "truncation"}})
PLAN = expand(CONFIG, "truncation")
BATCHES = list(PLAN.batches["networks"])
assert len(BATCHES) >= 4
JUDGED = ("rates_spread_with_width", "error_below_fluctuations")
FORMATS = (".pdf", ".png", ".csv", ".md")
RATES = {
    "circuit": {"preset": "regular_spiking"},
    "studies": {"rates": {"kind": "rates", "population": "rs", "currents": [0, 9], "count": 2}},
    "sweeps": {"b": {"axes": [{"parameter": "rs.reset_potential", "values": [-100.0, -80.0]}]}},
}


@pytest.fixture
def results(tmp_path):
    """A folder with a plan, and with one of its batches of networks."""
    place = tmp_path / "results"
    PLAN.write(place / "truncation/plan.json")
    store(place, 0)
    return place


def store(results, number, **changes):
    attributes = PLAN.known("networks", BATCHES[number]) | changes
    write(xr.Dataset(attrs=attributes), path_of(results, number))


def path_of(results, number):
    return batch_path(results / "truncation", "networks", BATCHES[number])


def log_of(results, number):
    path = results / f"truncation/logs/networks/batch-{BATCHES[number]}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def states(results, **options):
    return [f.state for f in status(results, **options) if f.product.name == "networks"]


def test_files_are_done_out_of_date_damaged_or_missing(results):
    """Oracle: what was done to each file."""
    store(results, 1, keys="of other runs")
    path_of(results, 2).write_bytes(b"not netCDF")
    found = status(results)
    rest = len(BATCHES) - 3
    assert states(results) == ["done", "out of date", "damaged", *["missing"] * rest]
    assert "made from other settings (keys)" in table(found)
    assert exit_code(found) == 1


def test_a_change_that_only_a_full_reading_finds(results):
    """Oracle: a byte changed in place behind the attributes' back."""
    path = path_of(results, 0)
    dataset = xr.Dataset({"x": ("t", [1.0])}, attrs=xr.load_dataset(path).attrs)
    dataset.to_netcdf(path)
    assert states(results)[0] == "done"
    assert states(results, verify=True)[0] == "damaged"


def test_failures_and_stops_are_told_with_the_end_of_the_log(results):
    """Oracle: an error of ours, an exception and a log that just ends."""
    log_of(results, 1).write_text("run 1/4, 2 s left\nikmeanfield: truncation: it exploded\n")
    log_of(results, 2).write_text(
        'Traceback …\n  File "x.py"\nnumpy.linalg.LinAlgError: singular\n'
    )
    log_of(results, 3).write_text("run 1/4, 2 s left\n")
    found = status(results)
    assert [f.state for f in found][1:4] == ["failed", "failed", "stopped"]
    text = table(found)
    assert "it exploded" in text
    assert str(log_of(results, 1)) in text
    assert exit_code(found) == 1


def test_a_job_runs_while_it_holds_its_log_and_no_longer(results):
    """Oracle: a process that writes there, and is killed."""
    log = log_of(results, 1)
    code = "from ikmeanfield import locks; locks.mark_log(); import sys, time; " \
           "print('run 1/4', file=sys.stderr, flush=True); time.sleep(60)"  # fmt: skip
    with log.open("w") as file, subprocess.Popen([sys.executable, "-c", code], stderr=file) as job:
        end = time.monotonic() + 30
        while not locks.is_written(log) or not log.stat().st_size:
            assert time.monotonic() < end
            time.sleep(0.05)
        file.close()
        assert states(results)[1] == "running"
        assert exit_code(status(results)) == 3
        job.kill()
        job.wait()
        assert states(results)[1] == "stopped"


def test_a_configuration_says_what_is_to_be_there(results):
    """Oracle: with it the other experiment and the figure are missing; another seed is told."""
    found = status(results, CONFIG)
    shared = {"figures", "claims", "pages"}
    assert {f.product.experiment for f in found} == {*CONFIG.experiments, *shared}
    assert exit_code(found) == 3
    other = parse({**QUICK, "runs_per_job": 4, "seed": 1})
    found = [f for f in status(results, other) if f.product.experiment == "truncation"]
    assert {f.state for f in found if f.product.name == "networks"} == {"missing"}
    reseeded = expand(other, "truncation")
    assert list(stale(reseeded, results / "truncation")) == [path_of(results, 0)]
    assert not list(stale(PLAN, results / "truncation"))


def test_claims_are_told_by_the_experiments_that_decide_them(results):
    """Oracle: the tables and the log of a group that is judged by one job."""
    config = parse({**QUICK, "claims": dict.fromkeys(JUDGED, "truncation")})
    folder = results / "claims/truncation"
    log = results / "claims/logs/truncation.log"
    for path in (folder / f"{JUDGED[0]}.csv", log):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    def claims(config=None):
        found = [f for f in status(results, config) if f.product.experiment == "claims"]
        return {f.product.name: f.state for f in found}

    assert claims(config) == {"truncation": "missing"}
    assert claims() == {"truncation": "done"}  # which other claim there is to be, nobody says
    (folder / f"{JUDGED[1]}.csv").write_text("")
    assert claims(config) == {"truncation": "done"}
    log.write_text("ikmeanfield: a summary is damaged\n")
    for path in folder.iterdir():
        path.unlink()
    assert claims() == claims(config) == {"truncation": "failed"}
    folder.rmdir()
    assert claims() == {"truncation": "failed"}


def test_the_explorer_is_up_to_date_with_the_plans_that_it_was_made_from(results):
    """Oracle: the hashes of plans that a page is written with here."""
    plans = expand_all(CONFIG)
    asked = {name: plans[name].digest for name in explored_by(CONFIG)}
    assert page_of(results, "explorer", CONFIG).state == "missing"
    assert page_of(results, "explorer") is None
    made = " ".join(f"{name}={digest}" for name, digest in asked.items())
    page = results / "explorer.html"
    page.write_text(f'<!doctype html>\n<meta name="made-from" content="{made}">\n')
    assert page_of(results, "explorer", CONFIG).state == "done"
    assert page_of(results, "explorer").state == "out of date"  # without its plans beside it
    for name in asked:
        plans[name].write(results / name / "plan.json")
    assert page_of(results, "explorer").state == "done"
    other = parse({**QUICK, "runs_per_job": 4, "seed": 1})
    found = page_of(results, "explorer", other)
    assert found.state == "out of date"
    assert "explorer.html was made from other settings" in found.reason
    assert page_of(results, "explorer", parse({**QUICK, "explorer": []})) is None


def test_an_explorer_that_failed_is_told_by_its_log(results):
    """Oracle: an error of ours in the log of its rule."""
    (results / "logs").mkdir()
    (results / "logs/explorer.log").write_text("ikmeanfield: the page would be too large\n")
    assert page_of(results, "explorer").state == "failed"


def test_the_report_is_older_than_what_it_shows_or_not_and_nothing_waits_for_it(results):
    """Oracle: the dates that files are given here."""
    (results / "truncation/plan.json").unlink()
    computed(results / "made_up", RATES)
    figure = results / "figures/fig.png"
    for path in (results / "figures/logs/fig.log", *map(figure.with_suffix, FORMATS)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    found = status(results)
    assert [f.state for f in found if f.product.name == "report"] == ["missing"]
    assert {f.product.name for f in left(found)} == set()
    assert exit_code(found) == 0
    report = results / "report.html"
    report.write_text("")
    assert page_of(results, "report").state == "done"
    later = report.stat().st_mtime + 1
    os.utime(figure, (later, later))
    found = page_of(results, "report")
    assert found.state == "out of date"
    assert figure.name in found.reason
    assert exit_code(status(results)) == 3


def page_of(results, name, config=None):
    """The state of a page that all experiments share; None if it is not listed."""
    return next((f for f in status(results, config) if f.product.name == name), None)


def explored_by(config):
    """Names of the experiments with planes."""
    kinds = {name: {s.kind for s in e.studies.values()} for name, e in config.experiments.items()}
    return [name for name, own in kinds.items() if "planes" in own]


def test_a_folder_without_plans_or_with_a_wrong_one_is_refused(results, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="--config"):
        status(tmp_path / "empty")
    (results / "truncation").rename(results / "other")
    with pytest.raises(ConfigError, match=r"other/plan\.json"):
        status(results)


def test_the_lock_of_a_folder_is_taken_once_and_freed_with_its_process(tmp_path):
    """Oracle: a second process that takes the same lock, before and after the first is killed."""
    path = tmp_path / "lock"
    code = (
        "import sys, time; from ikmeanfield import locks; held = locks.take(sys.argv[1]); "
        "print(held is not None, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout.readline() == "True\n"
        assert locks.take(path) is None
        assert locks.holder(path).startswith(f"process {first.pid} on ")
        first.kill()
        first.wait()
    assert locks.holder(path) is None
    with locks.take(path) as held:
        assert held is not None
    with locks.share(path), locks.share(path):
        assert locks.take(path) is None
