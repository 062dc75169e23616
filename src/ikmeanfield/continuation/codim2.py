"""Defining systems of codimension-two points: n + 2 equations in the state and two parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .arclength import Refined, solve_for
from .augmented import border, equilibrium, fold, function_on_curve, pair_sum, pair_zero, stack
from .normalforms import cusp_coefficient, lyapunov_values, quadratic_values
from .problem import FloatArray
from .scaled import ScaledField
from .spectrum import nearest_pair, oscillation


def refine_bogdanov_takens(field: ScaledField, z: FloatArray, tolerance: float) -> Refined:
    """Solve for a double zero eigenvalue."""
    return solve_for("BT", field, z, tolerance, pair_zero(field))


def refine_cusp(field: ScaledField, z: FloatArray, tolerance: float) -> Refined:
    """Solve for a fold whose quadratic coefficient vanishes."""
    edge = border(field.jacobian(z))
    singular = fold(field, edge)
    curve = stack(equilibrium(field), singular)
    quadratic = function_on_curve(lambda x: quadratic_values(field, x, edge)[1], curve, z)
    refined = solve_for("CP", field, z, tolerance, singular, quadratic)
    if not refined.solution.converged:
        return refined
    return replace(refined, data={"cusp_coefficient": cusp_coefficient(field, refined.solution.z)})


def refine_generalized_hopf(
    field: ScaledField, z: FloatArray, determinant: float, tolerance: float
) -> Refined:
    """Solve for a Hopf point whose first Lyapunov coefficient vanishes."""

    def coefficient(x: FloatArray) -> float:
        pair = nearest_pair(field.eigenvalues(x), determinant)
        return lyapunov_values(field, x, pair.frequency)[1]

    critical = pair_sum(field, determinant)
    cubic = function_on_curve(coefficient, stack(equilibrium(field), critical), z)
    return _oscillating(solve_for("GH", field, z, tolerance, critical, cubic), field, determinant)


def refine_zero_hopf(
    field: ScaledField, z: FloatArray, determinant: float, tolerance: float
) -> Refined:
    """Solve for a zero eigenvalue beside a pair (of about this product) on the imaginary axis."""
    singular, critical = fold(field, border(field.jacobian(z))), pair_sum(field, determinant)
    refined = solve_for("ZH", field, z, tolerance, singular, critical)
    return _oscillating(refined, field, determinant)


def refine_hopf_hopf(
    field: ScaledField, z: FloatArray, determinants: tuple[float, float], tolerance: float
) -> Refined:
    """Solve for two pairs on the imaginary axis."""
    critical = [pair_sum(field, determinant) for determinant in determinants]
    return _oscillating(solve_for("HH", field, z, tolerance, *critical), field, *determinants)


def _oscillating(refined: Refined, field: ScaledField, *determinants: float) -> Refined:
    """Add the frequencies of pairs; where one of them is no conjugate pair, remove the kind."""
    if not refined.solution.converged:
        return refined
    eigenvalues = field.eigenvalues(refined.solution.z)
    data = {}
    for number, determinant in enumerate(determinants):
        value = nearest_pair(eigenvalues, determinant).determinant
        if value <= 0:
            return replace(refined, kind="", message="a pair is a neutral saddle")
        suffix = str(number + 1) if len(determinants) > 1 else ""
        for name, result in oscillation(float(np.sqrt(value))).items():
            data[name + suffix] = result
    return replace(refined, data=data)
