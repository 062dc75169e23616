"""Equilibria, Hopf points and folds next to a cycle: where its branch begins or ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .fields import FieldNotFiniteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ikmeanfield.continuation.problem import FloatArray

    from .fields import PointwiseField


@dataclass(frozen=True)
class Equilibrium:
    """An equilibrium, its parameters and the eigenvalues of its Jacobian."""

    state: FloatArray
    p: FloatArray
    eigenvalues: NDArray[np.complex128]
    residual: float


@dataclass(frozen=True)
class Hopf:
    """A Hopf point: eigenvalues +-i `frequency` with complex eigenvector `mode`."""

    equilibrium: Equilibrium
    frequency: float
    mode: NDArray[np.complex128]


def jacobian(field: PointwiseField, y: FloatArray, p: FloatArray, scale: FloatArray) -> FloatArray:
    """df/dy at one point, shape (n, n)."""
    return np.asarray(field.jacobians(y[None], p, scale)[0])


def _eigenvalues(matrix: FloatArray) -> NDArray[np.complex128]:
    return np.asarray(np.linalg.eigvals(matrix), dtype=complex)


def find_equilibrium(
    field: PointwiseField, guess: FloatArray, p: FloatArray, scale: FloatArray
) -> Equilibrium | None:
    """Newton's method for f(y, p) = 0; None where it fails or leaves for elsewhere."""
    y, size = guess.copy(), np.inf
    try:
        for _ in range(20):
            step = -np.linalg.solve(jacobian(field, y, p, scale), field.values(y[None], p)[0])
            y = y + step
            last, size = size, float(np.abs(step / scale).max())
            if not np.isfinite(size) or np.abs((y - guess) / scale).max() > 10:
                return None
            # near a fold rounding is magnified: there steps stop shrinking before
            if size < 1e-11 or (size < 1e-6 and size > 0.3 * last):
                break
        else:
            return None
        j = jacobian(field, y, p, scale)
        residual = np.abs(field.values(y[None], p)[0] / scale).max()
    except (np.linalg.LinAlgError, FieldNotFiniteError):
        return None
    return Equilibrium(y, p.copy(), _eigenvalues(j), float(residual))


def _hopf_at(
    field: PointwiseField, guess: FloatArray, p: FloatArray, scale: FloatArray, omega: float
) -> tuple[float, Hopf] | None:
    """Equilibrium at p, and the real part of its eigenvalue nearest to i omega."""
    found = find_equilibrium(field, guess, p, scale)
    if found is None:
        return None
    values, vectors = np.linalg.eig(jacobian(field, found.state, p, scale))
    nearest = int(np.argmin(np.abs(values - 1j * omega)))
    mu = values[nearest]
    mode = _with_real_component(vectors[:, nearest])
    return float(mu.real), Hopf(found, float(mu.imag), mode)


def find_hopf(
    field: PointwiseField,
    guess: FloatArray,
    p: FloatArray,
    scale: FloatArray,
    *,
    omega: float,
    step: float,
) -> Hopf | None:
    """Return the Hopf point near an equilibrium, by the secant method in the free parameter.

    Parameters
    ----------
    guess, p
        Near the point.
    scale
        Typical sizes of the variables, shape (n,).
    omega
        Its frequency, roughly.
    step
        First change of the parameter.

    Returns
    -------
    hopf
        None where there is none within reach.
    """
    x0, x1 = p[field.index], p[field.index] + step
    first = _hopf_at(field, guess, p, scale, omega)
    if first is None:
        return None
    f0, best = first
    for iteration in range(30):
        p = p.copy()
        p[field.index] = x1
        second = _hopf_at(field, best.equilibrium.state, p, scale, best.frequency)
        if second is None or second[1].frequency <= 0:
            return None
        f1, now = second
        if abs(f1) <= 1e-13 * now.frequency:
            return now
        if iteration > 0 and abs(f1) > 0.5 * abs(f0) and abs(f0) <= 1e-8 * now.frequency:
            # differences of the field's values are rounding from here on
            return best
        if f1 == f0:
            return None
        best = now
        x0, x1, f0 = x1, x1 - f1 * (x1 - x0) / (f1 - f0), f1
    return None


