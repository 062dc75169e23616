"""Counts of single neurons are stable between trials with heterogeneity, and not with noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from ikmeanfield.analysis.by_value import SWEEPS, by_strength
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "The code of single neurons is stable from trial to trial if neurons differ, and is not if "
    "they receive noise of the same law and strength."
)
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026)"
TAKES = [{"codes": {"kind": "codes", "sweeps": ["heterogeneous", "noisy"]}}]
CRITERION = {"stable": 0.5, "lost": 0.2}
"""Least correlation between trials with heterogeneity, and largest with noise."""


def judge(sources: Sequence[Sources], stable: float, lost: float) -> Iterator[Finding]:
    """Correlations between trials at every strength that both sweeps have."""
    summary = sources[0]["codes"].summary
    found = {
        sweep: by_strength(summary, sweep, "trial_correlation").estimates() for sweep in SWEEPS
    }
    cases: dict[str, bool | None] = {}
    lowest: tuple[float, float] = (float("nan"), float("nan"))
    for strength, (kept, error) in found["heterogeneous"].items():
        if strength not in found["noisy"]:
            continue
        noisy = found["noisy"][strength][0]
        known = not isnan(kept) and not isnan(noisy)
        cases[f"{strength:g} pA"] = bool(kept >= stable and noisy <= lost) if known else None
        if known and not kept - noisy >= lowest[0]:
            lowest = (kept - noisy, (error**2 + found["noisy"][strength][1] ** 2) ** 0.5)
    verdict, where = of_cases(cases)
    yield Finding(
        "network", "correlation between trials, heterogeneity minus noise: the smallest",
        *lowest, "1", verdict, where,
    )  # fmt: skip
