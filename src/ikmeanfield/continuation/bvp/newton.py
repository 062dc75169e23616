"""Newton's method and tangents for boundary value problems discretised by collocation.

Collocation at Gauss points (C. de Boor and B. Swartz, SIAM J. Numer. Anal. 10 (1973) 582); the
linear systems are condensed interval by interval like those of cycles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.cycles import linear
from ikmeanfield.continuation.cycles.collocation import STAGNATION, NewtonFailureError
from ikmeanfield.continuation.cycles.fields import FieldNotFiniteError

from .problem import Condition
from .profile import Profile

if TYPE_CHECKING:
    from ikmeanfield.continuation.problem import FloatArray

    from .problem import Boundary, BoundaryProblem
    from .profile import Scales


@dataclass(frozen=True)
class Solved:
    """A solution, the unit direction of its curve (along the last condition), and the effort."""

    profile: Profile
    tangent: Profile
    residual: float
    iterations: int


def defects(problem: BoundaryProblem, w: Profile, scales: Scales) -> FloatArray:
    """Scaled collocation defects, shape (N, m, d)."""
    y = w.at_gauss()
    rates = problem.values(y.reshape(-1, y.shape[-1]), w.scalars).reshape(y.shape)
    return np.asarray(
        w.widths[:, None, None] * (w.slope_at_gauss() - rates) / scales.components, dtype=float
    )


def linearised(
    problem: BoundaryProblem, w: Profile, scales: Scales, rows: list[Condition]
) -> tuple[Profile, Profile]:
    """Return Newton's correction, and the direction with component one along the last condition.

    All others of its components vanish. Without conditions and scalars the two are the solution
    of a linear problem and zero.
    """
    b, h, s = w.basis, w.widths, scales.components
    size, m, d = w.intervals, b.degree, w.values.shape[1]
    k = len(w.scalars)
    y = w.at_gauss()
    rates = problem.rates(y.reshape(-1, d), w.scalars)
    by_state = rates.by_state.reshape(size, m, d, d) * (s / s[:, None])
    blocks = -np.einsum("j,cl,jcab->jcalb", h, b.value, by_state)
    blocks += np.einsum("cl,ab->calb", b.slope, np.eye(d))
    extra = np.zeros((size, m, d, k + 2))
    by_scalars = rates.by_scalars.reshape(size, m, d, k) * scales.scalars
    extra[..., :k] = -h[:, None, None, None] * by_scalars / s[:, None]
    residual = w.slope_at_gauss() - rates.values.reshape(size, m, d)
    extra[..., k] = -h[:, None, None] * residual / s
    border = np.zeros((size, len(rows), m + 1, d))
    corner = np.zeros((len(rows), k + 2))
    for i, row in enumerate(rows):
        weights = h[:, None, None] * b.weights[:, None] * row.direction.at_gauss() / s / d
        border[:, i] = np.einsum("jcb,cl->jlb", weights, b.value)
        corner[i, :k] = row.direction.scalars / scales.scalars
        corner[i, k] = row.value - scales.inner(row.direction, w)
    if rows:
        corner[-1, k + 1] = 1.0
    system = linear.System(
        blocks.reshape(size, m * d, (m + 1) * d),
        extra.reshape(size, m * d, k + 2),
        border.reshape(size, len(rows), (m + 1) * d),
        corner,
    )
    ends = problem.boundary(w.values[0], w.values[-1], w.scalars)
    nodes, q = _solve(system, ends, scales)
    first, second = (Profile(w.mesh, nodes[..., i] * s, q[:, i] * scales.scalars) for i in range(2))
    return first, second


def _solve(system: linear.System, ends: Boundary, scales: Scales) -> tuple[FloatArray, FloatArray]:
    """Node values (N m + 1, d, 2) and scalars (k, 2) for the two right-hand sides."""
    d, k = ends.by_start.shape[1], ends.by_scalars.shape[1]
    chain, gone, corner = linear.condense(system, d)
    whole, levels, corner = linear.reduced(chain, corner)
    size = 2 * d + k
    matrix, rhs = np.zeros((size, size)), np.zeros((size, 2))
    matrix[:d, :d], matrix[:d, d : 2 * d] = whole.left[0], whole.right[0]
    matrix[:d, 2 * d :], rhs[:d] = whole.extra[0, :, :k], whole.extra[0, :, k:]
    c = slice(d, d + len(ends.values))
    matrix[c, :d] = ends.by_start * scales.components
    matrix[c, d : 2 * d] = ends.by_end * scales.components
    matrix[c, 2 * d :] = ends.by_scalars * scales.scalars
    rhs[c, 0] = -ends.values
    largest = np.abs(matrix[c]).max(axis=1, keepdims=True)
    matrix[c] /= largest
    rhs[c] /= largest
    matrix[c.stop :, :d] = whole.border_left[0]
    matrix[c.stop :, d : 2 * d] = whole.border_right[0]
    matrix[c.stop :, 2 * d :], rhs[c.stop :] = corner[:, :k], corner[:, k:]
    solution = np.linalg.solve(matrix, rhs)
    q = solution[2 * d :]
    mesh_values = linear.expanded(np.stack([solution[:d], solution[d : 2 * d]]), q, levels)
    return linear.with_interior(mesh_values, q, gone), q


def solve(
    problem: BoundaryProblem,
    guess: Profile,
    scales: Scales,
    reference: Profile,
    normal: Profile,
    *,
    tolerance: float,
    max_iterations: int,
) -> Solved:
    """Newton's method in the plane through `guess` with the given normal.

    Parameters
    ----------
    problem, guess, scales
        The equations, where to start, and typical sizes.
    reference
        A solution near by on the same mesh, for the integral conditions.
    normal
        Direction on the same mesh.
    tolerance
        Largest scaled residual and last correction accepted. Corrections that rounding keeps from
        shrinking further are accepted below `STAGNATION`; the residual tells.
    max_iterations
        Where to give up.

    Raises
    ------
    NewtonFailureError
        No convergence, a singular system, or a field that is not finite.
    """
    plane = Condition(normal, scales.inner(normal, guess))
    rows = [*problem.conditions(reference), plane]
    w, size = guess, np.inf
    try:
        for iteration in range(1, max_iterations + 1):
            correction, tangent = linearised(problem, w, scales, rows)
            size, last = scales.largest(correction), size
            if not np.isfinite(size):
                break
            w = w.plus(correction)
            rounding = size < STAGNATION and size > 0.1 * last
            if size < 10 * tolerance or rounding:
                residual = float(np.abs(defects(problem, w, scales)).max())
                if residual < (STAGNATION if rounding else tolerance):
                    return Solved(w, scales.unit(tangent), residual, iteration)
    except np.linalg.LinAlgError as error:
        msg = "the linear system of the boundary value problem is singular"
        raise NewtonFailureError(msg) from error
    except FieldNotFiniteError as error:
        raise NewtonFailureError(str(error)) from error
    msg = f"no convergence in {max_iterations} iterations (last correction {size:.1e})"
    raise NewtonFailureError(msg)
