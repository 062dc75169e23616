"""Random currents that all neurons of a population share: white and Ornstein-Uhlenbeck noise.

A realisation is fixed by its seed alone. Time is divided into cells of length δ, the
`resolution`, from time 0 on, and the noise is kept as its mean over each cell, drawn from the
exact joint law of these means; within a cell it is constant. A mean over any interval is the
integral of that path, so means are additive: networks see the same path at any step and however
a run is cut, and theories see the same one, cell by cell. For intervals of whole cells the means
have exactly the law of the continuous process; fluctuations within a cell are left out.

Cell means replace a white path with strong order 1 in δ, an Ornstein-Uhlenbeck path with strong
order 2. Before time 0 there is only the mean current.

Random numbers come from a counter-based generator (Philox) with the seed as key and the number of
a block of cells as counter, so that any block can be drawn without the others.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import ceil, exp, expm1, floor, sqrt, tanh

import numpy as np
from numpy.typing import ArrayLike

from ikmeanfield.arguments import number, positive, refuse, whole_number
from ikmeanfield.inputs.current import Current, FloatArray, Line

RESOLUTION = 0.1
"""Default length of a cell in ms."""
LARGEST_SEED = 2**63 - 1

_BLOCK = 4096  # cells
_KEPT = 8  # blocks
_WHITE, _COLOURED, _START = range(3)  # streams of random numbers


@dataclass(frozen=True)
class Noise(Current):
    """A current that is constant in cells of equal length.

    Attributes
    ----------
    level
        Mean current in pA.
    seed
        Whole number from 0 to `LARGEST_SEED`; the same seed gives the same path.
    resolution
        Length δ of a cell in ms.
    """

    level: float
    seed: int
    resolution: float

    def __post_init__(self) -> None:
        number("level", self.level)
        if whole_number("seed", self.seed, least=0) > LARGEST_SEED:
            refuse("seed", self.seed, f"a whole number up to {LARGEST_SEED}")
        positive("resolution", self.resolution, "ms")

    @abstractmethod
    def _drawn(self, block: int) -> FloatArray:
        """The deviations from the level in a block of cells."""

    def cells(self, first: int, last: int) -> FloatArray:
        """The current in pA in the cells from number `first` to `last`, both included."""
        if last < 0:
            return np.full(last - first + 1, self.level)
        blocks = range(max(first, 0) // _BLOCK, last // _BLOCK + 1)
        drawn = np.concatenate([self._block(block) for block in blocks])
        start = blocks.start * _BLOCK
        silent = np.zeros(max(0, -first))
        return self.level + np.concatenate(
            [silent, drawn[max(first, 0) - start : last + 1 - start]]
        )

    def __call__(self, time: ArrayLike) -> FloatArray:
        """As `Current.__call__`."""
        cell = np.floor(np.asarray(time, dtype=float) / self.resolution + 1e-9).astype(np.int64)
        first = int(cell.min())
        return np.asarray(self.cells(first, int(cell.max()))[cell - first])

    def mean(self, begin: ArrayLike, end: ArrayLike) -> FloatArray:
        """The cells weighted by what each shares with an interval."""
        begin, end = np.asarray(begin, dtype=float), np.asarray(end, dtype=float)
        cell = np.floor(begin / self.resolution).astype(np.int64)
        count = int((np.ceil(end / self.resolution) - cell).max())
        first = int(cell.min())
        values = self.cells(first, int(cell.max()) + count)
        total = np.zeros(begin.shape)
        for k in range(count):
            low = np.maximum(begin, (cell + k) * self.resolution)
            high = np.minimum(end, (cell + k + 1) * self.resolution)
            total += np.maximum(high - low, 0.0) * values[cell + k - first]
        return np.asarray(total / (end - begin))

    def breaks(self, begin: float, end: float) -> list[float]:
        """The edges of the cells between two finite times."""
        first = max(0, floor(begin / self.resolution))
        edges = (n * self.resolution for n in range(first, ceil(end / self.resolution) + 1))
        return [t for t in edges if begin < t < end]

    def line(self, begin: float, end: float) -> Line:
        """The cell between two neighbouring edges."""
        cell = floor(0.5 * (begin + end) / self.resolution)
        return Line(float(self.cells(cell, cell)[0]), 0.0, 0.0)

    def _block(self, block: int) -> FloatArray:
        if block not in self._blocks:
            self._blocks[block] = self._drawn(block)
            if len(self._blocks) > _KEPT:
                del self._blocks[next(iter(self._blocks))]
        return self._blocks[block]

    @cached_property
    def _blocks(self) -> dict[int, FloatArray]:
        """The blocks drawn last."""
        return {}

    def _normals(self, stream: int, block: int, columns: int) -> FloatArray:
        """Standard normal numbers of a block, of shape (columns, cells)."""
        bits = np.random.Philox(
            key=np.array([self.seed, stream], dtype=np.uint64),
            counter=np.array([0, 0, 0, block], dtype=np.uint64),
        )
        return np.random.Generator(bits).standard_normal((columns, _BLOCK))


@dataclass(frozen=True)
class WhiteNoise(Noise):
    """White noise σ ξ(t) with ⟨ξ(t) ξ(t′)⟩ = δ(t − t′).

    Its mean over a cell is σ (W(t + δ) − W(t))/δ with a Wiener process W, of variance σ²/δ.

    Attributes
    ----------
    intensity
        σ in pA √ms.
    """

    intensity: float

    def __post_init__(self) -> None:
        super().__post_init__()
        number("intensity", self.intensity)

    def _drawn(self, block: int) -> FloatArray:
        normals = self._normals(_WHITE, block, 1)[0]
        return np.asarray(self.intensity / sqrt(self.resolution) * normals)


@dataclass(frozen=True)
class OrnsteinUhlenbeck(Noise):
    """Stationary Gaussian noise σ X(t) with ⟨X(t) X(t′)⟩ = exp(−|t − t′|/τ).

    At the edges of cells X is an autoregression, X(t + δ) = a X(t) + √(1 − a²) ξ with
    a = exp(−δ/τ). Given X at both edges, the mean over the cell is Gaussian, with the mean
    tanh(z)/z (X(t) + X(t + δ))/2 and the variance (z − tanh z)/z², where z = δ/(2τ).

    Attributes
    ----------
    standard_deviation
        σ in pA.
    correlation_time
        τ in ms.
    """

    standard_deviation: float
    correlation_time: float

    def __post_init__(self) -> None:
        super().__post_init__()
        number("standard_deviation", self.standard_deviation)
        positive("correlation_time", self.correlation_time, "ms")

    def _drawn(self, block: int) -> FloatArray:
        while len(self._starts) <= block:
            self._starts.append(float(self._edges(len(self._starts) - 1)[-1]))
        x = self._edges(block)
        z = self.resolution / (2.0 * self.correlation_time)
        # z − tanh z cancels where z is small.
        excess = z - tanh(z) if z > 0.01 else z**3 / 3.0 - 2.0 * z**5 / 15.0 + 17.0 * z**7 / 315.0
        between = self._normals(_COLOURED, block, 2)[1]
        means = 0.5 * tanh(z) / z * (x[:-1] + x[1:]) + sqrt(excess) / z * between
        return np.asarray(self.standard_deviation * means)

    def _edges(self, block: int) -> FloatArray:
        """X at all edges of a block's cells, the first and the last included."""
        decay = exp(-self.resolution / self.correlation_time)
        kicks = sqrt(-expm1(-2.0 * self.resolution / self.correlation_time))
        kicks = (kicks * self._normals(_COLOURED, block, 2)[0]).tolist()
        path = accumulate(kicks, lambda x, kick: decay * x + kick, initial=self._starts[block])
        return np.fromiter(path, dtype=float, count=_BLOCK + 1)

    @cached_property
    def _starts(self) -> list[float]:
        """X at the first edge of every block so far; the law of the first is the stationary one."""
        return [float(self._normals(_START, 0, 1)[0, 0])]


def white(
    intensity: float, *, seed: int, mean: float = 0.0, resolution: float = RESOLUTION
) -> WhiteNoise:
    """White noise about a mean current.

    Parameters
    ----------
    intensity
        σ in pA √ms: the mean over h ms has the standard deviation σ/√h.
    seed
        Whole number ≥ 0 that fixes the path.
    mean
        In pA.
    resolution
        Length in ms of the cells in which the noise is constant.
    """
    return WhiteNoise(mean, seed, resolution, intensity)


def ornstein_uhlenbeck(
    standard_deviation: float,
    correlation_time: float,
    *,
    seed: int,
    mean: float = 0.0,
    resolution: float = RESOLUTION,
) -> OrnsteinUhlenbeck:
    """Ornstein-Uhlenbeck noise about a mean current, stationary from time 0 on.

    Parameters
    ----------
    standard_deviation
        In pA.
    correlation_time
        In ms.
    seed, mean, resolution
        As for `white`.
    """
    return OrnsteinUhlenbeck(mean, seed, resolution, standard_deviation, correlation_time)
