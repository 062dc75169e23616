"""One step of a continuation: kinks, bounds, special points."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .arclength import Point, Refined, Tracer
from .branch import SpecialPoint, Termination
from .kinks import crossed_kinks, pass_kink, rescue_at_kink, unsolved_kink
from .problem import FloatArray

#: Evaluations of a test function before Newton's method takes over, and before it is given up.
_FEW, _MANY = 6, 40
#: Below this step, in units of ds_min, a step with unexplained eigenvalues or kinks is taken.
_PATIENCE = 1e3
#: Special points closer than this, in scaled coordinates, are one.
_SAME = 1e-6
#: A point of another kind this close may be the cause of a sign change.
_NEAR = 1e-3


@dataclass(frozen=True)
class Located:
    """A special point with the point of the curve it sits on."""

    point: Point
    special: SpecialPoint


def process_step(tracer: Tracer, a: Point, ds: float) -> float | Termination:
    """Try a step from a: append what it finds to the tracer; the next step, or the end."""
    b, why = tracer.advance(a, ds)
    if b is None:
        rescued = rescue_at_kink(tracer, a, ds)
        if rescued is not None:
            return _cross(tracer, a, *rescued, ds)
        if ds / 2 < tracer.options.ds_min:
            reason = "singular" if "singular" in why else "step"
            limit = f"the step fell below ds_min = {tracer.options.ds_min:g}"
            return Termination(reason, f"{limit}: {why}")
        return ds / 2
    end = None
    left = _left_bound(tracer, b)
    if left is not None:
        index, value = left
        end = Termination("bound", f"{tracer.curve.field.names[index]} reached its bound {value:g}")
        if abs(a.x[index] - value) <= 1e-12 * tracer.scale[index]:
            sentence = f"{tracer.curve.field.names[index]} leaves its bound {value:g} at once"
            return Termination("bound", sentence) if len(tracer.points) == 1 else end
        b = tracer.land_on(index, value, a, b)
        if b is None:
            return ds / 2 if ds / 2 >= tracer.options.ds_min else end
    crossed = crossed_kinks(a, b)
    passed = pass_kink(tracer, a, b, crossed[0]) if len(crossed) == 1 else None
    if passed is not None:
        return _cross(tracer, a, *passed, ds)
    puzzling = bool(crossed) or tracer.curve.missed(a.measure, b.measure)
    if puzzling and ds > _PATIENCE * tracer.options.ds_min:
        return ds / 2
    following = tracer.next_step(a, b, ds)
    finished = tracer.curve.finished(b.measure)
    stopped = _append(tracer, a, b, keep=finished is None) or finished
    for name in crossed if stopped is None else ():
        tracer.special.append((len(tracer.points) - 1, unsolved_kink(tracer, a, b, name)))
    return stopped or end or following


def _cross(
    tracer: Tracer, a: Point, before: Point, kink: Located, beyond: Point, ds: float
) -> float | Termination:
    """Append a kink's point and the first point beyond it."""
    end = _append(tracer, a, before, keep=False)
    if end is not None:
        return end
    tracer.points.append(kink.point)
    tracer.special.append((len(tracer.points) - 1, kink.special))
    if "KINK" in tracer.stop_at:
        return Termination("KINK", f"stopped at the kink {kink.special.name}")
    tracer.curve.accept(beyond.x / tracer.scale)
    tracer.points.append(beyond)
    return max(min(ds, 2 * tracer.distance(kink.point, beyond)), tracer.options.ds_min)


def _left_bound(tracer: Tracer, b: Point) -> tuple[int, float] | None:
    """The bound that b lies furthest beyond, as (component, value)."""
    worst, found = 0.0, None
    for index, name in enumerate(tracer.curve.field.names):
        lower, upper = tracer.options.bounds.get(name, (-np.inf, np.inf))
        for value, excess in ((lower, lower - b.x[index]), (upper, b.x[index] - upper)):
            if excess / tracer.scale[index] > worst:
                worst, found = excess / tracer.scale[index], (index, value)
    return found


def _append(tracer: Tracer, a: Point, b: Point, keep: bool = True) -> Termination | None:
    """Append the special points between a and b, then b; the end if one of them is one."""
    for located in special_points(tracer, a, b):
        if any(
            other.kind == located.special.kind
            and tracer.distance(tracer.points[row], located.point) < _SAME
            for row, other in tracer.special
        ):
            continue
        tracer.points.append(located.point)
        tracer.special.append((len(tracer.points) - 1, located.special))
        if located.special.kind in tracer.stop_at:
            return Termination(located.special.kind, f"stopped at {located.special.kind}")
    if keep:
        tracer.points.append(b)
    return None


def special_points(tracer: Tracer, a: Point, b: Point) -> list[Located]:
    """The special points between a and b, in the order of arclength."""
    found: list[Located] = []
    for event in tracer.curve.events:
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
    return Located(replace(point), special)
