"""Special points within a step: bracketed by a test function, then solved for.

The special points found have to explain how the number of unstable eigenvalues changes; where
they do not, the step is halved until they do.
"""

from __future__ import annotations

import numpy as np

from .arclength import Located, Point, Refined
from .brackets import brackets, decided
from .problem import FloatArray
from .spectrum import critical_pair, oscillation
from .tracer import Tracer

#: A point of another kind this close may be the cause of a sign change.
_NEAR = 1e-3
#: Steps shorter than this, in scaled coordinates, are not halved in search of an explanation.
_FINEST = 1e-6
#: A special point this close to an end of a step is on it.
_ON_END = 1e-6
#: Evaluations of a test function before Newton's method takes over, and before it is given up.
_FEW, _MANY = 4, 48
#: What is left of a test function where rounding hides its zero, as a share of its larger end.
_SLIGHT = 1e-3
#: A bracket this narrow, in scaled coordinates, holds no further point of the curve.
_NARROWEST = 1e-6
#: A refined point may lie outside its bracket by this share of it, and by this distance.
_MARGIN, _ROUNDING = 0.02, 1e-9


class StepError(ArithmeticError):
    """A step has to be shorter; the text says why."""


def special_points(tracer: Tracer, a: Point, b: Point) -> list[Located]:
    """Return the special points between a and b that are looked for.

    Raises
    ------
    StepError
        If no smooth curve with explicable special points leads from a to b.
    """
    found = _examined(tracer, a, b)
    return [item for item in found if tracer.options.looks_for(item.special.kind)]


def special_points_on(tracer: Tracer, end: Point, other: Point) -> list[Located]:
    """Return the special points exactly on one end of a step: on a start or on a bound."""
    found: list[Located] = []
    for event in tracer.curve.events:
        if end.measure.tests[event] != 0 or other.measure.tests[event] == 0:
            continue
        bracket = end.arclength, end.arclength
        refined = tracer.curve.refine(event, tracer.coordinates(end))
        gap = refined.solution.z - tracer.coordinates(end)
        if refined.solution.converged and refined.kind and np.linalg.norm(gap) < _ON_END:
            item = _placed(tracer, end, refined, bracket)
        else:
            item = _guess(tracer, end, event, bracket, refined.solution.message)
        if not _explained(tracer, item, found):
            found.append(item)
    return [item for item in found if tracer.options.looks_for(item.special.kind)]


def _examined(tracer: Tracer, a: Point, b: Point) -> list[Located]:
    a, b = decided(tracer, a, b), decided(tracer, b, a)
    found: list[Located] = []
    for event in tracer.curve.events:
        for low, high in brackets(tracer, a, b, event):
            located = _locate(tracer, low, high, event)
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
        raise StepError(msg)
    return _examined(tracer, a, middle) + _examined(tracer, middle, b)


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
    number = abs(b.measure.unstable - a.measure.unstable)
    if number == 0:
        return []
    values = (a.measure.eigenvalues, b.measure.eigenvalues)
    chosen = np.argsort(np.abs(values[0].real + values[1].real), kind="stable")[:number]
    low, high = (float(v[chosen].real.mean()) for v in values)
    share = low / (low - high) if low * high < 0 else 0.5
    point = tracer.between(a, b, float(np.clip(share, 0.01, 0.99))) or a
    crossing = np.sort_complex(point.measure.eigenvalues)
    crossing = crossing[np.argsort(np.abs(crossing.real), kind="stable")[:number]]
    data = {"multiplicity": float(number)}
    kind = "BP" if "BP" in tracer.curve.events else "ZH"
    if (crossing.imag != 0).all():
        kind = "HB" if "HB" in tracer.curve.events else "HH"
        data = {**oscillation(float(np.abs(crossing.imag).mean())), "multiplicity": number / 2}
    located = tracer.located(
        point,
        kind,
        (a.arclength, b.arclength),
        residual=float(np.abs(crossing.real).max()),
        data=data,
        message=f"{number} eigenvalues cross the imaginary axis together",
    )
    return [located]


