"""What a boundary value problem with scalar unknowns states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.problem import FloatArray

from .profile import Profile, Scales


@dataclass(frozen=True)
class Rates:
    """Right-hand side dw/dt at K points and its derivatives: (K, d), (K, d, d), (K, d, k)."""

    values: FloatArray
    by_state: FloatArray
    by_scalars: FloatArray


@dataclass(frozen=True)
class Boundary:
    """Conditions g(w(0), w(1), q) = 0 and derivatives: (c,), (c, d), (c, d), (c, k)."""

    values: FloatArray
    by_start: FloatArray
    by_end: FloatArray
    by_scalars: FloatArray


@dataclass(frozen=True)
class Condition:
    """An integral condition: the scaled inner product with a direction is that of a profile."""

    direction: Profile
    like: Profile


class BoundaryProblem(Protocol):
    """The equations dw/dt = F(w, q) on [0, 1], g(w(0), w(1), q) = 0 and integral conditions.

    For a curve of solutions, d + k unknowns exceed the conditions by one.
    """

    def values(self, w: FloatArray, q: FloatArray) -> FloatArray:
        """F at points w of shape (K, d): shape (K, d)."""

    def rates(self, w: FloatArray, q: FloatArray) -> Rates:
        """F and its derivatives at points w of shape (K, d)."""

    def boundary(self, start: FloatArray, end: FloatArray, q: FloatArray) -> Boundary:
        """Return the boundary conditions at w(0) and w(1)."""

    def conditions(self, reference: Profile) -> list[Condition]:
        """Return the integral conditions, given a solution near by."""


class FieldProblem(BoundaryProblem, Protocol):
    """A boundary value problem of a field; the field's free parameters are among the scalars.

    Attributes
    ----------
    field
        The field.
    scales
        Typical sizes.
    first
        Place of the first free parameter among the scalars.
    """

    field: PointwiseField
    scales: Scales
    first: int

    def free(self, q: FloatArray) -> FloatArray:
        """Values of the free parameters."""
