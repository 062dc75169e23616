"""Eigenvalues: order, signs that rounding leaves in no doubt, and critical pairs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import dense
from .problem import FloatArray

ComplexArray = NDArray[np.complex128]

#: Real parts and sums above this share of the largest eigenvalue need no error bound.
_CLEAR = 1e-6
#: Up to so many eigenvalues, Python's own numbers are faster than arrays.
_FEW = 12


def ordered(matrix: FloatArray) -> ComplexArray:
    """Eigenvalues, most unstable first; conjugates next to each other, positive frequency first."""
    return np.array(sorted(dense.eigenvalues(matrix), key=_place), dtype=complex)


def _place(value: complex) -> tuple[float, float, float]:
    # The real parts of conjugates are equal to the last bit, so they stay together.
    return -value.real, abs(value.imag), -value.imag


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues of a Jacobian with bounds on what rounding may have done to them.

    Attributes
    ----------
    values
        The eigenvalues, most unstable first.
    bounds
        Error bound of every real part; zero where all of them are far from zero.
    """

    values: ComplexArray
    bounds: FloatArray

    def sides(self, positions: NDArray[np.intp] | None = None) -> tuple[int, int]:
        """Return how many eigenvalues (of all, or of some) are unstable, and how many undecided.

        The first lie right of zero beyond doubt; of the others rounding leaves the side open.
        """
        chosen = slice(None) if positions is None else positions
        real, bounds = self.values.real[chosen].tolist(), self.bounds[chosen].tolist()
        known = list(zip(real, bounds, strict=True))
        unstable = sum(value > bound for value, bound in known)
        return unstable, sum(abs(value) <= bound for value, bound in known)


def spectrum(matrix: FloatArray, precision: float, noise: float = 0.0) -> Spectrum:
    """Return the eigenvalues of a Jacobian whose entries have errors as in `entry_errors`.

    An error E in the matrix moves the eigenvalue with left and right vectors w, v by at most
    |w| |E| |v| / |w v|: large rates elsewhere in the matrix do not blur a slow one. Eigenvalues
    near the imaginary axis are Rayleigh quotients w J v / w v, which are exact to the same order.
    """
    found = sorted(dense.eigenvalues(matrix), key=_place)
    values, size = np.array(found, dtype=complex), max(map(abs, found), default=0.0)
    sided = min([abs(value.real) for value in found], default=math.inf) > _CLEAR * size
    if sided and _smallest_sum(found) > _CLEAR * size:
        return Spectrum(values, np.zeros(len(values)))
    quotients, right = np.linalg.eig(matrix)
    quotients = quotients.astype(complex)
    try:
        left = np.linalg.inv(right)
    except np.linalg.LinAlgError:
        bounds = np.full(len(values), np.sqrt(precision) * size)
    else:
        exact = ((left @ matrix) * right.T).sum(axis=1)
        # conjugates follow each other, that with the positive frequency first
        upper = np.flatnonzero(quotients.imag > 0)
        quotients = np.where(quotients.imag == 0, exact.real, exact)
        quotients[upper + 1] = quotients[upper].conj()
        errors = entry_errors(matrix, precision, noise)
        bounds = (np.abs(left) @ errors * np.abs(right).T).sum(axis=1)
    order = sorted(range(len(quotients)), key=lambda i: _place(complex(quotients[i])))
    quotients, bounds = quotients[order], bounds[order]
    if sided:
        return Spectrum(values, bounds + np.abs(values - quotients))
    return Spectrum(quotients, bounds)


def entry_errors(matrix: FloatArray, precision: float, noise: float) -> FloatArray:
    """Return what the entries of a Jacobian may be wrong by.

    That is a share `precision` of each, and a share `noise` of the largest one in its row, whose
    terms may cancel in a difference of the field.
    """
    entries = np.abs(matrix)
    errors: FloatArray = precision * entries + noise * entries.max(axis=1, keepdims=True)
    return errors


def value_or_zero(value: float, error: float) -> float:
    """Return a value, exactly zero where an error hides its sign."""
    return value if abs(value) > error or math.isnan(value) else 0.0


def _smallest_sum(values: list[complex]) -> float:
    """Return the smallest sum of two real eigenvalues of opposite sign, in size."""
    right = [value.real for value in values if value.imag == 0 and value.real > 0]
    if not right:
        return math.inf
    left = [value.real for value in values if value.imag == 0 and value.real < 0]
    return min((abs(a + b) for a in right for b in left), default=math.inf)


class Pair(NamedTuple):
    """Two eigenvalues, either conjugate or both real: their positions, sum and product."""

    positions: tuple[int, int]
    trace: float
    determinant: float

    @property
    def frequency(self) -> float:
        """Imaginary part where the pair is a conjugate one, else NaN."""
        square = self.determinant - self.trace**2 / 4
        return float(np.sqrt(square)) if square > 0 else float("nan")


