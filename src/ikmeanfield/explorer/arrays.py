"""Arrays of numbers in a page: stored once each, as bytes that a browser reads without parsing."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Place = list[int]
"""Where an array is: bytes per number, place of the first number, and count."""


class Arrays:
    """Collects arrays of numbers; equal ones are stored once."""

    def __init__(self) -> None:
        self._pieces: dict[int, list[bytes]] = {4: [], 8: []}
        self._counts = {4: 0, 8: 0}
        self._known: dict[tuple[int, bytes], Place] = {}

    def add(self, values: ArrayLike, *, single: bool = False) -> Place:
        """Store an array, flattened, and return its place.

        Parameters
        ----------
        values
            The numbers.
        single
            Whether they are known in single precision alone.
        """
        size = 4 if single else 8
        data = np.asarray(values, dtype=f"<f{size}").ravel()
        known = (size, data.tobytes())
        if known not in self._known:
            self._known[known] = [size, self._counts[size], data.size]
            self._pieces[size].append(known[1])
            self._counts[size] += data.size
        return self._known[known]

    def encoded(self) -> dict[str, str]:
        """All numbers in base64, by their bytes per number."""
        joined = {size: b"".join(pieces) for size, pieces in self._pieces.items()}
        return {str(size): base64.b64encode(data).decode() for size, data in joined.items()}


def number(value: Any) -> float | None:
    """A number as JSON has it: None where it is not known."""
    found = float(value)
    return found if np.isfinite(found) else None
