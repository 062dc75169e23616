"""Heterogeneity of inhibitory neurons removes hysteresis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = "Heterogeneity of inhibitory neurons removes hysteresis of excitatory ones."
SOURCE = "Gast, Solla & Kennedy 2022 (the letter)"
TAKES = [{"hysteresis": {"kind": "hysteresis", "sweeps": ["fs_width"]}}]
CRITERION = {"remains": 0.5}
"""Share of the widest bistable range that may remain at the largest width."""
KAPPA, WIDTH = "rs_adaptation", "fs_threshold_width"


def judge(sources: Sequence[Sources], remains: float) -> Iterator[Finding]:
    """Bistable range at the largest width over the widest range, known to a step of the current."""
    summary = sources[0]["hysteresis"].summary.sel(population="rs")
    summary = of_sweep(summary, "fs_width")
    spacing = float(np.diff(summary["current"].values[:2])[0])
    for model in summary["model"].values.tolist():
        cases: dict[str, bool | None] = {}
        shares: list[tuple[float, float]] = []
        for kappa in np.unique(summary[KAPPA].values):
            runs = summary.isel(run=np.flatnonzero(summary[KAPPA].values == kappa)).sortby(WIDTH)
            width = runs["width"].sel(model=model).values
            most = float(width.max())
            if most == 0:
                cases[f"κ = {kappa:g} pA"] = None
                continue
            shares.append((float(width[-1]) / most, spacing / most))
            cases[f"κ = {kappa:g} pA"] = below(shares[-1][0], remains, shares[-1][1])
        verdict, where = of_cases(cases)
        yield Finding(
            model, "bistable range at the largest width over the widest at any width",
            *max(shares, default=(float("nan"), float("nan"))), "1", verdict, where,
        )  # fmt: skip
