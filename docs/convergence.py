"""Measure how errors of networks fall with the step and with the number of neurons, and draw it.

python docs/convergence.py          # measures: docs/convergence.csv, about a minute
python docs/convergence.py --draw   # draws docs/convergence.png from that file alone
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

import ikmeanfield as ik

HERE = Path(__file__).parent
TABLE, PICTURE = HERE / "convergence.csv", HERE / "convergence.png"
COLUMNS = ("panel", "model", "abscissa", "error")

DURATION, HALF = 400.0, 60.0
CENTERS = np.arange(60.0, DURATION - 59.0, 20.0)
REFERENCE = 0.0125
STEPS = {"exact": (0.05, 0.1, 0.2, 0.4, 0.8), "euler": (0.001, 0.002, 0.004, 0.01, 0.02)}
RESETS = {"peak 1000, reset −1000 mV": (1000.0, -1000.0), "peak 40, reset −60 mV": (40.0, -60.0)}

SIZES = (250, 1000, 4000, 16000, 64000)
SEEDS = 8


def averaged_rates(circuit: ik.Circuit, scheme: str, step: float) -> np.ndarray:
    """Rates under raised cosines in Hz, which are smooth in the times of the spikes."""
    run = ik.simulate(
        circuit, duration=DURATION, sample=4.0, scheme=scheme, step=step, thresholds="quantiles",
        spikes={"rs": range(circuit.populations["rs"].size)},
    )  # fmt: skip
    distance = np.abs(run["spike_time"].values[:, None] - CENTERS)
    weights = np.where(distance < HALF, np.cos(np.pi * distance / (2 * HALF)) ** 2, 0.0)
    return weights.sum(axis=0) / (HALF * circuit.populations["rs"].size) * 1000.0


def step_errors(scheme: str, reset: tuple[float, float], steps: tuple[float, ...]) -> list[float]:
    """Relative root mean square error at each step, against `exact` at the reference step."""
    circuit = ik.regular_spiking().replace(
        {"rs.size": 2000, "rs.input_current": 60.0, "rs.peak_potential": reset[0],
         "rs.reset_potential": reset[1]}
    )  # fmt: skip
    true = averaged_rates(circuit, "exact", REFERENCE)
    found = [averaged_rates(circuit, scheme, step) for step in steps]
    return [float(np.sqrt(np.mean((rates - true) ** 2) / np.mean(true**2))) for rates in found]


def stationary_rate(theory: object) -> float:
    """Rate in Hz of the active state of a theory, found from the upper end of its branch."""
    co = ik.continuation
    problem = theory.problem().at({"rs.input_current": 10.0})
    options = co.ContinuationOptions(bounds={"rs.input_current": (0.0, 60.0)}, direction="forward")
    start = co.find_equilibrium(problem, theory.initial_state())
    branch = co.continue_equilibria(problem, start, "rs.input_current", options)
    return 1000.0 * float(branch["rs.firing_rate"][-1])


def network_rate(size: int, thresholds: str, seed: int) -> float:
    """Mean rate in Hz over the last of three seconds."""
    circuit = ik.regular_spiking().replace({"rs.size": size, "rs.input_current": 60.0})
    run = ik.simulate(
        circuit, duration=3000.0, sample=10.0, thresholds=thresholds, seed=seed
    )  # fmt: skip
    return float(run["firing_rate"].sel(time=slice(2000.0, None)).mean())


def size_errors(sizes: tuple[int, ...], exact: float) -> list[tuple[str, int, float]]:
    """Relative distance of networks from infinitely many neurons: root mean square over seeds."""
    rows = []
    for size in sizes:
        for thresholds, seeds in (("random", range(SEEDS)), ("quantiles", range(1))):
            rates = np.array([network_rate(size, thresholds, seed) for seed in seeds])
            rows.append((thresholds, size, float(np.sqrt(np.mean((rates / exact - 1.0) ** 2)))))
    return rows


def measure() -> None:
    """Write the table."""
    from ikmeanfield.theories.stationary import Stationary  # noqa: PLC0415

    rows: list[tuple[str, str, float, float]] = []
    for scheme, steps in STEPS.items():
        for label, reset in RESETS.items():
            errors = step_errors(scheme, reset, steps)
            rows += [
                ("step", f"{scheme}, {label}", *pair) for pair in zip(steps, errors, strict=True)
            ]
    exact = stationary_rate(Stationary(ik.regular_spiking()))
    mean_field = stationary_rate(ik.MeanField(ik.regular_spiking(), reset_correction=False))
    rows += [("size", *row) for row in size_errors(SIZES, exact)]
    rows += [("size", "mean field", size, abs(mean_field / exact - 1.0)) for size in SIZES]
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((*row[:2], f"{row[2]:g}", f"{row[3]:.3g}") for row in rows)


def draw() -> None:
    """Draw the table."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with ik.plot.style():
        drawing = Figure(figsize=(7, 2.8), layout="constrained")
        for axes, panel in zip(drawing.subplots(1, 2), ("step", "size"), strict=True):
            lines: dict[str, list[tuple[float, float]]] = {}
            for row in rows:
                if row["panel"] == panel:
                    pair = (float(row["abscissa"]), float(row["error"]))
                    lines.setdefault(row["model"], []).append(pair)
            for model, pairs in lines.items():
                marker = "" if model == "mean field" else "o"
                axes.loglog(*zip(*pairs, strict=True), marker=marker, markersize=3, label=model)
            axes.legend(fontsize=6)
            axes.set_ylabel("relative error of the rate")
            axes.set_xlabel("step (ms)" if panel == "step" else "number of neurons")
        drawing.savefig(PICTURE, dpi=200, metadata={"Software": None})


if __name__ == "__main__":
    if "--draw" not in sys.argv[1:]:
        measure()
    draw()
