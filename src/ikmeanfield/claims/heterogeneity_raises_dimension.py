"""Heterogeneity of excitatory neurons increases the dimension of their dynamics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.claims.width_changes import change, rises
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
    cases, ratios = {}, []
    for current in np.unique(summary[CURRENT].values).tolist():
        runs = summary.isel(run=np.flatnonzero(summary[CURRENT].values == current))
        found = change(runs[WIDTH].values, runs["dimension"].values)
        cases[f"at {current:g} pA"] = rises(found, correlation, by, errors)
        ratios.append(found.last / found.first)
    verdict, where = of_cases(cases)
    yield Finding(
        "network", "dimension of the widest over that of the narrowest distribution, least of the "
        "input currents", float(np.min(ratios)), float("nan"), "1", verdict, where,
    )  # fmt: skip
