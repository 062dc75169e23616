"""Eigenvalues: order, count, and the pairs whose sum or product vanishes at a bifurcation."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .problem import FloatArray

ComplexArray = NDArray[np.complex128]

#: Eigenvalues this small against the largest count as zero (a special point's own).
_ZERO = 1e-9


def ordered(matrix: FloatArray) -> ComplexArray:
    """Eigenvalues, most unstable first; conjugates next to each other, positive frequency first."""
    values = np.linalg.eigvals(matrix).astype(complex)
    # The real parts of conjugates are equal to the last bit, so they stay together.
    return values[np.lexsort((-values.imag, np.abs(values.imag), -values.real))]


def unstable_count(eigenvalues: ComplexArray) -> int:
    """Return the number of eigenvalues to the right of zero, not counting rounding."""
    if len(eigenvalues) == 0:
        return 0
    return int(np.sum(eigenvalues.real > _ZERO * np.abs(eigenvalues).max()))


@dataclass(frozen=True)
class Pair:
    """Two eigenvalues, either conjugate or both real: their positions, sum and product."""

    positions: tuple[int, int]
    trace: float
    determinant: float

    @property
    def frequency(self) -> float:
        """Imaginary part where the pair is a conjugate one, else NaN."""
        square = self.determinant - self.trace**2 / 4
        return float(np.sqrt(square)) if square > 0 else float("nan")


def pairs(eigenvalues: ComplexArray) -> list[Pair]:
    """Every pair with real sum and product: conjugates, and two real ones."""
    real = [i for i, value in enumerate(eigenvalues) if value.imag == 0]
    found = [
        Pair((i, j), float((a + b).real), float((a * b).real))
        for i, j in combinations(real, 2)
        for a, b in [(eigenvalues[i], eigenvalues[j])]
    ]
    upper = [i for i, value in enumerate(eigenvalues) if value.imag > 0]
    lower = [i for i, value in enumerate(eigenvalues) if value.imag < 0]
    for i in upper:
        j = min(lower, key=lambda k: abs(eigenvalues[k] - eigenvalues[i].conjugate()))
        value = eigenvalues[i]
        found.append(Pair((i, j), float(2 * value.real), float(abs(value) ** 2)))
    return found


def hopf_test(eigenvalues: ComplexArray) -> float:
    """Return a number whose sign changes where two eigenvalues of a pair add up to zero.

    Its sign is that of the determinant of the bialternate product (Guckenheimer, Myers and
    Sturmfels 1997), its size the smallest sum. NaN for fewer than two eigenvalues.
    """
    sums = np.array([pair.trace for pair in pairs(eigenvalues)])
    if len(sums) == 0:
        return float("nan")
    return float(np.prod(np.sign(sums)) * np.abs(sums).min())


def zero_test(eigenvalues: ComplexArray) -> float:
    """Return a number whose sign changes where a real eigenvalue passes zero; NaN without any."""
    if len(eigenvalues) == 0:
        return float("nan")
    real = eigenvalues.real[eigenvalues.imag == 0]
    smallest = np.abs(real).min() if len(real) else np.abs(eigenvalues).min()
    return float(np.prod(np.sign(real)) * smallest)


def without(eigenvalues: ComplexArray, positions: tuple[int, ...]) -> ComplexArray:
    """Return the eigenvalues except those at some positions."""
    return np.delete(eigenvalues, list(positions))


def nearest_pair(eigenvalues: ComplexArray, determinant: float) -> Pair:
    """Return the pair that best continues one with sum zero and the given product.

    Distances are products of eigenvalues, so that a slow pair is not drowned by fast modes.
    """

    def distance(pair: Pair) -> float:
        rate = np.sqrt(abs(determinant)) + np.sqrt(abs(pair.determinant))
        return float(abs(pair.trace) * rate + abs(pair.determinant - determinant))

    return min(pairs(eigenvalues), key=distance)


def critical_pair(eigenvalues: ComplexArray) -> Pair:
    """Return the pair with the smallest sum."""
    return min(pairs(eigenvalues), key=lambda pair: abs(pair.trace))
