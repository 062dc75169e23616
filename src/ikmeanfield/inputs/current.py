"""Input currents in time: their value, their exact mean over a step, and their breakpoints."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from numbers import Real
from typing import NamedTuple, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.circuit import Circuit

FloatArray = NDArray[np.float64]


class Line(NamedTuple):
    """A current that is linear in time: `value` in pA at the time `anchor`, `slope` in pA/ms."""

    value: float
    slope: float
    anchor: float


class Current(ABC):
    """A current into one population as a function of time.

    Networks need its `mean` over every step, theories its value and its breakpoints. Time is in
    ms and the current in pA.
    """

    @abstractmethod
    def __call__(self, time: ArrayLike) -> FloatArray:
        """The current at given times; where it jumps, its new value."""

    @abstractmethod
    def mean(self, begin: ArrayLike, end: ArrayLike) -> FloatArray:
        """The average over each interval from `begin` to `end`, exact for breaks inside it.

        Parameters
        ----------
        begin, end
            Arrays of one shape, in ascending order.
        """

    @abstractmethod
    def breaks(self, begin: float, end: float) -> list[float]:
        """Times between `begin` and `end`, both excluded, at which the current or a slope jumps.

        Solvers start afresh there, so between breaks the current must be smooth.
        """

    def line(self, begin: float, end: float) -> Line | None:
        """The current between neighbouring breaks if it is linear there, which is faster; or None.

        A theory evaluates a current without a line by what `between` returns.
        """
        del begin, end
        return None

    def between(self, begin: float, end: float) -> Callable[[float], float]:
        """The current between neighbouring breaks as a function that is smooth beyond them too.

        Solvers look at the end of a piece, or past it, where the current may jump.
        """
        line = self.line(begin, end)
        if line is None:
            return lambda time: float(self(time))
        return lambda time: line.value + line.slope * (time - line.anchor)

    def longest_step(self, begin: float, end: float) -> float:
        """The longest step in ms by which a solver overlooks no change between two breaks."""
        del begin, end
        return inf

    def held(self) -> float | None:
        """The value in pA of a current that never changes; None of any other."""
        return None

    def __add__(self, other: Current | float) -> Current:
        """The sum of two currents, or of a current and a constant one in pA."""
        from ikmeanfield.inputs.sums import Sum  # noqa: PLC0415 - it derives from this class

        return Sum((self, other if isinstance(other, Current) else constant(other)))


@dataclass(frozen=True)
class PiecewiseLinear(Current):
    """A piecewise linear current; segment j holds from ``starts[j]`` to ``starts[j + 1]``.

    Attributes
    ----------
    starts
        Start of each segment in ms, ascending; the first is −inf.
    anchors
        Time in ms at which a segment has its value (finite).
    values
        Current in pA at ``anchors[j]``.
    slopes
        Rate of change in pA/ms.
    """

    starts: tuple[float, ...]
    anchors: tuple[float, ...]
    values: tuple[float, ...]
    slopes: tuple[float, ...]

    def __call__(self, time: ArrayLike) -> FloatArray:
        """The current in pA at a time in ms; at a step, its new value."""
        t = np.asarray(time, dtype=float)
        j = np.searchsorted(self.starts, t, side="right") - 1
        value = np.asarray(self.values)[j] + np.asarray(self.slopes)[j] * (
            t - np.asarray(self.anchors)[j]
        )
        return np.asarray(value)

    def mean(self, begin: ArrayLike, end: ArrayLike) -> FloatArray:
        """The average in pA over each interval from `begin` to `end`, exact for any break."""
        begin, end = np.asarray(begin, dtype=float), np.asarray(end, dtype=float)
        total = np.zeros(begin.shape)
        first = int(np.searchsorted(self.starts, begin.min(), side="right")) - 1
        last = int(np.searchsorted(self.starts, end.max(), side="left")) - 1
        for j in range(first, last + 1):
            # Parts of the intervals on segment j: none where b ≤ a.
            a = np.maximum(begin, self.starts[j])
            b = end if j + 1 == len(self.starts) else np.minimum(end, self.starts[j + 1])
            middle = (a + b) / 2 - self.anchors[j]
            part = (b - a) / (end - begin) * (self.values[j] + self.slopes[j] * middle)
            total += np.where(a < b, part, 0.0)
        return total

    def breaks(self, begin: float, end: float) -> list[float]:
        """Times between `begin` and `end` at which a segment starts."""
        return [t for t in self.starts if begin < t < end]

    def line(self, begin: float, end: float) -> Line:
        """The segment between two neighbouring breaks."""
        j = int(np.searchsorted(self.starts, 0.5 * (begin + end), side="right")) - 1
        return Line(self.values[j], self.slopes[j], self.anchors[j])

    def held(self) -> float | None:
        """The value of a current that has one segment without a slope."""
        return self.values[0] if len(self.values) == 1 and self.slopes[0] == 0 else None


def constant(value: float) -> PiecewiseLinear:
    """A current of `value` pA at all times."""
    if not _is_number(value):
        msg = f"a constant current must be a number in pA; got {value!r}"
        raise TypeError(msg)
    if not isfinite(value):
        msg = f"a constant current must be finite; got {value}"
        raise ValueError(msg)
    return PiecewiseLinear((-inf,), (0.0,), (float(value),), (0.0,))


def steps(points: Iterable[tuple[float, float]]) -> PiecewiseLinear:
    """A current that jumps: pairs (time in ms, new value in pA); the first value holds before."""
    times, values = _ordered(points)
    starts = (-inf, *times[1:])
    return PiecewiseLinear(starts, times, values, (0.0,) * len(values))


def ramp(points: Iterable[tuple[float, float]]) -> PiecewiseLinear:
    """A current that is linear between pairs (time in ms, value in pA) and constant outside."""
    times, values = _ordered(points)
    slopes = tuple(
        (b - a) / (t - s) for s, t, a, b in zip(times, times[1:], values, values[1:], strict=False)
    )
    return PiecewiseLinear(
        (-inf, *times), (times[0], *times), (values[0], *values), (0.0, *slopes, 0.0)
    )


def currents(
    circuit: Circuit, given: Mapping[str, Current | float] | None = None
) -> dict[str, Current]:
    """The current into every population: the one given, else its constant `input_current`.

    Parameters
    ----------
    circuit
        The circuit that receives the currents.
    given
        Currents by population; a number is a constant current in pA. None gives none.

    Raises
    ------
    TypeError
        If `given` is not a mapping, or holds something that is neither a current nor a number.
    ValueError
        If `given` names a population that the circuit does not have.
    """
    found: dict[str, Current] = {
        name: constant(population.input_current) for name, population in circuit.populations.items()
    }
    if given is None:
        return found
    known = ", ".join(circuit.populations)
    if not isinstance(given, Mapping):
        msg = (
            f"inputs = {given!r}: expected a mapping from populations ({known}) to currents, "
            f"such as {{{next(iter(found))!r}: 50.0}}"
        )
        raise TypeError(msg)
    for name, current in given.items():
        if name not in found:
            msg = f"input given to population {name!r}; the circuit has {known}"
            raise ValueError(msg)
        found[name] = _as_current(name, current)
    return found


def step_means(inputs: Iterable[Current], first: int, count: int, step: float) -> FloatArray:
    """Average of each current over each time step, of shape (steps, currents), in pA.

    Parameters
    ----------
    inputs
        The currents.
    first, count
        Index of the first step since time zero, and number of steps.
    step
        Length of a step in ms.
    """
    begin = np.arange(first, first + count) * step
    return np.stack([current.mean(begin, begin + step) for current in inputs], axis=1)


def _is_number(given: object) -> TypeGuard[float]:
    return isinstance(given, Real) and not isinstance(given, bool | np.bool_)


def _as_current(name: str, given: object) -> Current:
    if isinstance(given, Current):
        return given
    if _is_number(given):
        return constant(given)
    msg = (
        f"input given to population {name!r} is {given!r}; expected a number (a constant current "
        "in pA) or a current made by `constant`, `steps` or `ramp`"
    )
    raise TypeError(msg)


def _ordered(
    points: Iterable[tuple[float, float]],
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    try:
        pairs = [(float(t), float(value)) for t, value in points]
    except (TypeError, ValueError):
        msg = f"a current is made of pairs (time in ms, value in pA); got {points!r}"
        raise TypeError(msg) from None
    if not pairs:
        msg = "a current needs at least one point (time, value)"
        raise ValueError(msg)
    for t, value in pairs:
        if not (isfinite(t) and isfinite(value)):
            msg = f"times and values of a current must be finite; got ({t}, {value})"
            raise ValueError(msg)
    times = tuple(t for t, _ in pairs)
    if any(b <= a for a, b in itertools.pairwise(times)):
        msg = f"times of a current must increase; got {list(times)}"
        raise ValueError(msg)
    return times, tuple(value for _, value in pairs)
