"""Events and recorded values that the user states as functions of state and parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .arclength import Located, Point
from .augmented import function_value, stack
from .newton import newton
from .problem import FloatArray, Scalar
from .scaled import ScaledField
from .tracer import Tracer

_ITERATIONS = 20


def value_at(field: ScaledField, function: Scalar, x: FloatArray) -> float:
    """Value of a function of state and parameters at x = (y, free parameters)."""
    y, p = field.split(x / field.scale)
    return float(function(y, p))


def user_points(tracer: Tracer, a: Point, b: Point) -> list[Located]:
    """Return where the user's functions vanish between two points of a curve."""
    found = []
    for name, function in tracer.options.events.items():
        before, after = (value_at(tracer.curve.field, function, x.x) for x in (a, b))
        if not (np.isfinite([before, after]).all() and (before < 0) != (after < 0)):
            continue
        located = _located(tracer, a, b, name, function, before / (before - after))
        if located is not None:
            found.append(located)
    return found


def _located(
    tracer: Tracer, a: Point, b: Point, name: str, function: Scalar, share: float
) -> Located | None:
    """Solve for the zero of one function near a share of the way."""
    field = tracer.curve.field
    za, zb = a.x / field.scale, b.x / field.scale
    condition = function_value(lambda z: value_at(field, function, z * field.scale))
    system = stack(tracer.curve.block(), condition)
    solution = newton(system, za + share * (zb - za), tracer.options.tolerance, _ITERATIONS)
    length = float(np.linalg.norm(zb - za))
    if not solution.converged or np.linalg.norm(solution.z - za) > 1.5 * length:
        return None
    arclength = a.arclength + share * (b.arclength - a.arclength)
    point = tracer.make_point(solution.z, zb - za, arclength, a.step, solution.iterations)
    bracket = a.arclength, b.arclength
    return tracer.located(point, "UZ", bracket, residual=solution.residual, name=name)


def recorded(
    field: ScaledField, functions: Mapping[str, Scalar], points: Sequence[Point]
) -> dict[str, FloatArray]:
    """Values of the user's functions at the points of a curve, by name."""
    return {
        name: np.array([value_at(field, function, point.x) for point in points])
        for name, function in functions.items()
    }