def as_hopf(field: PointwiseField, y: FloatArray, p: FloatArray, scale: FloatArray) -> Hopf | None:
    """Return a point as the Hopf point it already is, to rounding; None where it is not."""
    try:
        values, vectors = np.linalg.eig(jacobian(field, y, p, scale))
        residual = float(np.abs(field.values(y[None], p)[0] / scale).max())
    except FieldNotFiniteError:
        return None
    candidates = np.flatnonzero(values.imag > 0)
    if len(candidates) == 0:
        return None
    k = candidates[np.argmin(np.abs(values[candidates].real / values[candidates].imag))]
    omega = float(values[k].imag)
    if abs(values[k].real) > 1e-8 * omega or residual > 1e-8 * omega:
        return None
    found = Equilibrium(y, p, np.asarray(values, dtype=complex), residual)
    return Hopf(found, omega, _with_real_component(vectors[:, k]))


def _with_real_component(mode: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return an eigenvector with its first component made real; the solver's choice is no matter.

    Otherwise the phase of the cycles would depend on the units of the variables.
    """
    first = mode[np.argmax(np.abs(mode) > 1e-12 * np.abs(mode).max())]
    return np.asarray(mode * abs(first) / first)


def leading_frequency(j: FloatArray) -> float | None:
    """Imaginary part of the oscillatory eigenvalue nearest to the imaginary axis."""
    values = np.linalg.eigvals(j)
    values = values[values.imag > 1e-12 * np.abs(values).max()]
    if len(values) == 0:
        return None
    return float(values[np.argmin(np.abs(values.real) / np.abs(values))].imag)


def find_fold(
    field: PointwiseField, guess: FloatArray, p: FloatArray, scale: FloatArray
) -> Equilibrium | None:
    """Return a fold of equilibria near a point that need not be an equilibrium.

    Newton's method on f = 0, J v = 0, l v = 1 in (y, v, parameter), in scaled variables; the
    derivative of J v is taken by central differences of f's Jacobian.
    """
    n = len(guess)
    parameter = max(abs(p[field.index]), 1e-3)
    try:
        _, _, vh = np.linalg.svd(jacobian(field, guess, p, scale) * scale / scale[:, None])
        v0 = vh[-1]
        x = np.concatenate([guess / scale, v0, [p[field.index] / parameter]])

        def equations(x: FloatArray) -> FloatArray:
            q = p.copy()
            q[field.index] = x[-1] * parameter
            y = x[:n] * scale
            j = jacobian(field, y, q, scale) * scale / scale[:, None]
            f = field.values(y[None], q)[0] / scale
            return np.concatenate([f, j @ x[n : 2 * n], [v0 @ x[n : 2 * n] - 1]])

        for _ in range(25):
            step = -np.linalg.solve(_numerical_jacobian(equations, x), equations(x))
            x = x + step
            if not np.isfinite(x).all() or np.abs(x[:n] - guess / scale).max() > 5:
                return None
            if np.abs(step[:n]).max() < 1e-9 and abs(step[-1]) < 1e-11:
                break
        else:
            return None
        q = p.copy()
        q[field.index] = x[-1] * parameter
        y = x[:n] * scale
        values = _eigenvalues(jacobian(field, y, q, scale))
    except (np.linalg.LinAlgError, FieldNotFiniteError):
        return None
    return Equilibrium(y, q, values, float(np.abs(equations(x)).max()))


def _numerical_jacobian(function: Callable[[FloatArray], FloatArray], x: FloatArray) -> FloatArray:
    out = np.empty((len(x), len(x)))
    for i in range(len(x)):
        e = np.zeros(len(x))
        e[i] = 1e-5 * max(abs(x[i]), 1e-2)
        out[:, i] = (function(x + e) - function(x - e)) / (2 * e[i])
    return out
