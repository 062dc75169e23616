"""Input currents in time: constant, stepped and ramped, all piecewise linear."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Current:
    """A piecewise linear current; segment j holds from ``starts[j]`` to ``starts[j + 1]``.

    Attributes
    ----------
    starts
        Start of each segment in ms, ascending; the first is −inf.
    values
        Current in pA at ``anchors[j]``.
    slopes
        Rate of change in pA/ms.
    anchors
        Time in ms at which a segment has its value (finite).
    """

    starts: tuple[float, ...]
    anchors: tuple[float, ...]
    values: tuple[float, ...]
    slopes: tuple[float, ...]

    def __call__(self, time: float | FloatArray) -> FloatArray:
        """The current in pA at a time in ms; at a step, its new value."""
        t = np.asarray(time, dtype=float)
        j = np.searchsorted(self.starts, t, side="right") - 1
        value = np.asarray(self.values)[j] + np.asarray(self.slopes)[j] * (
            t - np.asarray(self.anchors)[j]
        )
        return np.asarray(value)

    @property
    def breaks(self) -> tuple[float, ...]:
        """Times in ms at which the current or its slope changes."""
        return self.starts[1:]


def constant(value: float) -> Current:
    """A current of `value` pA at all times."""
    if not isfinite(value):
        msg = f"a constant current must be finite; got {value}"
        raise ValueError(msg)
    return Current((-inf,), (0.0,), (float(value),), (0.0,))


def steps(points: Iterable[tuple[float, float]]) -> Current:
    """A current that jumps: pairs (time in ms, new value in pA); the first value holds before."""
    times, values = _ordered(points)
    starts = (-inf, *times[1:])
    return Current(starts, times, values, (0.0,) * len(values))


def ramp(points: Iterable[tuple[float, float]]) -> Current:
    """A current that is linear between pairs (time in ms, value in pA) and constant outside."""
    times, values = _ordered(points)
    slopes = tuple(
        (b - a) / (t - s) for s, t, a, b in zip(times, times[1:], values, values[1:], strict=False)
    )
    return Current((-inf, *times), (times[0], *times), (values[0], *values), (0.0, *slopes, 0.0))


def currents(circuit: Circuit, given: Mapping[str, Current] | None = None) -> dict[str, Current]:
    """The current into every population: the one given, else its constant `input_current`.

    Raises
    ------
    ValueError
        If `given` names a population that the circuit does not have.
    """
    given = given or {}
    for name in given:
        if name not in circuit.populations:
            known = ", ".join(circuit.populations)
            msg = f"input given to population {name!r}; the circuit has {known}"
            raise ValueError(msg)
    return {
        name: given.get(name, constant(population.input_current))
        for name, population in circuit.populations.items()
    }


def _ordered(
    points: Iterable[tuple[float, float]],
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    pairs = [(float(t), float(value)) for t, value in points]
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
