"""The deviation of the folds grows with adaptation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, exceeds
from ikmeanfield.claims.folds import fold_rows
from ikmeanfield.claims.trends import rank_correlation
from ikmeanfield.sources import Sources

STATEMENT = "The deviation of the network's folds from the mean field's grows with κ."
SOURCE = "Gast, Solla & Kennedy 2023, Sec. III"
TAKES = [{"transitions": {"kind": "transitions"}}]
CRITERION = {"lowest": 1.0, "highest": 80.0, "correlation": 0.5}
"""Adaptations that count, in pA, and the least rank correlation."""


def judge(
    sources: Sequence[Sources], lowest: float, highest: float, correlation: float
) -> Iterator[Finding]:
    """Rank correlation of the distance with κ, on the ramp and at constant current."""
    rows = fold_rows(sources[0], lowest, highest)
    for detector, words in (("ramp", "on the ramp"), ("held", "at constant current")):
        distance = np.abs(rows[f"{detector}_difference"].values)
        value, error = rank_correlation(rows["kappa"].values, distance)
        yield Finding(
            "network", f"rank correlation of the distance with κ, {words}", value, error, "1",
            exceeds(value, correlation, error), words,
        )  # fmt: skip
