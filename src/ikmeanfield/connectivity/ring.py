"""Neurons on a ring that receive their inputs mostly from near by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.connectivity.connectivity import Connectivity

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Ring(Connectivity):
    """Both populations lie evenly on a ring; distances of inputs are drawn with d^−a.

    Every neuron has ``probability`` times the number of sources as inputs, rounded. The distance
    d of each, counted in source neurons, is drawn with a probability in proportion to d^−a from
    1 to half the ring, to the left and to the right alike. An input that is drawn twice counts
    twice, so the mean weight of a distance follows d^−a however many inputs there are, and there
    are fewer different inputs than draws. (Gast, Solla & Kennedy 2024 draw in the same way.)
    """

    takes: ClassVar[frozenset[str]] = frozenset({"connection_probability", "distance_exponent"})

    def distances(self, sources: int) -> tuple[NDArray[np.int64], FloatArray]:
        """The distances that occur on a ring of `sources` neurons, and their probabilities."""
        distance = np.arange(1, max(sources // 2, 1) + 1)
        weight = distance.astype(float) ** -self.exponent
        return distance, weight / weight.sum()

    def inputs(self, targets: int, sources: int, rng: np.random.Generator) -> csr_array:
        """As `Connectivity.inputs`."""
        from scipy.sparse import csr_array  # noqa: PLC0415

        each = max(1, round(self.probability * sources))
        distance, probability = self.distances(sources)
        drawn = np.searchsorted(np.cumsum(probability[:-1]), rng.random((targets, each)), "right")
        side = 2 * rng.integers(0, 2, (targets, each), dtype=np.int8) - 1
        own = np.round(np.arange(targets) * (sources / targets)).astype(np.int64)
        indices = (own[:, None] + side * distance[drawn]) % sources
        pointer = np.arange(targets + 1) * each
        ones = np.ones(indices.size, dtype=np.int32)
        found = csr_array((ones, indices.ravel().astype(np.int32), pointer), (targets, sources))
        found.sum_duplicates()
        return found
