"""Network and mean field agree on the extrema of the recovery variable during bursts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.bursts import bursts
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "Where both burst, the extrema of the mean recovery variable of the network are those of the "
    "mean field."
)
SOURCE = "Chen & Campbell 2022, Fig. 1"
TAKES = [{"oscillations": {"kind": "oscillations", "sweeps": ["current"]}}]
CRITERION = {"within": 0.03}
"""Largest relative difference."""


def judge(sources: Sequence[Sources], within: float) -> Iterator[Finding]:
    """Largest relative difference of minima and maxima at currents at which both burst."""
    found = bursts(sources[0])
    both = found.bursts_network & found.bursts_theory
    cases: dict[str, bool | None] = {}
    words, largest = [], []
    for name, text in (("recovery_lowest", "minima"), ("recovery_highest", "maxima")):
        here = found.deviation(name)[both]
        cases[text] = bool(np.abs(here).max() <= within) if here.size else None
        if here.size:
            words.append(f"{text} {100 * here.min():+.1f} to {100 * here.max():+.1f} %")
            largest.append(float(np.abs(here).max()))
    verdict, where = of_cases(cases)
    told = "; ".join(words)
    yield Finding(
        "network", "largest relative difference of an extremum of the mean recovery variable",
        max(largest, default=float("nan")), float("nan"), "1", verdict,
        f"{where} ({told})" if where else told,
    )  # fmt: skip
