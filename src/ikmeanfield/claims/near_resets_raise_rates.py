"""Realistic reset conditions raise the rate of the network above that of the mean field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.averages import mean
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.corrections import both_corrections
from ikmeanfield.sources import Sources

STATEMENT = (
    "Realistic spike reset conditions mostly increase the average firing rate of the network "
    "relative to the (uncorrected) mean field."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. VI"
TAKES = [{"predictions": {"kind": "predictions", "both_corrections": True}}]
CRITERION = {"least": 0.0}
"""By how many Hz the network must fire more."""
RESET = "rs_reset_potential"


def judge(sources: Sequence[Sources], least: float) -> Iterator[Finding]:
    """Mean rate of the network less that of the uncorrected mean field, by reset potential."""
    study = sources[0]["predictions"]
    _, plain = both_corrections(study, study.settings.asked(study.plan))
    excess = -study.summary["difference_mean"].sel(theory=plain).isel(population=0).values
    resets = study.summary[RESET].values
    means = {reset: mean(excess[resets == reset]) for reset in np.unique(resets)}
    cases = {}
    for reset, (value, error) in means.items():
        less = below(value, least, error)
        cases[f"v_0 = {reset:g} mV"] = None if less is None else not less
    verdict, where = of_cases(cases)
    value, error = min(means.values())
    yield Finding(
        plain, "rate of the network less that of the mean field, smallest over v_0", value, error,
        "Hz", verdict, where,
    )  # fmt: skip
