"""How far folds of networks are from those of a theory, for the claims about folds."""

from __future__ import annotations

import numpy as np
import xarray as xr

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

KAPPA = "rs_adaptation"
SIDES = ("upper", "lower")


def fold_rows(sources: Sources, lowest: float, highest: float) -> xr.Dataset:
    """Folds of networks and of the theory, for adaptations between two values in pA."""
    summary = sources["transitions"].summary
    kappa = summary[KAPPA].values[summary["transition_run_number"].values.astype(int)]
    chosen = (summary["kind_of"].values == "fold") & (kappa > lowest) & (kappa < highest)
    rows = summary.isel(transition=np.flatnonzero(chosen))
    return rows.assign_coords(kappa=("transition", kappa[chosen]))


def agreement(
    sources: Sources, detector: str, lowest: float, highest: float, within: float
) -> Finding:
    """Whether the median distance of either fold is within a number of pA.

    Parameters
    ----------
    sources
        With the study ``transitions``.
    detector
        ``ramp`` or ``held``: how folds of networks were found.
    lowest, highest
        The adaptations that count, in pA.
    within
        The largest median distance in pA.
    """
    rows = fold_rows(sources, lowest, highest)
    side, distance = rows["side_of"].values, np.abs(rows[f"{detector}_difference"].values)
    known = np.isfinite(distance)
    medians = {
        name: float(np.median(distance[known & (side == name)]))
        for name in SIDES
        if (known & (side == name)).any()
    }
    verdict, where = of_cases({f"{name} fold": m <= within for name, m in medians.items()})
    words = ", ".join(f"{name} fold {m:.2f} pA" for name, m in medians.items())
    return Finding(
        "network", "median distance of its folds from the mean field's",
        float(np.median(distance[known])) if known.any() else float("nan"),
        _error_of_median(distance[known]), "pA", verdict, where or words,
    )  # fmt: skip


def _error_of_median(values: np.ndarray) -> float:
    """Standard error of a median by its order statistics."""
    if values.size < 4:
        return float("nan")
    ordered, spread = np.sort(values), np.sqrt(values.size) / 2
    low, high = (round(values.size / 2 + sign * spread) for sign in (-1, 1))
    return float(ordered[min(high, values.size - 1)] - ordered[max(low, 0)]) / 2
