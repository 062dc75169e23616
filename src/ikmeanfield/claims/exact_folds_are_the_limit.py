"""Folds of networks tend to those of the exact theory as they grow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan

from ikmeanfield.analysis.errors_against_size import errors_of_folds
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.folds import SIDES
from ikmeanfield.sources import Sources

STATEMENT = "As networks grow, their folds tend to those of the theory of stationary states."
SOURCE = "This project, figure of sizes"
TAKES = [{"transitions": {"kind": "transitions", "sweeps": ["sizes"]}}]
CRITERION = {"within": 0.1}
"""Largest distance of the limit from the theory, in pA, beside its standard error."""
THEORY = "stationary"


def judge(sources: Sequence[Sources], within: float) -> Iterator[Finding]:
    """Limit of theory less network, of either fold."""
    study = sources[0]["transitions"]
    exact = [name for name, theory in study.plan.theories.items() if theory.kind == THEORY]
    cases: dict[str, bool | None] = {}
    words, largest = [], [(nan, nan)]
    for side in SIDES:
        for found in errors_of_folds(study.summary, side):
            scaling = found.scaling() if found.theory in exact else None
            if scaling is None:
                continue
            limit, error = scaling.limit, scaling.limit_error
            cases[f"{side} fold"] = below(abs(limit), within, error)
            words.append(f"{side} fold {limit:+.3f} ± {error:.3f} pA")
            largest.append((abs(limit), error))
    verdict, where = of_cases(cases)
    value, error = max(largest[1:], default=largest[0])
    told = ", ".join(words)
    yield Finding(
        "exact theory", "distance of its fold from that of networks as N → ∞, larger of both",
        value, error, "pA", verdict, f"{where} ({told})" if where else told,
    )  # fmt: skip
