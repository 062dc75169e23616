"""The real workflow on a copy of the checkout, which tests may edit, and what it has stored."""

import fcntl
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import netCDF4
import yaml
from numba.core.caching import UserProvidedCacheLocator

from ikmeanfield.datasets.store import read
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.jobs.code import kernel_code
from ikmeanfield.jobs.compile import ENGINES

ROOT = Path(__file__).parents[1]
PARTS = ("Snakefile", "workflow", "profiles", "config", "envs", "src")


def copy_checkout(place):
    """A copy of the checkout, as far as the workflow needs it, without compiled kernels."""
    ignore = shutil.ignore_patterns("*.nb[ci]", "*.egg-info")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, place / part, ignore=ignore)
        else:
            shutil.copy(source, place / part)
    return place


def environment(given=os.environ, **more):
    """An environment in which only the copied checkout's library is found."""
    given = {k: v for k, v in given.items() if k != "PYTHONPATH"}
    given["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{given['PATH']}"
    return given | more


def compiled():
    """The packages of this checkout whose kernels are compiled, once for all tests of this code."""
    package = ROOT / "src/ikmeanfield"
    stamp = ROOT / f"build/kernels/{kernel_code('NETWORKS_AND_THEORIES')}.txt"
    stamp.parent.mkdir(parents=True, exist_ok=True)
    with stamp.with_name("lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists():
            command = [sys.executable, "-m", "ikmeanfield", "compile", "--stamp", str(stamp)]
            alone = environment(PYTHONPATH=str(package.parent), IKMEANFIELD_PLUGINS="")
            subprocess.run(command, check=True, env=alone)
    return {cache.parent for cache in package.rglob("__pycache__") if any(cache.glob("*.nbi"))}


def kernel_codes(checkout):
    """The hashes in the names of a copy's folders of kernels."""
    names = ("NETWORKS", "THEORIES", "NETWORKS_AND_THEORIES")
    asked = f"from ikmeanfield.jobs.code import kernel_code; print(*map(kernel_code, {names}))"
    said = subprocess.run(
        [sys.executable, "-c", asked], env=environment(PYTHONPATH=str(checkout / "src")),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(zip(names, said.stdout.split(), strict=True))


def copy_kernels(checkout, folder, *, done=True):
    """Give a folder the kernels of this checkout, as the workflow of a copy compiles them.

    Numba keeps them under a hash of the folder of their source, and asks for its date and size.
    The copy says what it calls them: with plug-ins, theirs is code that is compiled, too.
    If they are not called done, the workflow still runs the jobs that compile them: these find all.
    """
    packages = compiled()
    for name, code in kernel_codes(checkout).items():
        place = folder / f"results/kernels/{name.lower()}-native-{code}"
        for package in packages:
            copied = checkout.resolve() / package.relative_to(ROOT)
            hashed = UserProvidedCacheLocator.get_suitable_cache_subpath(str(copied / "module.py"))
            target = place / hashed
            target.mkdir(parents=True)
            for file in (package / "__pycache__").glob("*.nb[ci]"):
                shutil.copy(file, target)
        for engine in ENGINES if done else ():
            (place / f"{engine}.txt").write_text("compiled\n")


def content(path):
    """A stored dataset or tree, checked; whatever kind it is."""
    try:
        with netCDF4.Dataset(path) as file:
            tree = bool(file.groups)
    except OSError:
        tree = False  # reading says what is wrong
    return read_tree(path) if tree else read(path)


FORKS = """
import json, os, signal, sys
from snakemake import api, cli, dag, workflow

cli.get_argument_parser()  # this imports all plug-ins of Snakemake
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        signal.alarm(asked["timeout"])
        os.chdir(asked["place"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        said = os.open(asked["said"], os.O_WRONLY)
        for old, new in ((os.open(os.devnull, os.O_RDONLY), 0), (said, 1), (said, 2)):
            os.dup2(old, new)
        sys.argv[1:] = asked["arguments"]
        cli.main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""A process that has imported Snakemake, and forks where others would start Snakemake.

Importing it takes most of the time of a dry run. Nothing of this package is imported.
"""


@functools.cache
def forks():
    """The process that forks; it ends with this one, which holds its input open."""
    return subprocess.Popen(
        [sys.executable, "-c", FORKS], env=environment(), text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip


def forked(arguments, place, timeout):
    """Snakemake's exit code and output, if it is started by a process that has imported it."""
    with tempfile.NamedTemporaryFile() as said:
        asked = {
            "arguments": arguments, "place": str(place), "environment": environment(),
            "said": said.name, "timeout": timeout,
        }  # fmt: skip
        print(json.dumps(asked), file=forks().stdin, flush=True)
        code = int(forks().stdout.readline())
        return code, Path(said.name).read_text()


@dataclass
class Workflow:
    """A copy of the checkout and a folder to work in.

    Attributes
    ----------
    checkout, folder
        Both places.
    compiles
        Whether the jobs that compile kernels run, though they find all that come with this package.
    """

    checkout: Path
    folder: Path
    compiles: bool = False

    def invocation(self, config, *options, cores=2):
        """The command that starts Snakemake on a configuration."""
        given = []
        if config is not None:
            file = self.folder / "given.yaml"
            file.write_text(yaml.safe_dump(config))
            given = ["--configfile", str(file)]
        return [
            sys.executable, "-m", "snakemake", "--snakefile", str(self.checkout / "Snakefile"),
            "--directory", str(self.folder), *given, "--cores", str(cores), *options,
        ]  # fmt: skip

    def run(self, config, *options, cores=2, check=True, timeout=900):
        """Snakemake's output on a configuration; native kernels are those of this checkout."""
        native = config is None or not config.get("portable")
        if native and "--dry-run" not in options and not (self.folder / "results/kernels").exists():
            copy_kernels(self.checkout, self.folder, done=not self.compiles)
        command = self.invocation(config, *options, cores=cores)
        if "--dry-run" in options:
            code, text = forked(command[command.index("snakemake") + 1 :], self.checkout, timeout)
        else:
            done = subprocess.run(
                command, cwd=self.checkout, env=environment(),
                capture_output=True, text=True, timeout=timeout, check=False,
            )  # fmt: skip
            code, text = done.returncode, done.stdout + done.stderr
        assert not check or code == 0, text
        return text

    def compiled_by_jobs(self):
        """Kernels that are newer than the stamps which say that all are compiled."""
        found = []
        for place in (self.folder / "results/kernels").iterdir():
            stamped = max(stamp.stat().st_mtime_ns for stamp in place.glob("*.txt"))
            found += [file for file in place.rglob("*.nbc") if file.stat().st_mtime_ns > stamped]
        return found

    def planned(self, config, *options):
        """How often each rule would run."""
        text = self.run(config, "--dry-run", *options)
        if "Nothing to be done" in text:
            return {}
        table = text.partition("Job stats:")[2].partition("total")[0].splitlines()[3:]
        counts = {line.split()[0]: int(line.split()[1]) for line in table if line.strip()}
        counts.pop("default", None)
        return counts

    def command(self, *arguments, check=True, **more):
        """Output of `ikmeanfield …` in this folder, from the copied checkout."""
        return self.python("-m", "ikmeanfield", *arguments, check=check, **more)

    def python(self, *arguments, check=True, **more):
        """Output of `python …` in this folder, with the library of the copied checkout."""
        done = subprocess.run(
            [sys.executable, *map(str, arguments)], cwd=self.folder,
            env=environment(PYTHONPATH=str(self.checkout / "src"), **more),
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        text = done.stdout + done.stderr
        assert not check or done.returncode == 0, text
        return text

    @property
    def experiment(self):
        return self.folder / "results/truncation"
