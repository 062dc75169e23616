"""Special points within a step: bracketed by a test function, then solved for.

A test function is looked at with its derivative along the curve, so that two zeros within a step
are seen where it dips towards zero and comes back. The special points found have to explain how
the number of unstable eigenvalues changes; where they do not, the step is halved until they do.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .arclength import Located, hermite, tangent_at
from .special_point import SpecialPoint
from .spectrum import critical_pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .arclength import Point, Refined, Tracer
    from .problem import FloatArray

#: Evaluations of a test function before Newton's method takes over, and before it is given up.
_FEW, _MANY = 4, 48
#: A point of another kind this close may be the cause of a sign change.
_NEAR = 1e-3
#: Shares of a step by which an end moves inwards where a test function has no sign there.
_INWARDS = (1e-5, 1e-4, 1e-3, 1e-2, 0.1)
#: How often a dip of a test function is followed towards zero, and what share of a step it takes.
_DIPS, _SHALLOW = 12, 0.3
#: Step for the derivative of a test function along the curve.
_SLOPE_STEP = 1e-5
#: Steps shorter than this, in scaled coordinates, are not halved in search of an explanation.
_FINEST = 1e-6
#: What is left of a test function where rounding hides its zero, as a share of its larger end.
_SLIGHT = 1e-3
#: A bracket this narrow, in scaled coordinates, holds no further point of the curve.
_NARROWEST = 1e-6
#: A refined point may lie outside its bracket by this share of it, and by this distance.
_MARGIN, _ROUNDING = 0.02, 1e-9
#: A special point this close to an end of a step is on it.
_ON_END = 1e-6


class JumpError(ArithmeticError):
    """The two ends of a step do not lie on one smooth curve."""


def special_points(tracer: Tracer, a: Point, b: Point) -> list[Located]:
    """Return the special points between a and b, in the order of arclength.

    Raises
    ------
    JumpError
        If no smooth curve with explicable special points leads from a to b.
    """
    found = _examined(tracer, a, b)
    found = [item for item in found if tracer.options.looks_for(item.special.kind)]
    return sorted(found, key=lambda item: item.point.arclength)


def special_points_on(tracer: Tracer, end: Point, other: Point) -> list[Located]:
    """Return the special points exactly on one end of a step: on a start or on a bound."""
    found: list[Located] = []
    for event in tracer.curve.events:
        if end.measure.tests[event] != 0 or other.measure.tests[event] == 0:
            continue
        refined = tracer.curve.refine(event, tracer.coordinates(end))
        gap = refined.solution.z - tracer.coordinates(end)
        if refined.solution.converged and refined.kind and np.linalg.norm(gap) < _ON_END:
            item = _placed(tracer, end, refined, (end.arclength, end.arclength))
        else:
            item = _guess(tracer, end, event, (end.arclength,) * 2, refined.solution.message)
        if not _explained(tracer, item, found):
            found.append(item)
    return [item for item in found if tracer.options.looks_for(item.special.kind)]


def _examined(tracer: Tracer, a: Point, b: Point) -> list[Located]:
    a, b = _decided(tracer, a, b), _decided(tracer, b, a)
    found: list[Located] = []
    for event in tracer.curve.events:
        for low, high in _brackets(tracer, a, b, event):
            located = locate(tracer, low, high, event)
            if located is not None and not _explained(tracer, located, found):
                found.append(located)
    if _accounted(tracer, a, b, found):
        return found
    if tracer.distance(a, b) < _FINEST:
        kinds = tracer.curve.changes
        return [i for i in found if not kinds.get(i.special.kind)] + _together(tracer, a, b)
    middle = tracer.between(a, b, 0.47)
    if middle is None:
        msg = "the number of unstable eigenvalues changes without a special point"
        raise JumpError(msg)
    return _examined(tracer, a, middle) + _examined(tracer, middle, b)


def undecided(tracer: Tracer, point: Point, other: Point) -> bool:
    """Whether a test function that has a sign at another point has none here."""
    own, theirs = point.measure.tests, other.measure.tests
    return 0 in own.values() and any(value == 0 != theirs[event] for event, value in own.items())


def _decided(tracer: Tracer, point: Point, other: Point) -> Point:
    """Return the point, or one a little towards another where all test functions have signs."""
    if not undecided(tracer, point, other):
        return point
    for share in _INWARDS:
        moved = _inwards(tracer, point, other, share)
        if moved is not None and not undecided(tracer, moved, other):
            return moved
    return point


def _inwards(tracer: Tracer, point: Point, other: Point, share: float) -> Point | None:
    if point.arclength < other.arclength:
        return tracer.between(point, other, share)
    return tracer.between(other, point, 1 - share)


def _explained(tracer: Tracer, located: Located, found: list[Located]) -> bool:
    """Whether a test function changed sign only because of another kind of point.

    A branch point is a degenerate fold too, and l1 has a pole at a zero-Hopf point.
    """
    cause = {"LP": "BP", "GH": "ZH"}.get(located.special.kind)
    return any(
        other.special.kind == cause and tracer.distance(other.point, located.point) < _NEAR
        for other in found
    )


def _accounted(tracer: Tracer, a: Point, b: Point, found: list[Located]) -> bool:
    """Whether special points account for the change in the number of unstable eigenvalues.

    Those whose side rounding hides at an end, as at a start on a special point, may have any.
    """
    hidden = a.measure.undecided + b.measure.undecided
    change = abs(b.measure.unstable - a.measure.unstable)
    if not found:
        return change <= hidden
    possible = {0}
    for item in found:
        size = tracer.curve.changes.get(item.special.kind, 0)
        size *= int(item.special.data.get("multiplicity", 1))
        # at a branch point the eigenvalue may cross zero or come back, as at a pitchfork
        steps = (size, -size, 0) if item.special.kind == "BP" else (size, -size)
        possible = {abs(total + step) for total in possible for step in steps}
    return any(abs(change - number) <= hidden for number in possible)


def _together(tracer: Tracer, a: Point, b: Point) -> list[Located]:
    """Return the point between two where several eigenvalues cross together, as by symmetry."""
    if a.measure.unstable == b.measure.unstable:
        return []
    values = (a.measure.eigenvalues, b.measure.eigenvalues)
    number = abs(b.measure.unstable - a.measure.unstable)
    chosen = np.argsort(np.abs(values[0].real + values[1].real), kind="stable")[:number]
    low, high = (float(v[chosen].real.mean()) for v in values)
    share = low / (low - high) if low * high < 0 else 0.5
    point = tracer.between(a, b, float(np.clip(share, 0.01, 0.99))) or a
    crossing = np.sort_complex(point.measure.eigenvalues)
    crossing = crossing[np.argsort(np.abs(crossing.real), kind="stable")[:number]]
    frequency = float(np.abs(crossing.imag).mean())
    data = {"multiplicity": float(number)}
    kind = "BP" if "BP" in tracer.curve.events else "ZH"
    if (crossing.imag != 0).all():
        kind = "HB" if "HB" in tracer.curve.events else "HH"
        data = {
            "frequency": frequency,
            "period": 2 * np.pi / frequency,
            "multiplicity": number / 2,
        }
    special = SpecialPoint(
        kind=kind,
        parameters=tracer.curve.field.parameters(tracer.coordinates(point)),
        state=point.x[: tracer.curve.field.n],
        bracket=(a.arclength, b.arclength),
        residual=float(np.abs(crossing.real).max()),
        eigenvalues=point.measure.eigenvalues,
        data=data,
        message=f"{number} eigenvalues cross the imaginary axis together",
    )
    return [Located(point, special)]


# --- brackets --------------------------------------------------------------------------------


def _brackets(tracer: Tracer, a: Point, b: Point, event: str) -> list[tuple[Point, Point]]:
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
    """Return the point, or the closest one towards another at which a test function is finite."""
    if math.isfinite(point.measure.tests[event]):
        return point if point.measure.tests[event] != 0 else None
    if not tracer.curve.field.problem.kinks:
        return None
    for share in _INWARDS:
        moved = _inwards(tracer, point, other, share)
        if moved is not None and np.isfinite(moved.measure.tests[event]):
            return moved
    return None


def _split(tracer: Tracer, a: Point, b: Point, event: str, depth: int) -> list[tuple[Point, Point]]:
    first, last = a.measure.tests[event], b.measure.tests[event]
    if first * last < 0:
        return [(a, b)]
    fraction = _dip(tracer, a, b, event) if depth else None
    middle = None if fraction is None else tracer.between(a, b, fraction)
    if middle is None:
        return []
    value = middle.measure.tests[event]
    if value * first < 0:
        return [(a, middle), (middle, b)]
    if value == 0 or not abs(value) < min(abs(first), abs(last)):
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
        point = b if at_b else a
        slopes[at_b] = float(sign * _slope(tracer, point, event) * length)
        towards_zero = slopes[at_b] > 0 if at_b else slopes[at_b] < 0
        if not towards_zero:
            return None
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


def _slope(tracer: Tracer, point: Point, event: str) -> float:
    """Derivative of a test function along the curve."""
    return _slopes(tracer, point).get(event, math.nan)


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


# --- solving ---------------------------------------------------------------------------------


def locate(tracer: Tracer, a: Point, b: Point, event: str) -> Located | None:
    """Narrow a bracket of a test function's zero, then solve the point's defining system.

    None where there is no point: at a pole, or where the solution is of no kind at all.

    Raises
    ------
    JumpError
        If the bracket ends on different curves.
    """
    low, high = a, b
    weights = [a.measure.tests[event], b.measure.tests[event]]
    negligible = max(min(map(abs, weights)) / 2, _SLIGHT * max(map(abs, weights)))
    refined: Refined | None = None
    for evaluation in range(_MANY):
        if (evaluation % _FEW == 0 and evaluation < 4 * _FEW) or evaluation % (4 * _FEW) == 0:
            best = min(low, high, key=lambda end: abs(end.measure.tests[event]))
            refined = tracer.curve.refine(event, tracer.coordinates(best))
            if refined.solution.converged and _inside(tracer, low, high, refined.solution.z):
                bracket = (low.arclength, high.arclength)
                return _place(tracer, low, high, refined, bracket) if refined.kind else None
        share = weights[0] / (weights[0] - weights[1]) if evaluation < 3 * _FEW else 0.5
        middle = tracer.between(low, high, float(np.clip(share, 0.02, 0.98)))
        value = np.nan if middle is None else middle.measure.tests[event]
        if middle is None:
            _refuse_gap(tracer, low, high, event)
            break
        if value == 0:
            # zero within rounding: nothing is left to narrow
            reason = refined.solution.message if refined is not None else ""
            return _guess(tracer, middle, event, (low.arclength, high.arclength), reason)
        if not np.isfinite(value):
            break
        # Illinois: the end that stays has its weight halved.
        if value * low.measure.tests[event] > 0:
            low, weights = middle, [value, weights[1] / 2]
        else:
            high, weights = middle, [weights[0] / 2, value]
    return _unsolved(tracer, low, high, event, refined, negligible)


def _refuse_gap(tracer: Tracer, low: Point, high: Point, event: str) -> None:
    """Raise JumpError where a bracket that is still wide holds no further point of the curve."""
    if tracer.distance(low, high) > _NARROWEST:
        msg = f"the bracket of {event} holds no curve"
        raise JumpError(msg)


def _unsolved(
    tracer: Tracer, low: Point, high: Point, event: str, refined: Refined | None, negligible: float
) -> Located | None:
    """Say what a bracket holds whose defining system was not solved."""
    best = min(low, high, key=lambda end: abs(end.measure.tests[event]))
    if abs(best.measure.tests[event]) > negligible:
        return None
    reason = refined.solution.message if refined is not None else "the bracket cannot be narrowed"
    return _guess(tracer, best, event, (low.arclength, high.arclength), reason)


def _inside(tracer: Tracer, a: Point, b: Point, z: FloatArray) -> bool:
    """Whether a refined point lies in a bracket, up to what a chord and rounding leave open."""
    za, chord = tracer.coordinates(a), (b.x - a.x) / tracer.scale
    length = float(np.linalg.norm(chord))
    along = float((z - za) @ chord) / length
    aside = float(np.linalg.norm(z - za - along * chord / length))
    slack = _ROUNDING + _MARGIN * length
    return -_ROUNDING <= along <= length + _ROUNDING and aside <= 0.5 * length + slack


def _place(
    tracer: Tracer, a: Point, b: Point, refined: Refined, bracket: tuple[float, float]
) -> Located:
    z = refined.solution.z
    chord = (b.x - a.x) / tracer.scale
    along = float((z - tracer.coordinates(a)) @ chord / (chord @ chord))
    arclength = a.arclength + along * (b.arclength - a.arclength)
    point = tracer.make_point(
        z,
        chord,
        arclength=float(np.clip(arclength, a.arclength, b.arclength)),
        step=along * (b.arclength - a.arclength),
        iterations=refined.solution.iterations,
    )
    return _placed(tracer, point, refined, bracket)


def _placed(
    tracer: Tracer, point: Point, refined: Refined, bracket: tuple[float, float]
) -> Located:
    special = SpecialPoint(
        kind=refined.kind,
        parameters=tracer.curve.field.parameters(tracer.coordinates(point)),
        state=point.x[: tracer.curve.field.n],
        bracket=bracket,
        residual=refined.solution.residual,
        eigenvalues=point.measure.eigenvalues,
        data=refined.data,
        message=refined.message,
    )
    return Located(point, special)


def _guess(
    tracer: Tracer, point: Point, event: str, bracket: tuple[float, float], reason: str
) -> Located:
    # Two real eigenvalues whose sum vanishes make a neutral saddle, as where it is solved for.
    real = event == "HB" and critical_pair(point.measure.eigenvalues).determinant < 0
    special = SpecialPoint(
        kind="NS" if real else event,
        parameters=tracer.curve.field.parameters(tracer.coordinates(point)),
        state=point.x[: tracer.curve.field.n],
        status="guess",
        bracket=bracket,
        eigenvalues=point.measure.eigenvalues,
        message=f"bracketed, but its defining system was not solved: {reason}",
    )
    return Located(point, special)
