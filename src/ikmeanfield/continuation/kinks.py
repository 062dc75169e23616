"""Passing surfaces on which the field loses smoothness.

Where the field is C1 but its second derivative is unbounded on one side (as m^(3/2) for m > 0),
a curve of equilibria passes smoothly, but curves whose equations contain the Jacobian have a
corner, and meet the surface at a tangent on one side. So the crossing is solved for exactly, and
the curve is taken up again beyond it at a given small value of the kink function, which is well
posed whatever the angle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .arclength import Located, Point, hermite
from .augmented import function_value, stack
from .newton import Solution, newton
from .problem import FloatArray
from .tracer import Tracer

_ITERATIONS = 30
#: A kink is solved for this far beside it (and four times as far), in scaled coordinates.
_OFFSET = 1e-9
#: The curve is smooth on a side where the two points are no further apart than so many offsets.
_SMOOTH = 30.0
#: Where the curve is compared with what lies before a kink: this far of the way to it.
_NEARLY = 0.98
#: A point closer to a kink than this is on it, and special points are looked for up to this far.
_ON_KINK, _BESIDE = 1e-8, 1e-7
#: Share of a step for the derivative of a kink function, and share that may be rounding.
_SLOPE_STEP, _SLIGHT = 1e-3, 1e-5


@dataclass(frozen=True)
class Crossing:
    """A kink whose function changes sign between the start of a step and a point beyond it."""

    name: str
    fraction: float
    beyond: Point


@dataclass(frozen=True)
class Passage:
    """The way past kinks at one place: points just before and after it, and one further on."""

    before: Point
    kinks: list[Located]
    after: Point | None
    beyond: Point


def first_kink(tracer: Tracer, a: Point, b: Point) -> Crossing | None:
    """Return the first kink crossed between two points, also where it is crossed twice."""
    found = []
    for name, here in a.kinks.items():
        there, point = b.kinks[name], b
        slight = abs(here) <= _SLIGHT * abs(there - here)
        if slight and abs(here) <= _resolution(tracer, a, name):
            continue
        if here * there > 0:
            dip = _dip(tracer, a, b, name)
            if dip is None:
                continue
            there, point = dip.kinks[name], dip
        share = tracer.distance(a, point) / tracer.distance(a, b)
        found.append(Crossing(name, share * here / (here - there), point))
    return min(found, key=lambda crossing: crossing.fraction, default=None)


def _dip(tracer: Tracer, a: Point, b: Point, name: str) -> Point | None:
    """Return a point between two on one side of a kink that lies on its other side."""
    sign = np.sign(a.kinks[name])
    first, last = abs(a.kinks[name]), abs(b.kinks[name])
    length = tracer.distance(a, b)
    if min(first, last) > 2 * max(abs(last - first), abs(tracer.rates.get(name, np.inf)) * length):
        return None
    step = _SLOPE_STEP * length
    falling, rising = (
        float(sign * (tracer.curve.field.kinks(z)[name] - p.kinks[name])) / _SLOPE_STEP
        for p in (a, b)
        for z in [tracer.coordinates(p) + step * tracer.direction(p)]
    )
    if not falling < 0 < rising:
        return None
    grid = np.linspace(0, 1, 33)
    values = hermite(first, last, falling, rising, grid)
    lowest = int(np.argmin(values))
    if values[lowest] > 0.3 * min(first, last):
        return None
    middle = tracer.between(a, b, float(np.clip(grid[lowest], 0.02, 0.98)))
    return middle if middle is not None and sign * middle.kinks[name] < 0 else None


def _resolution(tracer: Tracer, point: Point, name: str) -> float:
    """Value of a kink function below which its point is on the kink."""
    z = tracer.coordinates(point)
    gradient = tracer.curve.field.kink_gradient(name, z)
    return _ON_KINK * float(np.linalg.norm(gradient))


def kinks_at_start(tracer: Tracer, start: Point) -> list[Located]:
    """Return the kinks on which a curve starts."""
    return [
        _located(tracer, start, name, start, 0.0)
        for name, value in start.kinks.items()
        if abs(value) <= _resolution(tracer, start, name)
    ]


def unsolved_kink(tracer: Tracer, a: Point, kink: Crossing) -> Located:
    """Return a kink that was crossed but not solved for, placed behind it."""
    message = f"{kink.name} changes sign within this step; its zero could not be solved for"
    bracket = a.arclength, kink.beyond.arclength
    return tracer.located(
        kink.beyond, "KINK", bracket, name=kink.name, status="guess", message=message
    )


def _solve_on(tracer: Tracer, name: str, value: float, guess: FloatArray) -> Solution:
    """Return the curve's point where a kink function has a value."""
    field = tracer.curve.field
    system = stack(tracer.curve.block(), function_value(lambda z: field.kinks(z)[name] - value))
    return newton(system, guess, tracer.options.tolerance, _ITERATIONS)


