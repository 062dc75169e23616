"""Currents that repeat: sinusoids and trains of rectangular pulses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import inf, pi, sin

import numpy as np
from numpy.typing import ArrayLike

from ikmeanfield.arguments import number, positive
from ikmeanfield.inputs.current import Current, FloatArray, Line, PiecewiseLinear, steps


@dataclass(frozen=True)
class Sinusoid(Current):
    """``level`` before `onset`, then ``level + amplitude sin(2π f (t − origin) + phase)``.

    The origin of time is the onset, or zero if the current has always oscillated.

    Attributes
    ----------
    level
        Mean current in pA.
    amplitude
        In pA.
    frequency
        f in Hz.
    phase
        In radians.
    onset
        Time in ms at which the oscillation starts; −inf if it has always been there.
    """

    level: float
    amplitude: float
    frequency: float
    phase: float = 0.0
    onset: float = -inf

    def __post_init__(self) -> None:
        for name in ("level", "amplitude", "phase"):
            number(name, getattr(self, name))
        positive("frequency", self.frequency, "Hz")
        if self.onset != -inf:
            number("onset", self.onset)

    @property
    def angular_frequency(self) -> float:
        """2πf in 1/ms."""
        return 2e-3 * pi * self.frequency

    @property
    def origin(self) -> float:
        """The time in ms at which the phase is `phase`."""
        return 0.0 if self.onset == -inf else self.onset

    def __call__(self, time: ArrayLike) -> FloatArray:
        """As `Current.__call__`."""
        t = np.asarray(time, dtype=float)
        wave = np.sin(self.angular_frequency * (t - self.origin) + self.phase)
        return np.asarray(self.level + self.amplitude * np.where(t >= self.onset, wave, 0.0))

    def mean(self, begin: ArrayLike, end: ArrayLike) -> FloatArray:
        """The mean of a sine over an interval of length h is sin(at its middle) sinc(ω h/2)."""
        begin, end = np.asarray(begin, dtype=float), np.asarray(end, dtype=float)
        start = np.minimum(np.maximum(begin, self.onset), end)
        share = (end - start) / (end - begin)
        w = self.angular_frequency
        middle = 0.5 * (start + end) - self.origin
        wave = np.sin(w * middle + self.phase) * np.sinc(w * (end - start) / (2.0 * pi))
        return np.asarray(self.level + self.amplitude * share * wave)

    def breaks(self, begin: float, end: float) -> list[float]:
        """The onset, if it lies between `begin` and `end`."""
        return [self.onset] if begin < self.onset < end else []

    def line(self, begin: float, end: float) -> Line | None:
        """The level before the onset."""
        del begin
        return Line(self.level, 0.0, 0.0) if end <= self.onset else None

    def between(self, begin: float, end: float) -> Callable[[float], float]:
        """The level before the onset, and the oscillation as if it had always been there."""
        del begin
        if end <= self.onset:
            return lambda time: self.level
        w = self.angular_frequency
        return lambda time: self.level + self.amplitude * sin(w * (time - self.origin) + self.phase)

    def longest_step(self, begin: float, end: float) -> float:
        """A quarter of a period once it oscillates."""
        del begin
        return inf if end <= self.onset else 250.0 / self.frequency


def sinusoid(
    amplitude: float,
    frequency: float,
    *,
    phase: float = 0.0,
    onset: float | None = None,
    mean: float = 0.0,
) -> Sinusoid:
    """A sinusoidal current.

    Parameters
    ----------
    amplitude
        In pA.
    frequency
        In Hz.
    phase
        In radians, at the onset, or at time 0 if there is none.
    onset
        Time in ms before which there is only the mean; None for a current that has always
        oscillated.
    mean
        Mean current in pA.
    """
    return Sinusoid(mean, amplitude, frequency, phase, -inf if onset is None else onset)


def pulses(
    times: Iterable[float], width: float, amplitude: float, *, base: float = 0.0
) -> PiecewiseLinear:
    """A train of rectangular pulses.

    Parameters
    ----------
    times
        Times in ms at which the pulses begin, ascending, further apart than `width`.
    width
        Length of each pulse in ms.
    amplitude
        Current in pA that a pulse adds to `base`.
    base
        Current in pA between pulses.
    """
    begins = [number("times", time) for time in times]
    positive("width", width, "ms")
    if not begins:
        msg = "times is empty; a train needs at least one pulse"
        raise ValueError(msg)
    for one, other in pairwise(begins):
        if not other - one > width:
            msg = (
                f"pulses of width = {width:g} ms at {one:g} and {other:g} ms meet; take narrower "
                "ones or times further apart, in ascending order"
            )
            raise ValueError(msg)
    first = (begins[0] - 1.0, base)
    edges = [point for t in begins for point in ((t, base + amplitude), (t + width, base))]
    return steps([first, *edges])
