"""How long cycles take: one branch of the Izhikevich mean field, and its linear algebra.

Run with ``python benchmarks/cycles.py``; prints a table, asserts nothing.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "continuation"))

from systems import circuit, regular_spiking

from ikmeanfield.continuation import CycleOptions, Problem, SpecialPoint, continue_cycles
from ikmeanfield.continuation.bvp.linear import System
from ikmeanfield.continuation.bvp.newton import solve_linear
from ikmeanfield.continuation.bvp.polynomial import basis
from ikmeanfield.continuation.bvp.problem import Boundary
from ikmeanfield.continuation.bvp.profile import Scales


def compiled_field() -> Problem:
    """Write the same field, Table I and kappa = 100, for numba."""
    from numba import njit  # noqa: PLC0415 - the slow import is not part of the measurement

    @njit
    def field(y, p):
        r, v, u, s = y
        out = np.empty(4)
        a = np.pi * 100.0
        out[0] = (0.49 * (v + 60.0) / a + r * (0.7 * (2 * v + 100.0) - s)) / 100.0
        drive = 0.7 * v * (v + 100.0) + 0.7 * 2400.0 - u + p[0] - s * v
        out[1] = (drive - a * r * (1.0 + a * r / 0.7)) / 100.0
        out[2] = (-2.0 * (v + 60.0) - u) / 33.33 + 100.0 * r
        out[3] = -s / 6.0 + 15.0 * r
        return out

    field(FIRST, np.array([50.0]))
    return Problem(field, ("r", "v", "u", "s"), {"I": 50.0})


FIRST = np.array([0.005007935663, -51.5564465979, -0.195657239381, 0.45071420967])
CIRCUIT = np.array(
    [0.018437212179, -48.055222283, -11.599309795, 1.7699723692, 1.963199468, 0.015337495844,
     -48.106366816, 0.17234082961, 0.4424930923, 0.490799867]
)  # fmt: skip


def branches() -> None:
    python, numba = regular_spiking(kappa=100.0).problem(), compiled_field()
    single = ("I", SpecialPoint("HB", {"I": 49.98}, FIRST))
    pair = ("I_fs", SpecialPoint("HB", {"I_fs": 44.277}, CIRCUIT))
    cases = [
        ("kappa = 100, plain Python field with Jacobian", python, single, 30),
        ("kappa = 100, numba field, no Jacobian", numba, single, 30),
        ("kappa = 100, numba field, no Jacobian", numba, single, 60),
        ("circuit, plain Python field with Jacobian", circuit().problem(), pair, 30),
    ]
    print(f"{'branch':48s} {'mesh':>4s} {'points':>6s} {'s':>6s} {'ms/point':>8s}  end")
    for name, problem, (parameter, start), intervals in cases:
        begin = time.perf_counter()
        cycles = CycleOptions(intervals=intervals)
        branch = continue_cycles(problem, start, parameter, cycles=cycles)
        took = time.perf_counter() - begin
        row = f"{name:48s} {intervals:4d} {len(branch):6d} {took:6.2f}"
        print(f"{row} {1e3 * took / len(branch):8.1f}  {branch.ends[1].reason}")


def algebra() -> None:
    from scipy.sparse import bmat, coo_matrix  # noqa: PLC0415
    from scipy.sparse.linalg import splu  # noqa: PLC0415

    print(f"\n{'one Newton system, 60 intervals, degree 4':48s} {'ours, ms':>9s} {'splu, ms':>9s}")
    rng, size, m = np.random.default_rng(0), 60, 4
    for n in (2, 4, 10):
        blocks = 0.05 * rng.standard_normal((size, m, n, m + 1, n))
        blocks += basis(m).slope[None, :, None, :, None] * np.eye(n)[:, None, :]
        blocks = blocks.reshape(size, m * n, (m + 1) * n)
        extra, border = rng.standard_normal((size, m * n, 4)), rng.standard_normal(size * m * n)
        total = size * m * n
        rows = np.arange(total).reshape(size, m * n, 1) + np.zeros((m + 1) * n, dtype=int)
        columns = np.arange(size)[:, None, None] * m * n + np.arange((m + 1) * n)
        columns = np.broadcast_to(columns % total, blocks.shape)
        matrix = coo_matrix((blocks.ravel(), (rows.ravel(), columns.ravel())), (total, total))
        flat = extra.reshape(total, 4)
        edge = np.stack([border, border[::-1]])
        full = bmat([[matrix, flat[:, :2]], [edge, np.eye(2)]]).tocsc()
        rhs = np.vstack([flat[:, 2:], np.ones((2, 2))])
        rim = rng.standard_normal((size, 2, (m + 1) * n))
        system = System(blocks, extra, rim, rng.standard_normal((2, 4)))
        ones = Scales(np.ones(n), np.ones(2))
        periodic = Boundary(np.zeros(n), -np.eye(n), np.eye(n), np.zeros((n, 2)))
        ours, theirs = [], []
        for _ in range(5):
            begin = time.perf_counter()
            solve_linear(system, periodic, ones)
            middle = time.perf_counter()
            splu(full).solve(rhs)
            ours.append(middle - begin)
            theirs.append(time.perf_counter() - middle)
        print(f"{f'n = {n}':48s} {1e3 * min(ours):9.2f} {1e3 * min(theirs):9.2f}")


if __name__ == "__main__":
    branches()
    algebra()
