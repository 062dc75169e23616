"""Codimension-two points of cycles that show in the multipliers.

Names follow Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, section 9: R1 to R4 strong
resonances; LPPD, LPNS, PDNS and NSNS where two different bifurcations happen at once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.bvp.follow import Event
from ikmeanfield.continuation.special_point import Termination

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.continuation.bvp.follow import CurvePoint

    from .systems import CycleSystem

#: Kinds of double bifurcations of a curve: another multiplier 1, -1, another pair on the circle.
_DOUBLE = {
    "cycle_fold": ("R1", "LPPD", "LPNS"),
    "period_doubling": ("LPPD", "R2", "PDNS"),
    "torus": ("LPNS", "PDNS", "NSNS"),
}


def others(kind: str, point: CurvePoint) -> NDArray[np.complex128]:
    """Multipliers besides the trivial one and those that define the curve."""
    mu = np.asarray(point.facts["multipliers"], dtype=complex)
    if kind == "cycle_fold":
        targets = [1.0 + 0j]
    elif kind == "period_doubling":
        targets = [-1.0 + 0j]
    elif kind == "torus":
        theta = float(point.profile.scalars[3])
        targets = [complex(np.exp(1j * theta)), complex(np.exp(-1j * theta))]
    else:
        targets = []
    for target in targets:
        if len(mu):
            mu = np.delete(mu, int(np.argmin(np.abs(mu - target))))
    return mu


def _unit(kind: str, target: float, point: CurvePoint) -> float:
    mu = others(kind, point)
    return float(np.prod((mu - target) / (1 + np.abs(mu))).real)


def _pair(kind: str, point: CurvePoint) -> float:
    mu = others(kind, point)
    i, j = np.triu_indices(len(mu), 1)
    product = mu[i] * mu[j]
    return float(np.prod((product - 1) / (1 + np.abs(product))).real)


def _angle(target: float, point: CurvePoint) -> float:
    return float(point.profile.scalars[3]) - target


def _angle_below(target: float, point: CurvePoint) -> float:
    return target - float(point.profile.scalars[3])


def resonances(kind: str, system: CycleSystem, before: CurvePoint) -> list[Event]:
    """Return the codimension-two points that multipliers can tell of."""
    if kind not in _DOUBLE:
        return []
    fold, flip, torus = _DOUBLE[kind]
    found = []
    rest = len(others(kind, before))
    if rest:
        found += [
            Event(fold, partial(_unit, kind, 1.0)),
            Event(flip, partial(_unit, kind, -1.0)),
        ]
    if rest > 1:
        found.append(Event(torus, partial(_pair, kind)))
    if kind == "torus":
        found += [
            Event("R3", partial(_angle, 2 * np.pi / 3)),
            Event("R4", partial(_angle, np.pi / 2)),
        ]
    return found


def limits_of_torus() -> list[tuple[Termination, Event]]:
    """Return the ends of a curve of torus points, beyond which the pair is real."""
    return [
        (Termination("R1", "the two multipliers meet at 1"), Event("R1", partial(_angle, 0.0))),
        (
            Termination("R2", "the two multipliers meet at -1"),
            Event("R2", partial(_angle_below, np.pi)),
        ),
    ]
