"""Of the mean field's assumptions, one recovery variable for all neurons costs most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ikmeanfield.claims.averages import median
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.folds import SIDES
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = (
    "Of the assumptions of the mean field, one recovery variable for all neurons moves the folds "
    "more than infinite peak and reset and thresholds without bounds together."
)
SOURCE = "This project, Fig. 5"
TAKES = [{"attribution": {"kind": "attribution", "sweeps": ["kappa"]}}]
CRITERION = {"share": 0.5}
"""Least median share of the contributions' moduli."""


def judge(sources: Sequence[Sources], share: float) -> Iterator[Finding]:
    """Share of one recovery variable in the moduli of the contributions, over the adaptations."""
    runs = of_sweep(sources[0]["attribution"].summary, "kappa")
    parts = abs(runs["contribution"])
    shares = parts.sel(assumption="shared_recovery") / parts.sum("assumption", skipna=False)
    cases: dict[str, bool | None] = {}
    words, least = [], []
    for side in SIDES:
        value, error = median(shares.sel(fold_kind=side).values)
        smaller = below(value, share, error)
        cases[f"{side} fold"] = None if smaller is None else not smaller
        words.append(f"{side} fold {value:.0%}")
        least.append((value, error))
    verdict, where = of_cases(cases)
    value, error = min(least)
    told = ", ".join(words)
    yield Finding(
        "mean field", "share of one recovery variable in the contributions to the error, median, "
        "smaller of both folds", value, error, "1", verdict,
        f"{where} ({told})" if where else told,
    )  # fmt: skip
