"""Simple branch points of equilibria: two curves cross."""

from __future__ import annotations

import numpy as np

from .arclength import Refined
from .newton import Equations, Solution, newton
from .problem import FloatArray
from .scaled import ScaledField
from .stencils import FIRST_STEP, slopes

_ITERATIONS = 30
#: An unfolding larger than this, in scaled terms, means that the two curves do not meet.
_UNFOLDED = 1e-8


def refine_branch_point(field: ScaledField, z: FloatArray, tolerance: float) -> Refined:
    """Solve for a point where [df/dy, df/dp] has rank n - 1.

    Unknowns are z, an unfolding b and the left null vector w of

        f(z) + b w = 0,  w^T df/dy = 0,  w . df/dp = 0,  w . w = 1

    (Allgower and Georg 2003, sec. 8); this is regular at a simple branch point, and b vanishes
    there. Where b does not vanish two curves pass close by without meeting.
    """
    n = field.n
    start = np.concatenate([z, [0.0], np.linalg.svd(field.full_jacobian(z))[0][:, -1]])

    def residual(x: FloatArray) -> FloatArray:
        place, unfolding, left = x[: n + 1], x[n + 1], x[n + 2 :]
        return np.concatenate(
            [
                field.field(place) + unfolding * left,
                left @ field.full_jacobian(place),
                [left @ left - 1],
            ]
        )

    def system(x: FloatArray) -> Equations:
        return residual(x), lambda: slopes(residual, x, FIRST_STEP).T

    solution = newton(system, start, tolerance, _ITERATIONS)
    unfolding = float(solution.z[n + 1])
    met = solution.converged and abs(unfolding) < _UNFOLDED
    message = solution.message
    if solution.converged and not met:
        message = f"two curves pass close by without meeting (unfolding {unfolding:.1e})"
    placed = Solution(solution.z[: n + 1], met, solution.iterations, solution.residual, message)
    return Refined("BP", placed, {"unfolding": unfolding} if met else {})
