"""Network and mean field agree on the mean recovery variable where neurons fire tonically."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.bursts import bursts
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "Where neurons fire tonically, the mean recovery variable of the network is that of the mean "
    "field."
)
SOURCE = "Chen & Campbell 2022, Fig. 1"
TAKES = [{"oscillations": {"kind": "oscillations", "sweeps": ["current"]}}]
CRITERION = {"within": 0.01}
"""Largest relative difference."""


def judge(sources: Sequence[Sources], within: float) -> Iterator[Finding]:
    """Largest relative difference at currents above those at which either bursts."""
    found = bursts(sources[0])
    cases: dict[str, bool | None] = {}
    words, largest = [], [np.nan]
    for name, text in (
        ("recovery_mean", "over all neurons"),
        ("recovery_within", "over neurons within a range of potentials"),
    ):
        here = found.deviation(name, "recovery_mean")[found.above]
        here = here[np.isfinite(here)]
        cases[text] = bool(np.abs(here).max() <= within) if here.size else None
        if here.size:
            words.append(f"{text} {100 * here.min():+.1f} to {100 * here.max():+.1f} %")
        if here.size and name == "recovery_mean":
            largest = [float(np.abs(here).max())]
    verdict, where = of_cases(cases)
    told = "; ".join(words)
    yield Finding(
        "network", "largest relative difference of the mean recovery variable, over all neurons",
        largest[0], float("nan"), "1", verdict, f"{where} ({told})" if where else told,
    )  # fmt: skip
