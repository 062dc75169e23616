"""Special points within a step: bracketed by a test function, then solved for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .arclength import Located
from .special_point import SpecialPoint

if TYPE_CHECKING:
    from .arclength import Point, Refined, Tracer
    from .problem import FloatArray

#: Evaluations of a test function before Newton's method takes over, and before it is given up.
_FEW, _MANY = 6, 40
#: A point of another kind this close may be the cause of a sign change.
_NEAR = 1e-3


def special_points(
    tracer: Tracer, a: Point, b: Point, events: tuple[str, ...] | None = None
) -> list[Located]:
    """Return the special points between a and b, in the order of arclength.

    All that the curve knows, or only those of the given `events`.
    """
    found: list[Located] = []
    for event in tracer.curve.events if events is None else events:
        before, after = a.measure.tests.get(event, np.nan), b.measure.tests.get(event, np.nan)
        if not (np.isfinite(before) and np.isfinite(after) and before * after < 0):
            continue
        located = locate(tracer, a, b, event)
        if located is not None and not _explained(tracer, located, found):
            found.append(located)
    found = [item for item in found if tracer.options.looks_for(item.special.kind)]
    return sorted(found, key=lambda item: item.point.arclength)


def _explained(tracer: Tracer, located: Located, found: list[Located]) -> bool:
    """Whether a test function changed sign only because of another kind of point.

    A branch point is a degenerate fold too, and l1 has a pole at a zero-Hopf point.
    """
    cause = {"LP": "BP", "GH": "ZH"}.get(located.special.kind)
    return any(
        other.special.kind == cause and tracer.distance(other.point, located.point) < _NEAR
        for other in found
    )


def locate(tracer: Tracer, a: Point, b: Point, event: str) -> Located | None:
    """Bracket the zero of a test function between a and b, then solve its defining system.

    None when the zero dissolves, that is when the refined point is of no kind at all.
    """
    low, high = (0.0, a), (1.0, b)
    weights = [a.measure.tests[event], b.measure.tests[event]]
    refined: Refined | None = None
    for evaluation in range(_MANY):
        if evaluation in (_FEW, 2 * _FEW, _MANY - 1):
            best = min(low, high, key=lambda end: abs(end[1].measure.tests[event]))
            refined = tracer.curve.refine(event, best[1].x / tracer.scale)
            if refined.solution.converged and _inside(tracer, a, b, refined.solution.z):
                if not refined.kind:
                    return None
                return _place(tracer, a, b, refined, (low[1].arclength, high[1].arclength))
        share = weights[0] / (weights[0] - weights[1]) if evaluation < 2 * _FEW else 0.5
        fraction = low[0] + float(np.clip(share, 0.02, 0.98)) * (high[0] - low[0])
        middle = tracer.between(a, b, fraction)
        value = np.nan if middle is None else middle.measure.tests.get(event, np.nan)
        if middle is None or not np.isfinite(value):
            break
        # Illinois: the end that stays has its weight halved.
        if value * low[1].measure.tests[event] > 0:
            low, weights = (fraction, middle), [value, weights[1] / 2]
        else:
            high, weights = (fraction, middle), [weights[0] / 2, value]
    best = min(low, high, key=lambda end: abs(end[1].measure.tests[event]))
    reason = (
        refined.solution.message if refined is not None else "the bracket could not be narrowed"
    )
    return _guess(tracer, best[1], event, (low[1].arclength, high[1].arclength), reason)


def _inside(tracer: Tracer, a: Point, b: Point, z: FloatArray) -> bool:
    """Whether a refined point lies between a and b up to a tenth of their distance."""
    za, chord = a.x / tracer.scale, (b.x - a.x) / tracer.scale
    length = float(np.linalg.norm(chord))
    along = float((z - za) @ chord) / length**2
    aside = float(np.linalg.norm(z - za - along * chord))
    return -0.1 <= along <= 1.1 and aside <= 0.5 * length


def _place(
    tracer: Tracer, a: Point, b: Point, refined: Refined, bracket: tuple[float, float]
) -> Located:
    z = refined.solution.z
    chord = (b.x - a.x) / tracer.scale
    along = float((z - a.x / tracer.scale) @ chord / (chord @ chord))
    arclength = a.arclength + along * (b.arclength - a.arclength)
    step = along * (b.arclength - a.arclength)
    point = tracer.make_point(
        z, chord, arclength=arclength, step=step, iterations=refined.solution.iterations
    )
    special = SpecialPoint(
        kind=refined.kind,
        parameters=tracer.curve.field.parameters(z),
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
    z = point.x / tracer.scale
    special = SpecialPoint(
        kind=event,
        parameters=tracer.curve.field.parameters(z),
        state=point.x[: tracer.curve.field.n],
        status="guess",
        bracket=bracket,
        eigenvalues=point.measure.eigenvalues,
        message=f"bracketed, but its defining system was not solved: {reason}",
    )
    return Located(point, special)
