"""What a continuation returns: a table of points, and special points with their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matplotlib.axes import Axes
    from xarray import Dataset

    from .problem import FloatArray

ComplexArray = NDArray[np.complex128]

#: Kinds of special points, and the words for them.
KINDS: Mapping[str, str] = {
    "LP": "fold",
    "HB": "Hopf",
    "BP": "branch point",
    "NS": "neutral saddle",
    "CP": "cusp",
    "BT": "Bogdanov-Takens",
    "GH": "generalized Hopf",
    "ZH": "zero-Hopf",
    "HH": "Hopf-Hopf",
    "LPC": "fold of cycles",
    "PD": "period doubling",
    "TR": "torus",
    "CPC": "cusp of cycles",
    "R1": "1:1 resonance",
    "R2": "1:2 resonance",
    "R3": "1:3 resonance",
    "R4": "1:4 resonance",
    "LPPD": "fold of cycles and period doubling",
    "LPNS": "fold of cycles and torus",
    "PDNS": "period doubling and torus",
    "NSNS": "two torus bifurcations",
    "KINK": "loss of smoothness",
    "HOM": "homoclinic orbit",
    "HET": "heteroclinic cycle",
    "SNIC": "saddle-node on an invariant circle",
    "UZ": "requested value",
}


def _no_complex() -> ComplexArray:
    return np.empty(0, dtype=complex)


@dataclass(frozen=True)
class SpecialPoint:
    """A special point and the evidence for it.

    Attributes
    ----------
    kind
        A key of `KINDS`.
    parameters
        Every parameter of the problem (free or not) by name, so that the point is a complete
        start for another continuation.
    state
        Shape (n,): the equilibrium; for cycles a point of the cycle.
    status
        ``"converged"`` when its defining system was solved to tolerance, else ``"guess"``.
    bracket
        Signed arclength (scaled, 0 at the start of the branch) between which the test function
        changed sign.
    residual
        Of the defining system, in scaled terms.
    eigenvalues
        Of the Jacobian at the point, or the Floquet multipliers; most unstable first.
    data
        Named numbers: frequency, period, l1, cusp_coefficient, ...
    message
        What else there is to say, in words.
    name
        Which one of its kind (the kink's name); empty otherwise.
    row
        Index of the point in its branch; -1 when it belongs to none.
    orbit
        For a cycle: times from 0 to the period and states, shape (K, 1 + n); else empty.
    """

    kind: str
    parameters: Mapping[str, float]
    state: FloatArray
    status: Literal["converged", "guess"] = "converged"
    bracket: tuple[float, float] = (float("nan"), float("nan"))
    residual: float = float("nan")
    eigenvalues: ComplexArray = field(default_factory=_no_complex)
    data: Mapping[str, float] = field(default_factory=dict)
    message: str = ""
    name: str = ""
    row: int = -1
    orbit: FloatArray = field(default_factory=lambda: np.empty((0, 0)))

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            msg = f"kind = {self.kind!r}: must be one of {', '.join(KINDS)}"
            raise ValueError(msg)

    @property
    def criticality(self) -> str:
        """``"super"`` or ``"sub"`` from the sign of l1 where there is one, else ``""``."""
        l1 = self.data.get("l1", float("nan"))
        if not np.isfinite(l1):
            return ""
        return "super" if l1 < 0 else "sub"


@dataclass(frozen=True)
class Termination:
    """Why a branch ends where it does: a reason to branch on and a sentence to read."""

    reason: str
    message: str = ""


@dataclass(frozen=True)
class Branch:
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
        ``stable`` (0 or 1); for curves and cycles e.g. ``frequency``, ``period``, ``l1``.
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

    def to_dataset(self) -> Dataset:
        """As an xarray Dataset that netCDF can hold without loss; see `Branch.from_dataset`."""
        from .branch_io import to_dataset  # noqa: PLC0415 - xarray takes a second to import

        return to_dataset(self)

    @classmethod
    def from_dataset(cls, dataset: Dataset) -> Branch:
        """Return the branch that `to_dataset` stored."""
        from .branch_io import from_dataset  # noqa: PLC0415

        return from_dataset(dataset)

    def plot(self, ax: Axes | None = None, x: str | None = None, y: str | None = None) -> Axes:
        """Draw the branch: stable parts solid, unstable dotted, special points labelled.

        `x` defaults to the first free parameter; `y` to the second one for a two-parameter
        curve, else to the first variable (minimum and maximum for cycles).
        """
        from .branch_plot import plot  # noqa: PLC0415 - matplotlib takes a second to import

        return plot(self, ax, x, y)
