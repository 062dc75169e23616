"""In the circuit, the corrected mean field overestimates the regions where the reset is near."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.claims.scores import scores
from ikmeanfield.sources import Sources

STATEMENT = (
    "With peak and reset near, (40, −60) mV, the corrected mean field overestimates the areas of "
    "the oscillatory and the bistable region."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. IV.C"
TAKES = [{"transitions": {"kind": "transitions"}}]
CRITERION = {"excess": 0.05, "nearest": -70.0}
"""Share of the network's area by which the predicted one must be larger, and the lowest reset
potential in mV that is near."""


def judge(sources: Sequence[Sources], excess: float, nearest: float) -> Iterator[Finding]:
    """Area of the corrected mean field's region over that of the network's, by region."""
    study = sources[0]["transitions"]
    found = {(region, v): area for region, v, area, _ in scores(study, "found_area")}
    cases: dict[str, bool | None] = {}
    ratios, words = [], []
    for region, reset, predicted, _ in scores(study, "predicted_area"):
        area = found[region, reset]
        if reset < nearest or not np.isfinite(predicted + area) or predicted == area == 0:
            continue
        ratios.append(predicted / area if area > 0 else np.inf)
        cases[f"{region} region"] = bool(ratios[-1] > 1 + excess)
        words.append(f"{region} region {ratios[-1]:.2f}")
    verdict, where = of_cases(cases)
    told = "; ".join(words)
    yield Finding(
        "corrected mean field", "area of its region over that of the network's, smallest",
        float(min(ratios, default=np.nan)), float("nan"), "1", verdict,
        f"{where} ({told})" if where else told,
    )  # fmt: skip
