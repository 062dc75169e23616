"""Defining systems of bifurcations of cycles: the cycle with its critical variations.

A cycle u on the unit interval and variations v along it satisfy

    u' = T f(u, p),  u(1) = u(0),
    v' = T f_u v + beta f,  v(1) = R v(0),

where R is 1 at a fold of cycles (with a free beta: the two multipliers 1 share one eigenvector),
-1 at a period doubling, and a rotation of two variations by the angle theta at a torus point. The
phase of the cycle, the size and, for a fold and a torus, the phase of the variations are fixed by
integral conditions (E. J. Doedel, W. Govaerts and Yu. A. Kuznetsov, SIAM J. Numer. Anal. 41 (2003)
401).
"""

from __future__ import annotations

import numpy as np

from ikmeanfield.continuation.bvp.problem import Boundary, Condition, Rates
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.cycles.system import CycleSystem
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.problem import FloatArray


class VariationalSystem(CycleSystem):
    """A cycle with some variations. Scalars: period, two parameters, and beta or theta."""

    @property
    def variations(self) -> slice:
        """Components of the variations."""
        return slice(self.n, (1 + self.copies) * self.n)

    def beta(self, q: FloatArray) -> float:
        """Share of the flow in the variation."""
        return 0.0

    def turn(self, q: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return R and its derivative by theta, each (copies, copies)."""
        raise NotImplementedError

    def _parts(self, w: FloatArray) -> list[FloatArray]:
        return [w[:, i * self.n : (i + 1) * self.n] for i in range(1 + self.copies)]

    def values(self, w: FloatArray, q: FloatArray) -> FloatArray:
        """Right-hand side at points w of shape (K, d)."""
        u, *variations = self._parts(w)
        p, period = self.field.p(self.free(q)), self.period(q)
        f, jacobian = self.field.values(u, p), self.field.jacobians(u, p)
        along = [np.einsum("kab,kb->ka", jacobian, v) for v in variations]
        return np.hstack([period * f, *(period * x + self.beta(q) * f for x in along)])

    def rates(self, w: FloatArray, q: FloatArray) -> Rates:
        """Right-hand side and its derivatives."""
        n, (u, *variations) = self.n, self._parts(w)
        p, period, beta = self.field.p(self.free(q)), self.period(q), self.beta(q)
        f, jacobian = self.field.values(u, p), self.field.jacobians(u, p)
        by_p, jacobian_by_p = (
            self.field.by_parameters(u, p),
            self.field.jacobians_by_parameters(u, p),
        )
        d = (1 + self.copies) * n
        by_state, by_scalars = np.zeros((len(w), d, d)), np.zeros((len(w), d, len(q)))
        values = np.empty_like(w)
        values[:, :n] = period * f
        by_state[:, :n, :n] = period * jacobian
        by_scalars[:, :n, 0], by_scalars[:, :n, 1:3] = f, period * by_p
        for i, v in enumerate(variations, start=1):
            part = slice(i * n, (i + 1) * n)
            along = np.einsum("kab,kb->ka", jacobian, v)
            values[:, part] = period * along + beta * f
            by_state[:, part, :n] = period * self.field.bends(u, p, v) + beta * jacobian
            by_state[:, part, part] = period * jacobian
            by_scalars[:, part, 0] = along
            bent = np.einsum("kabi,kb->kai", jacobian_by_p, v)
            by_scalars[:, part, 1:3] = period * bent + beta * by_p
            self._by_last(by_scalars[:, part], f)
        return Rates(values, by_state, by_scalars)

    def _by_last(self, by_scalars: FloatArray, f: FloatArray) -> None:
        """Set the derivative of a variation's rate by the last scalar, where it has one."""

    def boundary(self, start: FloatArray, end: FloatArray, q: FloatArray) -> Boundary:
        """U(1) - u(0) and v(1) - R v(0)."""
        n, d = self.n, len(start)
        by_start, by_scalars = -np.eye(d), np.zeros((d, len(q)))
        matrix, slope = self.turn(q)
        by_start[n:, n:] = -np.kron(matrix, np.eye(n))
        if slope.any():
            by_scalars[n:, -1] = -np.kron(slope, np.eye(n)) @ start[n:]
        return Boundary(end + by_start @ start, by_start, np.eye(d), by_scalars)

    def conditions(self, reference: Profile) -> list[Condition]:
        """Return the phase condition and the size of the variations."""
        return [*super().conditions(reference), Condition(self.variation(reference), reference)]

    def variation(self, w: Profile) -> Profile:
        """Return the direction that holds the variations of a solution alone."""
        return w.direction(self.variations, w.values[:, self.variations])

    def normalised(self, w: Profile) -> Profile:
        """Return the solution with variations of size one."""
        size = self.variation(w)
        return w.plus(size, 1 / self.scales.norm(size) - 1)


class FoldSystem(VariationalSystem):
    """Fold of cycles: scalars (T, a, b, beta)."""

    copies, times = 1, (0, 3)

    def beta(self, q: FloatArray) -> float:
        """Share of the flow in the variation."""
        return float(q[3])

    def turn(self, q: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the identity."""
        return np.eye(1), np.zeros((1, 1))

    def _by_last(self, by_scalars: FloatArray, f: FloatArray) -> None:
        by_scalars[..., 3] = f

    def conditions(self, reference: Profile) -> list[Condition]:
        """Return phase, size of the variation, and no shift along the flow."""
        shift = self.scales.unit(reference.slope(self.cycle, self.variations))
        return [*super().conditions(reference), Condition(shift, reference.times(0.0))]

    def variation(self, w: Profile) -> Profile:
        """Return the direction of the variation and beta."""
        alone = super().variation(w)
        alone.scalars[3] = w.scalars[3]
        return alone


class DoublingSystem(VariationalSystem):
    """Period doubling: scalars (T, a, b)."""

    copies = 1

    def turn(self, q: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return minus the identity."""
        return -np.eye(1), np.zeros((1, 1))


class TorusSystem(VariationalSystem):
    """Torus point: scalars (T, a, b, theta), with multipliers exp(+-i theta)."""

    copies = 2

    def turn(self, q: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the rotation by theta."""
        c, s = np.cos(q[3]), np.sin(q[3])
        return np.array([[c, -s], [s, c]]), np.array([[-s, -c], [c, -s]])

    def conditions(self, reference: Profile) -> list[Condition]:
        """Return phase of the cycle, size and phase of the variations."""
        n = self.n
        first, second = reference.values[:, n : 2 * n], reference.values[:, 2 * n :]
        turned = np.concatenate([-second, first], axis=1)
        return [
            *super().conditions(reference),
            Condition(reference.direction(self.variations, turned), reference.times(0.0)),
        ]


class FixedPeriodSystem(CycleSystem):
    """A cycle of a given period: scalars are the two parameters."""

    first, times = 0, ()

    def __init__(self, field: PointwiseField, scales: Scales, period: float) -> None:
        super().__init__(field, scales)
        self._period = period

    def period(self, q: FloatArray) -> float:
        """Return the given period."""
        return self._period

    def rates(self, w: FloatArray, q: FloatArray) -> Rates:
        """Right-hand side and its derivatives."""
        rates = super().rates(w, q)
        return Rates(rates.values, rates.by_state, rates.by_scalars[..., 1:])
