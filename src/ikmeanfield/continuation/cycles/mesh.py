"""Adaptive meshes: the error estimate is shared equally between intervals.

Source: U. Ascher, J. Christiansen and R. D. Russell, ACM Trans. Math. Softw. 7 (1981) 209; R. D.
Russell and J. Christiansen, SIAM J. Numer. Anal. 15 (1978) 59.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ikmeanfield.continuation.problem import FloatArray

    from .orbit import Orbit, PiecewisePolynomial

#: Share of the mesh that is spread evenly whatever the solution does.
EVEN_SHARE = 0.1


def highest_derivative(orbit: Orbit, scale: FloatArray) -> FloatArray:
    """Size of the (m + 1)-th derivative of the scaled solution on each interval, shape (N,).

    The m-th derivative of the piecewise polynomial is constant on each interval; its jumps
    between neighbours, divided by the distance of their centres, estimate the next one.
    """
    m, h = orbit.basis.degree, orbit.widths
    leading = (orbit.basis.monomials @ orbit.local())[:, m] / scale
    factorial = float(np.prod(np.arange(1, m + 1)))
    constant = leading * factorial * (2 / h[:, None]) ** m
    slope = np.abs(np.roll(constant, -1, axis=0) - constant)
    slope = slope / ((h + np.roll(h, -1)) / 2)[:, None]
    both = np.maximum(slope, np.roll(slope, 1, axis=0))
    return np.asarray(both.max(axis=1))


def error_estimate(orbit: Orbit, scale: FloatArray) -> float:
    """Largest collocation error of the scaled solution between mesh points."""
    m, h = orbit.basis.degree, orbit.widths
    error = orbit.basis.error_constant * h ** (m + 1) * highest_derivative(orbit, scale)
    return float(error.max())


def equidistributed(orbit: Orbit, scale: FloatArray, intervals: int) -> FloatArray:
    """Return a mesh of the given number of intervals on which the error estimate is level."""
    return levelled(orbit, highest_derivative(orbit, scale), intervals)


def levelled(function: PiecewisePolynomial, derivative: FloatArray, intervals: int) -> FloatArray:
    """Return a mesh that spreads the size of the (m + 1)-th derivative, shape (N,), evenly."""
    m, h = function.basis.degree, function.widths
    monitor = derivative ** (1 / (m + 1))
    total = float(monitor @ h)
    if not total > 0:
        return np.linspace(0.0, 1.0, intervals + 1)
    density = (1 - EVEN_SHARE) * monitor / total + EVEN_SHARE
    cumulative = np.concatenate([[0.0], np.cumsum(density * h)])
    mesh = np.interp(np.linspace(0, cumulative[-1], intervals + 1), cumulative, function.mesh)
    mesh[0], mesh[-1] = 0.0, 1.0
    return np.asarray(mesh)


def intervals_needed(error: float, tolerance: float, degree: int, intervals: int) -> int:
    """How many intervals bring an error estimate down to a tolerance."""
    factor = (error / tolerance) ** (1 / (degree + 1))
    return int(np.ceil(intervals * max(factor, 1.0)))


def halved(mesh: FloatArray) -> FloatArray:
    """Return the mesh with every interval cut in two."""
    return np.insert(mesh, np.arange(1, len(mesh)), (mesh[:-1] + mesh[1:]) / 2)