def pass_kink(tracer: Tracer, a: Point, kink: Crossing) -> Passage | None:
    """Locate the first kink after a, and the way past it."""
    za, zb = tracer.coordinates(a), tracer.coordinates(kink.beyond)
    fraction = abs(a.kinks[kink.name]) / abs(a.kinks[kink.name] - kink.beyond.kinks[kink.name])
    guess = za + fraction * (zb - za)
    return _pass(tracer, a, kink.name, guess, float(np.linalg.norm(zb - za)))


def rescue_at_kink(tracer: Tracer, a: Point, ds: float) -> Passage | None:
    """Return the same where a step failed and a kink ahead may be why."""
    z, t = tracer.coordinates(a), tracer.direction(a)
    for name, value in a.kinks.items():
        ahead = tracer.curve.field.kinks(z + 2 * ds * t)[name]
        if value == 0 or abs(ahead - value) < abs(value) / 4:
            continue
        passed = _pass(tracer, a, name, z + ds / 2 * t, 2 * ds)
        if passed is not None:
            return passed
    return None


def leave_kink(tracer: Tracer, start: Point, ds: float) -> Point | None:
    """Return a point beyond the kink on which a curve starts, on the side that it sets out to.

    A curve that leaves the surface at a tangent turns at once, however short the step.
    """
    z, direction = tracer.coordinates(start), tracer.direction(start)
    for located in kinks_at_start(tracer, start):
        name = located.special.name
        gradient = tracer.curve.field.kink_gradient(name, z)
        size = ds * float(np.linalg.norm(gradient))
        beyond = _depart(tracer, name, z, float(np.sign(gradient @ direction)) * size, ds)
        if beyond is not None:
            return replace(beyond, arclength=start.arclength + beyond.step)
    return None


def _pass(tracer: Tracer, a: Point, name: str, guess: FloatArray, reach: float) -> Passage | None:
    value, solution = a.kinks[name], _solve_at(tracer, name, guess)
    way = solution.z - tracer.coordinates(a)
    distance = float(np.linalg.norm(way))
    if not solution.converged or distance > 1.5 * reach or way @ tracer.direction(a) <= 0:
        return None
    beyond = _depart(tracer, name, solution.z, -0.1 * value, distance)
    if beyond is None:
        return None
    shift = a.arclength + distance
    point = tracer.make_point(solution.z, way, shift, distance, solution.iterations)
    names = [name] + [
        other
        for other, here in point.kinks.items()
        if other != name
        and a.kinks[other] * beyond.kinks[other] < 0
        and abs(here) <= _resolution(tracer, point, other)
    ]
    near = value * min(1.0, _BESIDE / distance)
    before = _depart(tracer, name, solution.z, near, distance)
    after = _depart(tracer, name, solution.z, -near, distance)
    if before is not None:
        z = tracer.coordinates(before)
        before = tracer.make_point(z, way, shift - before.step, a.step)
    else:
        before = tracer.between(a, point, _NEARLY) or a
    if after is not None and after.step < beyond.step:
        after = replace(after, arclength=shift + after.step)
    else:
        after = None
    kinks = [_located(tracer, a, one, point, solution.residual) for one in names]
    return Passage(before, kinks, after, replace(beyond, arclength=shift + beyond.step))


def _solve_at(tracer: Tracer, name: str, guess: FloatArray) -> Solution:
    """Return the kink itself, from two points on that side on which the curve varies less.

    On m = 0 rounding decides the side, and where the field holds a root of m it magnifies it.
    """
    gradient = tracer.curve.field.kink_gradient(name, guess)
    offset = _OFFSET * float(np.linalg.norm(gradient))
    sides = []
    for sign in (-1.0, 1.0):
        near = _solve_on(tracer, name, sign * offset, guess)
        far = _solve_on(tracer, name, 4 * sign * offset, near.z if near.converged else guess)
        fit = near.converged and far.converged
        spread = float(np.linalg.norm(near.z - far.z))
        zero = replace(near, z=near.z + (near.z - far.z) / 3) if fit else near
        sides.append((not near.converged, spread, zero))
        if fit and spread < _SMOOTH * _OFFSET:
            break
    return min(sides, key=lambda side: side[:2])[2]


def _depart(tracer: Tracer, name: str, z: FloatArray, value: float, reach: float) -> Point | None:
    """Return a point beside the kink at z, no further from it than `reach`.

    Its kink function has a value, or a smaller one of the same sign.
    """
    gradient = tracer.curve.field.kink_gradient(name, z)
    for _ in range(14):
        guess = z + gradient * (value / (gradient @ gradient))
        solution = _solve_on(tracer, name, value, guess)
        way = solution.z - z
        distance = float(np.linalg.norm(way))
        if solution.converged and distance <= max(reach, 10 * tracer.options.ds_min):
            return tracer.make_point(solution.z, way, 0.0, distance, solution.iterations)
        value /= 10
    return None


def _located(tracer: Tracer, a: Point, name: str, point: Point, residual: float) -> Located:
    return tracer.located(
        point,
        "KINK",
        (a.arclength, point.arclength),
        name=name,
        residual=residual,
        data={"kink_value": point.kinks[name]},
        message=f"{name} changes sign: the field is less smooth here",
    )
