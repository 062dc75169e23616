"""Differences beside a kink, on whose one side a field is smooth.

A stencil that reaches across the kink sees the other side; one that is small enough not to, sees
rounding. Where the field is smooth on the side of the point, its derivatives there are those at
points further off, extrapolated.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .problem import FloatArray
from .stencils import Stencils

#: Distance between the points, in scaled coordinates: more than a stencil of differences reaches.
_APART = 5e-4
#: Weights of four points in a row for the value at the one before them, and for what a cubic
#: through them and that value would leave.
_VALUE, _ROUGH = np.array([4.0, -6.0, 4.0, -1.0]), np.array([1.0, -3.0, 3.0, -1.0])
#: Third differences of a smooth function are this share of it at most.
_SMOOTH = 1e-9


def row_of_points(field: Stencils, z: FloatArray) -> FloatArray | None:
    """Return four points in a row from z, away from the closest kink, shape (4, n + k).

    None on a kink, and where others are too close.
    """
    here = field.kinks(z)
    gradients = {name: field.kink_gradient(name, z) for name in here}
    sizes = {name: float(np.linalg.norm(gradient)) for name, gradient in gradients.items()}
    near = [name for name in here if sizes[name] > 0]
    closest = min(near, key=lambda name: abs(here[name]) / sizes[name], default="")
    if not here.get(closest):
        return None
    away = np.sign(here[closest]) * gradients[closest] / sizes[closest]
    points: FloatArray = z + _APART * np.arange(1, 5)[:, None] * away
    clear = all(
        np.sign(value) == np.sign(here[name]) and abs(value) > 0.8 * _APART * sizes[name]
        for point in points
        for name, value in field.kinks(point).items()
    )
    return points if clear else None


def extrapolated(
    compute: Callable[[FloatArray], FloatArray], points: FloatArray
) -> FloatArray | None:
    """Return a function's values before a row of four points; None unless it is smooth there."""
    values = np.array([compute(point) for point in points])
    rough = np.tensordot(_ROUGH, values, 1)
    if not np.abs(rough).max() <= _SMOOTH * np.abs(values).max():
        return None
    found: FloatArray = np.tensordot(_VALUE, values, 1)
    return found
