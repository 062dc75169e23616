"""Following a curve step after step to a bound or another end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ikmeanfield.progress import Task, reporting

from .arclength import APART, SAME, Point, norm
from .dense import one_thread
from .events import StepError
from .special_point import Termination
from .step import take_step
from .tracer import Tracer

#: Rejected steps per point before the curve is given up.
_REJECTIONS = 20
#: Share by which a rejected step shrinks.
_SHORTER = 0.47
#: How far ahead, in scaled coordinates, the field may stop being defined at the end of a curve.
_AHEAD = (1e-6, 1e-5, 1e-4, 1e-3)
#: A closed curve has at least so many points, and tangents with this cosine where it closes.
_FEWEST, _ALIKE = 10, 0.8


def follow_curve(tracer: Tracer, start: Point) -> Termination:
    """Follow the tracer's curve from a point along its tangent until it ends."""
    size = len(tracer.curve.field.names)
    with reporting(f"following the {tracer.curve.kind} curve") as task, one_thread(size):
        return _follow(tracer, start, task)


def _follow(tracer: Tracer, start: Point, task: Task) -> Termination:
    options = tracer.options
    tracer.points, tracer.special = [start], []
    ds, reported, failed = options.ds, 0, False
    for _ in range(options.max_points * _REJECTIONS):
        row, a = len(tracer.points) - 1, tracer.points[-1]
        try:
            outcome = take_step(tracer, a, ds)
        except StepError as error:
            outcome = _halved(tracer, ds, str(error))
        except (np.linalg.LinAlgError, ArithmeticError) as error:
            outcome = _halved(tracer, ds, f"the equations are singular ahead: {error}")
        if isinstance(outcome, Termination):
            return outcome
        b = tracer.points[-1]
        # A step that follows a failure does not grow: an edge is approached geometrically.
        outcome = min(outcome, ds) if failed and b is not a else outcome
        ds, failed = outcome, b is a
        if b is not a:
            tracer.remember(a, b)
            tracer.curve.accept(tracer.coordinates(b))
            closed = _closed(tracer, row)
            if closed is not None:
                return closed
            tracer.grow_scale(b.x)
            _report(tracer, task, reported)
            reported = len(tracer.special)
        if len(tracer.points) > options.max_points:
            return Termination("max_points", f"{options.max_points} points taken")
    return Termination("step", "too many rejected steps")


def _report(tracer: Tracer, task: Task, reported: int) -> None:
    """Say where the curve is, and which special points it met since the last time."""
    field, progress = tracer.curve.field, tracer.options.progress
    if progress is None and not task.shown:
        return
    here = dict(zip(field.free, tracer.points[-1].x[field.n :].tolist(), strict=True))
    if progress is not None:
        progress(tracer.curve.kind, here, [special for _, special in tracer.special[reported:]])
    else:
        values = ", ".join(f"{name} = {x:.6g}" for name, x in here.items())
        task.update(note=f"{len(tracer.points)} points, {values}")


def _halved(tracer: Tracer, ds: float, why: str) -> float | Termination:
    """Shorten the step, or end where that makes it too small.

    The share is not a half, so that a step does not end on the same singular point again.
    """
    if _SHORTER * ds >= tracer.options.ds_min:
        return _SHORTER * ds
    limit = f"the step fell below ds_min = {tracer.options.ds_min:g}"
    if "evaluated" in why or "not finite" in why or _undefined_ahead(tracer):
        return Termination("domain", f"the field is not defined further on: {why}; {limit}")
    return Termination("singular" if "singular" in why else "step", f"{limit}: {why}")


def _undefined_ahead(tracer: Tracer) -> bool:
    """Whether the field is not defined a little further on.

    At the edge of a domain Newton's method may fail for other reasons before it crosses the edge.
    """
    last, field = tracer.points[-1], tracer.curve.field
    for reach in _AHEAD:
        try:
            value = field.field(tracer.coordinates(last) + reach * tracer.direction(last))
        except (np.linalg.LinAlgError, ArithmeticError):
            return True
        if not np.isfinite(value).all():
            return True
    return False


def _closed(tracer: Tracer, row: int) -> Termination | None:
    """Close the curve when the step from a row came back to the start."""
    if row < _FEWEST:
        return None
    start, before, last = tracer.points[0], tracer.points[row], tracer.points[-1]
    step = tracer.distance(before, last)
    gap = tracer.coordinates(start) - tracer.coordinates(before)
    if norm(gap) > 2 * step:
        return None
    direction = (tracer.coordinates(last) - tracer.coordinates(before)) / step
    ahead = float(gap.dot(direction))
    if not 0 <= ahead <= step * (1 + 1e-9):
        return None
    aside = float(np.linalg.norm(gap - ahead * direction))
    alike = float(tracer.direction(start) @ tracer.direction(last)) > _ALIKE
    if not (aside < step / 5 and alike):
        return None
    # What the step met at the start or beyond was met when the curve set out.
    end = before.arclength + ahead
    places = [tracer.points[place] for place, _ in tracer.special]
    known = [point for point in places if point.arclength < APART]
    while len(tracer.points) > row + 1 and (
        tracer.points[-1].arclength > end
        or any(tracer.distance(point, tracer.points[-1]) < SAME for point in known)
    ):
        tracer.points.pop()
    tracer.special = [item for item in tracer.special if item[0] < len(tracer.points)]
    tracer.points.append(replace(start, arclength=end, step=ahead))
    return Termination("closed", "the curve is closed: it came back to its start")
