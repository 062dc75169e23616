"""Inputs stay apart in the counts of single neurons that differ, and not under noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from ikmeanfield.analysis.by_value import SWEEPS, by_strength
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "Inputs can be told apart by the counts of single neurons as well if neurons differ more, and "
    "less well if they receive stronger noise."
)
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026)"
TAKES = [{"codes": {"kind": "codes", "sweeps": ["heterogeneous", "noisy"]}}]
CRITERION = {"share": 0.25}
"""Share of the accuracy at the smallest strength that noise must take away at the largest one, and
that heterogeneity must not."""


def judge(sources: Sequence[Sources], share: float) -> Iterator[Finding]:
    """Accuracy at the largest strength over that at the smallest, for both sweeps."""
    summary = sources[0]["codes"].summary
    found = {sweep: by_strength(summary, sweep, "accuracy").estimates() for sweep in SWEEPS}
    remains = {}
    for sweep, values in found.items():
        (first, _), (last, error) = next(iter(values.values())), list(values.values())[-1]
        remains[sweep] = (last / first if first > 0 else float("nan"), error / first)
    kept, lost = remains["heterogeneous"], remains["noisy"]
    cases = {
        "heterogeneity keeps it": None if isnan(kept[0]) else bool(kept[0] > 1 - share),
        "noise lowers it": None if isnan(lost[0]) else bool(lost[0] <= 1 - share),
    }
    verdict, where = of_cases(cases)
    words = f"heterogeneity {kept[0]:.2f}, noise {lost[0]:.2f}"
    yield Finding(
        "network", "accuracy at the largest strength over that at the smallest, noise",
        *lost, "1", verdict, f"{where} ({words})" if where else words,
    )  # fmt: skip
