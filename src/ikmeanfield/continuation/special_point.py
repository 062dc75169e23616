"""Special points with their evidence, and why a branch ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .problem import FloatArray

ComplexArray = NDArray[np.complex128]

#: l1 has a sign when it exceeds so many times its error.
_CERTAIN = 3.0
#: Longest line of a summary, and the most components of a state shown on one.
_WIDTH, _COMPONENTS = 100, 4

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
    "GPD": "generalized period doubling",
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
    "NSH": "homoclinic orbit to a neutral saddle",
    "NCS": "noncentral homoclinic orbit to a saddle-node",
    "SNIC": "saddle-node on an invariant circle",
    "UZ": "requested value",
}


@dataclass(frozen=True, repr=False)
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
    eigenvalues: ComplexArray = field(default_factory=lambda: np.empty(0, dtype=complex))
    data: Mapping[str, float] = field(default_factory=dict)
    message: str = ""
    name: str = ""
    row: int = -1
    orbit: FloatArray = field(default_factory=lambda: np.empty((0, 0)))

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            msg = f"kind = {self.kind!r}: must be one of {', '.join(KINDS)}"
            raise ValueError(msg)

    def __repr__(self) -> str:
        return describe_point(self)

    @property
    def criticality(self) -> str:
        """``"super"`` or ``"sub"`` from the sign of l1.

        ``""`` where there is none, or where l1 is zero within its uncertainty: the point is
        degenerate, and neither is known.
        """
        l1 = self.data.get("l1", float("nan"))
        if not abs(l1) > _CERTAIN * self.data.get("l1_error", 0.0):
            return ""
        return "super" if l1 < 0 else "sub"


@dataclass(frozen=True)
class Termination:
    """Why a branch ends where it does: a reason to branch on and a sentence to read."""

    reason: str
    message: str = ""


def _numbers(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:.7g}" for name, value in values.items())


def shortened(text: str) -> str:
    """Return a text cut to the width of a line."""
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def describe_point(point: SpecialPoint, free: tuple[str, ...] = ()) -> str:
    """Return a special point on one line: kind, parameters, state, numbers, status.

    Without `free` every parameter is listed.
    """
    shown = {name: point.parameters[name] for name in free or point.parameters}
    parts = [_numbers(shown)]
    if not free:
        parts.append(f"state = {np.array2string(point.state, precision=5, threshold=_COMPONENTS)}")
    finite = {k: v for k, v in point.data.items() if np.isfinite(v)}
    named: dict[str, float] = {
        k: finite[k] for k in ("frequency", "period", "l1", "uncertainty") if k in finite
    }
    if "l1" in named:
        parts.insert(1, f"{point.criticality}critical" if point.criticality else "degenerate")
    if point.status != "converged":
        parts.insert(1, point.status)
    if named:
        parts.append(_numbers(named))
    label = " ".join(filter(None, (point.kind, point.name)))
    return shortened(f"{label:<5}{'; '.join(parts)}".replace("\n", " "))
