"""The boundary value problem of a cycle.

On the unit interval the cycle u, its period T and the free parameters p satisfy

    u' = T f(u, p),  u(1) = u(0),

and the integral phase condition (E. J. Doedel, in Numerical Continuation Methods for Dynamical
Systems, Springer 2007).
"""

from __future__ import annotations

import numpy as np

from ikmeanfield.continuation.bvp.problem import Boundary, Condition, Rates
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.problem import FloatArray


class CycleSystem:
    """Cycles; the scalars are the period and the field's free parameters.

    Parameters
    ----------
    field
        The field and its free parameters.
    scales
        Typical sizes; they follow the cycles.

    Attributes
    ----------
    n
        Number of variables.
    copies
        Number of variations that are part of the system, besides the cycle: none.
    first
        Place of the first free parameter among the scalars.
    times
        Places of the scalars that are times.
    """

    copies: int = 0
    first: int = 1
    times: tuple[int, ...] = (0,)

    def __init__(self, field: PointwiseField, scales: Scales) -> None:
        self.field, self.scales = field, scales
        self.n = len(field.problem.variables)

    @property
    def cycle(self) -> slice:
        """Components of the cycle."""
        return slice(0, self.n)

    def period(self, q: FloatArray) -> float:
        """Period of the cycle."""
        return float(q[0])

    def free(self, q: FloatArray) -> FloatArray:
        """Values of the free parameters."""
        return q[self.first : self.first + len(self.field.free)]

    def p(self, w: Profile) -> FloatArray:
        """All parameters of a solution."""
        return self.field.p(self.free(w.scalars))

    def values(self, w: FloatArray, q: FloatArray) -> FloatArray:
        """Right-hand side at points w of shape (K, d)."""
        return self.period(q) * self.field.values(w, self.field.p(self.free(q)))

    def rates(self, w: FloatArray, q: FloatArray) -> Rates:
        """Right-hand side and its derivatives."""
        p, period = self.field.p(self.free(q)), self.period(q)
        f = self.field.values(w, p)
        by_scalars = np.concatenate(
            [f[..., None], period * self.field.by_parameters(w, p)], axis=-1
        )
        return Rates(period * f, period * self.field.jacobians(w, p), by_scalars)

    def boundary(self, start: FloatArray, end: FloatArray, q: FloatArray) -> Boundary:
        """Periodicity."""
        one = np.eye(len(start))
        return Boundary(end - start, -one, one, np.zeros((len(start), len(q))))

    def conditions(self, reference: Profile) -> list[Condition]:
        """Return the phase condition."""
        return [Condition(self.scales.unit(reference.slope(self.cycle)), reference)]

    def normalised(self, w: Profile) -> Profile:
        """Return the solution: nothing about it is arbitrary."""
        return w
