"""The cost of planning a sweep: expansion, stored plan, and a dry run of the whole workflow.

    python benchmarks/dag.py [runs] [runs_per_job] ...     # pairs; by default 10000 20

Times are processor times; for the dry run, wall time is shown too. In every job on a cluster,
Snakemake starts twice more, and both processes as well as the command open the stored plan.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from ikmeanfield import experiments

ROOT = Path(__file__).parents[1]


def sweep(runs: int, runs_per_job: int) -> dict[str, Any]:
    """A grid of two axes, with one mean field."""
    axes = [
        {"parameter": "rs.threshold_width", "linspace": [0.01, 5.0, runs / 100]},
        {"parameter": "rs.adaptation", "linspace": [0.0, 100.0, 100.0]},
    ]
    experiment = {
        "circuit": {"preset": "regular_spiking", "set": {"rs.size": 10_000}},
        "theories": {"corrected": {"kind": "mean_field"}},
        "studies": {
            "networks": {"kind": "networks", "duration": 3000.0, "sample": 1.0},
            "predictions": {"kind": "predictions"},
        },
        "sweeps": {"grid": {"axes": axes}},
    }
    return {"runs_per_job": runs_per_job, "experiments": {"large": experiment}}


def timed(action: Any, *arguments: Any) -> tuple[Any, float]:
    began = time.process_time()
    return action(*arguments), time.process_time() - began


def dry_run(folder: Path, *options: str, **environment: str) -> tuple[str, float, float, float]:
    """Output of Snakemake, its wall and processor time in s, and its peak memory in MiB."""
    command = [
        sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "rules", "--cores", "1",
        "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder),
        "--configfile", str(folder / "config.yaml"), *options,
    ]  # fmt: skip
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **environment},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        text = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(text)
    wall = time.perf_counter() - began
    return text, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def job(folder: Path) -> tuple[float, float]:
    """Processor time in s and memory in MiB of the Snakemake in a job, before it computes."""
    (plans,) = (folder / ".snakemake/plans").iterdir()
    # Not by reading the plan: the peak memory of a process is never below that of its parent.
    with (plans / "large.json").open() as file:
        batch = file.readline().partition('"batches":{"networks":{"')[2].partition('"')[0]
        batch = batch or sys.exit(f"{plans}: no batch of networks in the plan")
    _, _, cpu, memory = dry_run(
        folder, "--mode", "subprocess", "--nolock", "--force", "--allowed-rules",
        "simulate_networks", "--target-jobs",
        f"simulate_networks:experiment=large,study=networks,batch={batch}",
        IKMEANFIELD_PLANS=str(plans),
    )  # fmt: skip
    return cpu, memory


def main(runs: int, runs_per_job: int) -> None:
    config = sweep(runs, runs_per_job)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "config.yaml").write_text(yaml.safe_dump(config))
        text, wall, cpu, memory = dry_run(folder)
        jobs = next(line for line in text.splitlines() if line.startswith("total")).split()[1]
        starting, needed = job(folder)
        # This comes last for the same reason.
        plan, expanding = timed(experiments.expand, experiments.parse(config), "large")
        stored, storing = timed(experiments.store_plans, [plan], folder / "plans")
        file = Path(stored) / "large.json"
        _, opening = timed(lambda: experiments.read_plan(file).runs[0])
        size = file.stat().st_size / 2**20
    print(f"{runs} runs, {runs_per_job} per job:")
    print(f"  expand {expanding:.2f} s, store {storing:.2f} s, {size:.1f} MiB")
    print(f"  dry run of {jobs} jobs: {wall:.1f} s (processor {cpu:.1f} s), {memory:.0f} MiB")
    print(
        f"  in a job: Snakemake {starting:.1f} s, {needed:.0f} MiB, twice; "
        f"opening the plan {opening:.2f} s"
    )


if __name__ == "__main__":
    given = [int(float(argument)) for argument in sys.argv[1:]] or [10_000, 20]
    for pair in zip(given[::2], given[1::2], strict=True):
        main(*pair)
