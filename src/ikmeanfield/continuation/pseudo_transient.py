"""Rough starts: follow the flow until an equilibrium is near."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .problem import FloatArray
from .scaled import ScaledField

_STEPS = 1000
#: Largest relative change of a component in a step, and the one below which the step doubles.
_LARGE, _SMALL = 0.3, 0.1
#: The flow has settled when a step this many times the slowest rate changes less than this.
_SETTLED = 1e-6


def pseudo_transient(
    field: ScaledField, z: FloatArray, allowed: Callable[[FloatArray], bool]
) -> FloatArray:
    """Return a point close to an equilibrium, or wherever the attempt ended.

    The path keeps to the points that are `allowed`, as the flow does when it cannot leave them.

    Pseudo-transient continuation (Kelley and Keyes 1998): linearly implicit Euler steps that grow
    as the flow slows down. So the equilibrium found is mostly an attractor of the flow, where
    Newton's method alone may jump to another one or to none.
    """
    identity = np.eye(field.n)
    speed = float(np.abs(field.field(z)).max())
    tau = _SMALL / speed if speed > 0 else 1.0
    for _ in range(_STEPS):
        rate, matrix = field.field(z), field.jacobian(z)
        if not (np.isfinite(rate).all() and np.isfinite(matrix).all()):
            break
        try:
            change = np.linalg.solve(identity / tau - matrix, rate)
        except np.linalg.LinAlgError:
            tau /= 2
            continue
        size = float((np.abs(change) / np.maximum(np.abs(z), 1.0)).max())
        if not (size < _LARGE and allowed(z + change)):
            tau /= 2
            continue
        z = z + change
        if size < _SETTLED and tau * float(np.abs(matrix).max()) > 1 / _SETTLED:
            break
        if size < _SMALL:
            tau *= 2
    return z
