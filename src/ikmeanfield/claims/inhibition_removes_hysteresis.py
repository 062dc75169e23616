"""Heterogeneity of inhibitory neurons removes hysteresis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = "Heterogeneity of inhibitory neurons removes hysteresis of excitatory ones."
SOURCE = "Gast, Solla & Kennedy 2022 (the letter)"
TAKES = [{"hysteresis": {"kind": "hysteresis", "sweeps": ["fs_width"]}}]
CRITERION = {"remains": 0.5}
"""Share of the widest bistable range that may remain at the largest width."""
KAPPA, WIDTH = "rs_adaptation", "fs_threshold_width"


def judge(sources: Sequence[Sources], remains: float) -> Iterator[Finding]:
    """Bistable range at the largest width over the widest range at smaller ones."""
    summary = sources[0]["hysteresis"].summary.sel(population="rs")
    summary = of_sweep(summary, "fs_width")
    for model in summary["model"].values.tolist():
        cases: dict[str, bool | None] = {}
        shares = []
        for kappa in np.unique(summary[KAPPA].values):
            runs = summary.isel(run=np.flatnonzero(summary[KAPPA].values == kappa)).sortby(WIDTH)
            width = runs["width"].sel(model=model).values
            most = float(width.max())
            shares.append(width[-1] / most if most > 0 else np.nan)
            cases[f"κ = {kappa:g} pA"] = bool(shares[-1] <= remains) if most > 0 else None
        verdict, where = of_cases(cases)
        yield Finding(
            model, "bistable range at the largest width over the widest at any width",
            float(np.nanmax(shares)) if np.isfinite(shares).any() else float("nan"),
            float("nan"), "1", verdict, where,
        )  # fmt: skip
