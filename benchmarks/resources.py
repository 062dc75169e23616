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
from ikmeanfield.experiments import Plan, expand, parse
from ikmeanfield.jobs.products import summary_cost
from ikmeanfield.studies.cost import Cost

ALL = ("firing_rate", "membrane_potential", "recovery", "synaptic_activation")


def in_time(size: int, runs: int, duration: float, **changes: Any) -> dict[str, Any]:
    """Networks with random thresholds, and their mean field."""
    preset = changes.pop("preset", "truncated")
    populations = ("rs", "fs") if preset == "excitatory_inhibitory" else ("rs",)
    networks = {"kind": "networks", "duration": duration, "sample": 0.1, "step": 0.1, **changes}
    axis = {"parameter": "rs.threshold_width", "linspace": [0.5, 4.0, float(runs)]}
    return {
        "circuit": {"preset": preset, "set": {f"{p}.size": size for p in populations}},
        "theories": {"corrected": {"kind": "mean_field"}},
        "studies": {"networks": networks, "predictions": {"kind": "predictions"}},
        "sweeps": {"grid": {"axes": [axis]}},
    }


def beside(**changes: Any) -> dict[str, Any]:
    """Networks with diagrams of their mean field and rates of single neurons."""
    experiment = in_time(1_000, 10, 1000.0, **changes)
    experiment["studies"] |= {
        "diagrams": {"kind": "diagrams", "parameter": "rs.input_current", "bounds": [0.0, 100.0]},
        "rates": {"kind": "rates", "population": "rs", "currents": [0.0, 200.0]},
    }
    return experiment


def on_ramps(
    circuit: dict[str, Any],
    theory: dict[str, Any],
    transitions: dict[str, Any],
    second: tuple[str, list[float], list[float]],
) -> dict[str, Any]:
    """Transitions of networks, compared with points and planes of one theory.

    The second parameter of the plane is given by its path, its bounds and the grid along it.
    """
    path, bounds, linspace = second
    followed = {
        "parameter": f"{transitions['population']}.input_current",
        "bounds": [0.0, 100.0],
    }
    return {
        "circuit": circuit,
        "theories": {"field": {"kind": "mean_field", **theory}},
        "studies": {
            "transitions": {"kind": "transitions", "settle": 400.0, "points": "points",
                            **transitions},
            "points": {"kind": "points", **followed, "planes": "planes"},
            "planes": {"kind": "planes", **followed, "second": path, "second_bounds": bounds},
        },
        "sweeps": {"grid": {"axes": [{"parameter": path, "linspace": linspace}]}},
    }  # fmt: skip


def adaptation(size: int, runs: int, rise: float) -> dict[str, Any]:
    """Transitions of one population, with one diagram and one trace."""
    experiment = on_ramps(
        {"preset": "regular_spiking", "set": {"rs.size": size}}, {"reset_correction": False},
        {"population": "rs", "low": 20.0, "high": 70.0, "rise": rise},
        ("rs.adaptation", [0.0, 130.0], [10.0, 110.0, float(runs)]),
    )  # fmt: skip
    experiment["studies"]["planes"]["diagrams"] = [25.0]
    ramp = [[0.0, 20.0], [rise / 4, 50.0], [rise / 2, 20.0]]
    experiment["studies"]["traces"] = {
        "kind": "traces", "theory": "field", "population": "rs", "parameter": "rs.adaptation",
        "ramps": [{"at": 25.0, "ramp": ramp}],
    }  # fmt: skip
    return experiment


def circuit(size: int, runs: int, rise: float) -> dict[str, Any]:
    """Transitions of two populations; every second network is also held at constant current."""
    return on_ramps(
        {"preset": "excitatory_inhibitory", "set": {"*.size": size}}, {},
        {"population": "fs", "observed": "rs", "low": 10.0, "high": 80.0, "rise": rise,
         "troughs": "circuit", "hold_every": 2},
        ("fs.threshold_width", [0.005, 1.65], [0.1, 1.0, float(runs)]),
    )  # fmt: skip


EXPERIMENTS = {
    "exact, N = 1e3": in_time(1_000, 20, 6000.0),
    "exact, N = 1e4": in_time(10_000, 10, 6000.0),
    "exact, N = 1e5": in_time(100_000, 2, 3000.0),
    "exact, N = 1e6": in_time(1_000_000, 1, 1000.0),
    "1e3, all series": in_time(1_000, 20, 10_000.0, record=list(ALL)),
    "1e4, two populations": in_time(
        10_000, 5, 4000.0, preset="excitatory_inhibitory", step=0.2, sample=1.0
    ),
    "euler, N = 1e3": in_time(1_000, 2, 1000.0, scheme="euler", step=0.001),
    "euler, N = 1e4": in_time(10_000, 2, 200.0, scheme="euler", step=0.001),
    "euler, N = 1e5": in_time(100_000, 1, 50.0, scheme="euler", step=0.001),
    "euler, N = 1e6": in_time(1_000_000, 1, 5.0, scheme="euler", step=0.001),
    "diagrams": beside(),
    "E-I diagrams": beside(preset="excitatory_inhibitory", step=0.2, sample=1.0),
    "ramps, N = 1e3": adaptation(1_000, 10, 10_000.0),
    "ramps, N = 1e4": adaptation(10_000, 4, 10_000.0),
    "ramps, N = 1e5": adaptation(100_000, 1, 10_000.0),
    "ramps, N = 1e6": adaptation(1_000_000, 1, 1000.0),
    "E-I ramps, N = 1e3": circuit(1_000, 20, 10_000.0),
    "E-I ramps, N = 1e4": circuit(10_000, 4, 10_000.0),
}


def jobs(plan: Plan, file: Path) -> Iterator[tuple[str, Cost, list[str]]]:
    """Name, prediction and command of all jobs of an experiment, in an order that works."""
    for study, batches in plan.batches.items():
        for batch, cost in batches.items():
            yield study, cost, ["run", str(file), study, "--batch", batch]
    for study, settings in plan.studies.items():
        if settings.summarises():
            command = ["summarise", str(file), study]
            yield f"{study} summary", summary_cost(plan, study), command


def measured(command: list[str], kernels: Path) -> Cost:
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
    return Cost(seconds=usage.ru_utime + usage.ru_stime, kept=usage.ru_maxrss / 1024)


def main(largest: int) -> None:
    print(f"{'experiment':<22}{'jobs':<22}{'seconds':>8}{'taken':>8}{'ratio':>7}"
          f"{'MiB':>9}{'taken':>8}{'ratio':>7}")  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        kernels = folder / "kernels"
        measured(["compile"], kernels)
        for number, (name, experiment) in enumerate(EXPERIMENTS.items()):
            size = max(v for k, v in experiment["circuit"]["set"].items() if k.endswith(".size"))
            if size > largest:
                continue
            config = parse({"seed": 1, "runs_per_job": 100, "experiments": {"one": experiment}})
            plan = expand(config, "one")
            file = folder / str(number) / "plan.json"
            plan.write(file)
            for job, predicted, command in jobs(plan, file):
                taken = measured(command, kernels)
                print(
                    f"{name:<22}{job:<22}{predicted.seconds:>8.1f}{taken.seconds:>8.1f}"
                    f"{taken.seconds / predicted.seconds:>7.2f}{predicted.mib:>9.0f}"
                    f"{taken.mib:>8.0f}{taken.mib / predicted.mib:>7.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000)
