"""The elementary functions of the vectorised passes against numpy's long double.

Oracle: tan, tanh, arctan, artanh, log and cosh in extended precision, which share no coefficient
with the polynomials. The bounds are those that the functions' docstrings state.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit

from ikmeanfield.spiking import series
from ikmeanfield.spiking.compiled import VECTOR

Long = np.longdouble
ONE = Long(1)


def over(function: Callable[..., object], x: np.ndarray) -> np.ndarray:
    """Values of a function, through a loop that is compiled as the passes are."""
    fastmath = VECTOR["fastmath"]

    @njit(error_model="numpy", fastmath=fastmath)
    def loop(x, out):  # type: ignore[no-untyped-def]
        for i in range(x.size):
            out[i] = function(x[i])

    out = np.empty((x.size, 2) if function is series.tangent_ratio else x.size)
    loop(x, out)
    return out


def either_sign(limit: float) -> np.ndarray:
    half = np.geomspace(1e-9, limit, 400)
    return np.concatenate([-half[::-1], half])


def ratio(p: np.ndarray, above: np.ufunc, below: np.ufunc) -> np.ndarray:
    """above(√p)/√p for p > 0, below(√−p)/√−p for p < 0, in long double."""
    root = np.sqrt(np.abs(p).astype(Long))
    return np.where(p > 0, above(root), below(root)) / root


def cosine(p: np.ndarray) -> np.ndarray:
    root = np.sqrt(np.abs(p).astype(Long))
    return np.where(p > 0, np.cos(root), np.cosh(root))


def test_tangent_and_area() -> None:
    """The tangent's error falls with the third power of p, that of ln(D/cos) with the fourth."""
    p = either_sign(series.P_LIMIT)
    numerator, denominator = over(series.tangent_ratio, p).T
    error = (numerator / denominator).astype(Long) / ratio(p, np.tan, np.tanh) - 1
    assert np.all(np.abs(error) <= 2e-5 * np.abs(p) ** 3 + 3e-16)
    exact = np.log(denominator.astype(Long) / cosine(p))
    error = np.abs(over(series.log_cosine_ratio, p) - exact)
    # The denominator itself is rounded.
    assert np.all(error <= 4e-5 * p**4 + 3e-16)


def test_logarithm_ratio() -> None:
    z = np.sqrt(np.geomspace(1e-8, series.Z_LIMIT, 400)).astype(Long)
    exact = 2 * np.arctanh(z) / z
    s = (z * z).astype(float)
    assert np.all(np.abs(over(series.logarithm_ratio, s) - exact) <= 2e-7 * s + 1e-15)


def test_arctangent_ratio_and_half_log1p() -> None:
    q = either_sign(series.Q_LIMIT)
    exact = ratio(q, np.arctan, np.arctanh)
    assert np.max(np.abs(over(series.arctangent_ratio, q) - exact)) < 7e-9
    error = np.abs(over(series.half_log1p, q) - np.log1p(q.astype(Long)) / 2)
    assert np.all(error <= 7e-9 * np.abs(q))


def test_logarithm() -> None:
    """Every binade, and both sides of the place where the exponent changes."""
    a = np.concatenate([np.geomspace(1e-300, 1e300, 2000), np.sqrt([0.5, 2.0]), [1.0, 0.5, 2.0]])
    a = np.concatenate([a, np.nextafter(a, 0), np.nextafter(a, np.inf)])
    exact = np.log(a.astype(Long))
    assert np.all(np.abs(over(series.logarithm, a) - exact) <= 5e-13 + 3e-16 * np.abs(exact))


def test_half_coth() -> None:
    L = either_sign(6.0)
    exact = L / 2 / np.tanh(L.astype(Long) / 2) - 1
    small = np.abs(L) < 1e-3  # where the difference from 1 cancels in the oracle
    exact[small] = L[small].astype(Long) ** 2 / 12
    np.testing.assert_allclose(over(series.half_coth, L) / exact, ONE, rtol=1e-2)
