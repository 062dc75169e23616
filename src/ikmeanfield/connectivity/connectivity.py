"""What every connectivity offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class Connectivity(ABC):
    """From which source neurons every target neuron receives input.

    All inputs of a neuron through a synapse from one population have the same weight: the
    coupling J over their number. So a neuron receives J times the mean of its inputs, and
    every mean over many of them is that of the network in which all are connected.

    Attributes
    ----------
    probability
        Number of inputs of a neuron over the number of source neurons, on average.
    exponent
        By which power of the distance connections become rarer.
    """

    probability: float = 1.0
    exponent: float = 0.0

    takes: ClassVar[frozenset[str]] = frozenset()
    """Fields of a synapse that mean something to this connectivity."""

    @abstractmethod
    def inputs(self, targets: int, sources: int, rng: np.random.Generator) -> csr_array:
        """How often each source is an input of each target.

        Parameters
        ----------
        targets, sources
            Numbers of neurons of both populations. Neurons are in the order of their places.
        rng
            Source of random draws.

        Returns
        -------
        csr_array
            Counts of shape (targets, sources).
        """


@dataclass(frozen=True)
class AllToAll(Connectivity):
    """Every neuron receives input from all neurons, itself included, as in the paper."""

    def inputs(self, targets: int, sources: int, rng: np.random.Generator) -> csr_array:
        """As `Connectivity.inputs`: once from every source."""
        from scipy.sparse import csr_array  # noqa: PLC0415

        del rng
        return csr_array(np.ones((targets, sources), dtype=np.int32))