# --- solving ---------------------------------------------------------------------------------


def _locate(tracer: Tracer, a: Point, b: Point, event: str) -> Located | None:
    """Narrow a bracket of a test function's zero, then solve the point's defining system.

    None where there is no point: at a pole, or where the solution is of no kind at all.

    Raises
    ------
    StepError
        If the bracket ends on different curves.
    """

    def size(point: Point) -> float:
        return abs(point.measure.tests[event])

    low, high, reason = a, b, ""
    weights = [a.measure.tests[event], b.measure.tests[event]]
    negligible = max(min(map(abs, weights)) / 2, _SLIGHT * max(map(abs, weights)))
    for evaluation in range(_MANY):
        if (evaluation % _FEW == 0 and evaluation < 4 * _FEW) or evaluation % (4 * _FEW) == 0:
            best = min(low, high, key=size)
            refined = tracer.curve.refine(event, tracer.coordinates(best))
            if refined.solution.converged and _inside(tracer, low, high, refined.solution.z):
                return _between(tracer, low, high, refined) if refined.kind else None
            reason = refined.solution.message
        share = weights[0] / (weights[0] - weights[1]) if evaluation < 3 * _FEW else 0.5
        middle = tracer.between(low, high, float(np.clip(share, 0.02, 0.98)))
        if middle is None:
            if tracer.distance(low, high) > _NARROWEST:
                msg = f"the bracket of {event} holds no curve"
                raise StepError(msg)
            break
        value = middle.measure.tests[event]
        if value == 0:
            # zero within rounding: nothing is left to narrow
            return _guess(tracer, middle, event, (low.arclength, high.arclength), reason)
        if not np.isfinite(value):
            break
        # Illinois: the end that stays has its weight halved.
        if value * low.measure.tests[event] > 0:
            low, weights = middle, [value, weights[1] / 2]
        else:
            high, weights = middle, [weights[0] / 2, value]
    best = min(low, high, key=size)
    if size(best) > negligible:
        return None
    return _guess(tracer, best, event, (low.arclength, high.arclength), reason)


def _inside(tracer: Tracer, a: Point, b: Point, z: FloatArray) -> bool:
    """Whether a refined point lies in a bracket, up to what a chord and rounding leave open."""
    za, chord = tracer.coordinates(a), (b.x - a.x) / tracer.scale
    length = float(np.linalg.norm(chord))
    along = float((z - za) @ chord) / length
    aside = float(np.linalg.norm(z - za - along * chord / length))
    slack = _ROUNDING + _MARGIN * length
    return -_ROUNDING <= along <= length + _ROUNDING and aside <= 0.5 * length + slack


def _between(tracer: Tracer, a: Point, b: Point, refined: Refined) -> Located:
    """Return a refined point with its place between two points."""
    z = refined.solution.z
    chord = (b.x - a.x) / tracer.scale
    along = float((z - tracer.coordinates(a)) @ chord / (chord @ chord))
    step = along * (b.arclength - a.arclength)
    arclength = float(np.clip(a.arclength + step, a.arclength, b.arclength))
    point = tracer.make_point(z, chord, arclength, step, refined.solution.iterations)
    return _placed(tracer, point, refined, (a.arclength, b.arclength))


def _placed(
    tracer: Tracer, point: Point, refined: Refined, bracket: tuple[float, float]
) -> Located:
    """Return a refined point with what is known of it."""
    return tracer.located(
        point,
        refined.kind,
        bracket,
        residual=refined.solution.residual,
        data=refined.data,
        message=refined.message,
    )


def _guess(
    tracer: Tracer, point: Point, event: str, bracket: tuple[float, float], reason: str
) -> Located:
    """Return a special point whose defining system was not solved."""
    # Two real eigenvalues whose sum vanishes make a neutral saddle, as where it is solved for.
    real = event == "HB" and critical_pair(point.measure.eigenvalues).determinant < 0
    message = f"bracketed, but its defining system was not solved: {reason}"
    kind = "NS" if real else event
    return tracer.located(point, kind, bracket, status="guess", message=message)
