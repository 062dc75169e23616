"""Typical sizes of variables and parameters, by which scaled coordinates are made."""

from __future__ import annotations

import numpy as np

from .options import ContinuationOptions
from .problem import FloatArray, Problem

#: A magnitude below this says nothing about a component's scale.
_ZERO = 1e-10
#: Where derivatives are differences, a variable may be this share of the size at which the field
#: stops being linear in it; on a smaller scale its differences would drown in rounding.
_SMALL = 1e-2
#: Sizes at which the field is asked whether it is linear, from the largest.
_SIZES = np.array([10.0**decade for decade in range(8, -14, -1)])
#: Shares of such a size by which a variable is changed.
_SHARES = np.array([0.5, 1.0, -1.0])[:, None, None]
#: Share of the field's change by which it departs from a linear one.
_NONLINEAR = 0.1
#: Changes of the field below this share of its value are rounding.
_NOISE = 1e-10
#: A field's own scale within these bounds is as good as one.
_NEAR_ONE = (1e-3, 1e3)
#: Share of the free parameters' scale by which the field is looked at beside the start.
_ASIDE = 0.1


def has_fixed_scale(name: str, options: ContinuationOptions) -> bool:
    """Whether the scale of a component is stated or given by its bounds."""
    lower, upper = options.bounds.get(name, (-np.inf, np.inf))
    return name in options.scales or bool(np.isfinite(upper - lower))


def initial_scale(
    problem: Problem, free: tuple[str, ...], x: FloatArray, options: ContinuationOptions
) -> FloatArray:
    """Scale of every variable and free parameter at x = (y, free parameters).

    It is stated, else the bounds' width, else the component's magnitude. A variable that is zero
    says nothing: its scale is the problem's own typical size, or else the size at which the field
    stops being linear in it, where that is far from one, and else one. Without a Jacobian the scale
    of a variable that is small beside others is a share of that size or more.
    """
    n, size = len(problem.variables), np.abs(x)
    scale = np.where(size > _ZERO, size, 1.0)
    doubtful = 0.0 if problem.jacobian is not None else _SMALL * size[:n].max(initial=0.0)
    unknown = []
    for index, name in enumerate((*problem.variables, *free)):
        if name in options.scales:
            scale[index] = options.scales[name]
        elif has_fixed_scale(name, options):
            lower, upper = options.bounds[name]
            scale[index] = upper - lower
        elif index < n and size[index] <= max(_ZERO, doubtful):
            if name in problem.sizes:
                scale[index] = problem.sizes[name]
            else:
                unknown.append(index)
    if unknown:
        # Beside the start as well: a linear part that vanishes just there says nothing.
        shifts = (0.0, _ASIDE, -_ASIDE) if free else (0.0,)
        sizes = np.array(
            [_nonlinear_sizes(problem, free, x, shift * scale[n:])[unknown] for shift in shifts]
        )
        largest, own = np.fmax.reduce(sizes), size[unknown]
        small = np.fmax(own, _SMALL * largest)
        found = np.where(np.isnan(sizes), 1.0, sizes).max(axis=0)
        far = (found < _NEAR_ONE[0]) | (found > _NEAR_ONE[1])
        scale[unknown] = np.where(own > _ZERO, small, np.where(far, found, 1.0))
    return scale


def _nonlinear_sizes(
    problem: Problem, free: tuple[str, ...], x: FloatArray, shift: FloatArray
) -> FloatArray:
    """Smallest change of each variable at which the field departs from a linear one.

    NaN where it departs at all sizes or at none.
    """
    n = len(problem.variables)
    p = problem.vector(**dict(zip(free, map(float, x[n:] + shift), strict=True)))
    found, linear = np.full(n, np.nan), np.zeros(n, dtype=bool)
    together = len(_SIZES) if problem.compiled is not None else 1
    for first in range(0, len(_SIZES), together):
        sizes = _SIZES[first : first + together]
        departures = _departures(problem, x[:n], p, sizes)
        for size, departs in zip(sizes, departures >= _NONLINEAR, strict=True):
            linear |= ~departs
            found[departs & ~linear] = size
        if linear.all():
            break
    return np.where(linear, found, np.nan)


def _departures(problem: Problem, y: FloatArray, p: FloatArray, sizes: FloatArray) -> FloatArray:
    """Departure of the field's change from a linear one, for changes of each variable by sizes.

    Every equation is measured by the largest change that any variable makes in it. One row for
    each size.
    """
    n = len(y)
    steps = _SHARES * (sizes[:, None, None, None] * np.eye(n))
    states = (y + steps).reshape(-1, n)
    try:
        with np.errstate(all="ignore"):
            at = np.asarray(problem.field(y, p), dtype=float)
            if problem.compiled is not None:
                values = problem.compiled(states.T, p).T
            else:
                values = np.array([problem.field(state, p) for state in states])
            half, whole, back = np.moveaxis(values.reshape(steps.shape) - at, 1, 0)
            departure = np.maximum(np.abs(whole - 2 * half), np.abs(whole + back))
            largest = np.abs(whole).max(axis=1, keepdims=True)
            clear = np.abs(whole).max(axis=2) > _NOISE * np.abs(at).max()
            departed = (departure / np.where(largest > 0, largest, 1.0)).max(axis=2)
    except (ValueError, ArithmeticError, TypeError):
        return np.full((len(sizes), n), np.inf)
    # Changes that drown in rounding are no evidence of a linear field.
    return np.where(clear & np.isfinite(departed), departed, np.inf)
