"""A vector field reduced to two of its variables, for a picture of its phase plane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation import Problem
from ikmeanfield.progress import reporting

FloatArray = NDArray[np.float64]

_NEWTON = 25
"""Iterations after which a start is given up."""
_TOLERANCE = 1e-10
"""Newton stops when its correction is smaller, relative to the variables' magnitudes."""
_SAME = 1e-6
"""Equilibria closer than this share of the plane are one."""


@dataclass(frozen=True)
class Equilibrium:
    """An equilibrium of the reduced field.

    Attributes
    ----------
    x, y
        Its place in the plane.
    state
        All variables.
    stable
        Whether all eigenvalues have negative real parts. The Jacobian is that of all variables
        that are not held fixed, the quasi-steady ones included.
    """

    x: float
    y: float
    state: FloatArray
    stable: bool


@dataclass(frozen=True)
class Plane:
    """A reduced field on a grid, shapes (values of y, values of x).

    Attributes
    ----------
    x, y
        Values of the two variables.
    dx, dy
        Their time derivatives per ms; NaN where the other variables have no attracting
        quasi-steady state.
    equilibria
        All that were found within the grid.
    """

    x: FloatArray
    y: FloatArray
    dx: FloatArray
    dy: FloatArray
    equilibria: list[Equilibrium] = field(default_factory=list)


class Reduction:
    """A problem reduced to two variables, the others held fixed or at their quasi-steady state.

    A variable is at its quasi-steady state where its own derivative vanishes. Such a state counts
    only if it attracts: the Jacobian of the quasi-steady variables alone has eigenvalues with
    negative real parts. If there are several, the one that continues that of the neighbouring
    grid point is taken.

    Parameters
    ----------
    problem
        The vector field with its parameters.
    x, y
        Names of the two variables.
    fixed
        Values of the variables that are held fixed, by name; all others are quasi-steady.
    start
        State from which quasi-steady states are sought first, shape (n,).
    """

    def __init__(
        self, problem: Problem, x: str, y: str, fixed: Mapping[str, float], start: FloatArray
    ) -> None:
        self.problem = problem
        self.shown = [problem.variables.index(x), problem.variables.index(y)]
        held = {problem.variables.index(name): value for name, value in fixed.items()}
        self.fast = [
            k for k in range(len(problem.variables)) if k not in self.shown and k not in held
        ]
        self.free = [*self.shown, *self.fast]
        self._p = problem.vector()
        self._start = np.array(start, dtype=float)
        for place, value in held.items():
            self._start[place] = value

    def on_grid(self, x: FloatArray, y: FloatArray) -> Plane:
        """The reduced field on a grid, and its equilibria."""
        states = np.full((y.size, x.size, self._start.size), np.nan)
        with reporting("computing the phase plane") as task:
            for row in range(y.size):
                self._solve_row(states, row, x, float(y[row]))
                task.update((row + 1) / y.size)
        derivatives = np.full_like(states, np.nan)
        known = np.isfinite(states).all(axis=2)
        for place in zip(*np.nonzero(known), strict=True):
            derivatives[place] = self._field(states[place])
        dx, dy = (derivatives[:, :, place] for place in self.shown)
        return Plane(x, y, dx, dy, self._equilibria(x, y, dx, dy, states))

    def _solve_row(self, states: FloatArray, row: int, x: FloatArray, y: float) -> None:
        """Fill in one row of states, starting from neighbours where these have been solved."""
        # back and forth, so that every grid point has a neighbour that was just solved
        columns = range(x.size) if row % 2 == 0 else range(x.size - 1, -1, -1)
        near = self._start
        for column in columns:
            below = states[row - 1, column] if row else self._start
            for guess in (near, below, self._start):
                state = self._quasi_steady(guess, float(x[column]), y)
                if state is not None:
                    near = states[row, column] = state
                    break

    def _field(self, state: FloatArray) -> FloatArray:
        return np.asarray(self.problem.field(state, self._p))

    def _jacobian(self, state: FloatArray, rows: list[int]) -> FloatArray:
        """Derivatives of the given variables' equations with respect to these variables."""
        if self.problem.jacobian is not None:
            whole = np.asarray(self.problem.jacobian(state, self._p))
            return whole[np.ix_(rows, rows)]
        columns = []
        for k in rows:
            h = 1e-6 * max(1.0, abs(state[k]))
            ahead, behind = state.copy(), state.copy()
            ahead[k] += h
            behind[k] -= h
            columns.append((self._field(ahead) - self._field(behind))[rows] / (2 * h))
        return np.array(columns).T

    def _quasi_steady(self, near: FloatArray, x: float, y: float) -> FloatArray | None:
        """The state at (x, y) with attracting quasi-steady variables near another state."""
        state = near.copy()
        state[self.shown] = x, y
        if not np.isfinite(state).all():
            return None
        if not self.fast:
            return state
        found = self._solved(state, self.fast)
        if found is None:
            return None
        attracts = np.linalg.eigvals(self._jacobian(found, self.fast)).real.max() < 0
        return found if attracts else None

    def _solved(self, state: FloatArray, unknown: list[int]) -> FloatArray | None:
        """Newton's method for some variables, the others as they are."""
        state = state.copy()
        for _ in range(_NEWTON):
            residual = self._field(state)[unknown]
            try:
                change = np.linalg.solve(self._jacobian(state, unknown), -residual)
            except np.linalg.LinAlgError:
                return None
            state[unknown] += change
            if not np.isfinite(state).all():
                return None
            if (np.abs(change) <= _TOLERANCE * np.maximum(1.0, np.abs(state[unknown]))).all():
                return state
        return None

    def _equilibria(
        self, x: FloatArray, y: FloatArray, dx: FloatArray, dy: FloatArray, states: FloatArray
    ) -> list[Equilibrium]:
        """Newton from every cell of the grid at whose corners both derivatives change sign."""
        found: list[Equilibrium] = []
        cells = _changes(dx) & _changes(dy)
        for row, column in np.argwhere(cells):
            state = self._solved(states[row, column], self.free)
            if state is None:
                continue
            a, b = state[self.shown]
            inside = x[0] <= a <= x[-1] and y[0] <= b <= y[-1]
            known = any(
                abs(a - e.x) < _SAME * (x[-1] - x[0]) and abs(b - e.y) < _SAME * (y[-1] - y[0])
                for e in found
            )
            if inside and not known:
                values = np.linalg.eigvals(self._jacobian(state, self.free))
                found.append(Equilibrium(float(a), float(b), state, bool(values.real.max() < 0)))
        return found


def _changes(values: FloatArray) -> NDArray[np.bool_]:
    """Cells at whose corners a quantity is known and takes both signs."""
    corners = np.stack([values[:-1, :-1], values[1:, :-1], values[:-1, 1:], values[1:, 1:]])
    known = np.isfinite(corners).all(axis=0)
    return np.asarray(known & (corners.min(axis=0) <= 0) & (corners.max(axis=0) >= 0))
