"""Timings of the continuation engine on the Izhikevich mean field, as a table.

Run with ``python benchmarks/continuation.py``. Nothing is asserted: figures depend on the machine
and on what else it does; the last column says what is aimed at. The field is plain Python here;
a compiled one is faster.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "continuation"))

import systems

from ikmeanfield.continuation import (
    ContinuationOptions,
    continue_equilibria,
    continue_folds,
    continue_hopf,
)

if TYPE_CHECKING:
    from collections.abc import Callable

QUIET = np.array([1e-4, -59.0, 0.0, 0.01])
ACTIVE = np.array([0.02, -50.0, 0.0, 2.0, 1.0, 0.005, -50.0, 0.0, 0.5, 0.2])
SINGLE = ContinuationOptions(bounds={"I": (0.0, 80.0)})
SINGLE_PLANE = ContinuationOptions(bounds={"I": (-100.0, 200.0), "kappa": (0.0, 130.0)})
CIRCUIT = ContinuationOptions(bounds={"I_fs": (0.0, 80.0)})
CIRCUIT_PLANE = ContinuationOptions(bounds={"I_fs": (0.0, 80.0), "Delta_fs": (0.01, 1.6)})


def single(kappa=25.0):
    problem = systems.regular_spiking(kappa=kappa).problem()
    return problem, continue_equilibria(problem, QUIET, "I", SINGLE)


def circuit():
    problem = systems.circuit().problem()
    return problem, continue_equilibria(problem, ACTIVE, "I_fs", CIRCUIT)


def adaptation_sweep():
    return [single(float(kappa))[1] for kappa in range(1, 121)]


def best(function: Callable[[], object], repeats: int) -> tuple[float, object]:
    """Shortest of some runs, in seconds, and what the function returned."""
    times, result = [], None
    for _ in range(repeats):
        start = perf_counter()
        result = function()
        times.append(perf_counter() - start)
    return min(times), result


def main() -> None:
    one, folded = single()
    _, oscillating = single(100.0)
    two, branch = circuit()
    free = ("I_fs", "Delta_fs")
    rows: list[tuple[str, Callable[[], object], int, str]] = [
        ("equilibria, 4 variables", lambda: single()[1], 5, ""),
        ("equilibria, 10 variables, kinks", lambda: circuit()[1], 5, ""),
        (
            "fold curve, 4 variables",
            lambda: continue_folds(one, folded.points("LP")[0], ("I", "kappa"), SINGLE_PLANE),
            3,
            "< 1 s",
        ),
        (
            "Hopf curve, 4 variables",
            lambda: continue_hopf(one, oscillating.points("HB")[0], ("I", "kappa"), SINGLE_PLANE),
            3,
            "< 1 s",
        ),
        (
            "fold curve, 10 variables, kinks",
            lambda: continue_folds(two, branch.points("LP")[0], free, CIRCUIT_PLANE),
            3,
            "< 1 s",
        ),
        (
            "Hopf curve, 10 variables, kinks",
            lambda: continue_hopf(two, branch.points("HB")[0], free, CIRCUIT_PLANE),
            3,
            "< 1 s",
        ),
        ("120 equilibrium branches over kappa", adaptation_sweep, 1, "< 20 s"),
    ]
    print(f"{'task':38}{'points':>8}{'seconds':>10}  aim")
    for name, function, repeats, aim in rows:
        seconds, result = best(function, repeats)
        points = sum(map(len, result)) if isinstance(result, list) else len(result)
        print(f"{name:38}{points:8d}{seconds:10.3f}  {aim}")


if __name__ == "__main__":
    main()
