"""Connections that are drawn independently of each other and of any distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ikmeanfield.connectivity.connectivity import Connectivity

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PAIRS = 4_000_000
"""Pairs of neurons that are drawn at once, to bound the memory."""


@dataclass(frozen=True)
class Random(Connectivity):
    """Every pair of neurons is connected with the same probability, a neuron to itself too."""

    takes: ClassVar[frozenset[str]] = frozenset({"connection_probability"})

    def inputs(self, targets: int, sources: int, rng: np.random.Generator) -> csr_array:
        """As `Connectivity.inputs`; the counts are one."""
        from scipy.sparse import csr_array  # noqa: PLC0415

        found, degrees = [], []
        rows = max(1, PAIRS // sources)
        for first in range(0, targets, rows):
            here = min(rows, targets - first)
            chosen = rng.random((here, sources)) < self.probability
            found.append(np.nonzero(chosen)[1].astype(np.int32))
            degrees.append(chosen.sum(axis=1))
        indices = np.concatenate(found)
        pointer = np.concatenate([[0], np.cumsum(np.concatenate(degrees))])
        ones = np.ones(indices.size, dtype=np.int32)
        return csr_array((ones, indices, pointer), shape=(targets, sources))
