"""Evaluation of a function of state and parameters at many states, all at once where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .problem import Field, FloatArray

#: A stack gives the single values to this share of the largest one of their component, or to what
#: a change of the arguments by this share makes of them: where terms cancel, as at an equilibrium,
#: their rounding is all that there is.
_SAME = 1e-13


class Stacked:
    """A function of (y, p) at stacks of states y.

    A `Problem` promises its functions at single states only. One written with plain arithmetic
    often takes a whole stack as well; this is tried once and kept only if the stack gives the
    values of the single calls. Compiled functions are not tried: another array type would make
    them compile again, which costs more than it saves.

    Parameters
    ----------
    function
        ``function(y, p)``: y of shape (n,), p of shape (m,).
    """

    def __init__(self, function: Field) -> None:
        self.function = function
        self._at_once: bool | None = False if hasattr(function, "py_func") else None

    def __call__(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """Return the values at states y of shape (N, n), as a stack of length N."""
        if self._at_once:
            return np.moveaxis(np.asarray(self.function(y.T, p)), -1, 0)
        values = np.array([self.function(state, p) for state in y])
        if self._at_once is None and len(y) > y.shape[1]:
            self._at_once = self._gives(y, p, values)
        return values

    def _gives(self, y: FloatArray, p: FloatArray, expected: FloatArray) -> bool:
        """Whether a call with the stack gives the values of the single calls."""
        uneven = np.cos(np.arange(y.size)).reshape(y.shape)
        try:
            # a function that only handles single states may fail in any way when given a stack
            stack = np.asarray(self.function(y.T.copy(), p), dtype=float)
            beside = y * (1 + _SAME * uneven)
            moved = np.array([self.function(state, p * (1 + _SAME)) for state in beside])
        except Exception:
            return False
        if stack.shape != (*expected.shape[1:], len(y)):
            return False
        change = np.abs(moved - expected).max(axis=0)
        allowed = np.maximum(_SAME * np.abs(expected).max(axis=0), change)
        return bool((np.abs(np.moveaxis(stack, -1, 0) - expected) <= allowed).all())
