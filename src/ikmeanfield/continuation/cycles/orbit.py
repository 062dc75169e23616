"""A periodic orbit as a piecewise polynomial, and what is read from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ikmeanfield.continuation.bvp.profile import Profile
from ikmeanfield.continuation.problem import FloatArray


@dataclass(frozen=True)
class Orbit(Profile):
    """A periodic orbit (or a direction in the space of orbits): scalars are period and parameters.

    The mesh is in fractions of the period.
    """

    periodic: ClassVar[bool] = True

    @classmethod
    def of(cls, mesh: FloatArray, values: FloatArray, period: float, *parameters: float) -> Orbit:
        """Return the orbit with values at the nodes of a mesh, a period and free parameters."""
        return cls(mesh, values, np.array([period, *parameters], dtype=float))

    @property
    def period(self) -> float:
        """The period."""
        return float(self.scalars[0])

    @property
    def parameter(self) -> float:
        """Value of the first free parameter."""
        return float(self.scalars[1])

    def __call__(self, fraction: FloatArray) -> FloatArray:
        """Values at fractions of the period, shape (K, n); any real number, by periodicity."""
        return super().__call__(np.mod(np.atleast_1d(fraction), 1.0))

    def mean(self) -> FloatArray:
        """Mean over the period, shape (n,): exact for the polynomial."""
        mean = np.einsum("j,k,jkn->n", self.widths, self.basis.node_weights, self.local())
        return np.asarray(mean)

    def extrema(self) -> tuple[FloatArray, FloatArray]:
        """Minimum and maximum of every variable's polynomial, each of shape (n,)."""
        coefficients = self.basis.monomials @ self.local()
        x = np.linspace(-1, 1, 3 * self.basis.degree + 1)
        samples = np.vander(x, self.basis.degree + 1, increasing=True) @ coefficients
        low = [_least(coefficients[..., i], samples[..., i]) for i in range(samples.shape[-1])]
        high = [_least(-coefficients[..., i], -samples[..., i]) for i in range(samples.shape[-1])]
        return np.array(low), -np.array(high)


def sampled(orbit: Orbit) -> FloatArray:
    """Times and states at the nodes over one period, shape (N m + 1, 1 + n)."""
    return np.column_stack([orbit.period * orbit.nodes(), orbit.values])


def _least(coefficients: FloatArray, samples: FloatArray) -> float:
    """Minimum of one piecewise polynomial from its coefficients (N, m + 1) and samples."""
    best = float(samples.min())
    size = len(samples)
    # a minimum between two samples may lie across the border of their interval
    centre = int(np.argmin(samples.min(axis=1)))
    for j in {centre, (centre - 1) % size, (centre + 1) % size}:
        polynomial = np.polynomial.Polynomial(coefficients[j])
        roots = polynomial.deriv().roots()
        inside = roots[(np.abs(roots.imag) < 1e-9) & (np.abs(roots.real) <= 1)].real
        if len(inside):
            best = min(best, float(polynomial(inside).min()))
    return best
