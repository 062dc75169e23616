"""Fast-spiking neurons that are alike impose oscillations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources
from ikmeanfield.studies.hysteresis import REGIONS

STATEMENT = "Fast-spiking neurons that are alike impose oscillations over a larger region."
SOURCE = "Gast, Solla & Kennedy 2024 (PNAS)"
TAKES = [{"hysteresis": {"kind": "hysteresis", "sweeps": ["rs_width"]}}]
CRITERION = {"factor": 1.2}
"""By how much the region must be larger with the narrowest than with the widest distribution."""
KAPPA, WIDTH = "rs_adaptation", "fs_threshold_width"


def judge(sources: Sequence[Sources], factor: float) -> Iterator[Finding]:
    """Oscillating share of currents and widths of RS thresholds, narrow over wide.

    Each row of currents is known to one level, and rows are taken as independent.
    """
    summary = sources[0]["hysteresis"].summary.sel(population="rs")
    summary = of_sweep(summary, "rs_width")
    for model in summary["model"].values.tolist():
        region = summary["region"].sel(model=model).values == REGIONS.index("oscillating")
        cases: dict[str, bool | None] = {}
        ratios: list[tuple[float, float]] = []
        for kappa in np.unique(summary[KAPPA].values):
            here = summary[KAPPA].values == kappa
            widths = np.unique(summary[WIDTH].values[here])
            ends = [region[here & (summary[WIDTH].values == width)] for width in widths[[0, -1]]]
            narrow, wide = (end.mean() for end in ends)
            known = widths.size > 1 and narrow + wide > 0
            value = float(narrow / wide) if wide > 0 else np.inf
            levels = float(ends[1].sum(axis=-1).mean())
            error = value / levels / float(np.sqrt(len(ends[1]))) if wide > 0 else 0.0
            ratios.append((value, error))
            less = below(value, factor, error)
            cases[f"κ = {kappa:g} pA"] = not less if known and less is not None else None
        verdict, where = of_cases(cases)
        yield Finding(
            model, "oscillating region with the narrowest over that with the widest distribution",
            *min(ratios), "1", verdict, where,
        )  # fmt: skip
