"""On the ramp, the lag of the network hides the error of the mean field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.averages import median, ratio
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.folds import KAPPA, SIDES, fold_rows
from ikmeanfield.sources import Sources

STATEMENT = (
    "The mean field's upper folds agree with those on the ramp because the lag of the ramp is as "
    "large as the error of the mean field."
)
SOURCE = "This project, Fig. 5"
TAKES = [
    {"transitions": {"kind": "transitions"}},
    {"attribution": {"kind": "attribution", "sweeps": ["kappa"]}},
]
CRITERION = {"lowest": 1.0, "highest": 40.0, "factor": 2.0}
"""Adaptations that count, in pA, and by how much lag and error may differ, as a factor."""


def judge(
    sources: Sequence[Sources], lowest: float, highest: float, factor: float
) -> Iterator[Finding]:
    """Median lag over median error of the mean field, of either fold."""
    rows = fold_rows(sources[0], lowest, highest)
    summary = sources[1]["attribution"].summary
    kappa = summary[KAPPA].values
    chosen = (summary["sweep"].values == "kappa") & (kappa > lowest) & (kappa < highest)
    errors = summary["error"].isel(run=np.flatnonzero(chosen))
    cases: dict[str, bool | None] = {}
    ratios: dict[str, tuple[float, float]] = {}
    for side in SIDES:
        lag = rows["ramp_lag"].values[rows["side_of"].values == side]
        error = errors.sel(fold_kind=side).values
        value, uncertainty = ratio(median(lag), median(error))
        if np.isnan(value):
            cases[f"{side} fold"] = None
            continue
        ratios[side] = value, uncertainty
        within = [below(value, factor, uncertainty), below(-value, -1 / factor, uncertainty)]
        cases[f"{side} fold"] = False if False in within else (None if None in within else True)
    verdict, where = of_cases(cases)
    words = ", ".join(f"{side} fold {ratio:.2f}" for side, (ratio, _) in ratios.items())
    yield Finding(
        "network", "lag of the ramp over the error of the mean field",
        *ratios.get("upper", (float("nan"), float("nan"))), "1", verdict,
        f"{where}: {words}" if where else words,
    )  # fmt: skip
