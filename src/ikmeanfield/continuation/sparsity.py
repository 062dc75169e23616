"""Sparse Jacobians by differences: variables that no component of a field shares move together.

Curtis, Powell and Reid 1974, J. Inst. Math. Appl. 13, 117. Which component depends on which
variable is seen at random states; whoever uses it checks each Jacobian along a random direction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .problem import FloatArray, IntArray

#: A function at many points at once, one per row.
Fields = Callable[["FloatArray"], "FloatArray"]

#: How far from a point, relative and absolute, dependences are looked for; how often nearer.
_REACH, _ABSOLUTE, _NEARER = 0.1, 0.1, 3
#: At how many random states.
_STATES = 2
#: Step of the differences that show a dependence.
_STEP = 2e-4
#: Groups are worth their check if they are fewer than this share of the variables.
_FEWER = 0.5
#: A Jacobian and a difference along a direction agree to this share of the sum's terms.
_AGREES = 1e-9


@dataclass(frozen=True)
class Groups:
    """Variables in groups such that no component depends on two of the same.

    Attributes
    ----------
    depends
        Whether a component (row) depends on a variable (column), shape (n, n).
    group
        Group of every variable, shape (n,).
    """

    depends: NDArray[np.bool_]
    group: IntArray

    @property
    def count(self) -> int:
        """Number of groups."""
        return int(self.group.max()) + 1

    def moves(self, size: int) -> FloatArray:
        """Return moves of `size` coordinates: of each group, then of each one beyond the n."""
        n, beyond = len(self.group), np.arange(size - len(self.group))
        moves = np.zeros((self.count + len(beyond), size))
        moves[self.group, np.arange(n)] = 1.0
        moves[self.count + beyond, n + beyond] = 1.0
        return moves

    def by_variable(self, changes: FloatArray) -> FloatArray:
        """Return a field's changes by variable, shape (n, n), from those by group, (groups, n)."""
        return np.where(self.depends.T, changes[self.group], 0.0)


def grouped(depends: NDArray[np.bool_]) -> Groups:
    """Put every variable into the first group in which it shares no component with another."""
    taken: list[NDArray[np.bool_]] = []
    group = np.empty(depends.shape[1], dtype=np.intp)
    for variable, components in enumerate(depends.T):
        free = (place for place, others in enumerate(taken) if not (others & components).any())
        place = next(free, len(taken))
        if place == len(taken):
            taken.append(np.zeros(len(depends), dtype=bool))
        taken[place] |= components
        group[variable] = place
    return Groups(depends, group)


class Sparsity:
    """What is known of the dependences within a field of n variables."""

    def __init__(self, n: int) -> None:
        #: The groups of a field in which every variable moves alone.
        self.apart = Groups(np.ones((n, n), dtype=bool), np.arange(n))
        self._known: Groups | None = None

    def groups(self, fields: Fields, z: FloatArray) -> Groups | None:
        """Return groups of variables, found near z at first; None where too few would be saved."""
        if self._known is None:
            self._known = self._useful(dependences(fields, z, len(self.apart.group)))
        return None if self._known is self.apart else self._known

    def extend(self, fields: Fields, z: FloatArray) -> None:
        """Add the dependences seen near z; if there are no others, groups are not used again."""
        if self._known is None or self._known is self.apart:
            return
        seen = dependences(fields, z, len(self.apart.group)) | self._known.depends
        more = (seen != self._known.depends).any()
        self._known = self._useful(seen) if more else self.apart

    def _useful(self, depends: NDArray[np.bool_]) -> Groups:
        found = grouped(depends)
        return found if found.count < _FEWER * len(depends) else self.apart


def dependences(fields: Fields, z: FloatArray, n: int) -> NDArray[np.bool_]:
    """Return which of n components depend on which of the first n coordinates, near a point.

    All on all where the field has no value near it.
    """
    rng = np.random.default_rng(0)
    depends = np.zeros((n, n), dtype=bool)
    for _ in range(_STATES):
        away = (np.abs(z) + _ABSOLUTE) * rng.uniform(-1, 1, len(z))
        for nearer in range(_NEARER):
            moved = z + _REACH * 0.1**nearer * away
            points = np.vstack([moved, moved + _STEP * np.eye(n, len(z))])
            try:
                values = fields(points)
            except ArithmeticError:
                continue
            if np.isfinite(values).all():
                depends |= (values[1:] != values[0]).T
                break
        else:
            return np.ones((n, n), dtype=bool)
    return depends


@cache
def check_direction(n: int) -> FloatArray:
    """Return a random direction, the same at every call, with no small component."""
    rng = np.random.default_rng(1)
    signed: FloatArray = rng.uniform(0.5, 1.0, n) * rng.choice([-1.0, 1.0], n)
    return signed


def agrees(matrix: FloatArray, along: FloatArray, slope: FloatArray) -> bool:
    """Whether a Jacobian gives a field's slope along a direction, as far as rounding tells."""
    terms = np.abs(matrix) @ np.abs(along)
    return bool((np.abs(matrix @ along - slope) <= _AGREES * terms).all())
