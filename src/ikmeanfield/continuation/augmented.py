"""Defining systems of curves and special points, as stacks of blocks of equations.

A block maps z to some residuals and their gradients; as many as z has components make a square
system for Newton's method. Fold: the bordered system of Govaerts (2000, Numerical Methods for
Bifurcations of Dynamical Equilibria, ch. 4). Hopf: the sum of the two critical eigenvalues, that
is the trace of the Jacobian on their invariant plane, a smooth function as long as the pair keeps
apart from the rest of the spectrum; it needs no extra unknown and is regular through
Bogdanov-Takens points, where the product of the pair vanishes as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .newton import Equations, System
from .problem import FloatArray
from .scaled import ScaledField
from .spectrum import Pair, nearest_pair, value_or_zero
from .stencils import FUNCTION_STEP, slope, slopes, unit_vector

Block = Callable[[FloatArray], Equations]
#: Corrections of a bordered solution at most, and its error.
_REFINEMENTS, _REFINED = 10, 1e-11
#: The product of a pair needs no error bound above this share of the largest rate's square.
_SLOW = 1e-8
#: Null vectors with a larger product than this are far from orthogonal.
_CLEAR = 1e-4


def stack(*blocks: Block) -> System:
    """One system from several blocks."""

    def system(z: FloatArray) -> Equations:
        parts = [block(z) for block in blocks]
        values = np.concatenate([value for value, _ in parts])
        return values, lambda: np.vstack([gradient() for _, gradient in parts])

    return system


def equilibrium(field: ScaledField) -> Block:
    """Return the equations f(z) = 0, with gradients for Newton's method."""

    def block(z: FloatArray) -> Equations:
        value = field.field(z)
        return value, lambda: field.rough_jacobian(z, value)

    return block


def hyperplane(block: Block, normal: FloatArray, point: FloatArray) -> System:
    """Return the system of a curve's block and the condition normal . (z - point) = 0."""
    size = len(point)

    def system(z: FloatArray) -> Equations:
        values = np.empty(size)
        values[:-1], gradient = block(z)
        values[-1] = normal.dot(z - point)

        def gradients() -> FloatArray:
            matrix = np.empty((size, size))
            matrix[:-1], matrix[-1] = gradient(), normal
            return matrix

        return values, gradients

    return system


def function_value(function: Callable[[FloatArray], float]) -> Block:
    """function(z) = 0 for a smooth, cheap function, its gradient by differences."""
    return lambda z: (
        np.array([function(z)]),
        lambda: slopes(function, z, FUNCTION_STEP)[None, :],
    )


def function_on_curve(
    function: Callable[[FloatArray], float], curve: Block, z: FloatArray
) -> Block:
    """function(z) = 0 for a costly function that is solved together with a curve's equations.

    Newton's method starts near the curve and returns to it at second order, so only the
    derivative along the curve matters; it stands for the gradient.
    """
    tangent: FloatArray = np.linalg.svd(curve(z)[1]())[2][-1]
    return lambda x: (
        np.array([function(x)]),
        lambda: slope(function, x, tangent, FUNCTION_STEP) * tangent[None, :],
    )


# --- folds -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Border:
    """Vectors that make the singular Jacobian regular: near its left and right null vectors."""

    left: FloatArray
    right: FloatArray
    #: Inverse of the bordered Jacobian at a point near by, where Jacobians are costly.
    inverse: FloatArray | None = None

    def updated(self, jacobian: FloatArray) -> Border:
        """Return the unit null vectors of a Jacobian near by, oriented like the old ones."""
        _, left, right = null_vectors(jacobian, self)
        left = left * np.copysign(1.0, left @ self.left) / np.linalg.norm(left)
        right = right * np.copysign(1.0, right @ self.right) / np.linalg.norm(right)
        return Border(left, right)


def border(jacobian: FloatArray) -> Border:
    """Return the singular vectors of the smallest singular value."""
    u, _, vt = np.linalg.svd(jacobian)
    return Border(u[:, -1], vt[-1])


def bordered(jacobian: FloatArray, edge: Border) -> FloatArray:
    """Return the Jacobian with a border around it, shape (n + 1, n + 1)."""
    n = len(jacobian)
    matrix = np.zeros((n + 1, n + 1))
    matrix[:n, :n], matrix[:n, n], matrix[n, :n] = jacobian, edge.left, edge.right
    return matrix


def null_vectors(jacobian: FloatArray, edge: Border) -> tuple[float, FloatArray, FloatArray]:
    """Return the bordered value g, zero where J is singular, with left and right null vectors."""
    n = len(jacobian)
    matrix = bordered(jacobian, edge)
    unit = unit_vector(n + 1, n)
    right: FloatArray = np.asarray(np.linalg.solve(matrix, unit), dtype=float)
    left: FloatArray = np.asarray(np.linalg.solve(matrix.T, unit), dtype=float)
    return float(right[n]), left[:n], right[:n]


