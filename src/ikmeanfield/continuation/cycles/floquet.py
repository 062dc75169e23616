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

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation.bvp.linear import Chain, join_all
from ikmeanfield.continuation.problem import FloatArray

#: Distance from 1 within which a second multiplier makes the trivial one be split off.
DOUBLE = 0.1
#: Modulus that counts as the largest.
LARGEST = 1e100
#: Error of the trivial multiplier beyond which no multiplier is believed.
LOST = 0.1
#: Starts of the period that are compared where the trivial multiplier is lost, and the least error
#: of an interval that is tried there.
TRIALS, ROUNDING = 4, 1e-15


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
    settled
        Whether the multipliers stand firm although the trivial one is lost.
    """

    multipliers: NDArray[np.complex128]
    trivial: float
    defect: float
    settled: bool = False

    def unstable(self) -> int:
        """Return number of multipliers outside the unit circle."""
        return int(np.count_nonzero(np.abs(self.multipliers) > 1))

    def reliable(self) -> bool:
        """Whether the multipliers can be trusted; in the plane they always can.

        Along orbits that are strongly repelling for long and attracting afterwards (canards,
        passages near saddles) rounding is magnified until the trivial multiplier is lost, and
        others with it.
        """
        return len(self.multipliers) == 1 or abs(self.trivial - 1) < LOST or self.settled


def multipliers(chain: Chain, flow: FloatArray, divergence: float) -> Floquet:
    """Floquet multipliers of a cycle; NaN for one that has shrunk to an equilibrium.

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
    # start the period where the flow is slow: there the pair of blocks resolves its direction best
    speed = np.linalg.norm(flow, axis=1)
    start = int(np.argmin(speed))
    if speed[start] == 0:
        return Floquet(np.full(flow.shape[1] - 1, np.nan, dtype=complex), np.nan, np.nan)
    v = flow[start] / speed[start]
    a, b = join_all(np.roll(chain.left, -start, axis=0), np.roll(chain.right, -start, axis=0))
    av, bv = a @ v, b @ v
    defect = float(np.linalg.norm(av + bv) / max(np.linalg.norm(av), np.linalg.norm(bv)))
    mu = _eigenvalues(a, b)
    distance = np.abs(mu - 1)
    nearest = int(np.argmin(distance))
    trivial, others = float(mu[nearest].real), np.delete(mu, nearest)
    if (np.delete(distance, nearest) < DOUBLE).any():
        left, right = _basis_from((bv - av)[:, None]), _basis_from(v[:, None])
        a, b = left.T @ a @ right, left.T @ b @ right
        trivial = float(-a[0, 0] / b[0, 0])
        others = _eigenvalues(a[1:, 1:], b[1:, 1:])
    settled = None
    if len(v) == 2:
        others = np.exp(np.clip([divergence], -700, 700)).astype(complex)
    elif abs(trivial - 1) >= LOST:
        settled = _across(chain, flow)
    others = _sorted(others) if settled is None else settled
    return Floquet(others, trivial, defect, settled is not None)


def without_amplitude(eigenvalues: NDArray[np.complex128], period: float) -> Floquet:
    """Return the multipliers of a cycle that has shrunk to an equilibrium with some eigenvalues.

    Two of them are 1, those of the pair that oscillates with the cycle's period.
    """
    pair = np.argsort(np.abs(eigenvalues - 2j * np.pi / period))[:1]
    conjugate = np.argsort(np.abs(eigenvalues - eigenvalues[pair].conj()))[:1]
    others = np.delete(eigenvalues, np.concatenate([pair, conjugate]))
    return Floquet(_sorted(np.append(1.0, np.exp(others * period))), 1.0, 0.0)


def at_value(mu: NDArray[np.complex128], value: float) -> float:
    """Return a number whose sign changes where a real multiplier passes a value."""
    mu = _clipped(mu)
    return float(np.prod((mu - value) / (1 + np.abs(mu))).real)


def pair_at_one(mu: NDArray[np.complex128]) -> float:
    """Return a number whose sign changes where the product of two multipliers passes 1."""
    mu = _clipped(mu)
    i, j = np.triu_indices(len(mu), 1)
    product = mu[i] * mu[j]
    return float(np.prod((product - 1) / (1 + np.abs(product))).real)


def _clipped(mu: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return multipliers of which the largest are real, so that products of two are finite.

    Those of a cycle that has shrunk to an equilibrium remain unknown.
    """
    if np.isnan(mu).all():
        return mu
    large = ~(np.abs(mu) < LARGEST)
    return np.where(large, LARGEST * np.where(np.isfinite(mu), np.sign(mu.real), 1.0), mu)


def _across(chain: Chain, flow: FloatArray) -> NDArray[np.complex128] | None:
    """Multipliers across the flow, whose direction is taken out of every interval.

    None unless they stay the same, up to a share of `LOST`, for other starts of the period and
    when every interval is moved by the error that the flow shows in it.
    """
    first = chain.left @ flow[..., None]
    last = chain.right @ np.roll(flow, -1, axis=0)[..., None]
    section = _basis_from(flow[..., None])[..., 1:]
    across = np.swapaxes(_basis_from(last - first)[..., 1:], -1, -2)
    left, right = across @ chain.left @ section, across @ chain.right @ np.roll(section, -1, axis=0)
    error = np.linalg.norm(last + first, axis=(1, 2)) / np.linalg.norm(last - first, axis=(1, 2))
    error = np.maximum(error, ROUNDING) * np.linalg.norm(left, axis=(1, 2))
    random = np.random.default_rng(0)
    mu = _joined(left, right, 0)
    for start in np.linspace(0, len(flow), TRIALS, endpoint=False, dtype=int):
        moved = left + error[:, None, None] * random.standard_normal(left.shape)
        change = np.abs(_joined(moved, right, start) - mu)
        if not (change < LOST * (1 + np.abs(mu))).all():
            return None
    return mu


def _joined(left: FloatArray, right: FloatArray, start: int) -> NDArray[np.complex128]:
    """Multipliers of a chain closed at the beginning of an interval, largest modulus first."""
    a, b = join_all(np.roll(left, -start, axis=0), np.roll(right, -start, axis=0))
    return _sorted(_eigenvalues(a, b))


def _eigenvalues(a: FloatArray, b: FloatArray) -> NDArray[np.complex128]:
    """Return all mu at which A + mu B is singular."""
    from scipy.linalg import eigvals  # noqa: PLC0415 - only cycles need it

    alpha, beta = eigvals(-a, b, homogeneous_eigvals=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(beta == 0, np.inf, alpha / beta), dtype=complex)


def _sorted(mu: NDArray[np.complex128]) -> NDArray[np.complex128]:
    return mu[np.argsort(-np.abs(mu), kind="stable")]


def _basis_from(columns: FloatArray) -> FloatArray:
    """Return orthogonal matrices whose first column is parallel to a column, shape (..., n, 1)."""
    q, _ = np.linalg.qr(columns, mode="complete")
    return np.asarray(q)
