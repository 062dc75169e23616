"""The data of a branch: a table with one row per point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .problem import FloatArray
from .special_point import ComplexArray, SpecialPoint, Termination


@dataclass(frozen=True)
class BranchData:
    """A curve of equilibria, bifurcation points or cycles: one row per point.

    Attributes
    ----------
    kind
        ``"equilibrium"``, ``"fold"``, ``"hopf"`` or ``"cycle"``.
    variables, free
        Names of the n variables and of the free parameters.
    fixed
        Values of all other parameters.
    states
        Shape (points, n).
    parameters
        Shape (points, len(free)).
    eigenvalues
        Shape (points, n): eigenvalues or Floquet multipliers, most unstable first.
    columns
        One number per point, by name; always ``arclength`` (signed, scaled, 0 at the start),
        ``step``, ``newton_iterations``, ``unstable`` (number of unstable directions) and
        ``stable`` (0 or 1), and except for cycles ``undecided`` (number of eigenvalues so close
        to the imaginary axis that rounding hides their side; they count as stable); for curves
        and cycles e.g. ``frequency``, ``period``, ``l1``.
    extra
        Further arrays ``{name: (dims, values)}`` whose first dim is ``"point"``, e.g.
        ``{"minimum": (("point", "variable"), ...)}``.
    special
        The special points in the order of their rows; every one is a row of the branch too.
    ends
        Why it ends at its first and at its last row.
    units
        Units of variables and parameters, by name.
    """

    kind: str
    variables: tuple[str, ...]
    free: tuple[str, ...]
    fixed: Mapping[str, float]
    states: FloatArray
    parameters: FloatArray
    eigenvalues: ComplexArray
    columns: Mapping[str, NDArray[Any]]
    extra: Mapping[str, tuple[tuple[str, ...], NDArray[Any]]] = field(default_factory=dict)
    special: tuple[SpecialPoint, ...] = ()
    ends: tuple[Termination, Termination] = (Termination("unknown"), Termination("unknown"))
    units: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        points = len(self.states)
        arrays = {"parameters": self.parameters, "eigenvalues": self.eigenvalues, **self.columns}
        arrays |= {name: values for name, (_, values) in self.extra.items()}
        for name, values in arrays.items():
            if len(values) != points:
                msg = f"{name} has {len(values)} rows, the branch has {points} points"
                raise ValueError(msg)

    def __len__(self) -> int:
        return len(self.states)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a variable, a free parameter or one of `columns`, shape (points,)."""
        if name in self.variables:
            return self.states[:, self.variables.index(name)]
        if name in self.free:
            return self.parameters[:, self.free.index(name)]
        if name in self.columns:
            return self.columns[name]
        known = ", ".join((*self.variables, *self.free, *self.columns))
        msg = f"no column {name!r}; the branch has {known}"
        raise KeyError(msg)

    @property
    def stable(self) -> NDArray[np.bool_]:
        """Shape (points,): whether each point is stable."""
        return np.asarray(self.columns["stable"], dtype=bool)

    def points(self, *kinds: str) -> tuple[SpecialPoint, ...]:
        """Return the special points of some kinds, or all, in the order of rows."""
        return tuple(point for point in self.special if not kinds or point.kind in kinds)

    def parameters_at(self, row: int) -> dict[str, float]:
        """Every parameter of the problem at a row, by name."""
        moved = dict(zip(self.free, map(float, self.parameters[row]), strict=True))
        return {**self.fixed, **moved}

    def segments(self) -> Iterator[tuple[bool, slice]]:
        """Yield runs of equal stability, each reaching to the first point of the next."""
        stable = self.stable
        if len(stable) == 0:
            return
        edges = [0, *(np.flatnonzero(stable[1:] != stable[:-1]) + 1), len(stable)]
        for start, stop in pairwise(edges):
            yield bool(stable[start]), slice(start, min(stop + 1, len(stable)))
