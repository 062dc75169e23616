"""Typical sizes of variables and parameters, by which scaled coordinates are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .options import ContinuationOptions
    from .problem import FloatArray, Problem

#: A magnitude below this says nothing about a component's scale.
_ZERO = 1e-10
#: Decades searched for the size at which the field stops being linear, from the largest.
_DECADES = range(8, -14, -1)
#: Share of the field's change by which it departs from a linear one.
_NONLINEAR = 0.1
#: Changes of the field below this share of its value are rounding.
_NOISE = 1e-10
#: A field's own scale within these bounds is as good as one.
_NEAR_ONE = (1e-3, 1e3)


def has_fixed_scale(name: str, options: ContinuationOptions) -> bool:
    """Whether the scale of a component is stated or given by its bounds."""
    lower, upper = options.bounds.get(name, (-np.inf, np.inf))
    return name in options.scales or bool(np.isfinite(upper - lower))


def initial_scale(
    problem: Problem, free: tuple[str, ...], x: FloatArray, options: ContinuationOptions
) -> FloatArray:
    """Scale of every variable and free parameter at x = (y, free parameters).

    It is stated, else the bounds' width, else the component's magnitude. A variable that is zero
    says nothing: its scale is the size at which the field stops being linear in it, where that
    is far from one, and else one.
    """
    scale = np.where(np.abs(x) > _ZERO, np.abs(x), 1.0)
    for index, name in enumerate((*problem.variables, *free)):
        if name in options.scales:
            scale[index] = options.scales[name]
        elif has_fixed_scale(name, options):
            lower, upper = options.bounds[name]
            scale[index] = upper - lower
        elif index < len(problem.variables) and abs(x[index]) <= _ZERO:
            scale[index] = _nonlinear_size(problem, free, x, index)
    return scale


def _nonlinear_size(problem: Problem, free: tuple[str, ...], x: FloatArray, index: int) -> float:
    """Smallest change of a variable at which the field departs from a linear one; 1 by default."""
    n = len(problem.variables)
    p = problem.vector(**dict(zip(free, map(float, x[n:]), strict=True)))
    found = 1.0
    for decade in _DECADES:
        size = 10.0**decade
        if _departure(problem, x[:n], p, index, size) < _NONLINEAR:
            break
        found = size
    return 1.0 if _NEAR_ONE[0] <= found <= _NEAR_ONE[1] or decade == _DECADES[-1] else found


def _departure(problem: Problem, y: FloatArray, p: FloatArray, index: int, size: float) -> float:
    """Share by which the field's change over a size differs from twice that over its half."""
    unit = np.zeros(len(y))
    unit[index] = size
    try:
        with np.errstate(all="ignore"):
            at, half, whole, back = (
                np.asarray(problem.field(y + share * unit, p), dtype=float)
                for share in (0.0, 0.5, 1.0, -1.0)
            )
    except (ValueError, ArithmeticError, TypeError):
        return np.inf
    with np.errstate(all="ignore"):
        change = np.abs(whole - at)
        odd, even = np.abs((whole - at) - 2 * (half - at)), np.abs(whole + back - 2 * at)
        if not np.isfinite(change + odd + even).all():
            return np.inf
        clear = change > _NOISE * np.abs(at)
        share = np.maximum(odd, even)[clear] / change[clear]
    return float(share.max(initial=0.0))
