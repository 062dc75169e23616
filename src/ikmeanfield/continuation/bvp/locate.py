"""Where between two points of a curve a test function vanishes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .newton import NewtonFailureError
from .points import CurvePoint, Event, Located

if TYPE_CHECKING:
    from .corrector import AnyCorrector

#: Evaluations of a test function before it is given up.
_MANY = 40
#: A point between two others on their chord is one of the curve if its residual is this small; a
#: curve that bends lies off the chord by more than its residual near a crossing tells.
_EXACT = 1e-12
#: A test function this small, as a share of its values at the ends of the step, vanishes.
_VANISHES = 1e-6


def locate(corrector: AnyCorrector, event: Event, before: CurvePoint, after: CurvePoint) -> Located:
    """Where between two points the test function vanishes (Illinois variant of regula falsi)."""
    if event.scalar is not None:
        found = _at_scalar(corrector, before, after, *event.scalar)
        if found is not None:
            bracket = (before.arclength, after.arclength)
            return Located(event, found, bracket, event.test(found), converged=True)
    origin = before.arclength
    low, high = 0.0, after.arclength - origin
    f_low, f_high = event.test(before), event.test(after)
    scale = max(abs(f_low), abs(f_high))
    ends, best, f_best, kept = [before, after], after, f_high, ""
    for _ in range(_MANY):
        middle = (low * f_high - high * f_low) / (f_high - f_low)
        width = high - low
        middle = min(max(middle, low + 1e-3 * width), high - 1e-3 * width)
        point = _near(corrector, before, (low, middle, high))
        if point is None:
            best = _interpolated(corrector, event, *ends) or best
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
    corrector: AnyCorrector, event: Event, low: CurvePoint, high: CurvePoint
) -> CurvePoint | None:
    """Return the point at the zero between two others, on their chord, if it is one of the curve.

    Where two curves cross, the equations are singular, and Newton's method comes close only.
    """
    first, last = event.test(low), event.test(high)
    share = first / (first - last)
    guess = low.profile.plus(high.profile.minus(low.profile), share)
    tangent = low.tangent.plus(high.tangent.minus(low.tangent), share)
    point = corrector.as_it_is(guess, corrector.curve.scales.unit(tangent))
    if point.residual > _EXACT:
        return None
    step = low.step + share * (high.arclength - low.arclength)
    arclength = low.arclength + share * (high.arclength - low.arclength)
    return replace(point, arclength=arclength, step=step)


def _at_scalar(
    corrector: AnyCorrector, before: CurvePoint, after: CurvePoint, index: int, value: float
) -> CurvePoint | None:
    """Return the point between two others at a value of a scalar, held fixed."""
    scales, leg = corrector.curve.scales, after.profile.minus(before.profile)
    start = before.profile
    guess = start.plus(leg, (value - start.scalars[index]) / leg.scalars[index])
    guess.scalars[index] = value
    try:
        found = corrector.correct(guess, guess.along_scalar(index), start)
    except NewtonFailureError:
        return None
    step = scales.inner(found.profile.minus(start), before.tangent)
    if not 0 <= step <= after.step:
        return None
    along = scales.inner(found.tangent, before.tangent)
    tangent = found.tangent if along > 0 else found.tangent.times(-1.0)
    return replace(found, tangent=tangent, arclength=before.arclength + step, step=step)


def _near(
    corrector: AnyCorrector, before: CurvePoint, places: tuple[float, float, float]
) -> tuple[CurvePoint, float] | None:
    """Return a point at, or beside, the middle of a bracket, and where it is.

    Exactly at a branch point the linear system is singular.
    """
    low, middle, high = places
    for share in (0.0, 0.1, -0.1, 0.3, -0.3):
        place = middle + share * (high - middle if share > 0 else middle - low)
        try:
            return _correct(corrector, before, place), place
        except NewtonFailureError:
            continue
    return None


def _correct(corrector: AnyCorrector, before: CurvePoint, step: float) -> CurvePoint:
    """Return a point between two others, as exactly as rounding allows."""
    try:
        return corrector.along(before, step, min(corrector.options.tolerance, 1e-14))
    except NewtonFailureError:
        return corrector.along(before, step)