def null_overlap(field: ScaledField, z: FloatArray, edge: Border) -> float:
    """Return left . right of the unit null vectors in an edge: zero for a double zero eigenvalue.

    Exactly zero where errors of the Jacobian hide its sign.
    """
    value = float(edge.left @ edge.right)
    if abs(value) > _CLEAR:
        return value
    inverse = np.linalg.inv(bordered(field.jacobian(z), edge))
    response, errors = np.abs(inverse[:-1, :-1]), field.errors(z)
    left, right = np.abs(edge.left), np.abs(edge.right)
    moved = left @ response @ errors @ right + left @ errors @ response @ right
    return value_or_zero(value, float(moved))


def fold(field: ScaledField, edge: Border) -> Block:
    """g(z) = 0: the Jacobian is singular."""

    def gradient(z: FloatArray, left: FloatArray, right: FloatArray) -> FloatArray:
        row: FloatArray = -left @ field.bends(z, right[:, None])
        return row

    def block(z: FloatArray) -> Equations:
        near = None if edge.inverse is None else _near_value(field, z, edge, edge.inverse)
        if near is not None:
            return np.array([near]), lambda: gradient(z, *null_vectors(field.jacobian(z), edge)[1:])
        g, left, right = null_vectors(field.jacobian(z), edge)
        return np.array([g]), lambda: gradient(z, left, right)

    return block


def _near_value(
    field: ScaledField, z: FloatArray, edge: Border, inverse: FloatArray
) -> float | None:
    """Return the bordered value from derivatives along vectors, without the Jacobian.

    The bordered system is solved by refinement with its inverse at a point near by; None where
    that does not converge.
    """
    n = field.n
    solution = inverse[:, n].copy()
    before = np.abs(solution).max()
    for _ in range(_REFINEMENTS):
        vector, size = solution[:n], np.abs(solution[:n]).max()
        image = size * field.slope(z, np.append(vector / size, np.zeros(len(z) - n)))
        gap = np.append(image + solution[n] * edge.left, edge.right @ vector - 1)
        change = inverse @ gap
        solution -= change
        moved = np.abs(change).max()
        # corrections shrink by the same factor, so the next one would be moved^2 / before
        if moved**2 <= _REFINED * before:
            return float(solution[n])
        if not moved < before:
            return None
        before = moved
    return None


# --- pairs of eigenvalues --------------------------------------------------------------------


def _pair_rates(jacobian: FloatArray, pair: Pair) -> tuple[FloatArray, FloatArray]:
    """Return rows (2, 2, n) and a right basis (n, 2) of the pair's invariant plane.

    A change dJ of the Jacobian changes the pair's sum and product by the traces of
    rows @ dJ @ right. The plane is the null space of (J - a)(J - b), which stays two-dimensional
    where the two eigenvalues a, b meet.
    """
    polynomial = jacobian @ jacobian - pair.trace * jacobian
    polynomial[np.diag_indices_from(polynomial)] += pair.determinant
    u, _, vt = np.linalg.svd(polynomial)
    right, left = vt[-2:].T, u[:, -2:]
    left = left @ np.linalg.inv(right.T @ left)  # so that left.T @ right = 1
    small = left.T @ jacobian @ right
    adjugate = np.trace(small) * np.eye(2) - small
    return np.stack([left.T, adjugate @ left.T]), right


def product_of_pair(field: ScaledField, z: FloatArray, pair: Pair) -> float:
    """Return the pair's product, exactly zero where errors of the Jacobian hide its sign."""
    jacobian = field.jacobian(z)
    if abs(pair.determinant) > _SLOW * float(np.abs(jacobian).max()) ** 2:
        return pair.determinant
    rows, right = _pair_rates(jacobian, pair)
    error = float((np.abs(right @ rows[1]).T * field.errors(z)).sum())
    return value_or_zero(pair.determinant, error)


def pair_sum(field: ScaledField, determinant: float) -> Block:
    """Return the condition that the pair of about this product adds up to zero.

    That is a Hopf point or a neutral saddle.
    """
    return _pair_conditions(field, determinant, 1)


def pair_zero(field: ScaledField) -> Block:
    """Sum and product of the two smallest eigenvalues vanish: Bogdanov-Takens."""
    return _pair_conditions(field, 0.0, 2)


def _pair_conditions(field: ScaledField, determinant: float, number: int) -> Block:
    """Return that the sum of a pair vanishes, or that its product does as well."""

    def block(z: FloatArray) -> Equations:
        jacobian = field.jacobian(z)
        pair = nearest_pair(field.eigenvalues(z), determinant)

        def gradients() -> FloatArray:
            rows, right = _pair_rates(jacobian, pair)
            both: FloatArray = np.einsum("gin,inc->gc", rows, field.bends(z, right))
            return both[:number]

        return np.array([pair.trace, pair.determinant][:number]), gradients

    return block
