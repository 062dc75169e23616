"""Special points on a branch of cycles: test functions, and where they vanish.

Test functions follow Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, section 10.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.special_point import SpecialPoint

from .floquet import LOST
from .locate import Event, locate
from .modes import second_direction
from .orbit import sampled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .locate import Located, Test
    from .tracer import CyclePoint, Tracer

#: Below this a test function at the ends of a step is rounding, not a sign.
NOISE = 1e-7
LARGEST = 1e100
#: Two branches cross where the equations are singular in a second direction, up to this share.
_SECOND = 1e-3
#: Where a multiplier passes through 1: either test function may show the other kind.
_AT_ONE = {"LPC", "BP"}
#: A test function that changes by this share when the mesh is halved has no certain sign.
_ERROR = 0.5


def _clipped(point: CyclePoint) -> NDArray[np.complex128]:
    mu = point.floquet.multipliers
    size = np.abs(mu)
    large = ~(size < LARGEST)
    return np.where(large, LARGEST * np.where(np.isfinite(mu), np.sign(mu.real), 1.0), mu)


def _product(mu: NDArray[np.complex128], target: float) -> float:
    return float(np.prod((mu - target) / (1 + np.abs(mu))).real)


def fold_test(point: CyclePoint, scale: float) -> float:
    """Component of the tangent along the parameter: zero at a fold of cycles."""
    return point.tangent.parameter / scale


def doubling_test(point: CyclePoint) -> float:
    """Zero where a multiplier is -1."""
    return _product(_clipped(point), -1.0)


def branching_test(point: CyclePoint) -> float:
    """Zero where a second multiplier is 1."""
    return _product(_clipped(point), 1.0)


def torus_test(point: CyclePoint) -> float:
    """Zero where two multipliers have product 1."""
    mu = _clipped(point)
    if len(mu) < 2:
        return 1.0
    i, j = np.triu_indices(len(mu), 1)
    a, b = mu[i], mu[j]
    with np.errstate(over="ignore"):
        value = (a * b - 1) / (1 + np.abs(a * b))
    return float(np.prod(value).real)


def _low(point: CyclePoint, kink: str) -> float:
    return point.kinks[kink][0]


def _high(point: CyclePoint, kink: str) -> float:
    return point.kinks[kink][1]


def _above(point: CyclePoint, value: float) -> float:
    return point.orbit.parameter - value


def _below(point: CyclePoint, value: float) -> float:
    return value - point.orbit.parameter


def _minimum_above(point: CyclePoint, variable: int, value: float) -> float:
    return float(point.minimum[variable] - value)


def _maximum_below(point: CyclePoint, variable: int, value: float) -> float:
    return float(value - point.maximum[variable])


def events(tracer: Tracer) -> list[Event]:
    """Return all special points looked for on a branch."""
    found = [
        Event("LPC", partial(fold_test, scale=tracer.metric.parameter), noise=NOISE),
        Event("PD", doubling_test),
        Event("TR", torus_test),
        Event("BP", branching_test, noise=NOISE),
    ]
    for name in tracer.problem.kinks:
        found.append(Event("KINK", partial(_low, kink=name), name))
        found.append(Event("KINK", partial(_high, kink=name), name))
    wanted = tracer.options.looks_for
    crossing = any(map(wanted, _AT_ONE))
    found = [event for event in found if (crossing and event.kind in _AT_ONE) or wanted(event.kind)]
    for name in tracer.options.events:
        found.append(Event("UZ", partial(_low, kink=name), name))
        found.append(Event("UZ", partial(_high, kink=name), name))
    return found + [
        Event("UZ", partial(_above, value=x), parameter=x) for x in tracer.cycles.report_at
    ]


def bound_events(tracer: Tracer) -> Iterator[tuple[str, float, Event]]:
    """Every bound as (quantity, bound, event whose test is negative outside)."""
    for name, (low, high) in tracer.options.bounds.items():
        if name == tracer.parameter:
            yield name, low, Event("UZ", partial(_above, value=low), parameter=low)
            yield name, high, Event("UZ", partial(_below, value=high), parameter=high)
        elif name in tracer.problem.variables:
            i = tracer.problem.variables.index(name)
            yield name, low, Event("UZ", partial(_minimum_above, variable=i, value=low))
            yield name, high, Event("UZ", partial(_maximum_below, variable=i, value=high))


def crossed(tracer: Tracer, before: CyclePoint, after: CyclePoint) -> list[Located]:
    """Return special points between two consecutive points, in the order they are met."""
    out = []
    folded = False
    for event in events(tracer):
        if before.hopf is not None and event.kind in _AT_ONE:
            continue
        if event.kind in {"PD", "TR", "BP"} and not _reliable(before, after):
            continue
        f0, f1 = event.test(before), event.test(after)
        if not (f0 * f1 < 0 and min(abs(f0), abs(f1)) > event.noise):
            continue
        if event.kind == "BP" and folded:
            continue
        located = locate(tracer, event, before, after)
        if event.kind in _AT_ONE:
            judge = _turn if event.kind == "LPC" else _passage
            judged = judge(tracer, located, before, after)
            if judged is None:
                continue
            located = judged
        if genuine(located):
            folded = folded or event.kind == "LPC"
            if located.event.kind not in _AT_ONE or tracer.options.looks_for(located.event.kind):
                out.append(located)
    return sorted(out, key=lambda located: located.point.arclength)


def _turn(
    tracer: Tracer, located: Located, before: CyclePoint, after: CyclePoint
) -> Located | None:
    """What a place where the parameter turns is: a fold, a branch point or an error of the mesh.

    At a fold a multiplier passes through 1. One that reaches 1 within a step and comes back is
    where the parameter turns on the side branch of a pitchfork. Where the branch is vertical, as
    in canard explosions, errors of the mesh turn it.
    """
    if _reliable(before, after):
        if branching_test(before) * branching_test(after) < 0:
            if located.converged:
                return located
            event = replace(located.event, test=branching_test)
            return locate(tracer, event, before, after)
        if _branches(tracer, located):
            return replace(located, event=replace(located.event, kind="BP"))
    certain = [_certain(tracer, located.event.test, end) for end in (before, after)]
    near = np.abs(located.point.floquet.multipliers - 1).min(initial=np.inf) < LOST
    return located if all(certain) or (near and any(certain)) else None


def _passage(
    tracer: Tracer, located: Located, before: CyclePoint, after: CyclePoint
) -> Located | None:
    """What a place is where a multiplier passes through 1 and the parameter is not seen to turn.

    A fold, if the parameter turns by so little that it is hidden by the error of the mesh (so
    small cycles grow large within an exponentially narrow range of it), or a branch point.
    """
    fold = partial(fold_test, scale=tracer.metric.parameter)
    as_fold = replace(located, event=replace(located.event, kind="LPC"))
    if fold(before) * fold(after) < 0:
        return as_fold
    if _branches(tracer, located):
        return located
    ends = (before, after)
    if any(_certain(tracer, fold, end) for end in ends):
        return None
    return as_fold if all(_certain(tracer, branching_test, end) for end in ends) else None


def _certain(tracer: Tracer, test: Test, point: CyclePoint) -> bool:
    """Whether a test function is larger than the errors that rounding and the mesh make in it."""
    value = test(point)
    if abs(value) < NOISE:
        return False
    return abs(test(tracer.refined(point)) - value) < _ERROR * abs(value)


def _branches(tracer: Tracer, located: Located) -> bool:
    """Whether another branch passes through a point, by the directions that the equations leave.

    Where orbits cross kinks, multipliers are as inexact as collocation is there: at a fold they
    may seem not to pass through 1, or to do so beside it.
    """
    defect = second_direction(tracer.collocation, located.point.orbit, tracer.metric)
    return defect < _SECOND


def _reliable(before: CyclePoint, after: CyclePoint) -> bool:
    return before.floquet.reliable() and after.floquet.reliable()


def unexplained_change(tracer: Tracer, before: CyclePoint, after: CyclePoint) -> bool:
    """Whether stability changed by more than the sign changes of the test functions explain."""
    if before.hopf is not None or not _reliable(before, after):
        return False
    moduli = [np.abs(point.floquet.multipliers) for point in (before, after)]
    if any((np.abs(mu - 1) < 1e-6).any() for mu in moduli):
        return False
    change = abs(after.floquet.unstable() - before.floquet.unstable())
    scale = tracer.metric.parameter
    tests: list[tuple[Test, int]] = [
        (branching_test, 1),
        (doubling_test, 1),
        (torus_test, 2),
        (partial(fold_test, scale=scale), 0),
    ]
    possible = {0}
    for test, size in tests:
        if test(before) * test(after) < 0:
            possible |= {abs(x + s) for x in possible for s in (size, -size)}
    return change not in possible


def genuine(located: Located) -> bool:
    """Whether the multipliers bear out the kind of a located point."""
    mu = located.point.floquet.multipliers
    if located.event.kind == "PD":
        return bool(np.abs(mu + 1).min() < 1e-4)
    if located.event.kind == "BP":
        return bool(np.abs(mu - 1).min() < 1e-3)
    if located.event.kind == "TR":
        # a real pair with product 1 makes a neutral saddle, not a torus
        return bool(((np.abs(np.abs(mu) - 1) < 1e-4) & (np.abs(mu.imag) > 1e-6)).any())
    return True


def special_point(tracer: Tracer, located: Located, row: int) -> SpecialPoint:
    """Return the located point with its evidence, as a branch holds it."""
    point, kind = located.point, located.event.kind
    mu = point.floquet.multipliers
    data = {"period": point.orbit.period, "trivial_multiplier": point.floquet.trivial}
    message = _at_kinks(tracer, point)
    if kind == "TR":
        on_circle = mu[np.argmin(np.abs(np.abs(mu) - 1) + (np.abs(mu.imag) < 1e-6))]
        data["rotation"] = float(abs(np.angle(on_circle)) / (2 * np.pi))
    if kind == "KINK":
        low, high = point.kinks[located.event.name]
        message = (
            f"the orbit grazes {located.event.name} = 0 (values {low:.3g} to {high:.3g} along it); "
            "where it crosses, collocation loses order"
        )
    p = tracer.collocation.p(point.orbit)
    return SpecialPoint(
        kind=kind,
        parameters=tracer.problem.named(p, (tracer.parameter,)),
        state=point.orbit.values[0],
        status="converged" if located.converged else "guess",
        bracket=located.bracket,
        residual=max(abs(located.value), point.residual),
        eigenvalues=mu,
        data=data,
        message=message,
        name=located.event.name,
        row=row,
        orbit=sampled(point.orbit),
    )


def _at_kinks(tracer: Tracer, point: CyclePoint) -> str:
    """Say that an orbit crosses kinks, if it does."""
    ranges = {name: point.kinks[name] for name in tracer.problem.kinks}
    crossed = [f"{name} = 0" for name, (low, high) in ranges.items() if low < 0 < high]
    where = " and ".join(crossed)
    return f"the orbit crosses the kink {where}: multipliers are less exact" if crossed else ""
