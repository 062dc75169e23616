"""What it costs to plan a sweep: expansion, stored plan, and the dry run of the whole workflow.

    python benchmarks/dag.py [runs] [runs_per_job] ...     # pairs; by default 10000 20

Times are those of the processor, with the wall time of the dry run beside. Every batch job on a
cluster expands the configuration twice more (Snakemake starts anew in it) and reads the plan once.
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
        "simulation": {"duration": 3000.0, "sample": 1.0},
        "meanfield": {"corrected": {}},
        "sweeps": {"grid": {"axes": axes}},
    }
    return {"runs_per_job": runs_per_job, "experiments": {"large": experiment}}


def timed(action: Any, *arguments: Any) -> tuple[Any, float]:
    began = time.process_time()
    return action(*arguments), time.process_time() - began


def dry_run(config: dict[str, Any], folder: Path) -> tuple[float, float, float, int]:
    """Wall and processor time in s, peak memory in MiB, and number of jobs."""
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(config))
    command = [
        sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "rules", "--cores", "1",
        "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder),
        "--configfile", str(file),
    ]  # fmt: skip
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        text = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(text)
    total = next(line for line in text.splitlines() if line.startswith("total"))
    wall = time.perf_counter() - began
    cpu = usage.ru_utime + usage.ru_stime
    return wall, cpu, usage.ru_maxrss / 1024, int(total.split()[1])


def main(runs: int, runs_per_job: int) -> None:
    config = sweep(runs, runs_per_job)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        plan, expanding = timed(experiments.expand, experiments.parse(config), "large")
        stored, storing = timed(experiments.store_plans, [plan], folder / "plans")
        file = Path(stored) / "large.json"
        _, reading = timed(experiments.read_plan, file)
        size = file.stat().st_size / 2**20
        wall, cpu, memory, jobs = dry_run(config, folder)
    print(f"{runs} runs, {runs_per_job} per job:")
    print(
        f"  expand {expanding:.2f} s, store {storing:.2f} s, read {reading:.2f} s, {size:.1f} MiB"
    )
    print(f"  dry run of {jobs} jobs: {wall:.1f} s (processor {cpu:.1f} s), {memory:.0f} MiB")


if __name__ == "__main__":
    given = [int(float(argument)) for argument in sys.argv[1:]] or [10_000, 20]
    for pair in zip(given[::2], given[1::2], strict=True):
        main(*pair)
