"""Predicted against measured time and memory of every kind of job, from 10³ to 10⁶ neurons.

    python benchmarks/resources.py [largest number of neurons]

Every job is the command that a rule runs, on one batch. Its processor time and the peak of its
memory are those that the kernel counts for the process, so that other work on the machine
disturbs little.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ikmeanfield.environment import SINGLE_THREAD
from ikmeanfield.experiments import expand, parse, resources

ALL = ("firing_rate", "membrane_potential", "recovery", "synaptic_activation")


def simulation(size: int, runs: int, duration: float, **changes: Any) -> dict[str, Any]:
    """Networks with random thresholds, and their mean field."""
    preset = changes.pop("preset", "truncated")
    populations = ("rs", "fs") if preset == "excitatory_inhibitory" else ("rs",)
    settings = {"duration": duration, "sample": 0.1, "step": 0.1, **changes}
    return {
        "circuit": {"preset": preset, "set": {f"{p}.size": size for p in populations}},
        "simulation": settings,
        "meanfield": {"corrected": {}},
        "sweeps": {"grid": {"axes": [
            {"parameter": "rs.threshold_width", "linspace": [0.5, 4.0, float(runs)]}
        ]}},
    }  # fmt: skip


def adaptation(size: int, runs: int, rise: float) -> dict[str, Any]:
    """Transitions on a ramp, with one diagram and one trace."""
    trace = {"at": 25.0, "ramp": [[0.0, 20.0], [rise / 4, 50.0], [rise / 2, 20.0]]}
    return {
        "circuit": {"preset": "regular_spiking", "set": {"rs.size": size}},
        "transitions": {
            "population": "rs", "low": 20.0, "high": 70.0, "settle": 400.0, "rise": rise,
        },
        "continuation": {
            "parameter": "rs.input_current", "bounds": [0.0, 100.0],
            "second": "rs.adaptation", "second_bounds": [0.0, 130.0],
            "meanfield": {"uncorrected": {"reset_correction": False}},
            "diagrams": [25.0], "traces": [trace],
        },
        "sweeps": {"grid": {"axes": [
            {"parameter": "rs.adaptation", "linspace": [10.0, 110.0, float(runs)]}
        ]}},
    }  # fmt: skip


def circuit(size: int, runs: int, rise: float) -> dict[str, Any]:
    """Transitions of two populations, every second network held still too."""
    return {
        "circuit": {"preset": "excitatory_inhibitory", "set": {"*.size": size}},
        "transitions": {
            "population": "fs", "observed": "rs", "low": 10.0, "high": 80.0, "settle": 400.0,
            "rise": rise, "troughs": "circuit", "hold_every": 2,
        },
        "continuation": {
            "parameter": "fs.input_current", "bounds": [0.0, 100.0],
            "second": "fs.threshold_width", "second_bounds": [0.005, 1.65],
            "meanfield": {"corrected": {}},
        },
        "sweeps": {"grid": {"axes": [
            {"parameter": "fs.threshold_width", "linspace": [0.1, 1.0, float(runs)]}
        ]}},
    }  # fmt: skip


def beside(**changes: Any) -> dict[str, Any]:
    """Networks with diagrams of their mean field and rates of single neurons."""
    return {
        **simulation(1_000, 10, 1000.0, **changes),
        "diagrams": {"parameter": "rs.input_current", "bounds": [0.0, 100.0]},
        "response": {"population": "rs", "currents": [0.0, 200.0]},
    }


EXPERIMENTS = {
    "exact, N = 1e3": simulation(1_000, 20, 6000.0),
    "exact, N = 1e4": simulation(10_000, 10, 6000.0),
    "exact, N = 1e5": simulation(100_000, 2, 3000.0),
    "exact, N = 1e6": simulation(1_000_000, 1, 1000.0),
    "1e3, all series": simulation(1_000, 20, 10_000.0, record=list(ALL)),
    "1e4, two populations": simulation(
        10_000, 5, 4000.0, preset="excitatory_inhibitory", step=0.2, sample=1.0
    ),
    "euler, N = 1e3": simulation(1_000, 2, 1000.0, scheme="euler", step=0.001),
    "euler, N = 1e4": simulation(10_000, 2, 200.0, scheme="euler", step=0.001),
    "euler, N = 1e5": simulation(100_000, 1, 50.0, scheme="euler", step=0.001),
    "euler, N = 1e6": simulation(1_000_000, 1, 5.0, scheme="euler", step=0.001),
    "diagrams": beside(),
    "E-I diagrams": beside(preset="excitatory_inhibitory", step=0.2, sample=1.0),
    "ramps, N = 1e3": adaptation(1_000, 10, 10_000.0),
    "ramps, N = 1e4": adaptation(10_000, 4, 10_000.0),
    "ramps, N = 1e5": adaptation(100_000, 1, 10_000.0),
    "ramps, N = 1e6": adaptation(1_000_000, 1, 1000.0),
    "E-I ramps, N = 1e3": circuit(1_000, 20, 10_000.0),
    "E-I ramps, N = 1e4": circuit(10_000, 4, 10_000.0),
}


def jobs(plan: Any) -> Iterator[tuple[str, str, resources.Need, list[str]]]:
    """Stage, engine of its kernels, prediction and arguments of the jobs to measure."""
    batch = ["--batch", "0"]
    if hasattr(plan, "transitions"):
        yield "locate", "exact", resources.transitions(plan, 0), batch
        yield "continue", "meanfield", resources.points(plan, 0), batch
        yield "plane", "meanfield", resources.plane(plan), []
        if plan.continuation.traces:
            yield "traces", "both", resources.traces(plan), []
    else:
        yield "simulate", plan.simulation.scheme, resources.networks(plan, 0), batch
        yield "integrate", "meanfield", resources.mean_fields(plan, 0), batch
        if plan.diagrams:
            yield "diagrams", "meanfield", resources.diagrams(plan, 0), batch
    yield "summarise", "meanfield", resources.summary(plan), []


def measured(command: list[str], kernels: Path) -> resources.Need:
    """Processor time and peak memory of a command."""
    environment = {**os.environ, **SINGLE_THREAD, "NUMBA_CACHE_DIR": str(kernels)}
    with subprocess.Popen(
        [sys.executable, "-m", "ikmeanfield", *command], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        text = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{text}")
    return resources.Need(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main(largest: int) -> None:
    print(f"{'experiment':<22}{'stage':<11}{'seconds':>8}{'taken':>8}{'ratio':>7}"
          f"{'MiB':>9}{'taken':>8}{'ratio':>7}")  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for engine in ("exact", "euler", "meanfield"):
            measured(["compile", "--engine", engine], folder / engine)
        for engine in ("exact", "meanfield"):
            measured(["compile", "--engine", engine], folder / "both")
        for number, (name, experiment) in enumerate(EXPERIMENTS.items()):
            size = max(v for k, v in experiment["circuit"]["set"].items() if k.endswith(".size"))
            if size > largest:
                continue
            config = parse({"seed": 1, "runs_per_job": 100, "experiments": {"one": experiment}})
            plan = expand(config, "one")
            file = folder / str(number) / "plan.json"
            plan.write(file)
            for stage, engine, need, arguments in jobs(plan):
                taken = measured([stage, str(file), *arguments], folder / engine)
                print(
                    f"{name:<22}{stage:<11}{need.seconds:>8.1f}{taken.seconds:>8.1f}"
                    f"{taken.seconds / need.seconds:>7.2f}{need.mib:>9.0f}{taken.mib:>8.0f}"
                    f"{taken.mib / need.mib:>7.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000)
