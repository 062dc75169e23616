"""Interpolation of firing states between neurons, so that one costs a few microseconds.

With h = B/(2k), the firing state at constant drive depends on h and on the distance of Q from
the onset of firing alone: Q = b²/(4k) + k h² + b h + k ζ². In ζ it is analytic through the
onset, where rates rise as √(Q − Q_onset). The plane (ζ, h) is divided into fixed cells, each
filled with Chebyshev interpolants when it is first asked for and checked between its nodes; what
does not pass the check (where firing turns into bursts, or where its onset changes kind) is
computed neuron by neuron. So the result never depends on the order of questions.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ikmeanfield.theories.stationary import cycle

FloatArray = NDArray[np.float64]

_NZ, _NH = 12, 6  # Chebyshev nodes of a cell in ζ and in h
_DH = 6.0  # height of a cell in mV
_HALF = 32  # cells on either side of h = 0
_LEVELS = 17  # cells in ζ: [0, 1], [1, 2], [2, 4], [4, 8], … in units of C/(2 k τ_u)
#: Largest errors of rate and potential, and of their derivatives, against the cell's largest value.
_CHECK = np.array([2e-9, 2e-9, 2e-7, 2e-7, 2e-7, 2e-7])
_EMPTY, _GOOD, _BAD = 0, 1, 2
_LOW = -100.0  # recovery in pA from which firing states are looked for


def _chebyshev(n: int) -> tuple[FloatArray, FloatArray]:
    """Nodes on [0, 1] and weights of barycentric interpolation."""
    angle = (np.arange(n) + 0.5) * np.pi / n
    return 0.5 * (1.0 - np.cos(angle)), np.asarray((-1.0) ** np.arange(n) * np.sin(angle))


_Z, _WZ = _chebyshev(_NZ)
_H, _WH = _chebyshev(_NH)
_BETWEEN = np.array([[0.03, 0.52], [0.41, 0.93], [0.77, 0.08]])


@njit(**cycle.OPTIONS)
def _weights(x, nodes, weights, out):
    total = 0.0
    for i in range(nodes.size):
        gap = x - nodes[i]
        if gap == 0.0:
            out[:] = 0.0
            out[i] = 1.0
            return
        out[i] = weights[i] / gap
        total += out[i]
    for i in range(nodes.size):
        out[i] /= total


@njit(**cycle.OPTIONS)
def _interpolate(level, x, row, y, values, out):
    """Sum the interpolants of the cells (level, row) at places (x, y) in the unit square."""
    wz, wh = np.empty(_NZ), np.empty(_NH)
    for n in range(x.size):
        _weights(x[n], _Z, _WZ, wz)
        _weights(y[n], _H, _WH, wh)
        cell = values[level[n], row[n]]
        for m in range(6):
            out[n, m] = 0.0
        for i in range(_NZ):
            for j in range(_NH):
                w = wz[i] * wh[j]
                for m in range(6):
                    out[n, m] += w * cell[i, j, m]


@dataclass
class Table:
    """Firing states of neurons that differ in B and Q only.

    Attributes
    ----------
    arguments
        C, k, b, τ_u, κ, y_0 and y_p of `cycle.cycles`; b must not exceed C/τ_u.
    """

    arguments: tuple[float, ...]
    values: FloatArray = field(init=False)
    state: NDArray[np.int8] = field(init=False)

    def __post_init__(self) -> None:
        self.values = np.zeros((_LEVELS, 2 * _HALF, _NZ, _NH, 6))
        self.state = np.full((_LEVELS, 2 * _HALF), _EMPTY, dtype=np.int8)

    @property
    def _unit(self) -> float:
        C, k, _, tau = self.arguments[:4]
        return C / (2.0 * k * tau)

    def __call__(self, B: FloatArray, Q: FloatArray) -> tuple[FloatArray, NDArray[np.int64]]:
        """The first six columns of `cycle.cycles`, and the fates."""
        _, k, b = self.arguments[:3]
        h = B / (2.0 * k)
        square = Q / k - h**2 - b / k * h - (0.5 * b / k) ** 2
        zeta = np.sqrt(np.maximum(square, 0.0))
        level = np.maximum(np.ceil(np.log2(np.maximum(zeta / self._unit, 0.5))), 0).astype(int)
        row = np.floor(h / _DH).astype(int) + _HALF
        inside = (level < _LEVELS) & (row >= 0) & (row < 2 * _HALF) & (zeta > 0)
        for place in np.flatnonzero(inside):
            if self.state[level[place], row[place]] == _EMPTY:
                self._fill(int(level[place]), int(row[place]))
        good = inside.copy()
        good[inside] = self.state[level[inside], row[inside]] == _GOOD
        out = np.empty((B.size, 6))
        fate = np.full(B.size, cycle.SPIKES)
        low = np.where(level > 0, 2.0 ** (level - 1), 0.0)
        x = (zeta / self._unit - low) / np.where(level > 0, low, 1.0)
        part = np.empty((int(good.sum()), 6))
        _interpolate(
            level[good], x[good], row[good], (h / _DH - np.floor(h / _DH))[good], self.values, part
        )
        part[:, 2:] /= zeta[good, None]
        out[good] = part
        if not good.all():
            rest = ~good
            found, fate[rest] = self._direct(B[rest], Q[rest])
            out[rest] = found[:, :6]
        return out, fate

    def _direct(self, B: FloatArray, Q: FloatArray) -> tuple[FloatArray, NDArray[np.int64]]:
        return direct(B, Q, self.arguments)

    def _cell(
        self, level: int, row: int, x: FloatArray, y: FloatArray
    ) -> tuple[FloatArray, NDArray[np.int64]]:
        """Exact values at places in a cell, derivatives times ζ."""
        _, k, b = self.arguments[:3]
        low = 2.0 ** (level - 1) if level > 0 else 0.0
        zeta = self._unit * (low + x * (low if level > 0 else 1.0))
        h = _DH * (row - _HALF + y)
        Q = k * (zeta**2 + h**2 + (0.5 * b / k) ** 2) + b * h
        found, fate = self._direct(2.0 * k * h, Q)
        found[:, 2:6] *= zeta[:, None]
        fate[found[:, 9] > 1] = cycle.IRREGULAR
        return found[:, :6], fate

    def _fill(self, level: int, row: int) -> None:
        x, y = (grid.ravel() for grid in np.meshgrid(_Z, _H, indexing="ij"))
        values, fate = self._cell(level, row, x, y)
        probe, probe_fate = self._cell(level, row, *_BETWEEN.T)
        self.state[level, row] = _BAD
        if not ((fate == cycle.SPIKES).all() and (probe_fate == cycle.SPIKES).all()):
            return
        self.values[level, row] = values.reshape(_NZ, _NH, 6)
        guess = np.empty((len(_BETWEEN), 6))
        place = np.full(len(_BETWEEN), level), np.full(len(_BETWEEN), row)
        _interpolate(
            place[0], _BETWEEN[:, 0].copy(), place[1], _BETWEEN[:, 1].copy(), self.values, guess
        )
        error = np.abs(guess - probe).max(axis=0) / np.abs(values).max(axis=0)
        if (error < _CHECK).all():
            self.state[level, row] = _GOOD


@lru_cache(maxsize=8)
def table_of(arguments: tuple[float, ...]) -> Table:
    """The table of some neurons, shared by all theories that ask for it.

    Thresholds and their truncation do not enter a neuron's cycle, so that theories of circuits
    that differ in them have tables in common. What a table holds does not depend on who has asked.
    """
    return Table(arguments)


def direct(
    B: FloatArray, Q: FloatArray, arguments: tuple[float, ...]
) -> tuple[FloatArray, NDArray[np.int64]]:
    """`cycle.cycles` neuron by neuron; arguments as in `Table`."""
    C, k, b, tau, kappa, y0, yp = arguments
    B, Q = np.ascontiguousarray(B), np.ascontiguousarray(Q)
    table, fate = cycle.cycles(B, Q, _LOW, C, k, b, tau, kappa, y0, yp)
    return np.asarray(table), np.asarray(fate)
