"""The cubic coefficient of a period doubling, whose zero is a generalized period doubling.

Near a cycle u with a multiplier -1 and its variation v, x = u + s v + s^2 h + s^3 w and the period
is T + s^2 a, where the amplitude obeys s' = c s^3 (Yu. A. Kuznetsov, W. Govaerts, E. J. Doedel and
A. Dhooge, SIAM J. Numer. Anal. 43 (2005) 1407). On the unit interval, order by order,

    h' = T f_u h + a f + T/2 B(v, v),                                  h(1) = h(0),
    w' = T f_u w + T B(v, h) + T/6 C(v, v, v) + a f_u v - T c v,       w(1) = -w(0),

with h free of a shift along the flow and w of a share of v. Both are linear; the border gives a
and c, so that no adjoint solutions are needed. Where the others are stable, so are the doubled
cycles if c is negative.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.bvp.newton import linearised
from ikmeanfield.continuation.bvp.problem import Boundary, Condition, Rates
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.problem import FloatArray

if TYPE_CHECKING:
    from .systems import VariationalSystem

#: Step of fourth-order differences for the third derivative along v, relative to the scales.
_STEP = 1e-2
_SECOND_DIFFERENCE = ((-2, -1 / 12), (-1, 4 / 3), (0, -5 / 2), (1, 4 / 3), (2, -1 / 12))


def cubic_coefficient(system: VariationalSystem, profile: Profile) -> float:
    """Cubic coefficient c, per unit of time, of a period doubling.

    Parameters
    ----------
    system, profile
        The defining system and its solution: the cycle and the variation that changes sign after a
        period. Amplitudes are measured in variations whose mean square, summed over the variables,
        is one.

    Returns
    -------
    float
        NaN where another multiplier is 1 or -1, so that the coefficient has a pole.
    """
    problem = _Expansion(system, profile)
    zero = Profile(profile.mesh, np.zeros_like(profile.values), np.zeros(2))
    try:
        rows = problem.conditions(zero)
        found = linearised(problem, zero, problem.scales, rows).correction
    except np.linalg.LinAlgError:
        return np.nan
    v = profile.at_gauss()[..., system.variations]
    weights = profile.widths[:, None] * profile.basis.weights
    return float(found.scalars[1] / np.einsum("jc,jcn->", weights, v**2))


class _Expansion:
    """The linear problem for h and w, components side by side, and the scalars a and c."""

    def __init__(self, system: VariationalSystem, profile: Profile) -> None:
        n, field = system.n, system.field
        self.system, self.profile = system, profile
        self.scales = Scales(system.scales.components, np.array([system.scales.scalars[0], 1.0]))
        flat = profile.at_gauss().reshape(-1, 2 * n)
        u, v = flat[:, :n], flat[:, n:]
        p, period = field.p(system.free(profile.scalars)), system.period(profile.scalars)
        matrix, bends = field.jacobians(u, p), field.bends(u, p, v)
        self.by_state = np.zeros((len(u), 2 * n, 2 * n))
        self.by_state[:, :n, :n] = self.by_state[:, n:, n:] = period * matrix
        self.by_state[:, n:, :n] = period * bends
        self.by_scalars = np.zeros((len(u), 2 * n, 2))
        self.by_scalars[:, :n, 0] = field.values(u, p)
        self.by_scalars[:, n:, 0] = np.einsum("kab,kb->ka", matrix, v)
        self.by_scalars[:, n:, 1] = -period * v
        self.forcing = np.zeros((len(u), 2 * n))
        self.forcing[:, :n] = period / 2 * np.einsum("kab,kb->ka", bends, v)
        self.forcing[:, n:] = period / 6 * _third(field, u, p, v)

    def values(self, w: FloatArray, q: FloatArray) -> FloatArray:
        """Right-hand side at the Gauss points, in their order."""
        along = np.einsum("kab,kb->ka", self.by_state, w)
        return np.asarray(along + self.by_scalars @ q + self.forcing)

    def rates(self, w: FloatArray, q: FloatArray) -> Rates:
        """Right-hand side and its derivatives."""
        return Rates(self.values(w, q), self.by_state, self.by_scalars)

    def boundary(self, start: FloatArray, end: FloatArray, q: FloatArray) -> Boundary:
        """One part is periodic, the other changes its sign."""
        by_start = np.diag(np.repeat([-1.0, 1.0], self.system.n))
        by_scalars = np.zeros((len(end), len(q)))
        return Boundary(end + by_start @ start, by_start, np.eye(len(end)), by_scalars)

    def conditions(self, reference: Profile) -> list[Condition]:
        """No shift along the flow in the one part, no share of v in the other."""
        slope = replace(self.profile, scalars=reference.scalars).slope(self.system.cycle)
        v = self.profile.values[:, self.system.variations]
        v = v / np.abs(v / self.system.field.scale).max()
        share = reference.direction(self.system.variations, v)
        return [Condition(self.scales.unit(slope), reference), Condition(share, reference)]


def _third(field: PointwiseField, u: FloatArray, p: FloatArray, v: FloatArray) -> FloatArray:
    """C(v, v, v), shape (K, n)."""
    size = np.abs(v / field.scale).max(axis=1)
    step = (_STEP / np.where(size > 0, size, 1.0))[:, None]
    bent = sum(weight * field.jacobians(u + k * step * v, p) for k, weight in _SECOND_DIFFERENCE)
    return np.asarray(np.einsum("kab,kb->ka", bent, v) / step**2)
