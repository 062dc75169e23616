"""Where between two cycles of a branch a test function vanishes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .collocation import NewtonFailureError, difference, parameter_direction, scaled

if TYPE_CHECKING:
    from .tracer import CyclePoint, Tracer

Test = Callable[["CyclePoint"], float]

#: Evaluations of a test function before it is given up.
_MANY = 40
#: A point between two others on their chord is one of the branch if its residual is this small; a
#: branch that bends lies off the chord by more than its residual near a crossing tells.
_EXACT = 1e-12
#: A test function this small, as a share of its values at the ends of the step, vanishes.
_VANISHES = 1e-6


@dataclass(frozen=True)
class Event:
    """A kind of special point and the function that vanishes there.

    `parameter` is set where the function vanishes just at one value of the free parameter.
    """

    kind: str
    test: Test
    name: str = ""
    noise: float = 0.0
    parameter: float | None = None


@dataclass(frozen=True)
class Located:
    """Where a test function vanishes: the point, the bracket of arclength, what is left of it."""

    event: Event
    point: CyclePoint
    bracket: tuple[float, float]
    value: float
    converged: bool


def locate(tracer: Tracer, event: Event, before: CyclePoint, after: CyclePoint) -> Located:
    """Where between two points the test function vanishes (Illinois variant of regula falsi)."""
    if event.parameter is not None:
        found = _at_parameter(tracer, before, after, event.parameter)
        if found is not None:
            bracket = (before.arclength, after.arclength)
            return Located(event, found, bracket, event.test(found), converged=True)
    origin = before.arclength
    low, high = 0.0, after.arclength - origin
    f_low, f_high = event.test(before), event.test(after)
    scale = max(abs(f_low), abs(f_high))
    ends, best, f_best, kept = [before, after], after, f_high, ""
    tolerance = min(tracer.options.tolerance, 1e-14)
    for _ in range(_MANY):
        middle = (low * f_high - high * f_low) / (f_high - f_low)
        width = high - low
        middle = min(max(middle, low + 1e-3 * width), high - 1e-3 * width)
        point = _near(tracer, before, (low, middle, high), tolerance)
        if point is None:
            best = _interpolated(tracer, event, *ends) or best
            f_best = event.test(best)
            break
        best, middle = point
        value = f_best = event.test(best)
        if abs(value) <= 1e-11 * scale or high - low <= 1e-12 * (1 + abs(high)):
            break
        if (value < 0) == (f_high < 0):
            high, f_high, f_low = middle, value, f_low / (2 if kept == "low" else 1)
            ends[1], kept = best, "low"
        else:
            low, f_low, f_high = middle, value, f_high / (2 if kept == "high" else 1)
            ends[0], kept = best, "high"
    converged = abs(f_best) <= _VANISHES * scale
    return Located(event, best, (origin + low, origin + high), f_best, converged)


def _interpolated(
    tracer: Tracer, event: Event, low: CyclePoint, high: CyclePoint
) -> CyclePoint | None:
    """Return the point at the zero between two others, on their chord, if it is one of the branch.

    Where two branches cross, the equations are singular, and Newton's method comes close only.
    """
    first, last = event.test(low), event.test(high)
    share = first / (first - last)
    leg = difference(high.orbit, low.orbit)
    turn = difference(high.tangent, low.tangent)
    guess, tangent = low.orbit.plus(leg, share), low.tangent.plus(turn, share)
    point = tracer.on_chord(guess, tracer.metric.unit(tangent))
    if point.residual > _EXACT:
        return None
    step = low.step + share * (high.arclength - low.arclength)
    arclength = low.arclength + share * (high.arclength - low.arclength)
    return replace(point, arclength=arclength, step=step)


def _at_parameter(
    tracer: Tracer, before: CyclePoint, after: CyclePoint, value: float
) -> CyclePoint | None:
    """Return the point between two others at a value of the parameter, held fixed."""
    leg = difference(after.orbit, before.orbit)
    guess = before.orbit.plus(leg, (value - before.orbit.parameter) / leg.parameter)
    guess = replace(guess, parameter=value)
    try:
        found = tracer.correct(guess, parameter_direction(guess), before.orbit)
    except NewtonFailureError:
        return None
    step = tracer.metric.inner(difference(found.orbit, before.orbit), before.tangent)
    if not 0 <= step <= after.step:
        return None
    along = tracer.metric.inner(found.tangent, before.tangent)
    tangent = found.tangent if along > 0 else scaled(found.tangent, -1.0)
    return replace(found, tangent=tangent, arclength=before.arclength + step, step=step)


def _near(
    tracer: Tracer, before: CyclePoint, places: tuple[float, float, float], tolerance: float
) -> tuple[CyclePoint, float] | None:
    """Return a point at, or beside, the middle of a bracket, and where it is.

    Exactly at a branch point the linear system is singular.
    """
    low, middle, high = places
    for share in (0.0, 0.1, -0.1, 0.3, -0.3):
        place = middle + share * (high - middle if share > 0 else middle - low)
        try:
            return _correct(tracer, before, place, tolerance), place
        except NewtonFailureError:
            continue
    return None


def _correct(tracer: Tracer, before: CyclePoint, step: float, tolerance: float) -> CyclePoint:
    """Return a point between two others, as exactly as rounding allows."""
    try:
        return tracer.along(before, step, tolerance)
    except NewtonFailureError:
        return tracer.along(before, step)
