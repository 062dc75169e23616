"""Curves of cycles that shrink to an equilibrium end at a codimension-two point of equilibria.

There the defining systems of cycles are singular (the Hopf curve is a solution, too), so the point
is solved for as an equilibrium: generalized Hopf for folds of cycles, zero-Hopf or Hopf-Hopf for
torus points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.bvp.points import CurvePoint, Located
from ikmeanfield.continuation.codim2 import (
    refine_generalized_hopf,
    refine_hopf_hopf,
    refine_zero_hopf,
)
from ikmeanfield.continuation.cycles.ends import extrapolated, shrunk
from ikmeanfield.continuation.problem import FloatArray
from ikmeanfield.continuation.scaled import ScaledField
from ikmeanfield.continuation.scales import initial_scale
from ikmeanfield.continuation.special_point import SpecialPoint, Termination
from ikmeanfield.continuation.spectrum import critical_pair, nearest_pair, others

if TYPE_CHECKING:
    from ikmeanfield.continuation.arclength import Refined

    from .curve import BifurcationCurve

#: Why a curve ends at an equilibrium.
SHRUNK = Termination("hopf", "the amplitude of the cycle goes to zero")

#: How far, in scaled terms, the point may lie from where the amplitude vanishes.
_REACH = 0.05


def corner(
    curve: BifurcationCurve, before: CurvePoint, after: CurvePoint
) -> tuple[Located, Termination] | None:
    """Return the codimension-two point at which the amplitude vanishes between two cycles.

    None if it is not found.
    """
    x, period, way = extrapolated(curve, before, after)
    field, n = curve.field, curve.n
    scale = initial_scale(field.problem, field.free, x, curve.options)
    scaled, z = ScaledField(field.problem, field.free, scale), x / scale
    square = (2 * np.pi / period) ** 2
    refined = _refined(curve.kind, scaled, z, square, curve.options.tolerance)
    solution = refined.solution
    if not (solution.converged and refined.kind) or np.abs(solution.z - z).max() > _REACH:
        return None
    x = solution.z * scale
    periods = [value for name, value in refined.data.items() if name.startswith("period")]
    nearest = min(periods, key=lambda value: abs(value - period))
    special = SpecialPoint(
        kind=refined.kind,
        parameters=field.parameters(x[n:]),
        state=x[:n],
        residual=solution.residual,
        eigenvalues=scaled.eigenvalues(solution.z),
        data={"period": nearest, **refined.data},
        message="cycles of amplitude zero",
    )
    return shrunk(curve, before, special, way), SHRUNK


def _refined(
    kind: str, field: ScaledField, z: FloatArray, square: float, tolerance: float
) -> Refined:
    if kind == "cycle_fold":
        return refine_generalized_hopf(field, z, square, tolerance)
    eigenvalues = field.eigenvalues(z)
    rest = eigenvalues[others(eigenvalues, nearest_pair(eigenvalues, square).positions)]
    smallest = float(np.abs(rest).min())
    if len(rest) < 2 or smallest < abs(critical_pair(rest).trace):
        return refine_zero_hopf(field, z, square, tolerance)
    other = critical_pair(rest).determinant
    return refine_hopf_hopf(field, z, (square, other), tolerance)
