"""Timings of the continuation engine on the Izhikevich mean field, as a table.

Run with ``python benchmarks/continuation.py``. Nothing is asserted: figures depend on the machine
and on what else it does; the last column says what is aimed at. The field is plain Python here;
a compiled one is faster.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "continuation"))

import systems

from ikmeanfield.continuation import (
    ContinuationOptions,
    Problem,
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
BRATU_PLANE = ContinuationOptions(bounds={"lambda": (0.5, 6.0), "epsilon": (0.0, 0.3)})
CIRCUIT_PLANE = ContinuationOptions(bounds={"I_fs": (0.0, 80.0), "Delta_fs": (0.01, 1.6)})


def single(kappa=25.0):
    problem = systems.regular_spiking(kappa=kappa).problem()
    return problem, continue_equilibria(problem, QUIET, "I", SINGLE)


def circuit():
    problem = systems.circuit().problem()
    return problem, continue_equilibria(problem, ACTIVE, "I_fs", CIRCUIT)


def adaptation_sweep():
    return [single(float(kappa))[1] for kappa in range(1, 121)]


def bratu(size=101, stacks=False):
    """Return the Bratu problem u'' + λ exp(u / (1 + ε u)) = 0 by differences, and its branch.

    Its field takes single states, or stacks of them as well.
    """
    width = 1 / (size + 1)

    def field(y, p):
        edge = np.zeros_like(y[:1]) if stacks else [0.0]
        padded = np.concatenate([edge, y, edge])
        return np.diff(padded, 2, axis=0) / width**2 + p[0] * np.exp(y / (1 + p[1] * y))

    names = tuple(f"u{i}" for i in range(size))
    problem = Problem(field, names, {"lambda": 1.0, "epsilon": 0.1})
    bounds = {"lambda": (0.5, 5.0), f"u{size // 2}": (-1.0, 6.0)}
    inside = ContinuationOptions(bounds=bounds)
    return problem, continue_equilibria(problem, np.zeros(size), "lambda", inside)


def best(function: Callable[[], object], repeats: int) -> tuple[float, float, object]:
    """Shortest of some runs in seconds, of the clock and of the processor, and the result."""
    times, result = [], None
    for _ in range(repeats):
        wall, busy = perf_counter(), process_time()
        result = function()
        times.append((perf_counter() - wall, process_time() - busy))
    return *min(times), result


def main() -> None:
    one, folded = single()
    _, oscillating = single(100.0)
    two, branch = circuit()
    many, bent = bratu()
    stacked, same = bratu(stacks=True)
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
        ("equilibria, 101 variables, no Jacobian", lambda: bratu()[1], 1, "< 5 s"),
        (
            "fold curve, 101 variables, no Jacobian",
            lambda: continue_folds(many, bent.points("LP")[0], ("lambda", "epsilon"), BRATU_PLANE),
            1,
            "< 20 s",
        ),
        ("the same, field takes stacks: equilibria", lambda: bratu(stacks=True)[1], 1, "< 5 s"),
        (
            "the same, field takes stacks: fold curve",
            lambda: continue_folds(
                stacked, same.points("LP")[0], ("lambda", "epsilon"), BRATU_PLANE
            ),
            1,
            "< 20 s",
        ),
        ("120 equilibrium branches over kappa", adaptation_sweep, 1, "< 20 s"),
    ]
    print(f"{'task':40}{'points':>8}{'seconds':>10}{'cpu s':>10}  aim")
    for name, function, repeats, aim in rows:
        wall, busy, result = best(function, repeats)
        points = sum(map(len, result)) if isinstance(result, list) else len(result)
        print(f"{name:40}{points:8d}{wall:10.3f}{busy:10.3f}  {aim}")


if __name__ == "__main__":
    main()
