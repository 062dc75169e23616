"""Homogeneous excitatory networks encode better: heterogeneity blurs the bumps they maintain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.claims.width_changes import change, rises
from ikmeanfield.sources import Sources

STATEMENT = (
    "Homogeneous excitatory networks excel at encoding: the error with which they maintain a bump "
    "of activity grows with Δ_v."
)
SOURCE = "Gast, Solla & Kennedy 2024 (PNAS 121, e2311885121)"
TAKES = [{"encoding": {"kind": "encoding"}}]
CRITERION = {"correlation": 0.5, "by": 0.1, "errors": 2.0}
"""Least rank correlation of error and width; share of the error by which it must rise from the
narrowest to the widest distribution; and how many standard errors this rise must exceed."""
WIDTH = "rs_threshold_width"


def judge(
    sources: Sequence[Sources], correlation: float, by: float, errors: float
) -> Iterator[Finding]:
    """Rise of the error of maintenance from the narrowest to the widest distribution."""
    summary = sources[0]["encoding"].summary
    cases, rise, error = {}, [], []
    for fraction in summary["fraction"].values.tolist():
        values = summary["error"].sel(fraction=fraction).values
        found = change(summary[WIDTH].values, values)
        cases[f"{fraction:.0%} stimulated"] = rises(found, correlation, by, errors)
        rise.append(found.last - found.first)
        error.append(found.error)
    middle = int(np.argsort(rise)[len(rise) // 2])
    verdict, where = of_cases(cases)
    yield Finding(
        "network", "rise of the error from the narrowest to the widest distribution, median of "
        "the stimulated fractions", rise[middle], error[middle], "1", verdict, where,
    )  # fmt: skip
