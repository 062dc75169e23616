"""Where a branch of cycles ends other than by a growing period."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .equilibria import Hopf, beside, find_equilibrium, find_hopf
from .events import bound_events
from .locate import locate
from .orbit import Orbit
from .tracer import at_hopf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ikmeanfield.continuation.problem import FloatArray

    from .tracer import CyclePoint, Tracer


#: So many successive cycles make a vertical family if the parameter changes by no more than this
#: share of its scale, a second multiplier is as close to 1 as this, and they have this size.
_VERTICAL, _STILL, _NEUTRAL, _GROWN = 6, 1e-9, 1e-5, 1e-2


def _oscillation(point: CyclePoint) -> Orbit:
    """Return the orbit without its mean, period and parameter."""
    return Orbit(point.orbit.mesh, point.orbit.values - point.mean, 0.0, 0.0)


def hopf_end(
    tracer: Tracer, before: CyclePoint, after: CyclePoint
) -> tuple[CyclePoint | None, Termination] | None:
    """Return the end at a Hopf point, if the amplitude passed through zero between two points.

    A branch runs smoothly through a Hopf point, where its cycles come back shifted by half a
    period: their oscillation then points against that of the cycle before.
    """
    if before.hopf is not None:
        return None
    a, b = _oscillation(before), _oscillation(after)
    size0, size1 = tracer.metric.norm(a), tracer.metric.norm(b)
    if not tracer.metric.inner(a, b) < 0:
        return None
    values = np.array([before.orbit.parameter, after.orbit.parameter])
    # the parameter moves with the square of the amplitude
    if size0 != size1:
        expected = (values[1] * size0**2 - values[0] * size1**2) / (size0**2 - size1**2)
    else:
        expected = values.mean()
    reach = 2 * float(np.ptp(values)) + abs(expected - values[0]) + 1e-9 * tracer.metric.parameter
    hopf = _nearby_hopf(tracer, before, expected, reach)
    name = tracer.parameter
    if hopf is None:
        message = f"the amplitude goes to zero near {name} = {expected:.10g}; no Hopf point was "
        return None, Termination("vanishing", message + "found by Newton's method there")
    at, period = hopf.parameter, 2 * np.pi / hopf.frequency
    values = np.tile(hopf.state, (len(before.orbit.values), 1))
    orbit = Orbit(before.orbit.mesh, values, period, at)
    message = (
        f"the amplitude goes to zero at the Hopf point {name} = {at:.10g} (period {period:.10g}); "
        f"the last two cycles extrapolate to {expected:.10g}"
    )
    point = at_hopf(tracer, orbit, before.tangent, hopf)
    way = size0 / (size0 + size1) * after.step
    point = replace(point, arclength=before.arclength + way, step=way)
    return point, Termination("hopf", message)


def hopf_special(tracer: Tracer, point: CyclePoint, row: int) -> SpecialPoint:
    """Return the Hopf point at which a branch starts or ends, as a branch holds it."""
    if point.hopf is None:
        msg = f"row {row} is a cycle, not a Hopf point"
        raise ValueError(msg)
    found = point.hopf
    return SpecialPoint(
        kind="HB",
        parameters=tracer.problem.named(found.p, (tracer.parameter,)),
        state=found.state,
        bracket=(point.arclength - point.step, point.arclength),
        residual=found.residual,
        eigenvalues=found.eigenvalues,
        data={"frequency": found.frequency, "period": point.orbit.period},
        message="cycles of amplitude zero",
        row=row,
    )


def _nearby_hopf(tracer: Tracer, before: CyclePoint, expected: float, reach: float) -> Hopf | None:
    field, omega = beside(tracer, before.orbit), 2 * np.pi / before.orbit.period
    equilibrium = find_equilibrium(field, np.append(before.mean, expected))
    hopf = None if equilibrium is None else find_hopf(field, equilibrium.x, omega)
    if hopf is None or abs(hopf.parameter - expected) > reach:
        return None
    return hopf if 0.5 < hopf.frequency / omega < 2 else None


def bound_end(
    tracer: Tracer, before: CyclePoint, after: CyclePoint
) -> tuple[CyclePoint, Termination] | None:
    """Return the end on a bound, if one was passed between two points."""
    hits = []
    for name, bound, event in bound_events(tracer):
        if event.test(after) < 0 <= event.test(before):
            located = locate(tracer, event, before, after)
            hits.append((located.point.arclength, name, bound, located.point))
    if not hits:
        return None
    _, name, bound, point = min(hits, key=lambda hit: hit[0])
    return point, Termination("bound", f"reached the bound {name} = {bound:.10g}")


def outside(tracer: Tracer, point: CyclePoint) -> Termination | None:
    """Return the immediate end of a branch that starts outside its bounds."""
    for name, bound, event in bound_events(tracer):
        if event.test(point) < 0:
            return Termination("bound", f"starts outside the bound {name} = {bound:.10g}")
    return None


def vertical(tracer: Tracer, points: Sequence[CyclePoint]) -> Termination | None:
    """Return the end of a branch that is a family of cycles at one value of the parameter.

    The parameter stands still while the cycles grow, and a second multiplier stays 1.
    """
    last = points[-_VERTICAL:]
    if len(last) < _VERTICAL:
        return None
    values = np.array([point.orbit.parameter for point in last])
    if np.ptp(values) > _STILL * tracer.metric.parameter:
        return None
    # close to any Hopf point the parameter stands still as well
    small = last[0].maximum - last[0].minimum
    if small.max() < _GROWN * max(1.0, float(np.abs(last[0].mean).max())):
        return None
    if any(np.abs(p.floquet.multipliers - 1).min(initial=np.inf) > _NEUTRAL for p in last):
        return None
    message = (
        f"cycles of all sizes exist at {tracer.parameter} = {values[-1]:.10g}, as around a centre: "
        "the Hopf point is degenerate and no branch in the parameter leaves it"
    )
    return Termination("vertical", message)


def _summary(tracer: Tracer, point: CyclePoint) -> FloatArray:
    d = tracer.metric.variables
    rest = [point.orbit.parameter / tracer.metric.parameter, np.log(point.orbit.period)]
    return np.concatenate([point.minimum / d, point.maximum / d, point.mean / d, rest])


def closed(tracer: Tracer, points: Sequence[CyclePoint]) -> Termination | None:
    """Return the end of a branch that has come back to its first point."""
    if len(points) < 10 or points[0].hopf is not None:
        return None
    first = _summary(tracer, points[0])
    before, after = (_summary(tracer, point) - first for point in points[-2:])
    leg = after - before
    length = float(leg @ leg)
    # the first point lies alongside the last step, and the branch left it in the same direction
    along = float(-before @ leg) / length if length > 0 else -1.0
    miss = np.linalg.norm(before + along * leg)
    setting_out = _summary(tracer, points[1]) - first
    if not (0 <= along <= 1 and miss < 0.1 * np.sqrt(length) and setting_out @ leg > 0):
        return None
    return Termination("closed", "the branch has come back to its start: it is a closed curve")
