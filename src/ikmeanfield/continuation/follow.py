"""Following a curve step after step, past kinks, to a bound or another end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .events import special_points
from .kinks import crossed_kinks, pass_kink, rescue_at_kink, unsolved_kink
from .special_point import Termination

if TYPE_CHECKING:
    from .arclength import Located, Point, Tracer
    from .options import Progress

#: Below this step, in units of ds_min, a step with unexplained eigenvalues or kinks is taken.
_PATIENCE = 1e3
#: Special points closer than this, in scaled coordinates, are one.
_SAME = 1e-6
#: Rejected steps per point before the curve is given up.
_REJECTIONS = 20
#: A component this close to its bound, in scaled terms, is on it.
_AT_BOUND = 1e-12
#: A closed curve has at least so many points, and tangents with this cosine where it closes.
_FEWEST, _ALIKE = 10, 0.8


def follow_curve(tracer: Tracer, start: Point) -> Termination:
    """Follow the tracer's curve from a point along its tangent until it ends."""
    options = tracer.options
    tracer.points, tracer.special = [start], []
    ds, reported = options.ds, 0
    for _ in range(options.max_points * _REJECTIONS):
        row, a = len(tracer.points) - 1, tracer.points[-1]
        try:
            outcome = _step(tracer, a, ds)
        except (np.linalg.LinAlgError, ArithmeticError) as error:
            outcome = _halved(tracer, ds, f"the equations are singular ahead: {error}")
        if isinstance(outcome, Termination):
            return outcome
        ds = outcome
        b = tracer.points[-1]
        if b is not a:
            tracer.curve.accept(b.x / tracer.scale)
            closed = _closed(tracer, row)
            if closed is not None:
                return closed
            tracer.grow_scale(b.x)
            if options.progress is not None:
                _report_progress(options.progress, tracer, reported)
                reported = len(tracer.special)
        if len(tracer.points) > options.max_points:
            return Termination("max_points", f"{options.max_points} points taken")
    return Termination("step", "too many rejected steps")


def _report_progress(progress: Progress, tracer: Tracer, reported: int) -> None:
    """Say where the curve is and which special points it met since the last time."""
    field = tracer.curve.field
    here = dict(zip(field.names, tracer.points[-1].x.tolist(), strict=True))
    free = {name: here[name] for name in field.free}
    progress(tracer.curve.kind, free, [special for _, special in tracer.special[reported:]])


def _step(tracer: Tracer, a: Point, ds: float) -> float | Termination:
    """Try a step from a: append what it finds to the tracer; the next step, or the end."""
    b, why = tracer.advance(a, ds)
    if b is None:
        rescued = rescue_at_kink(tracer, a, ds)
        return _halved(tracer, ds, why) if rescued is None else _cross(tracer, a, *rescued, ds=ds)
    end, b = _within_bounds(tracer, a, b)
    if b is None:
        return end or _halved(tracer, ds, "the bound could not be reached exactly")
    crossed = crossed_kinks(a, b)
    passed = pass_kink(tracer, a, b, crossed[0]) if len(crossed) == 1 else None
    if passed is not None:
        return _cross(tracer, a, *passed, ds=ds)
    # A start may sit on a special point, where the count of unstable eigenvalues is undecided.
    first = len(tracer.points) == 1
    puzzling = bool(crossed) or (
        not first and tracer.curve.unexplained_change(a.measure, b.measure)
    )
    if puzzling and ds > _PATIENCE * tracer.options.ds_min:
        return ds / 2
    following = tracer.next_step(a, b, ds)
    finished = tracer.curve.finished(b.measure)
    stopped = _append(tracer, a, b, keep=finished is None) or finished
    for name in crossed if stopped is None else ():
        tracer.special.append((len(tracer.points) - 1, unsolved_kink(tracer, a, b, name)))
    return stopped or end or following


