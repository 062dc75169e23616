"""Folders in which the real workflow runs, is killed and damaged."""

import os
import signal
import subprocess
import time
from pathlib import Path

from checkouts import Workflow, content, environment


class Folder(Workflow):
    """A folder to work in, with a workflow that can also be started and left alone."""

    def start(self, config, *options, cores=2, **more):
        """Start Snakemake in a session of its own; its output goes to the file `output`."""
        command = self.invocation(config, *options, cores=cores)
        with (self.folder / "output").open("w") as output:
            return subprocess.Popen(
                command, cwd=self.checkout, env=environment(**more), stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

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
