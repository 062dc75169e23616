"""Near the borders of bursting, network and mean field disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.bursts import bursts
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "Near the borders of bursting, the network does at a lower current what the mean field does "
    "at a higher one."
)
SOURCE = "Chen & Campbell 2022, Fig. 2"
TAKES = [{"oscillations": {"kind": "oscillations", "sweeps": ["current"]}}]
CRITERION = {"least": 0.0}
"""By how many pA the network's borders must be lower."""


def judge(sources: Sequence[Sources], least: float) -> Iterator[Finding]:
    """Lowest and highest current at which the mean field bursts less those of the network."""
    found = bursts(sources[0])
    spacing = float(np.diff(found.current).max()) if found.current.size > 1 else np.nan
    cases: dict[str, bool | None] = {}
    words, shifts = [], []
    for text, pick in (("lower border", np.min), ("upper border", np.max)):
        if not (found.bursts_network.any() and found.bursts_theory.any()):
            cases[text] = None
            continue
        theory, network = (
            float(pick(found.current[flags]))
            for flags in (found.bursts_theory, found.bursts_network)
        )
        shifts.append(theory - network)
        lower = below(theory - network, least, spacing / 2)
        cases[text] = None if lower is None else not lower
        words.append(f"{text} {network:g} against {theory:g} pA")
    verdict, where = of_cases(cases)
    told = "; ".join(words)
    yield Finding(
        "network", "border of the mean field less that of the network, smaller of both",
        min(shifts, default=float("nan")), spacing / 2, "pA", verdict,
        f"{where} ({told})" if where else told,
    )  # fmt: skip
