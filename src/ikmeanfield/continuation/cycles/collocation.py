"""The boundary value problem of a periodic orbit, its linearisation and Newton's method.

Unknowns are the orbit's node values, its period and one parameter. Equations: collocation
at Gauss points (C. de Boor and B. Swartz, SIAM J. Numer. Anal. 10 (1973) 582), periodicity,
the integral phase condition (E. J. Doedel, in Numerical Continuation Methods for Dynamical
Systems, Springer 2007) and one more linear condition, a plane across the branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import linear
from .fields import FieldNotFiniteError, PointwiseField
from .orbit import Orbit

if TYPE_CHECKING:
    from ikmeanfield.continuation.problem import FloatArray


#: Scaled size below which corrections that no longer shrink are taken for rounding.
STAGNATION = 1e-7


@dataclass(frozen=True)
class Metric:
    """Typical sizes by which variables, the period and the parameter are divided."""

    variables: FloatArray
    period: float
    parameter: float

    def inner(self, a: Orbit, b: Orbit) -> float:
        """Inner product of two directions on one mesh, in scaled terms."""
        x, y = a.at_gauss() / self.variables, b.at_gauss() / self.variables
        weights = a.widths[:, None] * a.basis.weights
        profile = float(np.einsum("jc,jcn,jcn->", weights, x, y)) / len(self.variables)
        period = a.period * b.period / self.period**2
        return profile + period + a.parameter * b.parameter / self.parameter**2

    def norm(self, a: Orbit) -> float:
        """Length of a direction, in scaled terms."""
        return float(np.sqrt(self.inner(a, a)))

    def unit(self, a: Orbit) -> Orbit:
        """Return the direction of length one."""
        return scaled(a, 1 / self.norm(a))

    def largest(self, a: Orbit) -> float:
        """Largest component of a direction, in scaled terms."""
        profile = float(np.abs(a.values / self.variables).max())
        return max(profile, abs(a.period) / self.period, abs(a.parameter) / self.parameter)


def scaled(a: Orbit, factor: float) -> Orbit:
    """Return a direction times a number."""
    return Orbit(a.mesh, factor * a.values, factor * a.period, factor * a.parameter)


def difference(a: Orbit, b: Orbit) -> Orbit:
    """Return the direction from b to a, both on one mesh."""
    return a.plus(b, -1.0)


def parameter_direction(orbit: Orbit) -> Orbit:
    """Return the direction in which only the parameter changes (to hold it fixed)."""
    return Orbit(orbit.mesh, np.zeros_like(orbit.values), 0.0, 1.0)


@dataclass(frozen=True)
class Solved:
    """An orbit solved for, and its linearisation there.

    Attributes
    ----------
    orbit
        The solution.
    tangent
        Unit direction of the branch at the solution, oriented along the plane's normal.
    chain
        Condensed linearisation, for the Floquet multipliers.
    divergence
        Integral of the field's divergence over the period.
    residual
        Largest scaled defect of the equations at the solution.
    iterations
        Newton iterations taken.
    """

    orbit: Orbit
    tangent: Orbit
    chain: linear.Chain
    divergence: float
    residual: float
    iterations: int


class NewtonFailureError(ArithmeticError):
    """Newton's method did not converge; the message says why."""


