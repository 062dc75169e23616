"""How the difference of mean field and network depends on width and truncation of thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.trends import rank_correlation
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = (
    "The mean difference of the rates grows with Δ_v and as φ shrinks; its variance falls with Δ_v "
    "and rises as φ shrinks."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. V"
TAKES = [{"predictions": {"kind": "predictions", "sweeps": ["width", "cutoff"]}}]
CRITERION = {"correlation": 0.5}
"""Least rank correlation, in the direction that is claimed."""
CASES = (
    ("width", "rs_threshold_width", "difference_mean", 1, "|mean| grows with Δ_v"),
    ("cutoff", "rs_truncation", "difference_mean", -1, "|mean| grows as φ shrinks"),
    ("width", "rs_threshold_width", "difference_variance", -1, "variance falls with Δ_v"),
    ("cutoff", "rs_truncation", "difference_variance", -1, "variance rises as φ shrinks"),
)


def judge(sources: Sequence[Sources], correlation: float) -> Iterator[Finding]:
    """Rank correlations of mean and variance with both parameters."""
    summary = sources[0]["predictions"].summary
    for theory in summary["theory"].values.tolist():
        cases: dict[str, bool | None] = {}
        values: list[tuple[float, float]] = []
        for sweep, path, name, sign, words in CASES:
            runs = of_sweep(summary, sweep)
            quantity = np.abs(runs[name].sel(theory=theory).isel(population=0).values)
            value, error = rank_correlation(runs[path].values, quantity)
            values.append((sign * value, error))
            less = below(sign * value, correlation, error)
            cases[words] = None if less is None else not less
        verdict, where = of_cases(cases)
        yield Finding(
            theory, "least of the four rank correlations, in the direction claimed",
            *min(values), "1", verdict, where,
        )  # fmt: skip
