"""Floquet multipliers from the condensed linearisation of a periodic orbit.

After elimination the two ends of the period are related by A x(0) + B x(T) = 0, where
A and B stay well scaled because the elimination is orthogonal: no product of transition matrices
is formed, so that very large and very small multipliers do not drown the others (T. F. Fairgrieve
and A. D. Jepson, SIAM J. Numer. Anal. 28 (1991) 1446). Multipliers are the eigenvalues of the
pencil A + mu B. The trivial one is split off with its known eigenvector, the
direction of the flow, which keeps the others accurate where one of them is near 1 too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .linear import Chain, join_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.continuation.problem import FloatArray


@dataclass(frozen=True)
class Floquet:
    """Multipliers of a cycle.

    Attributes
    ----------
    multipliers
        Shape (n - 1,), all but the trivial one, largest modulus first.
    trivial
        The trivial multiplier as computed: 1 up to the accuracy of the orbit.
    defect
        Relative size of A v + B v for the flow direction v: 0 for an exact orbit.
    """

    multipliers: NDArray[np.complex128]
    trivial: float
    defect: float

    def unstable(self) -> int:
        """Number of multipliers outside the unit circle."""
        return int(np.count_nonzero(np.abs(self.multipliers) > 1))


def multipliers(chain: Chain, flow: FloatArray) -> Floquet:
    """Floquet multipliers of a cycle.

    Parameters
    ----------
    chain
        The condensed intervals, in scaled variables.
    flow
        The field at the mesh points, in scaled variables, shape (N, n).
    """
    from scipy.linalg import eigvals  # noqa: PLC0415 - only cycles need it

    # start the period where the flow is fast: its direction is known best there
    start = int(np.argmax(np.linalg.norm(flow, axis=1)))
    a, b = join_all(np.roll(chain.left, -start, axis=0), np.roll(chain.right, -start, axis=0))
    v = flow[start] / np.linalg.norm(flow[start])
    av, bv = a @ v, b @ v
    defect = float(np.linalg.norm(av + bv) / max(np.linalg.norm(av), np.linalg.norm(bv)))
    image = bv - av
    right = _basis_from(v)
    left = _basis_from(image)
    trivial = float(-(left[:, 0] @ av) / (left[:, 0] @ bv))
    a, b = left.T @ a @ right, left.T @ b @ right
    alpha, beta = eigvals(-a[1:, 1:], b[1:, 1:], homogeneous_eigvals=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        mu = np.where(beta == 0, np.inf, alpha / beta)
    order = np.argsort(-np.abs(mu), kind="stable")
    return Floquet(np.asarray(mu[order], dtype=complex), trivial, defect)


def _basis_from(v: FloatArray) -> FloatArray:
    """An orthogonal matrix whose first column is parallel to v."""
    q, _ = np.linalg.qr(v[:, None], mode="complete")
    return np.asarray(q)
