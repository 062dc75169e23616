"""What every law of heterogeneity offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

Draw = Literal["quantiles", "random"]
"""How the neurons of a population sample a law."""


@dataclass(frozen=True)
class Law(ABC):
    """The distribution of a parameter over the neurons of a population.

    Attributes
    ----------
    center
        Where the distribution is centred, in the unit of the parameter.
    width
        Its width in the same unit (half-width at half-maximum); zero puts every neuron at the
        centre.
    half_range
        The distribution is cut off at ``center ± half_range``; infinite for laws that do not
        truncate.
    """

    center: float
    width: float
    half_range: float = inf

    truncates: ClassVar[bool] = False
    """Whether the law is cut off at a half-range."""

    @abstractmethod
    def quantile(self, probability: ArrayLike) -> FloatArray:
        """The value that a neuron stays below with the given probability."""

    @property
    def pole(self) -> complex | None:
        """Pole of the density in the upper half-plane, if it is the only one there; else None.

        A mean field averages over the law by evaluating at this pole. A truncated law gives the
        pole of its untruncated density.
        """
        return None

    def sample(self, size: int, draw: Draw, rng: np.random.Generator) -> FloatArray:
        """Values of `size` neurons in ascending order.

        Parameters
        ----------
        size
            Number of neurons.
        draw
            ``"quantiles"``: the midpoints of `size` equally probable classes, the same in every
            run. ``"random"``: independent draws by the inverse distribution function.
        rng
            Source of the random draws.

        Raises
        ------
        ValueError
            If `draw` is neither of the two.
        """
        if draw == "quantiles":
            return self.quantile((np.arange(size) + 0.5) / size)
        if draw == "random":
            return np.sort(self.quantile(rng.random(size)))
        msg = f"draw = {draw!r}; allowed are 'quantiles' and 'random'"
        raise ValueError(msg)
