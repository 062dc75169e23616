"""Where within a step a test function changes sign.

A test function is looked at with its derivative along the curve, so that two zeros within a step
are seen where it dips towards zero and comes back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from .arclength import Point, hermite, tangent_at
from .tracer import Tracer

#: Shares of a step by which an end moves inwards where a test function has no sign there.
_INWARDS = (1e-5, 1e-4, 1e-3, 1e-2, 0.1)
#: How often a dip of a test function is followed towards zero, and what share of a step it takes.
_DIPS, _SHALLOW = 12, 0.3
#: Step for the derivative of a test function along the curve.
_SLOPE_STEP = 1e-5


def undecided(point: Point, other: Point) -> bool:
    """Whether a test function that has a sign at another point has none here."""
    own, theirs = point.measure.tests, other.measure.tests
    return 0 in own.values() and any(value == 0 != theirs[event] for event, value in own.items())


def decided(tracer: Tracer, point: Point, other: Point) -> Point:
    """Return the point, or one a little towards another where all test functions have signs."""
    if not undecided(point, other):
        return point
    return _inwards(tracer, point, other, lambda moved: not undecided(moved, other)) or point


def _inwards(
    tracer: Tracer, point: Point, other: Point, fits: Callable[[Point], bool]
) -> Point | None:
    """Return the closest point on the way to another that fits."""
    for share in _INWARDS:
        if point.arclength < other.arclength:
            moved = tracer.between(point, other, share)
        else:
            moved = tracer.between(other, point, 1 - share)
        if moved is not None and fits(moved):
            return moved
    return None


def brackets(tracer: Tracer, a: Point, b: Point, event: str) -> list[tuple[Point, Point]]:
    """Return pairs of points, in order, between which a test function changes sign once."""
    if a.measure.tests[event] == 0 and event in tracer.decided:
        a = tracer.decided[event]
    if not any(math.isfinite(p.measure.tests[event]) for p in (a, b)):
        return []
    ends = _with_sign(tracer, a, b, event), _with_sign(tracer, b, a, event)
    if ends[0] is None or ends[1] is None:
        return []
    return _split(tracer, ends[0], ends[1], event, _DIPS)


def _with_sign(tracer: Tracer, point: Point, other: Point, event: str) -> Point | None:
    """Return the point, or the closest one towards another at which a test function has a sign.

    None where rounding hides it at the point itself, and where there is no such point.
    """
    value = point.measure.tests[event]
    if _has_sign(value):
        return point
    if value == 0 or not tracer.curve.field.problem.kinks:
        return None
    return _inwards(tracer, point, other, lambda moved: _has_sign(moved.measure.tests[event]))


def _has_sign(value: float) -> bool:
    return math.isfinite(value) and value != 0


def _split(tracer: Tracer, a: Point, b: Point, event: str, depth: int) -> list[tuple[Point, Point]]:
    first, last = a.measure.tests[event], b.measure.tests[event]
    if first * last < 0:
        return [(a, b)]
    fraction = _dip(tracer, a, b, event) if depth else None
    middle = None if fraction is None else tracer.between(a, b, fraction)
    if middle is None:
        return []
    value = middle.measure.tests[event]
    if not (value * first < 0 or 0 < abs(value) < min(abs(first), abs(last))):
        return []
    halves = (a, middle), (middle, b)
    return [pair for half in halves for pair in _split(tracer, *half, event, depth - 1)]


def _dip(tracer: Tracer, a: Point, b: Point, event: str) -> float | None:
    """Return where between two points a test function of one sign may reach zero, or None."""
    first, last = a.measure.tests[event], b.measure.tests[event]
    sign = math.copysign(1.0, first)
    first, last = sign * first, sign * last
    if event == "LP":
        return _dip_of_fold(tracer, a, b, sign)
    rate = tracer.rates.get(event, -np.inf)
    if rate >= 0 and last >= first:
        return None
    length = tracer.distance(a, b)
    if min(first, last) > max(-rate * length, abs(last - first)):
        return None
    # the end that is closer to zero decides most often
    slopes: dict[bool, float] = {}
    for at_b in (last < first, last >= first):
        change = float(sign * _slopes(tracer, b if at_b else a).get(event, math.nan) * length)
        towards_zero = change > 0 if at_b else change < 0
        if not towards_zero:
            return None
        slopes[at_b] = change
    falling, rising = slopes[False], slopes[True]
    crossing = (last - first - rising) / (falling - rising)
    if first + falling * crossing > _SHALLOW * min(first, last):
        return None
    grid = np.linspace(0.02, 0.98, 49)
    return float(grid[np.argmin(hermite(first, last, falling, rising, grid))])


def _dip_of_fold(tracer: Tracer, a: Point, b: Point, sign: float) -> float | None:
    """Return the same for the parameter's rate, whose mean over the step is known.

    So the parabola through its ends needs no derivative.
    """
    first, last = (sign * p.measure.tests["LP"] for p in (a, b))
    length = tracer.distance(a, b) * (1 + math.radians(tracer.turn(a, b)) ** 2 / 24)
    index = tracer.curve.field.n
    mean = sign * (b.x[index] - a.x[index]) / tracer.scale[index] / length
    middle = (6 * mean - first - last) / 4
    bend = 2 * (first + last - 2 * middle)
    if bend <= 0:
        return None
    where = 0.5 - (last - first) / (2 * bend)
    lowest = first - bend * where**2
    inside = 0.02 < where < 0.98 and lowest < _SHALLOW * min(first, last)
    return float(where) if inside else None


def _slopes(tracer: Tracer, point: Point) -> Mapping[str, float]:
    """Derivatives of all test functions along the curve; none where they have no value.

    The end of a step is the start of the next one, so those at the last points are kept.
    """
    for known, earlier in tracer.slopes:
        if known is point:
            return earlier
    slopes: dict[str, float] = {}
    z, tangent = tracer.coordinates(point), tracer.direction(point)
    try:
        moved = z + _SLOPE_STEP * tangent
        measure = tracer.curve.measure(moved, *tangent_at(tracer.curve, moved, tangent)[:2])
    except (np.linalg.LinAlgError, ArithmeticError):
        pass
    else:
        here = point.measure.tests
        slopes = {name: (value - here[name]) / _SLOPE_STEP for name, value in measure.tests.items()}
    tracer.slopes.append((point, slopes))
    return slopes
