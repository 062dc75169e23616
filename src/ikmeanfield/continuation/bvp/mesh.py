"""Adaptive meshes: the error estimate is shared equally between intervals.

Source: U. Ascher, J. Christiansen and R. D. Russell, ACM Trans. Math. Softw. 7 (1981) 209; R. D.
Russell and J. Christiansen, SIAM J. Numer. Anal. 15 (1978) 59.
"""

from __future__ import annotations

import numpy as np

from ikmeanfield.continuation.problem import FloatArray

from .profile import Profile

#: Share of the mesh that is spread evenly whatever the solution does.
EVEN_SHARE = 0.1


def highest_derivative(profile: Profile, scale: FloatArray) -> FloatArray:
    """Size of the (m + 1)-th derivative of the scaled solution on each interval, shape (N,).

    The m-th derivative of the piecewise polynomial is constant on each interval; its jumps
    between neighbours, divided by the distance of their centres, estimate the next one.
    """
    m, h = profile.basis.degree, profile.widths
    leading = (profile.basis.monomials @ profile.local())[:, m] / scale
    constant = leading * float(np.prod(np.arange(1, m + 1))) * (2 / h[:, None]) ** m
    jumps = np.abs(np.roll(constant, -1, axis=0) - constant).max(axis=1)
    jumps /= (h + np.roll(h, -1)) / 2
    if not profile.periodic:
        jumps[-1] = 0.0
    return np.asarray(np.maximum(jumps, np.roll(jumps, 1)))


def error_estimate(profile: Profile, scale: FloatArray) -> float:
    """Largest collocation error of the scaled solution between mesh points."""
    m, h = profile.basis.degree, profile.widths
    error = profile.basis.error_constant * h ** (m + 1) * highest_derivative(profile, scale)
    return float(error.max())


def equidistributed(profile: Profile, scale: FloatArray, intervals: int) -> FloatArray:
    """Return a mesh of the given number of intervals on which the error estimate is level."""
    m, h = profile.basis.degree, profile.widths
    monitor = highest_derivative(profile, scale) ** (1 / (m + 1))
    total = float(monitor @ h)
    if not total > 0:
        return np.linspace(0.0, 1.0, intervals + 1)
    density = (1 - EVEN_SHARE) * monitor / total + EVEN_SHARE
    cumulative = np.concatenate([[0.0], np.cumsum(density * h)])
    mesh = np.interp(np.linspace(0, cumulative[-1], intervals + 1), cumulative, profile.mesh)
    mesh[0], mesh[-1] = 0.0, 1.0
    return np.asarray(mesh)


def intervals_needed(error: float, tolerance: float, degree: int, intervals: int) -> int:
    """How many intervals bring an error estimate down to a tolerance."""
    factor = (error / tolerance) ** (1 / (degree + 1))
    return int(np.ceil(intervals * max(factor, 1.0)))


def halved(mesh: FloatArray) -> FloatArray:
    """Return the mesh with every interval cut in two."""
    return np.insert(mesh, np.arange(1, len(mesh)), (mesh[:-1] + mesh[1:]) / 2)