def _halved(tracer: Tracer, ds: float, why: str) -> float | Termination:
    """Half the step, or the end when that is too small."""
    if ds / 2 >= tracer.options.ds_min:
        return ds / 2
    reason = "singular" if "singular" in why else "step"
    limit = f"the step fell below ds_min = {tracer.options.ds_min:g}"
    return Termination(reason, f"{limit}: {why}")


def _within_bounds(tracer: Tracer, a: Point, b: Point) -> tuple[Termination | None, Point | None]:
    """Pull a new point back onto the bound it passed; the end this makes, and the point.

    No point and an end: the curve leaves at once. No point and no end: the bound was not met.
    """
    end: Termination | None = None
    for _ in tracer.curve.field.names:
        left = _left_bound(tracer, b)
        if left is None:
            break
        index, value = left
        name = tracer.curve.field.names[index]
        end = Termination("bound", f"{name} reached its bound {value:g}")
        if abs(a.x[index] - value) <= _AT_BOUND * tracer.scale[index]:
            at_once = Termination("bound", f"{name} leaves its bound {value:g} at once")
            return (at_once if len(tracer.points) == 1 else end), None
        landed = tracer.land_on(index, value, a, b)
        if landed is None:
            return None, None
        b = landed
    return end, b


def _cross(
    tracer: Tracer, a: Point, before: Point, kink: Located, beyond: Point, *, ds: float
) -> float | Termination:
    """Append a kink's point and the first point beyond it."""
    end = _append(tracer, a, before, keep=False)
    # so close to a kink only the Jacobian can be trusted, which is continuous there
    near = tracer.curve.of_jacobian
    end = end or _append(tracer, before, kink.point, keep=False, events=near)
    if end is not None:
        return end
    tracer.points.append(kink.point)
    tracer.special.append((len(tracer.points) - 1, kink.special))
    if "KINK" in tracer.stop_at:
        return Termination("KINK", f"stopped at the kink {kink.special.name}")
    end = _append(tracer, kink.point, beyond, keep=False, events=near)
    if end is not None:
        return end
    tracer.curve.accept(beyond.x / tracer.scale)
    tracer.points.append(beyond)
    return max(min(ds, 2 * tracer.distance(kink.point, beyond)), tracer.options.ds_min)


def _left_bound(tracer: Tracer, b: Point) -> tuple[int, float] | None:
    """Return the bound that b lies furthest beyond, as (component, value)."""
    worst, found = 0.0, None
    for index, name in enumerate(tracer.curve.field.names):
        lower, upper = tracer.options.bounds.get(name, (-np.inf, np.inf))
        for value, excess in ((lower, lower - b.x[index]), (upper, b.x[index] - upper)):
            if excess / tracer.scale[index] > worst:
                worst, found = excess / tracer.scale[index], (index, value)
    return found


def _append(
    tracer: Tracer, a: Point, b: Point, *, keep: bool = True, events: tuple[str, ...] | None = None
) -> Termination | None:
    """Append the special points between a and b, then b; the end if one of them is one."""
    for located in special_points(tracer, a, b, events):
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


def _closed(tracer: Tracer, row: int) -> Termination | None:
    """Close the curve when the step from a row came back to the start."""
    if row < _FEWEST:
        return None
    start, before, last = tracer.points[0], tracer.points[row], tracer.points[-1]
    step = tracer.distance(before, last)
    direction = (last.x - before.x) / tracer.scale / step
    gap = (start.x - before.x) / tracer.scale
    ahead = float(gap @ direction)
    aside = float(np.linalg.norm(gap - ahead * direction))
    alike = float(tracer.unit(start.tangent) @ tracer.unit(last.tangent)) > _ALIKE
    if not (0 <= ahead <= step * (1 + 1e-9) and aside < step / 5 and alike):
        return None
    # What the step met beyond the start was met when the curve set out.
    end = before.arclength + ahead
    while tracer.points[-1].arclength > end and len(tracer.points) > row + 1:
        tracer.points.pop()
    tracer.special = [item for item in tracer.special if item[0] < len(tracer.points)]
    tracer.points.append(replace(start, arclength=end, step=ahead))
    return Termination("closed", "the curve is closed: it came back to its start")
