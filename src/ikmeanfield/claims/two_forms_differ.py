"""The two forms of the recovery variable have one mean field, but different networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.averages import median
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.folds import SIDES
from ikmeanfield.claims.forms import both_forms
from ikmeanfield.sources import Sources

STATEMENT = (
    "Networks with one recovery variable and with one for each neuron have the same mean field, "
    "but their dynamics differ."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. II.D"
TAKES = [{"attribution": {"kind": "attribution", "sweeps": ["kappa"]}}]
CRITERION = {"differ": 0.15}
"""Least median distance of the folds in pA: what a draw of 10,000 thresholds moves them by."""


def judge(sources: Sequence[Sources], differ: float) -> Iterator[Finding]:
    """Median over the adaptations of the distance of both networks' folds."""
    own, shared, _ = both_forms(sources[0]["attribution"].summary)
    cases: dict[str, bool | None] = {}
    words, found = [], []
    for place, side in enumerate(SIDES):
        value, error = median(np.abs(shared - own)[:, place])
        same = below(value, differ, error)
        cases[f"{side} fold"] = None if same is None else not same
        words.append(f"{side} fold {value:.2f} pA")
        found.append((value, error))
    verdict, where = of_cases(cases)
    value, error = min(found)
    told = ", ".join(words)
    yield Finding(
        "network, N → ∞", "distance between the folds with one u and with u_i, median, smaller of "
        "both folds", value, error, "pA", verdict, f"{where} ({told})" if where else told,
    )  # fmt: skip
