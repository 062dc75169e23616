"""A solution of a boundary value problem: a piecewise polynomial on [0, 1] with some scalars."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self, TypeVar

import numpy as np

from ikmeanfield.continuation.problem import FloatArray

from .polynomial import PiecewisePolynomial, node_points

AnyProfile = TypeVar("AnyProfile", bound="Profile")


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
    #: Whether the function goes on beyond 1 as it does beyond 0.
    periodic: ClassVar[bool] = False

    def on(self, mesh: FloatArray) -> Self:
        """Return the same function represented on another mesh."""
        return replace(self, mesh=mesh, values=self(node_points(mesh, self.basis)))

    def plus(self, direction: Profile, step: float = 1.0) -> Self:
        """Return the profile moved along a direction on the same mesh."""
        values = self.values + step * direction.values
        return replace(self, values=values, scalars=self.scalars + step * direction.scalars)

    def minus(self, other: Profile) -> Self:
        """Return the direction from another profile on the same mesh."""
        return self.plus(other, -1.0)

    def times(self, factor: float) -> Self:
        """Return a direction times a number."""
        return replace(self, values=factor * self.values, scalars=factor * self.scalars)

    def direction(self, columns: slice, values: FloatArray) -> Self:
        """Return a direction in which some components change, and no scalars."""
        return self.times(0.0).with_columns(columns, values)

    def along_scalar(self, index: int) -> Self:
        """Return the direction in which only one scalar changes (to hold it fixed)."""
        scalars = np.zeros_like(self.scalars)
        scalars[index] = 1.0
        return replace(self, values=np.zeros_like(self.values), scalars=scalars)

    def slope(self, columns: slice, into: slice | None = None) -> Slope:
        """Return the derivative of some components as a direction, in which others may have it."""
        moved = self.direction(into or columns, self.values[:, columns])
        return Slope(moved.mesh, moved.values, moved.scalars)

    def with_columns(self, columns: slice, values: FloatArray) -> Self:
        """Return the profile with some components replaced."""
        changed = self.values.copy()
        changed[:, columns] = values
        return replace(self, values=changed)


@dataclass(frozen=True)
class Slope(Profile):
    """The derivative of a function as a direction, which is known at Gauss points alone."""

    def at_gauss(self) -> FloatArray:
        """Values of the derivative at the Gauss points, shape (N, m, d)."""
        return self.slope_at_gauss()


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

    def norm(self, a: Profile) -> float:
        """Length of a direction, in scaled terms."""
        return float(np.sqrt(self.inner(a, a)))

    def unit(self, a: AnyProfile) -> AnyProfile:
        """Return the direction of length one."""
        return a.times(1 / self.norm(a))

    def largest(self, a: Profile) -> float:
        """Largest component of a direction, in scaled terms."""
        function = float(np.abs(a.values / self.components).max())
        return max(function, float(np.abs(a.scalars / self.scalars).max(initial=0.0)))

    def unscaled(self, like: AnyProfile, nodes: FloatArray, scalars: FloatArray) -> AnyProfile:
        """Return the direction on a profile's mesh with scaled values (N m + 1, d) and scalars."""
        return replace(like, values=nodes * self.components, scalars=scalars * self.scalars)
