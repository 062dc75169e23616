"""Heterogeneity of excitatory neurons helps to generate functions of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.analysis.by_value import by_value
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.claims.width_changes import rises_in_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "Homogeneous excitatory networks suffer in their capacity for function generation: the error "
    "of a linear readout falls with Δ_v."
)
SOURCE = "Gast, Solla & Kennedy 2024 (PNAS)"
TAKES = [{"decoding": {"kind": "decoding"}}]
CRITERION = {"correlation": 0.5, "by": 0.1, "errors": 2.0}
"""Least rank correlation of minus the error with the width; share of the error by which it must
fall from the narrowest to the widest distribution; and how many standard errors this fall must
exceed."""
WIDTH, CURRENT = "rs_threshold_width", "rs_input_current"


def judge(
    sources: Sequence[Sources], correlation: float, by: float, errors: float
) -> Iterator[Finding]:
    """Fall of the error in trials that were not trained on, by input current and function."""
    summary = sources[0]["decoding"].summary
    given = {
        f"{function} at {current:g} pA": (
            runs[WIDTH].values, -runs["error"].sel(function=function).values
        )
        for current, runs in by_value(summary, CURRENT)
        for function in runs["function"].values.tolist()
    }  # fmt: skip
    cases, ratios = rises_in_cases(given, correlation, by, errors)
    verdict, where = of_cases(cases)
    yield Finding(
        "network", "error of the widest over that of the narrowest distribution, largest of the "
        "currents and functions", float(np.max(ratios)), float("nan"), "1", verdict, where,
    )  # fmt: skip
