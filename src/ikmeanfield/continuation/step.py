"""A step of a curve, with the special points, kinks and bounds that lie within it."""

from __future__ import annotations

from dataclasses import replace

from .arclength import APART, SAME, Located, Point
from .bounds import clipped, first_exit
from .brackets import undecided
from .events import StepError, special_points, special_points_on
from .kinks import (
    Passage,
    first_kink,
    kinks_at_start,
    leave_kink,
    pass_kink,
    rescue_at_kink,
    unsolved_kink,
)
from .special_point import Termination
from .tracer import Tracer
from .user_events import user_points

#: Below this step, in units of ds_min, a kink that cannot be solved for is stepped over.
_PATIENCE = 1e3
#: A special point this close to the start does not stop the curve.
_AT_START = 1e-5
#: Shares of a step tried so that no test function is zero where it ends.
_SHARES = (1.0, 0.93, 0.8, 0.6, 0.4)


def take_step(tracer: Tracer, a: Point, ds: float) -> float | Termination:
    """Try a step from a: append what it finds to the tracer; the next step, or the end.

    Raises
    ------
    StepError
        If the step has to be shorter.
    """
    b, why = _advanced(tracer, a, ds)
    if b is None and len(tracer.points) == 1:
        b = leave_kink(tracer, a, ds)
    if b is None:
        passage = rescue_at_kink(tracer, a, ds)
        if passage is None:
            raise StepError(why)
        return _cross(tracer, a, passage, ds)
    end: Termination | None = None
    leaving = first_exit(tracer, a, b)
    if leaving is not None:
        end = leaving.end
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
    stopped = _append(tracer, a, b, keep=finished is None) or finished
    if first:
        at_start = special_points_on(tracer, a, b) + kinks_at_start(tracer, a)
        tracer.special[:0] = [(0, item.special) for item in at_start]
    if stopped is not None:
        return stopped
    last = len(tracer.points) - 1
    if end is not None:
        for located in special_points_on(tracer, b, a):
            _add(tracer, located, last)
    if kink is not None:
        tracer.special.append((last, unsolved_kink(tracer, a, kink).special))
    return end or following


def _advanced(tracer: Tracer, a: Point, ds: float) -> tuple[Point | None, str]:
    """Advance by a step that ends on no special point."""
    found = None
    ds = min(ds, tracer.resolving_step(a))
    for share in _SHARES:
        b, reason = tracer.advance(a, share * ds)
        if b is None:
            return found, reason
        if not undecided(b, a):
            return b, ""
        found = b
    return found, ""


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


def _cross(tracer: Tracer, a: Point, passage: Passage, ds: float) -> float | Termination:
    """Append kinks that lie at one place and the first point beyond them."""
    end = _append(tracer, a, passage.before, keep=False)
    if end is not None:
        return end
    row, first = len(tracer.points), passage.kinks[0].point
    tracer.points.append(first)
    if tracer.options.looks_for("KINK"):
        tracer.special += [(row, item.special) for item in passage.kinks]
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
        return leaving.end
    tracer.curve.accept(tracer.coordinates(passage.beyond))
    tracer.points.append(passage.beyond)
    return max(min(ds, 2 * tracer.distance(first, passage.beyond)), tracer.options.ds_min)


def _append(tracer: Tracer, a: Point, b: Point, *, keep: bool = True) -> Termination | None:
    """Append the special points between a and b, then b; the end if one of them is one."""
    found = [*special_points(tracer, a, b), *user_points(tracer, a, b)]
    for located in sorted(found, key=lambda item: item.point.arclength):
        special = located.special
        if not _add(tracer, located, len(tracer.points)):
            continue
        tracer.points.append(clipped(tracer, located.point))
        stops = not tracer.stop_at.isdisjoint({special.kind, special.name})
        if stops and tracer.distance(tracer.points[0], located.point) > _AT_START:
            label = special.name if special.kind == "UZ" else special.kind
            return Termination(special.kind, f"stopped at {label}")
    if keep:
        tracer.points.append(b)
    return None


def _add(tracer: Tracer, located: Located, row: int) -> bool:
    """Add a special point if it is new, and return whether it is."""
    special, point = located.special, located.point
    known = any(
        (other.kind, other.name) == (special.kind, special.name)
        and tracer.distance(tracer.points[place], point) < SAME
        and abs(tracer.points[place].arclength - point.arclength) < APART
        for place, other in tracer.special
    )
    if not known:
        tracer.special.append((row, special))
    return not known
