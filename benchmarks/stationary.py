"""The stationary theory against networks, for random circuits; and its speed.

    python benchmarks/stationary.py [circuits seed neurons first]

Of every circuit it prints, for rates (Hz), mean recovery variables (pA) and activations, the
theory's value, the mean over networks with random thresholds, and their difference in standard
errors. Circuits whose activations fluctuate by more than a tenth are marked: they synchronise.
Circuits are drawn with `seed`; `first` is the seed of the first network. The time of a branch with
two folds is given in evaluations of one population's averages.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import random_circuits
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.theories.stationary import Stationary, folds
from ikmeanfield.theories.stationary.population import averages

NETWORKS = 6
STEP = 1 / 3
"""In ms; the error of the step is a hundredth of what thresholds scatter at 10,000 neurons."""


def table(circuits: int = 20, seed: int = 2026, neurons: int = 10_000, first: int = 0) -> None:
    rng = np.random.default_rng(seed)
    outside = total = 0
    for number in range(circuits):
        case = random_circuits.draw(rng)
        seeds = [first + 1000 * number + network for network in range(NETWORKS)]
        rows, spread = random_circuits.compare(case, seeds, neurons, STEP)
        mark = "" if spread < 0.1 else f"  (fluctuates by {spread:.2f})"
        print(f"{number:3d} {case.describe()}{mark}")
        for name, (expected, mean, error) in rows.items():
            deviation = (mean - expected) / error
            outside += int((np.abs(deviation) > 3).sum())
            total += deviation.size
            print(f"      {name:20s} {expected} {mean} {deviation.round(2)}", flush=True)
    print(f"{outside} of {total} beyond three standard errors of {NETWORKS} networks")


def speed() -> None:
    theory = Stationary(regular_spiking())
    neurons = theory.neurons("rs")
    averages(neurons, 40.0, 0.1)
    start = time.process_time()
    for _ in range(20):
        averages(neurons, 40.0, 0.1)
    one = (time.process_time() - start) / 20
    for label, switches in (("own u", {}), ("shared u", {"shared_recovery": True})):
        spent = []
        for _ in range(3):
            start = time.process_time()
            found = folds(
                Stationary(regular_spiking(), **switches), "rs.input_current", (0.0, 70.0)
            )
            spent.append(time.process_time() - start)
        print(f"branch with folds {found.round(4)}, {label}: {min(spent) / one:.0f} evaluations")


if __name__ == "__main__":
    speed()
    numbers = [int(value) for value in sys.argv[1:]]
    table(*numbers)
