"""How far folds of networks are from those of a theory, for the claims about folds."""

from __future__ import annotations

import numpy as np
import xarray as xr

from ikmeanfield.analysis.finite_size import SizeScaling, size_scaling
from ikmeanfield.claims.averages import median
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.sources import Sources

KAPPA, SIZE, POPULATION = "rs_adaptation", "rs_size", "rs"
SIDES = ("upper", "lower")


def fold_rows(sources: Sources, lowest: float, highest: float) -> xr.Dataset:
    """Folds of networks and of the theory, for adaptations between two values in pA."""
    summary = sources["transitions"].summary
    kappa = summary[KAPPA].values[summary["transition_run_number"].values.astype(int)]
    chosen = (summary["kind_of"].values == "fold") & (kappa > lowest) & (kappa < highest)
    rows = summary.isel(transition=np.flatnonzero(chosen))
    return rows.assign_coords(kappa=("transition", kappa[chosen]))


def scaling_of_fold(sources: Sources, side: str, column: str = "held") -> SizeScaling | None:
    """How a fold of networks with random thresholds depends on their size.

    Parameters
    ----------
    sources
        With the study ``transitions`` of networks that differ in size and draw.
    side
        ``upper`` or ``lower``.
    column
        The column of the table of transitions: ``held``, or a difference from a theory.
    """
    summary = sources["transitions"].summary
    theories = summary["theory_of"].values
    chosen = (summary["kind_of"].values == "fold") & (summary["side_of"].values == side)
    rows = np.flatnonzero(chosen & (theories == theories[0]))
    runs = summary["transition_run_number"].values[rows].astype(int)
    return size_scaling(summary[column].values[rows], summary[SIZE].values[runs])


def agreement(
    sources: Sources, draws: Sources, detector: str, lowest: float, highest: float, within: float
) -> Finding:
    """Whether the median distance of either fold is within a number of pA.

    All networks of a sweep have the same thresholds where these are quantiles, so how far a draw of
    thresholds moves a fold does not average out: it is added to the uncertainty of the median.

    Parameters
    ----------
    sources
        With the study ``transitions``.
    draws
        With the study ``transitions`` of networks with random thresholds, which tells how much
        folds scatter between draws.
    detector
        ``ramp`` or ``held``: how folds of networks were found.
    lowest, highest
        The adaptations that count, in pA.
    within
        The largest median distance in pA.
    """
    rows = fold_rows(sources, lowest, highest)
    side, distance = rows["side_of"].values, np.abs(rows[f"{detector}_difference"].values)
    size = sources["transitions"].plan.circuit.get(f"{POPULATION}.size")
    cases: dict[str, bool | None] = {}
    words, errors = [], []
    for name in SIDES:
        value, error = median(distance[side == name])
        if np.isnan(value):
            continue
        scaling = scaling_of_fold(draws, name)
        scatter = float(scaling.deviation(size)) if scaling is not None else 0.0
        errors.append(float(np.hypot(np.nan_to_num(error), scatter)))
        cases[f"{name} fold"] = below(value, within, errors[-1])
        words.append(f"{name} fold {value:.2f} ± {errors[-1]:.2f} pA")
    verdict, where = of_cases(cases)
    value, _ = median(distance)
    told = ", ".join(words)
    return Finding(
        "network", "median distance of its folds from the mean field's", value,
        max(errors, default=float("nan")), "pA", verdict, f"{where} ({told})" if where else told,
    )  # fmt: skip
