"""Heterogeneity of excitatory neurons helps to generate functions of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.claims.width_changes import change, rises
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
    cases, ratios = {}, []
    for current in np.unique(summary[CURRENT].values).tolist():
        runs = summary.isel(run=np.flatnonzero(summary[CURRENT].values == current))
        for function in runs["function"].values.tolist():
            values = -runs["error"].sel(function=function).values
            found = change(runs[WIDTH].values, values)
            cases[f"{function} at {current:g} pA"] = rises(found, correlation, by, errors)
            ratios.append(found.last / found.first)
    verdict, where = of_cases(cases)
    yield Finding(
        "network", "error of the widest over that of the narrowest distribution, largest of the "
        "currents and functions", float(np.max(ratios)), float("nan"), "1", verdict, where,
    )  # fmt: skip
