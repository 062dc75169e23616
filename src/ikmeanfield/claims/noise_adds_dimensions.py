"""Noise spreads the counts of single neurons over more dimensions than heterogeneity does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from ikmeanfield.analysis.by_value import SWEEPS, by_strength
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "Noise of single neurons spreads their counts over more dimensions than heterogeneity of the "
    "same law and strength."
)
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026)"
TAKES = [{"codes": {"kind": "codes", "sweeps": ["heterogeneous", "noisy"]}}]
CRITERION = {"more": 0.1}
"""Share by which the dimension with noise must exceed that with heterogeneity."""


def judge(sources: Sequence[Sources], more: float) -> Iterator[Finding]:
    """Dimension with noise over that with heterogeneity, at every strength that both have."""
    summary = sources[0]["codes"].summary
    found = {sweep: by_strength(summary, sweep, "dimension").estimates() for sweep in SWEEPS}
    cases: dict[str, bool | None] = {}
    largest = (float("nan"), float("nan"))
    for strength, (own, error) in found["heterogeneous"].items():
        if strength not in found["noisy"]:
            continue
        noisy, its = found["noisy"][strength]
        ratio = noisy / own
        cases[f"{strength:g} pA"] = None if isnan(ratio) else bool(ratio >= 1 + more)
        if not isnan(ratio) and not ratio <= largest[0]:
            largest = (ratio, ratio * ((error / own) ** 2 + (its / noisy) ** 2) ** 0.5)
    verdict, where = of_cases(cases)
    yield Finding(
        "network", "dimension with noise over that with heterogeneity: the largest ratio",
        *largest, "1", verdict, where,
    )  # fmt: skip
