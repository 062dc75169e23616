"""Passing surfaces on which the field loses smoothness.

Where the field is C1 but its second derivative is unbounded on one side (as m^(3/2) for m > 0),
a curve of equilibria passes smoothly, but curves whose equations contain the Jacobian have a
corner, and meet the surface at a tangent on one side. So the crossing is solved for exactly, and
the curve is taken up again beyond it at a given small value of the kink function, which is well
posed whatever the angle.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .arclength import Located
from .augmented import kink_value, stack
from .newton import Solution, newton
from .special_point import SpecialPoint

if TYPE_CHECKING:
    from .arclength import Point, Tracer
    from .problem import FloatArray

_ITERATIONS = 30
#: A kink is solved for this far beside it (and four times as far), in scaled coordinates.
_OFFSET = 1e-9
#: The curve is smooth on a side where the two points are no further apart than so many offsets.
_SMOOTH = 30.0
#: Where the curve is compared with what lies before a kink: this far of the way to it.
_NEARLY = 0.98


def crossed_kinks(a: Point, b: Point) -> list[str]:
    """Names of the kinks whose functions change sign between two points."""
    return [name for name, value in a.kinks.items() if value * b.kinks[name] < 0]


def unsolved_kink(tracer: Tracer, a: Point, b: Point, name: str) -> SpecialPoint:
    """Return a kink that was crossed but not solved for, placed behind it."""
    return SpecialPoint(
        kind="KINK",
        name=name,
        parameters=tracer.curve.field.parameters(b.x / tracer.scale),
        state=b.x[: tracer.curve.field.n],
        status="guess",
        bracket=(a.arclength, b.arclength),
        eigenvalues=b.measure.eigenvalues,
        message=f"{name} changes sign within this step; its zero could not be solved for",
    )


def solve_on(tracer: Tracer, name: str, value: float, guess: FloatArray) -> Solution:
    """Return the curve's point where a kink function has a value."""
    system = stack(tracer.curve.block(), kink_value(tracer.curve.field, name, value))
    return newton(system, guess, tracer.options.tolerance, _ITERATIONS)


def pass_kink(tracer: Tracer, a: Point, b: Point, name: str) -> tuple[Point, Located, Point] | None:
    """Locate the kink between a and b; a point just before it, the kink, and one beyond."""
    za, zb = a.x / tracer.scale, b.x / tracer.scale
    fraction = a.kinks[name] / (a.kinks[name] - b.kinks[name])
    return _pass(tracer, a, name, za + fraction * (zb - za), float(np.linalg.norm(zb - za)))


def rescue_at_kink(tracer: Tracer, a: Point, ds: float) -> tuple[Point, Located, Point] | None:
    """Return the same where a step failed and a kink ahead may be why."""
    z, t = a.x / tracer.scale, tracer.unit(a.tangent)
    for name, value in a.kinks.items():
        ahead = tracer.curve.field.kinks(z + 2 * ds * t)[name]
        if value == 0 or abs(ahead - value) < abs(value) / 4:
            continue
        passed = _pass(tracer, a, name, z + ds / 2 * t, 2 * ds)
        if passed is not None:
            return passed
    return None


def _pass(
    tracer: Tracer, a: Point, name: str, guess: FloatArray, reach: float
) -> tuple[Point, Located, Point] | None:
    za, t = a.x / tracer.scale, tracer.unit(a.tangent)
    size = abs(a.kinks[name])
    solution = _solve_at(tracer, name, guess)
    way = solution.z - za
    distance = float(np.linalg.norm(way))
    if not solution.converged or distance > 1.5 * reach or way @ t <= 0:
        return None
    beyond = _depart(
        tracer, name, solution.z, sign=-np.sign(a.kinks[name]), size=size, reach=distance
    )
    if beyond is None:
        return None
    located = _located(tracer, a, name, solution, way)
    before = tracer.between(a, located.point, _NEARLY) or a
    shift = located.point.arclength
    return before, located, replace(beyond, arclength=shift + beyond.step)


def _solve_at(tracer: Tracer, name: str, guess: FloatArray) -> Solution:
    """Return the kink itself, from two points on that side on which the curve varies less.

    On m = 0 rounding decides the side, and where the field holds a root of m it magnifies it.
    """
    gradient = kink_value(tracer.curve.field, name)(guess)[1]()
    offset = _OFFSET * float(np.linalg.norm(gradient))
    sides = []
    for sign in (-1.0, 1.0):
        near = solve_on(tracer, name, sign * offset, guess)
        far = solve_on(tracer, name, 4 * sign * offset, near.z if near.converged else guess)
        fit = near.converged and far.converged
        spread = float(np.linalg.norm(near.z - far.z))
        zero = replace(near, z=near.z + (near.z - far.z) / 3) if fit else near
        sides.append((not near.converged, spread, zero))
        if fit and spread < _SMOOTH * _OFFSET:
            break
    return min(sides, key=lambda side: side[:2])[2]


def _depart(
    tracer: Tracer, name: str, z: FloatArray, *, sign: float, size: float, reach: float
) -> Point | None:
    """Return a point beyond the kink at z, no further from it than `reach`."""
    gradient = kink_value(tracer.curve.field, name)(z)[1]()[0]
    value = 0.1 * size
    for _ in range(14):
        guess = z + gradient * (sign * value / (gradient @ gradient))
        solution = solve_on(tracer, name, sign * value, guess)
        way = solution.z - z
        distance = float(np.linalg.norm(way))
        if solution.converged and distance <= max(reach, 10 * tracer.options.ds_min):
            return tracer.make_point(solution.z, way, step=distance, iterations=solution.iterations)
        value /= 10
    return None


def _located(tracer: Tracer, a: Point, name: str, solution: Solution, way: FloatArray) -> Located:
    distance = float(np.linalg.norm(way))
    point = tracer.make_point(
        solution.z,
        way,
        arclength=a.arclength + distance,
        step=distance,
        iterations=solution.iterations,
    )
    special = SpecialPoint(
        kind="KINK",
        name=name,
        parameters=tracer.curve.field.parameters(solution.z),
        state=point.x[: tracer.curve.field.n],
        bracket=(a.arclength, point.arclength),
        residual=solution.residual,
        eigenvalues=point.measure.eigenvalues,
        data={"kink_value": point.kinks[name]},
        message=f"{name} changes sign: the field is less smooth here",
    )
    return Located(point, special)
