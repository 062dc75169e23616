"""Heterogeneity of excitatory neurons increases the dimension of their dynamics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.analysis.by_value import by_value
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.claims.width_changes import rises_in_cases
from ikmeanfield.sources import Sources

STATEMENT = "Heterogeneity of excitatory neurons increases the dimension of their dynamics."
SOURCE = "Gast, Solla & Kennedy 2024 (PNAS)"
TAKES = [{"decoding": {"kind": "decoding"}}]
CRITERION = {"correlation": 0.5, "by": 0.2, "errors": 2.0}
"""Least rank correlation of dimension and width; share by which it must rise from the narrowest to
the widest distribution; and how many standard errors this rise must exceed."""
WIDTH, CURRENT = "rs_threshold_width", "rs_input_current"


def judge(
    sources: Sequence[Sources], correlation: float, by: float, errors: float
) -> Iterator[Finding]:
    """Rise of the participation ratio of responses, by input current."""
    summary = sources[0]["decoding"].summary
    given = {
        f"at {current:g} pA": (runs[WIDTH].values, runs["dimension"].values)
        for current, runs in by_value(summary, CURRENT)
    }
    cases, ratios = rises_in_cases(given, correlation, by, errors)
    verdict, where = of_cases(cases)
    yield Finding(
        "network", "dimension of the widest over that of the narrowest distribution, least of the "
        "input currents", float(np.min(ratios)), float("nan"), "1", verdict, where,
    )  # fmt: skip
