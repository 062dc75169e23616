"""Defining systems of codimension-two points: n + 2 equations in the state and two parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .arclength import Refined
from .augmented import (
    border,
    equilibrium,
    fold,
    function_on_curve,
    pair_sum,
    pair_zero,
    stack,
)
from .newton import System, newton
from .normalforms import cusp_coefficient, lyapunov_values, quadratic_values
from .spectrum import nearest_pair

if TYPE_CHECKING:
    from .problem import FloatArray
    from .scaled import ScaledField

_ITERATIONS = 20


def refine_bogdanov_takens(field: ScaledField, z: FloatArray, tolerance: float) -> Refined:
    """Solve for a double zero eigenvalue."""
    system = stack(equilibrium(field), pair_zero(field))
    return Refined("BT", newton(system, z, tolerance, _ITERATIONS))


def refine_cusp(field: ScaledField, z: FloatArray, tolerance: float) -> Refined:
    """Solve for a fold whose quadratic coefficient vanishes."""
    edge = border(field.jacobian(z))
    curve = stack(equilibrium(field), fold(field, edge))
    quadratic = function_on_curve(lambda x: quadratic_values(field, x, edge)[0], curve, z)
    solution = newton(stack(curve, quadratic), z, tolerance, _ITERATIONS)
    if not solution.converged:
        return Refined("CP", solution)
    return Refined("CP", solution, {"cusp_coefficient": cusp_coefficient(field, solution.z)})


def refine_generalized_hopf(
    field: ScaledField, z: FloatArray, determinant: float, tolerance: float
) -> Refined:
    """Solve for a Hopf point whose first Lyapunov coefficient vanishes."""

    def coefficient(x: FloatArray) -> float:
        pair = nearest_pair(field.eigenvalues(x), determinant)
        return lyapunov_values(field, x, pair.frequency)[0]

    curve = stack(equilibrium(field), pair_sum(field, determinant))
    system = stack(curve, function_on_curve(coefficient, curve, z))
    return _with_frequencies(
        "GH", field, system, z, determinants=(determinant,), tolerance=tolerance
    )


def refine_zero_hopf(
    field: ScaledField, z: FloatArray, determinant: float, tolerance: float
) -> Refined:
    """Solve for a zero eigenvalue beside a pair (of about this product) on the imaginary axis."""
    edge = border(field.jacobian(z))
    system = stack(equilibrium(field), fold(field, edge), pair_sum(field, determinant))
    return _with_frequencies(
        "ZH", field, system, z, determinants=(determinant,), tolerance=tolerance
    )


def refine_hopf_hopf(
    field: ScaledField, z: FloatArray, determinants: tuple[float, float], tolerance: float
) -> Refined:
    """Solve for two pairs on the imaginary axis."""
    pairs = [pair_sum(field, determinant) for determinant in determinants]
    system = stack(equilibrium(field), *pairs)
    return _with_frequencies("HH", field, system, z, determinants=determinants, tolerance=tolerance)


def _with_frequencies(
    kind: str,
    field: ScaledField,
    system: System,
    z: FloatArray,
    *,
    determinants: tuple[float, ...],
    tolerance: float,
) -> Refined:
    """Solve, and name the kind only where every pair is a conjugate one."""
    solution = newton(system, z, tolerance, _ITERATIONS)
    if not solution.converged:
        return Refined(kind, solution)
    eigenvalues = field.eigenvalues(solution.z)
    data = {}
    for number, determinant in enumerate(determinants):
        value = nearest_pair(eigenvalues, determinant).determinant
        if value <= 0:
            return Refined("", solution, {}, "a pair is a neutral saddle")
        suffix = str(number + 1) if len(determinants) > 1 else ""
        data["frequency" + suffix] = float(np.sqrt(value))
        data["period" + suffix] = float(2 * np.pi / np.sqrt(value))
    return Refined(kind, solution, data)
