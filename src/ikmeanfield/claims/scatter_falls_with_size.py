"""The scatter between draws of thresholds falls with the root of the number of neurons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan

from ikmeanfield.analysis.errors_against_size import errors_of_studies
from ikmeanfield.claims.claim import Finding, as_verdict, below
from ikmeanfield.sources import Sources

STATEMENT = "How much networks scatter between draws of their thresholds falls as 1/√N."
SOURCE = "This project, figure of sizes"
TAKES = [
    {"transitions": {"kind": "transitions", "sweeps": ["sizes"]}},
    {"predictions": {"kind": "predictions", "sweeps": ["sizes"]}},
    {"predictions": {"kind": "predictions", "sweeps": ["sizes"]}},
]
CRITERION = {"within": 0.3}
"""Largest distance of the exponent from −1/2."""


def judge(sources: Sequence[Sources], within: float) -> Iterator[Finding]:
    """Exponent of the standard deviation between draws against N, of the first theory each."""
    summaries = [study.summary for taken in sources for study in taken.values()]
    seen = set()
    for found in errors_of_studies(summaries):
        if found.what in seen:  # theories differ by a constant, so that the scatter is the same
            continue
        seen.add(found.what)
        scaling = found.scaling()
        value, error = (nan, nan) if scaling is None else (scaling.exponent, scaling.exponent_error)
        near = below(abs(value + 0.5), within, error)
        yield Finding(
            f"network, {found.what}", "exponent of the standard deviation between draws against N",
            value, error, "1", as_verdict(near),
            f"± {scaling.deviation(1e4):.2g} {found.unit} at N = 10,000" if scaling else "",
        )  # fmt: skip
