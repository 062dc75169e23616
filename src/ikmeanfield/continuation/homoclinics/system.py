"""The boundary value problem of a homoclinic orbit, truncated to a finite time.

The orbit u on the unit interval, its saddle x and two parameters satisfy

    u' = T f(u, p),  f(x, p) = 0,  L_s (u(0) - x) = 0,  L_u (u(1) - x) = 0

with the left invariant subspaces L_s, L_u of the saddle's stable and unstable eigenvalues, and the
integral phase condition (W.-J. Beyn, IMA J. Numer. Anal. 10 (1990) 379). The error decays
exponentially with T.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ikmeanfield.continuation.bvp.problem import Boundary, Rates
from ikmeanfield.continuation.bvp.profile import Scales
from ikmeanfield.continuation.cycle_curves.systems import FixedPeriodSystem
from ikmeanfield.continuation.fields import FieldNotFiniteError, PointwiseField
from ikmeanfield.continuation.problem import FloatArray
from ikmeanfield.continuation.spectrum import ComplexArray, ordered

#: Step of differences of subspaces, relative to the scales.
_STEP = 1e-6


class SplittingError(FieldNotFiniteError):
    """A conjugate pair of eigenvalues would have to be split between the two subspaces."""


def left_subspace(jacobian: FloatArray, count: int, *, unstable: bool) -> FloatArray:
    """Rows spanning the left invariant subspace of the `count` most (un)stable eigenvalues."""
    values, vectors = np.linalg.eig(jacobian.T)
    order = np.lexsort((values.imag, -values.real if unstable else values.real))
    chosen = order[:count]
    if abs(values[chosen].imag.sum()) > 1e-9 * np.abs(values).max():
        msg = f"the eigenvalues {values} of the saddle cannot be split into {count} and the rest"
        raise SplittingError(msg)
    rows = [vectors[:, i].real if values[i].imag <= 0 else vectors[:, i].imag for i in chosen]
    return np.array(rows).reshape(count, len(jacobian))


class HomoclinicSystem(FixedPeriodSystem):
    """Homoclinic orbits of a fixed duration; scalars: two parameters and the saddle.

    Parameters
    ----------
    field
        The field with its two free parameters.
    scales
        Typical sizes.
    duration
        The time T.
    near
        Scalars of an orbit near by, whose saddle fixes how many eigenvalues are unstable and the
        bases of the subspaces.
    """

    def __init__(
        self, field: PointwiseField, scales: Scales, duration: float, near: FloatArray
    ) -> None:
        super().__init__(field, scales, duration)
        jacobian = self._jacobian(near)
        self.unstable = int((np.linalg.eigvals(jacobian).real > 0).sum())
        self._bases = [np.linalg.qr(rows.T)[0].T for rows in self._subspaces(jacobian)]

    def _jacobian(self, q: FloatArray) -> FloatArray:
        """df/dy at the saddle, in scaled variables."""
        scale = self.field.scale
        jacobian = self.field.jacobians(q[None, 2:], self.field.p(self.free(q)))[0]
        return np.asarray(jacobian * scale / scale[:, None])

    def _subspaces(self, jacobian: FloatArray) -> list[FloatArray]:
        """Bases of the left invariant subspaces, of the stable and of the unstable eigenvalues."""
        counts = ((False, self.n - self.unstable), (True, self.unstable))
        return [left_subspace(jacobian, count, unstable=unstable) for unstable, count in counts]

    def eigenvalues(self, q: FloatArray) -> ComplexArray:
        """Eigenvalues of the saddle, most unstable first."""
        return ordered(self._jacobian(q))

    def rates(self, w: FloatArray, q: FloatArray) -> Rates:
        """Right-hand side and its derivatives, which vanish by the saddle."""
        of_orbit = super().rates(w, self.free(q))
        by_saddle = np.zeros((len(w), self.n, self.n))
        by_scalars = np.concatenate([of_orbit.by_scalars, by_saddle], axis=-1)
        return replace(of_orbit, by_scalars=by_scalars)

    def _projections(self, q: FloatArray) -> list[FloatArray]:
        """L_s and L_u, in the bases whose product with the first ones is the identity."""
        pairs = zip(self._subspaces(self._jacobian(q)), self._bases, strict=True)
        return [np.linalg.solve(rows @ basis.T, rows) for rows, basis in pairs]

    def _ends(self, start: FloatArray, end: FloatArray, q: FloatArray) -> FloatArray:
        sides = zip(self._projections(q), (start, end), strict=True)
        return np.concatenate([rows @ ((side - q[2:]) / self.field.scale) for rows, side in sides])

    def boundary(self, start: FloatArray, end: FloatArray, q: FloatArray) -> Boundary:
        """Both projections, and that the saddle is an equilibrium."""
        n, scale, p = self.n, self.field.scale, self.field.p(self.free(q))
        stable, unstable = self._projections(q)
        by_start, by_end = np.zeros((2 * n, n)), np.zeros((2 * n, n))
        by_start[: len(stable)] = stable / scale
        by_end[len(stable) : n] = unstable / scale
        by_scalars = np.zeros((2 * n, len(q)))
        for i, size in enumerate(self.scales.scalars):
            step = np.zeros(len(q))
            step[i] = _STEP * size
            change = self._ends(start, end, q + step) - self._ends(start, end, q - step)
            by_scalars[:n, i] = change / (2 * step[i])
        saddle = q[None, 2:]
        by_scalars[n:, :2] = self.field.by_parameters(saddle, p)[0]
        by_scalars[n:, 2:] = self.field.jacobians(saddle, p)[0]
        rest = self.field.values(saddle, p)[0]
        values = np.concatenate([self._ends(start, end, q), rest])
        return Boundary(values, by_start, by_end, by_scalars)
