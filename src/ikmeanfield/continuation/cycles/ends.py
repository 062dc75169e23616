"""Where a branch of cycles ends other than by a growing period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.bvp.points import CurvePoint, Event, Located
from ikmeanfield.continuation.problem import FloatArray
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .equilibria import Hopf, beside, find_equilibrium, find_hopf

if TYPE_CHECKING:
    from .curve import CycleCurve
    from .family import CycleFamily


#: So many successive cycles make a vertical family if the parameter changes by no more than this
#: share of its scale, a second multiplier is as close to 1 as this, and they have this size.
_VERTICAL, _STILL, _NEUTRAL, _GROWN = 6, 1e-9, 1e-5, 1e-2


def extrapolated(
    curve: CycleCurve, before: CurvePoint, after: CurvePoint
) -> tuple[FloatArray, float, float]:
    """Where between two cycles that point against each other the amplitude vanishes.

    Returns state and free parameters, period, and the distance from the first cycle. All but the
    last move with the square of the amplitude.
    """
    size0, size1 = (curve.scales.norm(curve.oscillation(point)) for point in (before, after))
    x0, x1 = (
        np.concatenate([point.facts.mean, [*curve.free(point).values(), curve.period(point)]])
        for point in (before, after)
    )
    x = (x0 + x1) / 2
    if size0 != size1:
        x = (x1 * size0**2 - x0 * size1**2) / (size0**2 - size1**2)
    return x[:-1], float(x[-1]), size0 / (size0 + size1) * after.step


def shrunk(curve: CycleCurve, before: CurvePoint, special: SpecialPoint, way: float) -> Located:
    """Return the cycle of no amplitude at a point of equilibria, a distance beyond another one."""
    system, state = curve.equations, special.state
    values = np.tile(state, (len(before.profile.values), 1))
    profile = before.profile.times(1.0).with_columns(system.cycle, values)
    profile.scalars[0] = special.data["period"]
    for place, name in enumerate(curve.field.free, start=system.first):
        profile.scalars[place] = special.parameters[name]
    arclength = before.arclength + way
    point = CurvePoint(
        profile,
        before.tangent,
        curve.without_amplitude(special),
        residual=special.residual,
        arclength=arclength,
        step=way,
    )
    event = Event(special.kind, lambda _: 0.0)
    return Located(event, point, (before.arclength, arclength), 0.0, converged=True)


def hopf_end(
    family: CycleFamily, before: CurvePoint, after: CurvePoint
) -> tuple[Located | None, Termination]:
    """Return the Hopf point at which the amplitude passes through zero between two points."""
    x, period, way = extrapolated(family, before, after)
    expected, name = x[-1], family.parameter
    values = np.array([before.profile.scalars[1], after.profile.scalars[1]])
    reach = 2 * float(np.ptp(values)) + abs(expected - values[0])
    reach += 1e-9 * family.scales.scalars[1]
    hopf = _nearby_hopf(family, x, 2 * np.pi / period)
    if hopf is None or abs(hopf.parameter - expected) > reach:
        message = f"the amplitude goes to zero near {name} = {expected:.10g}; no Hopf point was "
        return None, Termination("vanishing", message + "found by Newton's method there")
    special = hopf_special(family, hopf)
    message = (
        f"the amplitude goes to zero at the Hopf point {name} = {hopf.parameter:.10g} (period "
        f"{special.data['period']:.10g}); the last two cycles extrapolate to {expected:.10g}"
    )
    return shrunk(family, before, special, way), Termination("hopf", message)


def hopf_special(family: CycleFamily, hopf: Hopf) -> SpecialPoint:
    """Return the Hopf point at which a branch starts or ends, as a branch holds it."""
    return SpecialPoint(
        kind="HB",
        parameters=family.problem.named(hopf.p, (family.parameter,)),
        state=hopf.state,
        bracket=(0.0, 0.0),
        residual=hopf.residual,
        eigenvalues=hopf.eigenvalues,
        data={"frequency": hopf.frequency, "period": 2 * np.pi / hopf.frequency},
        message="cycles of amplitude zero",
        row=0,
    )


def _nearby_hopf(family: CycleFamily, x: FloatArray, frequency: float) -> Hopf | None:
    field = beside(family)
    equilibrium = find_equilibrium(field, x)
    hopf = None if equilibrium is None else find_hopf(field, equilibrium.x, frequency)
    return hopf if hopf is not None and 0.5 < hopf.frequency / frequency < 2 else None


def vertical(family: CycleFamily, points: Sequence[CurvePoint]) -> Termination | None:
    """Return the end of a branch that is a family of cycles at one value of the parameter.

    The parameter stands still while the cycles grow, and a second multiplier stays 1.
    """
    last = points[-_VERTICAL:]
    if len(last) < _VERTICAL:
        return None
    values = np.array([point.profile.scalars[1] for point in last])
    if np.ptp(values) > _STILL * family.scales.scalars[1]:
        return None
    # close to any Hopf point the parameter stands still as well
    first = last[0].facts
    small = first.maximum - first.minimum
    if small.max() < _GROWN * max(1.0, float(np.abs(first.mean).max())):
        return None
    if any(np.abs(p.facts.floquet.multipliers - 1).min(initial=np.inf) > _NEUTRAL for p in last):
        return None
    message = (
        f"cycles of all sizes exist at {family.parameter} = {values[-1]:.10g}, as around a centre: "
        "the Hopf point is degenerate and no branch in the parameter leaves it"
    )
    return Termination("vertical", message)
