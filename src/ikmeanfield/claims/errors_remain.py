"""Errors of the mean field remain as networks grow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ikmeanfield.analysis.errors_against_size import errors_of_studies
from ikmeanfield.claims.claim import Finding, exceeds
from ikmeanfield.sources import Sources

STATEMENT = (
    "The mean field's errors are those of its assumptions and not of small networks: they remain "
    "as N → ∞."
)
SOURCE = "This project, figure of sizes"
TAKES = [
    {"transitions": {"kind": "transitions", "sweeps": ["sizes"]}},
    {"predictions": {"kind": "predictions", "sweeps": ["sizes"]}},
    {"predictions": {"kind": "predictions", "sweeps": ["sizes"]}},
]
CRITERION = {"errors": 3.0}
"""How many standard errors the limit must be away from zero."""


def judge(sources: Sequence[Sources], errors: float) -> Iterator[Finding]:
    """Limit of theory less network, by a weighted fit over the sizes."""
    studies = [study for taken in sources for study in taken.values()]
    theories = studies[0].plan.theories
    exact = [name for name, theory in theories.items() if theory.kind == "stationary"]
    for found in errors_of_studies([study.summary for study in studies], without=exact):
        scaling, name = found.scaling(), f"{found.theory}, {found.what}"
        if scaling is None:
            yield Finding(
                name, "theory less network as N → ∞", float("nan"), float("nan"), found.unit,
                "cannot be decided", "two sizes with two draws each are needed",
            )  # fmt: skip
            continue
        yield Finding(
            name, "theory less network as N → ∞", scaling.limit, scaling.limit_error, found.unit,
            exceeds(abs(scaling.limit), errors * scaling.limit_error),
            f"between draws of 10,000: ± {scaling.deviation(1e4):.2g} {found.unit}",
        )  # fmt: skip
