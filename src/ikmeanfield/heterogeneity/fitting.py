"""The Lorentzian closest to a law that has no pole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ikmeanfield.heterogeneity.spread import CURRENT, laws

if TYPE_CHECKING:
    from ikmeanfield.circuit import Circuit
    from ikmeanfield.heterogeneity.law import Law

_QUANTILES = 2000


class Fit(NamedTuple):
    """A Lorentzian about a law's centre."""

    width: float
    """Its half-width, in the unit of the parameter."""
    distance: float
    """The largest difference between its distribution function and the law's."""


def closest_lorentzian(law: Law) -> Fit:
    """The Lorentzian about a law's centre whose distribution function is nearest to the law's.

    The largest difference is made as small as possible, at the midpoints of 2000 equally probable
    classes. For a whole Gaussian of standard deviation σ the width is 0.505 σ, which is 0.429 of
    its own half-width at half-maximum, and the distance 0.058.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - takes a while to import

    if law.width == 0:
        return Fit(0.0, 0.0)
    p = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    x = (law.quantile(p) - law.center) / law.width

    def distance(log_width: float) -> float:
        return float(np.abs(0.5 + np.arctan(x / np.exp(log_width)) / np.pi - p).max())

    found = minimize_scalar(distance, bounds=(-5.0, 3.0), method="bounded", options={"xatol": 1e-9})
    return Fit(law.width * float(np.exp(found.x)), float(found.fun))


def with_lorentzians(circuit: Circuit) -> Circuit:
    """A circuit whose laws without a pole are replaced by the closest whole Lorentzians."""
    changes: dict[str, Any] = {}
    for name, population in circuit.populations.items():
        spread = laws(population)
        if all(law.pole == complex(law.center, law.width) for law in spread.values()):
            continue
        changes[f"{name}.law"] = "lorentzian"
        changes[f"{name}.truncation"] = changes[f"{name}.current_truncation"] = None
        for label in population.synapses:
            changes[f"{name}.{label}.conductance_truncation"] = None
        for parameter, law in spread.items():
            field = "current" if parameter == CURRENT else parameter
            changes[f"{name}.{field}_width"] = closest_lorentzian(law).width
    return circuit.replace(changes) if changes else circuit
