"""Where a curve leaves its bounds within a step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .arclength import Point, hermite
from .augmented import hyperplane
from .newton import newton
from .special_point import Termination
from .stencils import unit_vector
from .tracer import Tracer

#: A component this far beyond its bound, in scaled terms, is still on it.
_ON_BOUND = 1e-12
#: Fractions of a step at which the cubic through its ends is looked at.
_GRID = np.linspace(0, 1, 33)
#: Halvings after which a bound is given as met.
_HALVINGS = 50


@dataclass(frozen=True)
class Exit:
    """The point on a bound where a curve leaves; None where it leaves from the first point on."""

    name: str
    value: float
    point: Point | None

    @property
    def end(self) -> Termination:
        """Why the curve ends there."""
        return Termination("bound", f"{self.name} reached its bound {self.value:g}")


def first_exit(tracer: Tracer, a: Point, b: Point) -> Exit | None:
    """Return where the curve first passes a bound between two points, if it does.

    Every component is known with its derivative at both ends, so that a curve that leaves and
    comes back within the step is seen as well.
    """
    found = []
    for index, value, side in tracer.bounds:
        outside = _beyond(tracer, a, b, index, value, side)
        if outside is None:
            continue
        name = tracer.curve.field.names[index]
        if side * (a.x[index] - value) >= -_ON_BOUND * tracer.scale[index]:
            return Exit(name, value, None)
        found.append(Exit(name, value, _land(tracer, a, outside, index, value, side)))
    return min(found, key=lambda exit_: exit_.point.arclength if exit_.point else 0.0, default=None)


def clipped(tracer: Tracer, point: Point) -> Point:
    """Return the point with rounding errors beyond its bounds removed."""
    x = point.x.copy()
    for index, value, side in tracer.bounds:
        if side * (x[index] - value) > 0:
            x[index] = value
    return replace(point, x=x, z=x / tracer.scale)


def _beyond(
    tracer: Tracer, a: Point, b: Point, index: int, value: float, side: float
) -> Point | None:
    """Return a point of the curve between a and b, or b, that lies beyond a bound."""
    scale = tracer.scale[index]
    if side * (b.x[index] - value) > _ON_BOUND * scale:
        return b
    rising = side * float(tracer.direction(a)[index]) * scale
    if not rising > 0:
        return None
    falling = side * float(tracer.direction(b)[index]) * scale
    if not falling < 0:
        return None
    length = float(np.linalg.norm((b.x - a.x) / tracer.scale))
    low, high = (side * (x - value) for x in (a.x[index], b.x[index]))
    inner = hermite(low, high, length * rising, length * falling, _GRID)
    highest = int(np.argmax(inner))
    if not (inner[highest] > 0 and 0 < highest < len(_GRID) - 1):
        return None
    middle = tracer.between(a, b, float(_GRID[highest]))
    if middle is None or side * (middle.x[index] - value) <= _ON_BOUND * scale:
        return None
    return middle


def _land(tracer: Tracer, a: Point, b: Point, index: int, value: float, side: float) -> Point:
    """Return the point on a bound between one inside and one beyond."""
    inside, beyond = a, b
    normal = unit_vector(len(a.x), index)
    system = hyperplane(tracer.curve.block(), normal, value / tracer.scale[index] * normal)
    for _ in range(_HALVINGS):
        low, high = (side * (p.x[index] - value) for p in (inside, beyond))
        way = (beyond.x - inside.x) / tracer.scale
        share = low / (low - high)
        guess = tracer.coordinates(inside) + share * way
        solution = newton(system, guess, tracer.options.tolerance, tracer.options.max_newton)
        along = float((solution.z - tracer.coordinates(inside)) @ way / (way @ way))
        near = np.linalg.norm(solution.z - guess) <= np.linalg.norm(way) / 4
        if solution.converged and near and -1e-9 <= along <= 1:
            length = along * (beyond.arclength - inside.arclength)
            arclength = max(inside.arclength + length, np.nextafter(a.arclength, np.inf))
            step = arclength - a.arclength
            point = tracer.make_point(solution.z, way, arclength, step, solution.iterations)
            x = point.x.copy()
            x[index] = value
            return replace(point, x=x, z=x / tracer.scale)
        middle = tracer.between(inside, beyond, float(np.clip(share, 0.1, 0.9)))
        if middle is None:
            break
        if side * (middle.x[index] - value) > 0:
            beyond = middle
        else:
            inside = middle
    return inside
