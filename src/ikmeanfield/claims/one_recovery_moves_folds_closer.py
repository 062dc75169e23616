"""Folds of the network with one recovery variable are closer to the mean field's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.averages import median
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.folds import SIDES
from ikmeanfield.claims.forms import both_forms
from ikmeanfield.sources import Sources

STATEMENT = (
    "Folds of the network with one recovery variable for all neurons are closer to the mean "
    "field's than those of the network in which every neuron has its own."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. III"
TAKES = [{"attribution": {"kind": "attribution", "sweeps": ["kappa"]}}]
CRITERION = {"ratio": 1.0}
"""Largest ratio of the distances to the mean field, of one u over u_i."""


def judge(sources: Sequence[Sources], ratio: float) -> Iterator[Finding]:
    """Median over the adaptations of the ratio of distances, in infinitely large networks."""
    own, shared, field = both_forms(sources[0]["attribution"].summary)
    ratios = np.abs(shared - field) / np.abs(own - field)
    cases: dict[str, bool | None] = {}
    words, found = [], []
    for place, side in enumerate(SIDES):
        value, error = median(ratios[:, place])
        cases[f"{side} fold"] = below(value, ratio, error)
        words.append(f"{side} fold {value:.2g}")
        found.append((value, error))
    verdict, where = of_cases(cases)
    value, error = max(found)
    told = ", ".join(words)
    yield Finding(
        "network, N → ∞", "distance of the fold from the mean field's, with one u over u_i, "
        "median, larger of both folds",
        value, error, "1", verdict, f"{where} ({told})" if where else told,
    )  # fmt: skip
