"""Folders in which the real workflow runs, is killed and damaged.

The configurations and the copy of the checkout are those of the workflow's own tests.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import yaml

from ikmeanfield.datasets.store import read
from ikmeanfield.datasets.trees import read_tree

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location(
    "workflow_conftest", ROOT / "tests/workflow/conftest.py"
)
_shared = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _shared
_SPEC.loader.exec_module(_shared)
PARTS, Workflow = _shared.PARTS, _shared.Workflow


def both():
    """Both kinds of experiment, both figures: 14 batches of small, short networks."""
    series, points = _shared.tiny(), _shared.tiny_adaptation()
    truncation, adaptation = (
        series["experiments"]["truncation"],
        points["experiments"]["adaptation"],
    )
    truncation["circuit"]["set"]["rs.size"] = 100
    adaptation["circuit"]["set"] = {"rs.size": 100}
    adaptation["transitions"] |= {"settle": 200.0, "rise": 1000.0}
    return {
        "seed": 1,
        "runs_per_job": 2,
        "experiments": {"truncation": truncation, "adaptation": adaptation},
        "figures": {"fig4": "truncation", "fig1": "adaptation"},
    }


def copy_checkout(place):
    """A copy of the checkout, as far as the workflow needs it."""
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, place / part, ignore=ignore)
        else:
            shutil.copy(source, place / part)
    return place


def environment(**more):
    """An environment in which only the copied checkout's library is found."""
    given = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    given["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{given['PATH']}"
    return given | more


class Folder(Workflow):
    """A folder to work in, with a workflow that can also be started and left alone."""

    def start(self, config, *options, cores=2, **more):
        """Start Snakemake in a session of its own; its output goes to the file `output`."""
        given = self.folder / "given.yaml"
        given.write_text(yaml.safe_dump(config))
        command = [
            sys.executable, "-m", "snakemake", "--snakefile", str(self.checkout / "Snakefile"),
            "--directory", str(self.folder), "--configfile", str(given), "--cores", str(cores),
            *options,
        ]  # fmt: skip
        with (self.folder / "output").open("w") as output:
            return subprocess.Popen(
                command, cwd=self.checkout, env=environment(**more), stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def command(self, *arguments, check=True, **more):
        """Output of `ikmeanfield …` in this folder, from the copied checkout."""
        done = subprocess.run(
            [sys.executable, "-m", "ikmeanfield", *map(str, arguments)], cwd=self.folder,
            env=environment(PYTHONPATH=str(self.checkout / "src"), **more),
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        text = done.stdout + done.stderr
        assert not check or done.returncode == 0, text
        return text

    @property
    def stored(self):
        """Every dataset under results/, by its path there."""
        results = self.folder / "results"
        return {str(p.relative_to(results)): p for p in visible(results.rglob("*.nc"))}

    @property
    def data(self):
        """The content of every dataset, as its checksum, provenance included."""
        return {name: content(path).attrs["checksum"] for name, path in self.stored.items()}

    @property
    def figures(self):
        """The bytes of every figure."""
        return {
            p.name: p.read_bytes() for p in visible((self.folder / "results/figures").glob("*.*"))
        }


def visible(paths):
    return sorted(path for path in paths if not path.name.startswith("."))


def content(path):
    """A stored dataset or tree, checked; whatever kind it is."""
    tree = path.name in ("plane.nc", "diagrams.nc", "traces.nc") or path.parent.name == "diagrams"
    return read_tree(path) if tree else read(path)


def children(process):
    """Processes below one, by number, with their command lines (Linux)."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found, waiting = {}, [process]
    while waiting:
        above = waiting.pop()
        for number in [n for n, parent in parents.items() if parent == above]:
            waiting.append(number)
            try:
                found[number] = (Path("/proc") / str(number) / "cmdline").read_text().split("\0")
            except OSError:
                continue
    return found


def workers(process):
    """Processes `python -m ikmeanfield …` below Snakemake."""
    return [n for n, line in children(process).items() if line[1:3] == ["-m", "ikmeanfield"]]


def alive(number):
    """Whether a process is there and no mere zombie."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def kill(number):
    """SIGKILL; False if the process was gone already."""
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def wait_until(condition, seconds=60.0):
    """Wait until something holds; AssertionError if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
