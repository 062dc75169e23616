"""Curves of cycles that shrink to an equilibrium end at a codimension-two point of equilibria.

There the defining systems of cycles are singular (the Hopf curve is a solution, too), so the point
is solved for as an equilibrium: generalized Hopf for folds of cycles, zero-Hopf or Hopf-Hopf for
torus points.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.bvp.profile import Profile
from ikmeanfield.continuation.codim2 import (
    refine_generalized_hopf,
    refine_hopf_hopf,
    refine_zero_hopf,
)
from ikmeanfield.continuation.scaled import ScaledField
from ikmeanfield.continuation.special_point import SpecialPoint
from ikmeanfield.continuation.spectrum import critical_pair, nearest_pair, others

if TYPE_CHECKING:
    from ikmeanfield.continuation.arclength import Refined
    from ikmeanfield.continuation.bvp.follow import CurvePoint, Found
    from ikmeanfield.continuation.problem import FloatArray

    from .curve import CycleCurve

#: How far, in scaled terms, the point may lie from where the amplitude vanishes.
_REACH = 0.05


def corner(curve: CycleCurve, found: Found, row: int) -> tuple[CurvePoint, SpecialPoint] | None:
    """Return the codimension-two point near a cycle of almost no amplitude; None if not found."""
    system, point = curve.equations, found.point
    q = point.profile.scalars
    field = system.field
    scale = np.concatenate(
        [np.maximum(np.abs(point.facts["mean"]), system.scales.components[: system.n]),
         field.parameter_scale]
    )  # fmt: skip
    scaled = ScaledField(field.problem, field.free, scale)
    z = np.concatenate([point.facts["mean"], system.free(q)]) / scale
    square = (2 * np.pi / system.period(q)) ** 2
    refined = _refined(curve.kind, scaled, z, square, curve.options.tolerance)
    if not refined.solution.converged or np.abs(refined.solution.z - z).max() > _REACH:
        return None
    x = refined.solution.z * scale
    values = np.tile(x[: system.n], (len(point.profile.values), 1))
    profile = point.profile.with_columns(system.cycle, values)
    scalars = profile.scalars.copy()
    scalars[0] = _nearest_period(refined, scalars[0])
    scalars[1:3] = x[system.n :]
    at = replace(
        point,
        profile=Profile(profile.mesh, profile.values, scalars),
        facts={**point.facts, **dict.fromkeys(("minimum", "maximum", "mean"), x[: system.n])},
    )
    special = SpecialPoint(
        kind=refined.kind,
        parameters=field.parameters(x[system.n :]),
        state=x[: system.n],
        bracket=found.bracket,
        residual=refined.solution.residual,
        eigenvalues=scaled.eigenvalues(refined.solution.z),
        data=refined.data,
        message="cycles of amplitude zero",
        row=row,
    )
    return at, special


def _nearest_period(refined: Refined, period: float) -> float:
    """Return the period of the pair whose cycles these are."""
    periods = [value for name, value in refined.data.items() if name.startswith("period")]
    return min(periods, key=lambda value: abs(value - period))


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
