"""Almost block-diagonal bordered linear systems of orthogonal collocation.

Each mesh interval couples its left end, its interior nodes and its right end. Interior nodes
are eliminated interval by interval, then mesh points pairwise (cyclic reduction), always by
orthogonal transformations, which keeps the elimination stable for solutions that grow
and decay at once (S. J. Wright, SIAM J. Sci. Stat. Comput. 13 (1992) 742). What remains couples
the two ends only; for a cycle the same pair of blocks yields the Floquet multipliers
(T. F. Fairgrieve and A. D. Jepson, SIAM J. Numer. Anal. 28 (1991) 1446).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ikmeanfield.continuation.problem import FloatArray


@dataclass(frozen=True)
class Chain:
    """Blocks of N consecutive intervals: left u_j + right u_(j+1) + extra (q, -1) = 0.

    Attributes
    ----------
    left, right
        Shape (N, n, n).
    extra
        Columns of the k scalar unknowns q and of the r right-hand sides, shape (N, n, k + r).
    border_left, border_right
        What the b border rows hold for either end of each interval, shape (N, b, n).
    """

    left: FloatArray
    right: FloatArray
    extra: FloatArray
    border_left: FloatArray
    border_right: FloatArray


@dataclass(frozen=True)
class Eliminated:
    """Unknowns taken out of a system: x = extra (-q, 1) - left u_j - right u_(j+1)."""

    left: FloatArray
    right: FloatArray
    extra: FloatArray

    def substitute(self, start: FloatArray, end: FloatArray, q: FloatArray) -> FloatArray:
        """Values x, given both ends (N, n, r) and the scalar unknowns (k, r)."""
        columns = q.shape[0]
        known = self.extra[..., columns:] - self.extra[..., :columns] @ q
        return np.asarray(known - self.left @ start - self.right @ end)


@dataclass(frozen=True)
class System:
    """A bordered collocation system in local form.

    Attributes
    ----------
    blocks
        Derivatives of the m n equations of each interval in its (m + 1) n node values,
        shape (N, m n, (m + 1) n).
    extra
        Derivatives in the k scalar unknowns, then the r right-hand sides, (N, m n, k + r).
    border
        The b border rows, interval by interval, shape (N, b, (m + 1) n).
    corner
        Their entries for the scalar unknowns and their right-hand sides, shape (b, k + r).
    """

    blocks: FloatArray
    extra: FloatArray
    border: FloatArray
    corner: FloatArray


def _eliminate(
    middle: FloatArray, chain: Chain, border_middle: FloatArray
) -> tuple[Chain, Eliminated, FloatArray]:
    """Take the unknowns under `middle` (N, rows, c) out; also what they add to the corner."""
    n, c = chain.left.shape[-1], middle.shape[-1]
    q, r = np.linalg.qr(middle, mode="complete")
    rest = np.concatenate([chain.left, chain.right, chain.extra], axis=-1)
    rest = np.swapaxes(q, -1, -2) @ rest
    solved = np.linalg.solve(r[:, :c], rest[:, :c])
    border = border_middle @ solved
    gone = Eliminated(solved[..., :n], solved[..., n : 2 * n], solved[..., 2 * n :])
    kept = Chain(
        left=rest[:, c:, :n],
        right=rest[:, c:, n : 2 * n],
        extra=rest[:, c:, 2 * n :],
        border_left=chain.border_left - border[..., :n],
        border_right=chain.border_right - border[..., n : 2 * n],
    )
    return kept, gone, border[..., 2 * n :].sum(axis=0)


def condense(system: System, n: int) -> tuple[Chain, Eliminated, FloatArray]:
    """Eliminate the interior nodes of every interval; returns the corner as well."""
    full = Chain(
        left=system.blocks[..., :n],
        right=system.blocks[..., -n:],
        extra=system.extra,
        border_left=system.border[..., :n],
        border_right=system.border[..., -n:],
    )
    middle, border_middle = system.blocks[..., n:-n], system.border[..., n:-n]
    chain, gone, shift = _eliminate(middle, full, border_middle)
    return chain, gone, system.corner - shift


def _join(chain: Chain) -> tuple[Chain, Eliminated, FloatArray]:
    """Eliminate the mesh point shared by each pair of intervals; an odd last one is kept."""
    size, n = chain.left.shape[:2]
    pairs = size // 2
    a, b = slice(0, 2 * pairs, 2), slice(1, 2 * pairs, 2)
    zero = np.zeros((pairs, n, n))
    middle = np.concatenate([chain.right[a], chain.left[b]], axis=1)
    stacked = Chain(
        left=np.concatenate([chain.left[a], zero], axis=1),
        right=np.concatenate([zero, chain.right[b]], axis=1),
        extra=np.concatenate([chain.extra[a], chain.extra[b]], axis=1),
        border_left=chain.border_left[a],
        border_right=chain.border_right[b],
    )
    border_middle = chain.border_right[a] + chain.border_left[b]
    kept, gone, shift = _eliminate(middle, stacked, border_middle)
    if size % 2:
        both = zip(vars(kept).values(), vars(chain).values(), strict=True)
        kept = Chain(*(np.concatenate([joined, blocks[-1:]]) for joined, blocks in both))
    return kept, gone, shift


def reduced(chain: Chain, corner: FloatArray) -> tuple[Chain, list[Eliminated], FloatArray]:
    """Eliminate all mesh points between the two ends: one interval, what is gone, the corner."""
    levels: list[Eliminated] = []
    while len(chain.left) > 1:
        chain, gone, shift = _join(chain)
        levels.append(gone)
        corner = corner - shift
    return chain, levels, corner


def expanded(ends: FloatArray, q: FloatArray, levels: list[Eliminated]) -> FloatArray:
    """Values at all mesh points from those at both ends (2, n, r) and the scalars (k, r)."""
    values = ends
    for gone in reversed(levels):
        pairs = len(gone.left)
        inner = gone.substitute(values[:pairs], values[1 : pairs + 1], q)
        joined = np.empty((len(values) + pairs, *values.shape[1:]))
        joined[0 : 2 * pairs : 2] = values[:pairs]
        joined[1 : 2 * pairs : 2] = inner
        joined[2 * pairs :] = values[pairs:]
        values = joined
    return values


def with_interior(mesh_values: FloatArray, q: FloatArray, gone: Eliminated) -> FloatArray:
    """Values at all nodes, shape (N m + 1, n, r), from those at mesh points."""
    size, n, k = len(gone.left), *mesh_values.shape[1:]
    interior = gone.substitute(mesh_values[:-1], mesh_values[1:], q).reshape(size, -1, n, k)
    nodes = np.concatenate([mesh_values[:-1, None], interior], axis=1).reshape(-1, n, k)
    return np.concatenate([nodes, mesh_values[-1:]])


def join_all(left: FloatArray, right: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Reduce N relations left_j u_j + right_j u_(j+1) = 0 to one between u_0 and u_N."""
    size, n = left.shape[:2]
    none = np.zeros((size, 0, n))
    whole, _, _ = reduced(Chain(left, right, np.zeros((size, n, 0)), none, none), np.zeros((0, 0)))
    return whole.left[0], whole.right[0]
