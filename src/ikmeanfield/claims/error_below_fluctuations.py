"""The mean error of the rate is small against the fluctuations of the network's rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.averages import median
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = (
    "The mean difference of the rates of mean field and network is small against the fluctuations "
    "of the network's rate."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. V"
TAKES = [
    {
        "networks": {"kind": "networks", "sweeps": ["width", "cutoff"]},
        "predictions": {"kind": "predictions", "sweeps": ["width", "cutoff"]},
    }
]
CRITERION = {"ratio": 0.5}
"""Largest median of |mean difference| over the standard deviation of the network's rate."""


def judge(sources: Sequence[Sources], ratio: float) -> Iterator[Finding]:
    """Median ratio along each sweep."""
    networks, predictions = (sources[0][name].summary for name in ("networks", "predictions"))
    for theory in predictions["theory"].values.tolist():
        cases: dict[str, bool | None] = {}
        medians: list[tuple[float, float]] = []
        for sweep, words in (("width", "over Δ_v"), ("cutoff", "over φ")):
            mine = of_sweep(networks, sweep)
            theirs = of_sweep(predictions, sweep)
            error = np.abs(theirs["difference_mean"].sel(theory=theory).values)
            medians.append(median(error / np.sqrt(mine["rate_variance"].values)))
            cases[words] = below(medians[-1][0], ratio, medians[-1][1])
        verdict, where = of_cases(cases)
        yield Finding(
            theory, "|mean difference| over the standard deviation of the network's rate, median",
            *max(medians), "1", verdict, where,
        )  # fmt: skip