class Collocation:
    """The periodic boundary value problem of one field and free parameter.

    Parameters
    ----------
    field
        Field and derivatives at stacks of points.
    p
        All parameters, shape (m,); the free one is overwritten by the orbit's.
    """

    def __init__(self, field: PointwiseField, p: FloatArray) -> None:
        self.field = field
        self._p = np.array(p, dtype=float)

    def p(self, orbit: Orbit) -> FloatArray:
        """Return the parameter vector at an orbit."""
        p = self._p.copy()
        p[self.field.index] = orbit.parameter
        return p

    def defects(self, orbit: Orbit, metric: Metric) -> tuple[FloatArray, FloatArray]:
        """Scaled collocation defects (N, m, n), and the field at the Gauss points."""
        y = orbit.at_gauss()
        f = self.field.values(y.reshape(-1, y.shape[-1]), self.p(orbit)).reshape(y.shape)
        h = orbit.widths[:, None, None]
        return h * (orbit.slope_at_gauss() - orbit.period * f) / metric.variables, f

    def linearise(
        self, orbit: Orbit, metric: Metric, reference: Orbit, normal: Orbit
    ) -> tuple[linear.System, float]:
        """Linear system of one Newton step and of the tangent, and the integrated divergence.

        The border rows are the phase condition (against `reference`) and the plane with
        the given normal; of the two right-hand sides the first holds the defects, the second
        the unit vector that yields the direction with component one along the normal.
        """
        b, h, d = orbit.basis, orbit.widths, metric.variables
        size, m, n = orbit.intervals, b.degree, orbit.values.shape[1]
        defects, f = self.defects(orbit, metric)
        p, flat = self.p(orbit), orbit.at_gauss().reshape(-1, n)
        jacobian = self.field.jacobians(flat, p, d).reshape(size, m, n, n) * (d / d[:, None])
        # entry [interval, Gauss point, equation, node, variable]
        blocks = -np.einsum("j,ck,jcab->jcakb", h * orbit.period, b.value, jacobian)
        blocks += np.einsum("ck,ab->cakb", b.slope, np.eye(n))
        by_parameter = self.field.by_parameter(flat, p).reshape(size, m, n)
        extra = np.zeros((size, m, n, 4))
        extra[..., 0] = -h[:, None, None] * f / d * metric.period
        factor = -h[:, None, None] * orbit.period / d * metric.parameter
        extra[..., 1] = factor * by_parameter
        extra[..., 2] = -defects
        slope = reference.slope_at_gauss() / d
        weights = h[:, None] * b.weights
        slope /= np.sqrt(np.einsum("jc,jcn->", weights, slope**2) / n)
        rows = np.stack([slope, normal.at_gauss() / d], axis=1) / n
        border = np.einsum("jc,jrcn,ck->jrkn", weights, rows, b.value)
        corner = np.zeros((2, 4))
        corner[1, :2] = normal.period / metric.period, normal.parameter / metric.parameter
        offset = (orbit.at_gauss() - reference.at_gauss()) / d
        corner[0, 2] = -np.einsum("jc,jcn,jcn->", weights, offset, slope) / n
        corner[1, 3] = 1.0
        traces = np.einsum("jc,jcaa->", weights, jacobian)
        system = linear.System(
            blocks.reshape(size, m * n, (m + 1) * n),
            extra.reshape(size, m * n, 4),
            border.reshape(size, 2, (m + 1) * n),
            corner,
        )
        return system, orbit.period * float(traces)

    def linearised(self, orbit: Orbit, metric: Metric, tangent: Orbit) -> Solved:
        """Return an orbit as it is, with its linearisation and the residual it leaves."""
        system, divergence = self.linearise(orbit, metric, orbit, tangent)
        chain, _, _ = linear.condense(system, orbit.values.shape[1])
        residual = float(np.abs(self.defects(orbit, metric)[0]).max())
        return Solved(orbit, tangent, chain, divergence, residual, 0)

    def _solve(
        self, orbit: Orbit, metric: Metric, reference: Orbit, normal: Orbit, offset: float
    ) -> tuple[Orbit, Orbit, linear.Chain, float]:
        """Newton correction, tangent, condensed chain and integrated divergence at an orbit."""
        system, divergence = self.linearise(orbit, metric, reference, normal)
        system.corner[1, 2] = -offset
        nodes, q, chain = linear.solve(system, orbit.values.shape[1])
        correction, tangent = (
            Orbit(
                orbit.mesh,
                nodes[..., i] * metric.variables,
                float(q[0, i]) * metric.period,
                float(q[1, i]) * metric.parameter,
            )
            for i in range(2)
        )
        return correction, tangent, chain, divergence

    def solve(
        self,
        guess: Orbit,
        metric: Metric,
        reference: Orbit,
        normal: Orbit,
        *,
        tolerance: float = 1e-10,
        max_iterations: int = 8,
    ) -> Solved:
        """Newton's method in the plane through `guess` with the given normal.

        Parameters
        ----------
        guess
            Where to start.
        metric
            Scales of all unknowns.
        reference
            Orbit on the same mesh that fixes the phase.
        normal
            Direction on the same mesh.
        tolerance
            Largest scaled residual accepted; the last correction must be below ten times that (so
            that the linearisation, one iteration older than the orbit, is as exact as reported
            multipliers should be). Where rounding is larger (very long periods), corrections that
            stop shrinking below `STAGNATION` are accepted; the residual tells.
        max_iterations
            Where to give up.

        Raises
        ------
        NewtonFailureError
            No convergence, a singular system, or a field that is not finite.
        """
        orbit, size = guess, np.inf
        try:
            for iteration in range(max_iterations):
                offset = metric.inner(difference(orbit, guess), normal)
                correction, tangent, chain, divergence = self._solve(
                    orbit, metric, reference, normal, offset
                )
                size, last = metric.largest(correction), size
                if not np.isfinite(size):
                    break
                orbit = orbit.plus(correction)
                # rounding may keep corrections above the tolerance: then they stop shrinking
                rounding = size < STAGNATION and size > 0.1 * last
                if size < 10 * tolerance or rounding:
                    residual = float(np.abs(self.defects(orbit, metric)[0]).max())
                    if residual < (STAGNATION if rounding else tolerance):
                        unit = metric.unit(tangent)
                        return Solved(orbit, unit, chain, divergence, residual, iteration + 1)
        except np.linalg.LinAlgError as error:
            msg = "the linear system of the orbit is singular"
            raise NewtonFailureError(msg) from error
        except FieldNotFiniteError as error:
            raise NewtonFailureError(str(error)) from error
        msg = f"no convergence in {max_iterations} iterations (last correction {size:.1e})"
        raise NewtonFailureError(msg)
