"""Newton's method and tangents for boundary value problems discretised by collocation.

Collocation at Gauss points (C. de Boor and B. Swartz, SIAM J. Numer. Anal. 10 (1973) 582); the
linear systems are condensed interval by interval, see `linear`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ikmeanfield.continuation.fields import FieldNotFiniteError
from ikmeanfield.continuation.problem import FloatArray

from . import linear
from .problem import Boundary, BoundaryProblem, Condition
from .profile import Profile, Scales

#: Scaled size below which corrections that no longer shrink are taken for rounding.
STAGNATION = 1e-7


class NewtonFailureError(ArithmeticError):
    """Newton's method did not converge; the message says why."""


@dataclass(frozen=True)
class Linearised:
    """Linearised equations at a profile, and their solutions.

    Attributes
    ----------
    correction
        Newton's correction.
    tangent
        The direction with component one along the last condition; all others of its components
        vanish.
    chain
        The equations condensed to mesh points (for Floquet multipliers).
    divergence
        Integral of the trace of the right-hand side's Jacobian.
    """

    correction: Profile
    tangent: Profile
    chain: linear.Chain
    divergence: float


@dataclass(frozen=True)
class Solved:
    """A solution, the unit direction of its curve (along the last condition), and the effort.

    `chain` and `divergence` are those of the last linearisation, one iteration older.
    """

    profile: Profile
    tangent: Profile
    residual: float
    iterations: int
    chain: linear.Chain
    divergence: float


def defects(problem: BoundaryProblem, w: Profile, scales: Scales) -> FloatArray:
    """Scaled collocation defects, shape (N, m, d)."""
    y = w.at_gauss()
    rates = problem.values(y.reshape(-1, y.shape[-1]), w.scalars).reshape(y.shape)
    return np.asarray(
        w.widths[:, None, None] * (w.slope_at_gauss() - rates) / scales.components, dtype=float
    )


def assembled(
    problem: BoundaryProblem, w: Profile, scales: Scales, rows: list[Condition]
) -> tuple[linear.System, float]:
    """Return the linear system of Newton's method and of the tangent, and the divergence.

    Its border rows are the integral conditions. Of the two right-hand sides the first holds the
    defects, the second the unit vector that yields the direction along the last condition.
    """
    b, h, s = w.basis, w.widths, scales.components
    size, m, d = w.intervals, b.degree, w.values.shape[1]
    k = len(w.scalars)
    rates = problem.rates(w.at_gauss().reshape(-1, d), w.scalars)
    by_state = rates.by_state.reshape(size, m, d, d) * (s / s[:, None])
    # entry [interval, Gauss point, equation, node, component]
    blocks = -np.einsum("j,cl,jcab->jcalb", h, b.value, by_state)
    blocks += np.einsum("cl,ab->calb", b.slope, np.eye(d))
    extra = np.zeros((size, m, d, k + 2))
    by_scalars = rates.by_scalars.reshape(size, m, d, k) * scales.scalars
    extra[..., :k] = -h[:, None, None, None] * by_scalars / s[:, None]
    residual = w.slope_at_gauss() - rates.values.reshape(size, m, d)
    extra[..., k] = -h[:, None, None] * residual / s
    weights = h[:, None] * b.weights
    border = np.zeros((size, len(rows), m + 1, d))
    corner = np.zeros((len(rows), k + 2))
    for i, row in enumerate(rows):
        weighted = weights[..., None] * row.direction.at_gauss() / s / d
        border[:, i] = np.einsum("jcb,cl->jlb", weighted, b.value)
        corner[i, :k] = row.direction.scalars / scales.scalars
        corner[i, k] = scales.inner(row.direction, row.like.minus(w))
    if rows:
        corner[-1, k + 1] = 1.0
    system = linear.System(
        blocks.reshape(size, m * d, (m + 1) * d),
        extra.reshape(size, m * d, k + 2),
        border.reshape(size, len(rows), (m + 1) * d),
        corner,
    )
    return system, float(np.einsum("jc,jcaa->", weights, by_state))


def linearised(
    problem: BoundaryProblem, w: Profile, scales: Scales, rows: list[Condition]
) -> Linearised:
    """Linearise the equations at a profile and solve them."""
    system, divergence = assembled(problem, w, scales, rows)
    ends = problem.boundary(w.values[0], w.values[-1], w.scalars)
    nodes, q, chain = solve_linear(system, ends, scales)
    correction, tangent = (scales.unscaled(w, nodes[..., i], q[:, i]) for i in range(2))
    return Linearised(correction, tangent, chain, divergence)


def solve_linear(
    system: linear.System, ends: Boundary, scales: Scales
) -> tuple[FloatArray, FloatArray, linear.Chain]:
    """Node values (N m + 1, d, r) and scalars (k, r) for all right-hand sides; the mesh points.

    Raises
    ------
    numpy.linalg.LinAlgError
        The system is singular.
    """
    d, k = ends.by_start.shape[1], ends.by_scalars.shape[1]
    chain, gone, corner = linear.condense(system, d)
    whole, levels, corner = linear.reduced(chain, corner)
    size = 2 * d + k
    matrix, rhs = np.zeros((size, size)), np.zeros((size, corner.shape[1] - k))
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
    return linear.with_interior(mesh_values, q, gone), q, chain


def as_it_is(problem: BoundaryProblem, w: Profile, scales: Scales, tangent: Profile) -> Solved:
    """Return a profile without correcting it, with the residual that it leaves."""
    system, divergence = assembled(problem, w, scales, [])
    chain, _, _ = linear.condense(system, w.values.shape[1])
    residual = float(np.abs(defects(problem, w, scales)).max())
    return Solved(w, tangent, residual, 0, chain, divergence)


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
        Largest scaled residual accepted; the last correction must be below ten times that (so
        that the linearisation, one iteration older than the solution, is as exact as reported
        multipliers should be). Where rounding is larger (very long periods), corrections that
        stop shrinking below `STAGNATION` are accepted; the residual tells.
    max_iterations
        Where to give up.

    Raises
    ------
    NewtonFailureError
        No convergence, a singular system, or a field that is not finite.
    """
    w, size = guess, np.inf
    try:
        rows = [*problem.conditions(reference), Condition(normal, guess)]
        for iteration in range(1, max_iterations + 1):
            found = linearised(problem, w, scales, rows)
            size, last = scales.largest(found.correction), size
            if not np.isfinite(size):
                break
            w = w.plus(found.correction)
            rounding = size < STAGNATION and size > 0.1 * last
            if size < 10 * tolerance or rounding:
                residual = float(np.abs(defects(problem, w, scales)).max())
                if residual < (STAGNATION if rounding else tolerance):
                    tangent = scales.unit(found.tangent)
                    return Solved(w, tangent, residual, iteration, found.chain, found.divergence)
    except np.linalg.LinAlgError as error:
        msg = "the linear system of the boundary value problem is singular"
        raise NewtonFailureError(msg) from error
    except FieldNotFiniteError as error:
        raise NewtonFailureError(str(error)) from error
    msg = f"no convergence in {max_iterations} iterations (last correction {size:.1e})"
    raise NewtonFailureError(msg)
