"""The reset correction improves the match of mean field and network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = "The reset correction brings the mean field closer to the network."
SOURCE = "Gast, Solla & Kennedy 2023, Sec. IV.B"
TAKES = [{"predictions": {"kind": "predictions", "both_corrections": True}}]
CRITERION = {"ratio": 1.0}
"""Largest ratio of the corrected mean field's distance to the uncorrected one's."""
RESET = "rs_reset_potential"


def judge(sources: Sequence[Sources], ratio: float) -> Iterator[Finding]:
    """Ratio of distances of the synaptic activation, by reset potential."""
    study = sources[0]["predictions"]
    corrected, plain = (
        next(
            name
            for name in study.settings.asked(study.plan)
            if getattr(study.plan.theories[name], "reset_correction", None) is wanted
        )
        for wanted in (True, False)
    )
    distance = study.summary["rmse_synaptic_activation"].isel(synapse=0)
    ratios = (distance.sel(theory=corrected) / distance.sel(theory=plain)).values
    resets = study.summary[RESET].values
    medians = {reset: float(np.median(ratios[resets == reset])) for reset in np.unique(resets)}
    verdict, where = of_cases({f"v_0 = {v:g} mV": m < ratio for v, m in medians.items()})
    scatter = float(np.std(ratios, ddof=1) / np.sqrt(ratios.size)) if ratios.size > 1 else np.nan
    yield Finding(
        "mean field", "distance of the corrected mean field over that of the uncorrected one",
        float(np.median(ratios)), scatter, "1", verdict, where,
    )  # fmt: skip
