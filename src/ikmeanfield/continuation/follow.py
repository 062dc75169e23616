"""Following a curve step after step, past kinks, to a bound or another end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.progress import Task, reporting

from .arclength import norm
from .bounds import clipped, first_exit
from .dense import one_thread
from .events import JumpError, special_points, special_points_on, undecided
from .kinks import first_kink, kinks_at_start, leave_kink, pass_kink, rescue_at_kink, unsolved_kink
from .special_point import Termination
from .user_events import user_points

if TYPE_CHECKING:
    from .arclength import Located, Point, Tracer
    from .kinks import Passage
    from .options import Progress

#: Below this step, in units of ds_min, a kink that cannot be solved for is stepped over.
_PATIENCE = 1e3
#: Special points closer than this, in scaled coordinates, are one.
_SAME = 1e-6
#: A special point this close to the start does not stop the curve.
_AT_START = 1e-5
#: Rejected steps per point before the curve is given up.
_REJECTIONS = 20
#: Share by which a rejected step shrinks.
_SHORTER = 0.47
#: Shares of a step tried so that no test function is zero where it ends.
_SHARES = (1.0, 0.93, 0.8, 0.6, 0.4)
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
            outcome = _step(tracer, a, ds)
        except JumpError as error:
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
            if options.progress is not None:
                _report_progress(options.progress, tracer, reported)
                reported = len(tracer.special)
            elif task.shown:
                task.update(note=_position(tracer))
        if len(tracer.points) > options.max_points:
            return Termination("max_points", f"{options.max_points} points taken")
    return Termination("step", "too many rejected steps")


def _report_progress(progress: Progress, tracer: Tracer, reported: int) -> None:
    """Say where the curve is and which special points it met since the last time."""
    special = [special for _, special in tracer.special[reported:]]
    progress(tracer.curve.kind, _free_parameters(tracer), special)


def _position(tracer: Tracer) -> str:
    """Where the curve is, in words."""
    values = ", ".join(f"{name} = {x:.6g}" for name, x in _free_parameters(tracer).items())
    return f"{len(tracer.points)} points, {values}"


def _free_parameters(tracer: Tracer) -> dict[str, float]:
    """The free parameters at the last point, by name."""
    field = tracer.curve.field
    here = dict(zip(field.names, tracer.points[-1].x.tolist(), strict=True))
    return {name: here[name] for name in field.free}


def _step(tracer: Tracer, a: Point, ds: float) -> float | Termination:
    """Try a step from a: append what it finds to the tracer; the next step, or the end."""
    b, why = _advanced(tracer, a, ds)
    if b is None and len(tracer.points) == 1:
        b = leave_kink(tracer, a, ds)
    if b is None:
        passage = rescue_at_kink(tracer, a, ds)
        return _halved(tracer, ds, why) if passage is None else _cross(tracer, a, passage, ds)
    end: Termination | None = None
    leaving = first_exit(tracer, a, b)
    if leaving is not None:
        end = Termination("bound", f"{leaving.name} reached its bound {leaving.value:g}")
        if leaving.point is None:
            at_once = f"{leaving.name} leaves its bound {leaving.value:g} at once"
            return Termination("bound", at_once) if len(tracer.points) == 1 else end
        b = leaving.point
    kink = first_kink(tracer, a, b)
    if kink is not None:
        passage = pass_kink(tracer, a, kink)
        if passage is not None:
            return _cross(tracer, a, passage, ds)
        if ds > _PATIENCE * tracer.options.ds_min:
            return ds / 2
    first = len(tracer.points) == 1
    if first:
        a, b = _without_vanishing(tracer, a, b)
    following = tracer.next_step(a, b, ds)
    finished = tracer.curve.finished(b.measure)
    stopped = _append(tracer, a, b, keep=finished is None)
    stopped = stopped or finished
    if first:
        at_start = special_points_on(tracer, a, b) + kinks_at_start(tracer, a)
        tracer.special[:0] = [(0, item.special) for item in at_start]
    if end is not None and stopped is None:
        _add(tracer, special_points_on(tracer, b, a), len(tracer.points) - 1)
    if kink is not None and stopped is None:
        special = unsolved_kink(tracer, a, kink)
        tracer.special.append((len(tracer.points) - 1, special))
    return stopped or end or following


def _advanced(tracer: Tracer, a: Point, ds: float) -> tuple[Point | None, str]:
    """Advance by a step that ends on no special point."""
    found, why = None, ""
    ds = min(ds, tracer.resolving_step(a))
    for share in _SHARES:
        b, reason = tracer.advance(a, share * ds)
        if b is None:
            return found, why or reason
        if not undecided(tracer, b, a):
            return b, ""
        found = b
    return found, why


def _without_vanishing(tracer: Tracer, a: Point, b: Point) -> tuple[Point, Point]:
    """Leave out what is zero at both ends of the first step, and so all along the curve."""
    vanishing = tracer.curve.vanishing
    while zero := [
        name for name in vanishing if a.measure.tests[name] == 0 == b.measure.tests[name]
    ]:
        vanishing.update({name: vanishing[name] + 1 for name in zero})
        a, b = _measured_again(tracer, a), _measured_again(tracer, b)
        tracer.points[0] = a
    return a, b


def _measured_again(tracer: Tracer, point: Point) -> Point:
    z, direction = tracer.coordinates(point), tracer.direction(point)
    return replace(point, measure=tracer.make_point(z, direction).measure)


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


def _cross(tracer: Tracer, a: Point, passage: Passage, ds: float) -> float | Termination:
    """Append kinks that lie at one place and the first point beyond them."""
    end = _append(tracer, a, passage.before, keep=False)
    if end is not None:
        return end
    row, first = len(tracer.points), passage.kinks[0].point
    tracer.points.append(first)
    for item in passage.kinks:
        if tracer.options.looks_for("KINK"):
            tracer.special.append((row, item.special))
    if "KINK" in tracer.stop_at:
        return Termination("KINK", f"stopped at the kink {passage.kinks[0].special.name}")
    if passage.after is not None:
        end = _append(tracer, passage.after, passage.beyond, keep=False)
    if end is not None:
        return end
    leaving = first_exit(tracer, first, passage.beyond)
    if leaving is not None:
        if leaving.point is not None:
            tracer.points.append(leaving.point)
        return Termination("bound", f"{leaving.name} reached its bound {leaving.value:g}")
    tracer.curve.accept(tracer.coordinates(passage.beyond))
    tracer.points.append(passage.beyond)
    return max(min(ds, 2 * tracer.distance(first, passage.beyond)), tracer.options.ds_min)


def _append(tracer: Tracer, a: Point, b: Point, *, keep: bool = True) -> Termination | None:
    """Append the special points between a and b, then b; the end if one of them is one."""
    found = [*special_points(tracer, a, b), *user_points(tracer, a, b)]
    for located in sorted(found, key=lambda item: item.point.arclength):
        row = len(tracer.points)
        if not _add(tracer, [located], row):
            continue
        tracer.points.append(clipped(tracer, located.point))
        special = located.special
        stops = not tracer.stop_at.isdisjoint({special.kind, special.name})
        if stops and tracer.distance(tracer.points[0], located.point) > _AT_START:
            label = special.name if special.kind == "UZ" else special.kind
            return Termination(special.kind, f"stopped at {label}")
    if keep:
        tracer.points.append(b)
    return None


def _add(tracer: Tracer, found: list[Located], row: int) -> int:
    """Add special points that are new; their number."""
    number = 0
    for located in found:
        known = any(
            (other.kind, other.name) == (located.special.kind, located.special.name)
            and tracer.distance(tracer.points[place], located.point) < _SAME
            for place, other in tracer.special
        )
        if not known:
            tracer.special.append((row, located.special))
            number += 1
    return number


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
    # What the step met beyond the start was met when the curve set out.
    end = before.arclength + ahead
    while tracer.points[-1].arclength > end and len(tracer.points) > row + 1:
        tracer.points.pop()
    tracer.special = [item for item in tracer.special if item[0] < len(tracer.points)]
    tracer.points.append(replace(start, arclength=end, step=ahead))
    return Termination("closed", "the curve is closed: it came back to its start")
