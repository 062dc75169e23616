"""Piecewise polynomials on a mesh: bases, node values, values and slopes at Gauss points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ikmeanfield.continuation.problem import FloatArray


@dataclass(frozen=True)
class Basis:
    """Polynomials of degree m on the unit interval and their Gauss points.

    Attributes
    ----------
    nodes
        The m + 1 points (Chebyshev extrema, both ends among them) whose values are the unknowns.
    gauss, weights
        The m Gauss points and weights.
    value, slope
        Values and derivatives of the Lagrange polynomials at the Gauss points, (m, m + 1).
    node_weights
        Integrals of the Lagrange polynomials, shape (m + 1,).
    monomials
        Maps node values to coefficients of 1, x, ..., x^m with x in [-1, 1].
    error_constant
        Largest modulus of the leading term of the collocation error, whose size is
        this constant times h^(m + 1) |u^(m + 1)|.
    """

    nodes: FloatArray
    gauss: FloatArray
    weights: FloatArray
    value: FloatArray
    slope: FloatArray
    node_weights: FloatArray
    monomials: FloatArray
    error_constant: float

    @property
    def degree(self) -> int:
        """Degree m of the polynomials."""
        return len(self.nodes) - 1

    def lagrange(self, x: FloatArray) -> FloatArray:
        """Lagrange polynomials at points x (N,) of the unit interval: shape (N, m + 1)."""
        powers = np.vander(2 * np.asarray(x) - 1, self.degree + 1, increasing=True)
        return np.asarray(powers @ self.monomials)


@lru_cache
def basis(degree: int) -> Basis:
    """Return the collocation basis of a degree."""
    nodes = (1 - np.cos(np.pi * np.arange(degree + 1) / degree)) / 2
    x, w = np.polynomial.legendre.leggauss(degree)
    gauss, weights = (x + 1) / 2, w / 2
    monomials = np.linalg.inv(np.vander(2 * nodes - 1, degree + 1, increasing=True))
    powers = np.vander(x, degree + 1, increasing=True)
    slopes = np.zeros_like(powers)
    slopes[:, 1:] = 2 * powers[:, :-1] * np.arange(1, degree + 1)
    k = np.arange(degree + 1)
    integrals = np.where(k % 2 == 0, 1 / (k + 1.0), 0.0)
    error = np.poly1d(np.poly(gauss)).integ() / float(np.prod(np.arange(1, degree + 1)))
    return Basis(
        nodes=nodes,
        gauss=gauss,
        weights=weights,
        value=powers @ monomials,
        slope=slopes @ monomials,
        node_weights=integrals @ monomials,
        monomials=np.asarray(monomials, dtype=float),
        error_constant=float(np.abs(error(np.linspace(0, 1, 201))).max()),
    )


def node_points(mesh: FloatArray, polynomials: Basis) -> FloatArray:
    """Where the nodes of a mesh sit, shape (N m + 1,)."""
    inner = mesh[:-1, None] + np.diff(mesh)[:, None] * polynomials.nodes[:-1]
    return np.append(inner.ravel(), 1.0)


@dataclass(frozen=True)
class PiecewisePolynomial:
    """A vector function on [0, 1], a polynomial of one degree on every interval of a mesh.

    Attributes
    ----------
    mesh
        Increasing from 0 to 1, shape (N + 1,).
    values
        Values at the nodes, m + 1 per interval with shared ends, shape (N m + 1, n).
    """

    mesh: FloatArray
    values: FloatArray

    @property
    def intervals(self) -> int:
        """Number N of mesh intervals."""
        return len(self.mesh) - 1

    @property
    def basis(self) -> Basis:
        """Basis of the polynomial's degree."""
        return basis((len(self.values) - 1) // self.intervals)

    @property
    def widths(self) -> FloatArray:
        """Widths of the mesh intervals, shape (N,)."""
        return np.diff(self.mesh)

    def local(self) -> FloatArray:
        """Node values interval by interval, shape (N, m + 1, n)."""
        m = self.basis.degree
        index = m * np.arange(self.intervals)[:, None] + np.arange(m + 1)
        return np.asarray(self.values[index])

    def nodes(self) -> FloatArray:
        """Where the node values sit in [0, 1], shape (N m + 1,)."""
        return node_points(self.mesh, self.basis)

    def __call__(self, where: FloatArray) -> FloatArray:
        """Values at points of [0, 1], shape (K, n)."""
        where = np.asarray(where, dtype=float)
        j = np.clip(np.searchsorted(self.mesh, where, side="right") - 1, 0, self.intervals - 1)
        x = (where - self.mesh[j]) / self.widths[j]
        return np.asarray(np.einsum("kl,kln->kn", self.basis.lagrange(x), self.local()[j]))

    def at_gauss(self) -> FloatArray:
        """Values at the Gauss points, shape (N, m, n)."""
        return np.asarray(self.basis.value @ self.local())

    def slope_at_gauss(self) -> FloatArray:
        """Return derivatives by the place in [0, 1] at the Gauss points, shape (N, m, n)."""
        return np.asarray(self.basis.slope @ self.local() / self.widths[:, None, None])
