"""Currents that add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ikmeanfield.inputs.current import Current, FloatArray, Line


@dataclass(frozen=True)
class Sum(Current):
    """The sum of several currents.

    Attributes
    ----------
    parts
        The currents.
    """

    parts: tuple[Current, ...]

    def __call__(self, time: ArrayLike) -> FloatArray:
        """As `Current.__call__`."""
        return np.asarray(sum(part(time) for part in self.parts))

    def mean(self, begin: ArrayLike, end: ArrayLike) -> FloatArray:
        """As `Current.mean`."""
        return np.asarray(sum(part.mean(begin, end) for part in self.parts))

    def breaks(self, begin: float, end: float) -> list[float]:
        """The breaks of all parts, each time once."""
        return sorted({t for part in self.parts for t in part.breaks(begin, end)})

    def line(self, begin: float, end: float) -> Line | None:
        """The line through the sum if all parts are linear."""
        lines = [part.line(begin, end) for part in self.parts]
        middle = 0.5 * (begin + end)
        value = slope = 0.0
        for line in lines:
            if line is None:
                return None
            value += line.value + line.slope * (middle - line.anchor)
            slope += line.slope
        return Line(value, slope, middle)

    def between(self, begin: float, end: float) -> Callable[[float], float]:
        """The sum of what the parts are between these breaks."""
        pieces = [part.between(begin, end) for part in self.parts]
        return lambda time: sum(piece(time) for piece in pieces)

    def longest_step(self, begin: float, end: float) -> float:
        """The shortest of the parts' longest steps."""
        return min(part.longest_step(begin, end) for part in self.parts)

    def held(self) -> float | None:
        """The sum of the parts if none of them changes."""
        values = [part.held() for part in self.parts]
        constants = [value for value in values if value is not None]
        return sum(constants) if len(constants) == len(values) else None
