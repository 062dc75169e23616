"""Elementary functions without branches, calls or tables, for loops that vectorise.

Each is a polynomial or a ratio of two on a stated range, with a stated error; outside its range
it returns a number that the caller must not use. Long decimals are interpolations at Chebyshev
nodes, computed with 40 digits; they are literals so that they are the same on every machine.
Those of the first pass compute in the precision of their argument.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.extending import intrinsic

from ikmeanfield.spiking.compiled import VECTOR

P_LIMIT = 1.0
"""Largest |p| of `tangent_ratio` and `log_cosine_ratio`; the tangent's pole is at p = 2.47."""

Z_LIMIT = 0.3
"""Largest z² of `logarithm_ratio`: −ln a for a between 0.29 and 3.4."""

Q_LIMIT = 0.3
"""Largest |q| of `arctangent_ratio` and `half_log1p`."""

SIGNIFICANT = 52  # bits of a float64's significand
HALF_ROOT = 0x3FE6A09E667F3BCD  # the bits of √½
WHOLE = 0x000FFFFFFFFFFFFF  # the bits of a significand
ROUNDER = 6755399441055744.0  # 1.5·2⁵²: its last bits count units
LN2 = 0.6931471805599453


def _bits_of(context: Any, value: Any) -> Any:
    """The 64 bits of a float64, as an integer."""
    del context

    def build(_, builder, __, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return (types.int64(types.float64), build) if value == types.float64 else None


def _float_of(context: Any, value: Any) -> Any:
    """The float64 that has the given 64 bits."""
    del context

    def build(_, builder, __, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return (types.float64(types.int64), build) if value == types.int64 else None


bits_of: Any = intrinsic(_bits_of)
float_of: Any = intrinsic(_float_of)


@njit(inline="always", **VECTOR)
def tangent_ratio(p):
    """Numerator and denominator of tan(√p)/√p (tanh(√−p)/√−p for p < 0).

    Three terms of the tangent's continued fraction: relative error below 2e-5 |p|³, which is
    2e-8 at p = 0.1, far more than a fast-spiking neuron has in a step of 0.4 ms.
    """
    real = type(p)
    return real(1.0) - p * real(2 / 21), real(1.0) - p * (real(3 / 7) - p * real(1 / 105))


@njit(inline="always", **VECTOR)
def log_cosine_ratio(p):
    """ln(D/cos √p) with the denominator D of `tangent_ratio`; error below 4e-5 p⁴."""
    real = type(p)
    return p * (real(1 / 14) + p * (real(1 / 980) + p * real(1 / 245 + 1 / 45 - 9 / 343)))


@njit(inline="always", **VECTOR)
def logarithm_ratio(s):
    """−ln(a)/z as a function of s = z², z = (1−a)/(1+a); error below 2e-7 s."""
    real = type(s)
    return real(2.0) + s * (
        real(0.66666655049038598)
        + s * (
            real(0.40002777849558534)
            + s * (
                real(0.28465479473892344)
                + s * (
                    real(0.23669707585370278)
                    + s * (real(0.095605698100758414) + s * real(0.37067663504845458))
                )
            )
        )
    )  # fmt: skip


@njit(inline="always", **VECTOR)
def arctangent_ratio(q):
    """arctan(√q)/√q (artanh(√−q)/√−q for q < 0); error below 7e-9."""
    return 1.0 + q * (
        -0.33333318903498006
        + q * (
            0.19999986906454621
            + q * (
                -0.14287840054443842
                + q * (
                    0.1111303984609956
                    + q * (
                        -0.09007164209520745
                        + q * (
                            0.076163437180977959
                            + q * (-0.078639729103339384 + q * 0.069677839941366383)
                        )
                    )
                )
            )
        )
    )  # fmt: skip


@njit(inline="always", **VECTOR)
def half_log1p(q):
    """ln(1 + q)/2; error below 7e-9 |q|."""
    return q * (
        0.5
        + q * (
            -0.24999986270910362
            + q * (
                0.16666654152189979
                + q * (
                    -0.12502022441177637
                    + q * (
                        0.10001843361761401
                        + q * (
                            -0.082536692842020643
                            + q * (
                                0.070702635574475655
                                + q * (-0.073886177131235926 + q * 0.065925610104606436)
                            )
                        )
                    )
                )
            )
        )
    )  # fmt: skip


@njit(inline="always", **VECTOR)
def logarithm(a):
    """The natural logarithm of a positive normal number; error below 5e-13 + 3e-16 |ln a|."""
    shifted = bits_of(a) - HALF_ROOT
    power = shifted >> SIGNIFICANT
    m = float_of((shifted & WHOLE) + HALF_ROOT)  # between √½ and √2
    z = (m - 1.0) / (m + 1.0)
    s = z * z
    # Between these bounds of z the Taylor series of artanh needs no better coefficients.
    series = 1 / 3 + s * (1 / 5 + s * (1 / 7 + s * (1 / 9 + s * (1 / 11 + s * (1 / 13)))))
    exponent = float_of(bits_of(ROUNDER) + power) - ROUNDER
    return exponent * LN2 + 2.0 * (z + z * s * series)


@njit(inline="always", **VECTOR)
def half_coth(L):
    """(L/2) coth(L/2) − 1, by its continued fraction; relative error below 1e-2 for |L| ≤ 6."""
    s = 0.25 * L * L
    return s * (35.0 + s) / (105.0 + 10.0 * s)
