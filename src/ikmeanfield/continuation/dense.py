"""Dense linear algebra of small matrices, to the bit as numpy's at a third of the cost.

A curve of a few variables spends more time in numpy's checks and conversions than in LAPACK,
which is called directly here. Larger matrices go to numpy, which gives LAPACK a larger workspace.
Rows are contiguous in all results, as in numpy's: BLAS adds up strided vectors in another order.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import numpy as np

from .problem import FloatArray

#: Up to so many rows, Python's overhead counts; for more of them LAPACK works in blocks.
FEW = 12
#: With so many rows, threads of BLAS wait for each other more than they compute.
_SLOWED = range(FEW + 1, 400)
_UNITS = [np.eye(size) for size in range(FEW + 1)]


@cache
def _lapack() -> Any:
    """LAPACK's routines, imported when they are first needed: scipy.linalg takes its time."""
    from scipy.linalg import lapack  # noqa: PLC0415

    return lapack


def one_thread(size: int) -> AbstractContextManager[Any]:
    """Keep BLAS to one thread while matrices of some size are worked on, if that is faster."""
    if size not in _SLOWED:
        return nullcontext()
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits


def inverse(matrix: FloatArray) -> FloatArray:
    """Return the inverse; LinAlgError where there is none."""
    size = len(matrix)
    if size > FEW:
        return np.asarray(np.linalg.inv(matrix), dtype=float)
    _, _, found, failed = _lapack().dgesv(matrix, _UNITS[size])
    if failed:
        msg = "Singular matrix"
        raise np.linalg.LinAlgError(msg)
    return np.ascontiguousarray(found)


def null_vector(matrix: FloatArray) -> tuple[FloatArray, float]:
    """Return the unit null vector of a matrix (n, n + 1), and its smallest singular value."""
    if len(matrix) > FEW:
        _, values, vectors = np.linalg.svd(matrix)
    else:
        _, values, vectors, failed = _lapack().dgesdd(matrix)
        if failed:
            msg = "SVD did not converge"
            raise np.linalg.LinAlgError(msg)
    return vectors[-1].copy(), float(values[-1])


def eigenvalues(matrix: FloatArray) -> list[complex]:
    """Return the eigenvalues in LAPACK's order."""
    if len(matrix) > FEW or not is_finite(matrix):
        found: list[complex] = np.linalg.eigvals(matrix).astype(complex).tolist()
        return found
    real, imaginary, _, _, failed = _lapack().dgeev(matrix, compute_vl=0, compute_vr=0)
    if failed:
        msg = "Eigenvalues did not converge"
        raise np.linalg.LinAlgError(msg)
    return list(map(complex, real.tolist(), imaginary.tolist()))


def sign_of_determinant(matrix: FloatArray) -> float:
    """Return the sign of the determinant, zero where it vanishes."""
    factors, rows, _ = _lapack().dgetrf(matrix)
    negative = sum(row != place for place, row in enumerate(rows.tolist()))
    diagonal = factors.diagonal().tolist()
    negative += sum(value < 0 for value in diagonal)
    return 0.0 if 0.0 in diagonal else -1.0 if negative % 2 else 1.0


def is_finite(values: FloatArray) -> bool:
    """Whether all entries are finite numbers."""
    # The sum of squares of finite numbers may overflow, but is almost always finite.
    return float(np.vdot(values, values)) < np.inf or bool(np.isfinite(values).all())
