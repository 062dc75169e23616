"""Points of a curve, what is looked for between them, and the two halves of a curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation.options import ContinuationOptions
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .profile import Profile


@dataclass(frozen=True)
class CurvePoint:
    """A solution on a curve.

    Attributes
    ----------
    profile, tangent
        The solution and the unit direction of the curve there.
    facts
        What the curve knows of the solution besides itself.
    error
        Estimated collocation error, in scaled terms.
    residual, iterations
        Of Newton's method.
    arclength, step
        Distance from the start of the curve; length of the step that led here.
    """

    profile: Profile
    tangent: Profile
    facts: Any
    error: float = 0.0
    residual: float = 0.0
    iterations: int = 0
    arclength: float = 0.0
    step: float = 0.0


Test = Callable[[CurvePoint], float]


@dataclass(frozen=True)
class Event:
    """A kind of special point (none for a bound) and the function that vanishes there.

    Attributes
    ----------
    kind, test, name
        The kind, the function whose sign changes, and which one of its kind it is.
    noise
        What the function may be wrong by.
    scalar
        Index and value of a scalar, where the function vanishes just at that value.
    """

    kind: str
    test: Test
    name: str = ""
    noise: float = 0.0
    scalar: tuple[int, float] | None = None

    def crossed(self, before: CurvePoint, after: CurvePoint) -> bool:
        """Whether the function has different signs beyond its noise at two points."""
        values = self.test(before), self.test(after)
        return values[0] * values[1] < 0 and min(map(abs, values)) > self.noise


@dataclass(frozen=True)
class Located:
    """Where a test function vanishes: the point, the bracket of arclength, what is left of it."""

    event: Event
    point: CurvePoint
    bracket: tuple[float, float]
    value: float
    converged: bool


#: A point at which a curve ends, None if there is none, and why it ends.
Arrival = tuple[Located | None, Termination]


@dataclass(frozen=True)
class Limit:
    """Where a curve must end: beyond, the event's test is negative; its name says what is reached.

    `arrive` finds the end between two points in another way than by the test function; None where
    that fails.
    """

    why: Termination
    event: Event
    arrive: Callable[[CurvePoint, CurvePoint], Arrival | None] | None = None


def bounds(options: ContinuationOptions, name: str, scalar: int) -> list[Limit]:
    """Return the limits that the bounds of a free parameter make, which is a scalar."""
    low, high = options.bounds.get(name, (-np.inf, np.inf))
    return [
        bound(name, value, partial(_inside, scalar, value, sign), (scalar, value))
        for value, sign in ((low, 1.0), (high, -1.0))
        if np.isfinite(value)
    ]


def bound(name: str, value: float, test: Test, scalar: tuple[int, float] | None = None) -> Limit:
    """Return the limit at a bound of a quantity."""
    words = f"the bound {name} = {value:.10g}"
    return Limit(Termination("bound", f"reached {words}"), Event("", test, words, scalar=scalar))


def _inside(scalar: int, value: float, sign: float, point: CurvePoint) -> float:
    return sign * float(point.profile.scalars[scalar] - value)


@dataclass(frozen=True)
class Ending:
    """Why a curve ends, and the special point at its end, if there is one."""

    why: Termination
    special: SpecialPoint | None = None


def values_of(scalar: int, values: Sequence[float]) -> list[Event]:
    """Return the points at which a scalar has one of some values, which the user asks for."""
    return [
        Event("UZ", partial(_inside, scalar, value, 1.0), scalar=(scalar, value))
        for value in values
    ]


def effort(points: Sequence[CurvePoint]) -> dict[str, NDArray[Any]]:
    """Return the columns that tell where points of a curve are and what they took."""
    return {
        "arclength": np.array([point.arclength for point in points]),
        "step": np.array([point.step for point in points]),
        "newton_iterations": np.array([point.iterations for point in points]),
        "residual": np.array([point.residual for point in points]),
        "mesh_error": np.array([point.error for point in points]),
        "intervals": np.array([point.profile.intervals for point in points]),
    }
