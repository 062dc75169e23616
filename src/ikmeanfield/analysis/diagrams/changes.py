"""By how much the number of stable equilibria changes where a curve is crossed.

Where a fold has no other unstable eigenvalue, a stable equilibrium and a saddle are born on one
side of it; where a Hopf point has none, an equilibrium is stable on one side. Local derivatives
tell the side, so the counts between curves need no further continuation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.continuation import Branch, Problem

    FloatArray = NDArray[np.float64]

#: Step of central differences relative to the size of what they move along.
_STEP = 1e-5


def with_changes(problem: Problem, curve: Branch) -> Branch:
    """Add the column `stable_change` to a curve of folds or Hopf points.

    It is the number of stable equilibria just above the curve, in its first free parameter,
    minus that just below: 1, -1, or 0 where no stable equilibrium takes part, and at cusps, BT, ZH
    and HH points, where it is not defined.
    """
    size = np.maximum(np.abs(curve.states).max(axis=0), 1e-12)
    width = float(np.ptp(curve[curve.free[0]])) or 1.0
    values = np.zeros(len(curve), dtype=int)
    corners = {point.row for point in curve.points("BT", "ZH", "HH", "CP")}
    for row in range(len(curve)):
        if curve["unstable"][row] == 0 and row not in corners:
            p = problem.vector(**curve.parameters_at(row))
            local = _Local(problem, curve.states[row], p, size, curve.free[0], width)
            values[row] = local.fold() if curve.kind == "fold" else local.hopf()
    return replace(curve, columns={**curve.columns, "stable_change": values})


class _Local:
    """Derivatives at one point, in scaled coordinates."""

    def __init__(
        self, problem: Problem, y: FloatArray, p: FloatArray, size: FloatArray, name: str,
        width: float,
    ) -> None:  # fmt: skip
        self.problem, self.y, self.p, self.size = problem, y, p, size
        self.index, self.width = problem.index(name), width
        self.slope = (self.field(shift=_STEP) - self.field(shift=-_STEP)) / (2 * _STEP)

    def _moved(self, shift: float) -> FloatArray:
        p = self.p.copy()
        p[self.index] += shift * self.width
        return p

    def field(self, shift: float = 0.0) -> FloatArray:
        """The scaled field at the point, the parameter moved by a share of its range."""
        return np.asarray(self.problem.field(self.y, self._moved(shift)) / self.size)

    def jacobian(self, along: FloatArray, shift: float) -> FloatArray:
        """The scaled Jacobian with the state moved, and the parameter as above."""
        assert self.problem.jacobian is not None
        y, p = self.y + along * self.size, self._moved(shift)
        return np.asarray(self.problem.jacobian(y, p) * self.size / self.size[:, None])

    def fold(self) -> int:
        """Sign of the side on which the two equilibria exist."""
        left, _, right = np.linalg.svd(self.jacobian(0 * self.y, 0.0))
        w: FloatArray = left[:, -1]
        q: FloatArray = np.asarray(right[-1], dtype=float)
        bend = self.jacobian(_STEP * q, 0.0) - self.jacobian(-_STEP * q, 0.0)
        return int(-np.sign(w @ bend @ q) * np.sign(w @ self.slope))

    def hopf(self) -> int:
        """Sign of the side on which the equilibrium is stable; 0 on a Bogdanov-Takens point.

        A curve may begin on such a point, where an equilibrium cannot be followed.
        """
        matrix = self.jacobian(0 * self.y, 0.0)
        if np.linalg.matrix_rank(matrix) < len(matrix):
            return 0
        along = -np.linalg.solve(matrix, self.slope)
        step = _STEP / max(1.0, float(np.linalg.norm(along)))
        ends = [
            self.jacobian(np.asarray(move * along, dtype=float), move) for move in (step, -step)
        ]
        values, vectors = np.linalg.eig(matrix)
        k = int(np.argmax(np.where(values.imag > 0, values.real, -np.inf)))
        q = vectors[:, k]
        p = np.linalg.inv(vectors)[k]
        return int(-np.sign((p @ (ends[0] - ends[1]) @ q).real))
