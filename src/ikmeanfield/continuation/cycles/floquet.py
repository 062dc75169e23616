"""Floquet multipliers from the condensed linearisation of a periodic orbit.

After elimination the two ends of the period are related by A x(0) + B x(T) = 0, where
A and B stay well scaled because the elimination is orthogonal: no product of transition matrices
is formed, so that very large and very small multipliers do not drown the others (T. F. Fairgrieve
and A. D. Jepson, SIAM J. Numer. Anal. 28 (1991) 1446). Multipliers are the eigenvalues of the
pencil A + mu B. Where another one is near 1 (at a fold of cycles the two form a Jordan block,
which rounding tears apart by its square root) the trivial one is split off with its known
eigenvector, the direction of the flow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .linear import Chain, join_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.continuation.problem import FloatArray

#: Distance from 1 within which a second multiplier makes the trivial one be split off.
DOUBLE = 0.1
#: Error of the trivial multiplier beyond which no multiplier is believed.
LOST = 0.1


@dataclass(frozen=True)
class Floquet:
    """Multipliers of a cycle.

    Attributes
    ----------
    multipliers
        Shape (n - 1,), all but the trivial one, largest modulus first.
    trivial
        The trivial multiplier as computed: 1 up to the accuracy of orbit and multipliers.
    defect
        Relative size of A v + B v for the flow direction v: 0 for an exact orbit.
    """

    multipliers: NDArray[np.complex128]
    trivial: float
    defect: float

    def unstable(self) -> int:
        """Return number of multipliers outside the unit circle."""
        return int(np.count_nonzero(np.abs(self.multipliers) > 1))

    def reliable(self) -> bool:
        """Whether the multipliers can be trusted; in the plane they always can.

        Along orbits that are strongly repelling for long and attracting afterwards (canards,
        passages near saddles) rounding is magnified until the trivial multiplier is lost.
        """
        return len(self.multipliers) == 1 or abs(self.trivial - 1) < LOST


def multipliers(chain: Chain, flow: FloatArray, divergence: float) -> Floquet:
    """Floquet multipliers of a cycle.

    Parameters
    ----------
    chain
        The condensed intervals, in scaled variables.
    flow
        The field at the mesh points, in scaled variables, shape (N, n).
    divergence
        Integral of the field's divergence over the period: in the plane the one
        nontrivial multiplier is its exponential (Liouville), whatever the conditioning.
    """
    from scipy.linalg import eigvals  # noqa: PLC0415 - only cycles need it

    # start the period where the flow is slow: there the pair of blocks resolves its direction best
    start = int(np.argmin(np.linalg.norm(flow, axis=1)))
    v = flow[start] / np.linalg.norm(flow[start])
    a, b = join_all(np.roll(chain.left, -start, axis=0), np.roll(chain.right, -start, axis=0))
    av, bv = a @ v, b @ v
    defect = float(np.linalg.norm(av + bv) / max(np.linalg.norm(av), np.linalg.norm(bv)))
    mu = _ratios(eigvals(-a, b, homogeneous_eigvals=True))
    distance = np.abs(mu - 1)
    nearest = int(np.argmin(distance))
    trivial, others = float(mu[nearest].real), np.delete(mu, nearest)
    if (np.delete(distance, nearest) < DOUBLE).any():
        left, right = _basis_from(bv - av), _basis_from(v)
        a, b = left.T @ a @ right, left.T @ b @ right
        trivial = float(-a[0, 0] / b[0, 0])
        others = _ratios(eigvals(-a[1:, 1:], b[1:, 1:], homogeneous_eigvals=True))
    if len(v) == 2:
        others = np.exp(np.clip([divergence], -700, 700)).astype(complex)
    order = np.argsort(-np.abs(others), kind="stable")
    return Floquet(others[order], trivial, defect)


def _ratios(pairs: FloatArray) -> NDArray[np.complex128]:
    alpha, beta = pairs
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(beta == 0, np.inf, alpha / beta), dtype=complex)


def _basis_from(v: FloatArray) -> FloatArray:
    """Return an orthogonal matrix whose first column is parallel to v."""
    q, _ = np.linalg.qr(v[:, None], mode="complete")
    return np.asarray(q)
