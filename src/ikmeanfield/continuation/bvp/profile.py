"""A solution of a boundary value problem: a piecewise polynomial on [0, 1] with some scalars."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.cycles.mesh import levelled
from ikmeanfield.continuation.cycles.orbit import PiecewisePolynomial, node_points

if TYPE_CHECKING:
    from ikmeanfield.continuation.problem import FloatArray


@dataclass(frozen=True)
class Profile(PiecewisePolynomial):
    """A vector function on [0, 1], continuous but not necessarily periodic, and scalars.

    It stands for directions (differences of solutions), too.

    Attributes
    ----------
    mesh
        Increasing from 0 to 1, shape (N + 1,).
    values
        Values at the nodes of all intervals, shape (N m + 1, d).
    scalars
        Shape (k,).
    """

    scalars: FloatArray

    def on(self, mesh: FloatArray) -> Profile:
        """Return the same function represented on another mesh."""
        return Profile(mesh, self(node_points(mesh, self.basis)), self.scalars)

    def plus(self, direction: Profile, step: float = 1.0) -> Profile:
        """Return the profile moved along a direction on the same mesh."""
        values = self.values + step * direction.values
        return Profile(self.mesh, values, self.scalars + step * direction.scalars)

    def times(self, factor: float) -> Profile:
        """Return a direction times a number."""
        return Profile(self.mesh, factor * self.values, factor * self.scalars)

    def with_columns(self, columns: slice, values: FloatArray) -> Profile:
        """Return the profile with some components replaced."""
        changed = self.values.copy()
        changed[:, columns] = values
        return replace(self, values=changed)


@dataclass(frozen=True)
class Scales:
    """Typical sizes of the components (d,) and of the scalars (k,)."""

    components: FloatArray
    scalars: FloatArray

    def inner(self, a: Profile, b: Profile) -> float:
        """Inner product of two directions on one mesh, in scaled terms."""
        x, y = a.at_gauss() / self.components, b.at_gauss() / self.components
        weights = a.widths[:, None] * a.basis.weights
        function = float(np.einsum("jc,jcd,jcd->", weights, x, y)) / len(self.components)
        return function + float(a.scalars @ (b.scalars / self.scalars**2))

    def unit(self, a: Profile) -> Profile:
        """Return the direction of length one."""
        return a.times(1 / np.sqrt(self.inner(a, a)))

    def largest(self, a: Profile) -> float:
        """Largest component of a direction, in scaled terms."""
        function = float(np.abs(a.values / self.components).max())
        return max(function, float(np.abs(a.scalars / self.scalars).max(initial=0.0)))


def _highest_derivative(profile: Profile, scale: FloatArray) -> FloatArray:
    """Size of the (m + 1)-th derivative on each interval, from jumps of the m-th, shape (N,)."""
    m, h = profile.basis.degree, profile.widths
    leading = (profile.basis.monomials @ profile.local())[:, m] / scale
    constant = leading * float(np.prod(np.arange(1, m + 1))) * (2 / h[:, None]) ** m
    jumps = np.abs(np.diff(constant, axis=0)).max(axis=1) / ((h[1:] + h[:-1]) / 2)
    return np.asarray(np.maximum(np.append(jumps, 0.0), np.append(0.0, jumps)))


def error_estimate(profile: Profile, scale: FloatArray) -> float:
    """Largest collocation error between mesh points, every component divided by its scale."""
    m, h = profile.basis.degree, profile.widths
    error = profile.basis.error_constant * h ** (m + 1) * _highest_derivative(profile, scale)
    return float(error.max())


def level_mesh(profile: Profile, scale: FloatArray, intervals: int) -> FloatArray:
    """Return a mesh of a number of intervals on which the error estimate is level.

    As for cycles (see `cycles.mesh`), but the function need not be periodic.
    """
    return levelled(profile, _highest_derivative(profile, scale), intervals)