def _pairs(
    eigenvalues: ComplexArray,
) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, FloatArray]:
    """Return every pair of two real eigenvalues and every conjugate pair.

    That is the positions of their first and second eigenvalues, their sums and their products. An
    eigenvalue whose conjugate is not among them counts as real.
    """
    same = eigenvalues == eigenvalues.conj()[:, None]
    matched = (eigenvalues.imag != 0) & same.any(axis=1)
    upper = np.flatnonzero(matched & (eigenvalues.imag > 0))
    lower = same[upper].argmax(axis=1) if len(upper) else upper
    real = np.flatnonzero(~matched)
    i, j = np.triu_indices(len(real), 1)
    a, b = eigenvalues.real[real[i]], eigenvalues.real[real[j]]
    values = eigenvalues[upper]
    return (
        np.concatenate([real[i], upper]),
        np.concatenate([real[j], lower]),
        np.concatenate([a + b, 2 * values.real]),
        np.concatenate([a * b, np.abs(values) ** 2]),
    )


def hopf_test(
    found: Spectrum, positions: NDArray[np.intp] | None = None, vanishing: int = 0
) -> float:
    """Return a number whose sign changes where two eigenvalues of a pair add up to zero.

    Its sign is that of the determinant of the bialternate product (Guckenheimer, Myers and
    Sturmfels 1997), its size the smallest sum. Zero where rounding hides the sign of a sum; NaN
    for fewer than two eigenvalues. Of the sums so hidden, `vanishing` ones are left out: in
    conservative and reversible systems they are zero everywhere.
    """
    chosen = slice(None) if positions is None else positions
    if len(found.values) <= _FEW and not any(found.bounds.tolist()):
        return _clear_hopf_test(found.values[chosen].tolist())
    (first, second, sums, _), bounds = _pairs(found.values[chosen]), found.bounds[chosen]
    hidden = np.abs(sums) <= bounds[first] + bounds[second]
    if np.count_nonzero(hidden) > vanishing:
        return 0.0
    sums = sums[~hidden]
    if len(sums) == 0:
        return float("nan")
    return float(np.prod(np.sign(sums)) * np.abs(sums).min())


def _clear_hopf_test(values: list[complex]) -> float:
    """Return the same where every sign is clear, without arrays: faster for a few values."""
    real = [value.real for value in values if value.imag == 0]
    sums = [a + b for a, b in combinations(real, 2)]
    sums += [2 * value.real for value in values if value.imag > 0]
    if not sums:
        return math.nan
    smallest = min(map(abs, sums))
    return -smallest if sum(value < 0 for value in sums) % 2 else smallest


def zero_test(eigenvalues: ComplexArray) -> float:
    """Return a number whose sign changes where a real eigenvalue passes zero; NaN without any."""
    if len(eigenvalues) == 0:
        return float("nan")
    real = eigenvalues.real[eigenvalues.imag == 0]
    smallest = np.abs(real).min() if len(real) else np.abs(eigenvalues).min()
    return float(np.prod(np.sign(real)) * smallest)


def others(eigenvalues: ComplexArray, positions: tuple[int, ...]) -> NDArray[np.intp]:
    """Return the positions of all eigenvalues except some."""
    return np.delete(np.arange(len(eigenvalues)), list(positions))


def nearest_pair(eigenvalues: ComplexArray, determinant: float) -> Pair:
    """Return the pair that best continues one with sum zero and the given product.

    Distances are products of eigenvalues, so that a slow pair is not drowned by fast modes.
    """
    slow = math.sqrt(abs(determinant))
    return _best_pair(
        eigenvalues,
        lambda sums, products: (
            abs(sums) * (slow + abs(products) ** 0.5) + abs(products - determinant)
        ),
    )


def critical_pair(eigenvalues: ComplexArray) -> Pair:
    """Return the pair with the smallest sum."""
    return _best_pair(eigenvalues, lambda sums, products: abs(sums))


def _best_pair(eigenvalues: ComplexArray, badness: Callable[[Any, Any], Any]) -> Pair:
    """Return the pair for which a function of sum and product is smallest."""
    if len(eigenvalues) <= _FEW:
        few = _few_pairs(eigenvalues.tolist())
        return min(few, key=lambda pair: badness(pair.trace, pair.determinant))
    first, second, sums, products = _pairs(eigenvalues)
    best = int(np.argmin(badness(sums, products)))
    return Pair((int(first[best]), int(second[best])), float(sums[best]), float(products[best]))


def _few_pairs(values: list[complex]) -> list[Pair]:
    """Return the pairs of a few eigenvalues, without arrays."""
    present = set(values)
    lower: dict[complex, int] = {}
    real: list[tuple[int, float]] = []
    conjugate: list[Pair] = []
    for position, value in enumerate(values):
        if value.imag < 0:
            lower.setdefault(value, position)
        if value.imag == 0 or value.conjugate() not in present:
            real.append((position, value.real))
    for position, value in enumerate(values):
        if value.imag > 0 and value.conjugate() in lower:
            partner = lower[value.conjugate()]
            conjugate.append(Pair((position, partner), 2 * value.real, abs(value) ** 2))
    couples = [Pair((i, j), a + b, a * b) for (i, a), (j, b) in combinations(real, 2)]
    return couples + conjugate


def oscillation(frequency: float) -> dict[str, float]:
    """Return an angular frequency and its period by name."""
    return {"frequency": frequency, "period": 2 * np.pi / frequency}
