"""The reset correction improves the match of mean field and network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.averages import mean
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.corrections import both_corrections
from ikmeanfield.sources import Sources

STATEMENT = "The reset correction brings the mean field closer to the network."
SOURCE = "Gast, Solla & Kennedy 2023, Sec. IV.B"
TAKES = [{"predictions": {"kind": "predictions", "both_corrections": True}}]
CRITERION = {"ratio": 1.0}
"""Largest ratio of the corrected mean field's distance to the uncorrected one's."""
RESET = "rs_reset_potential"


def judge(sources: Sequence[Sources], ratio: float) -> Iterator[Finding]:
    """Ratio of distances of the synaptic activation, by reset potential, over replicates."""
    study = sources[0]["predictions"]
    corrected, plain = both_corrections(study, study.settings.asked(study.plan))
    distance = study.summary["rmse_synaptic_activation"].isel(synapse=0)
    ratios = (distance.sel(theory=corrected) / distance.sel(theory=plain)).values
    resets = study.summary[RESET].values
    means = {reset: mean(ratios[resets == reset]) for reset in np.unique(resets)}
    verdict, where = of_cases(
        {f"v_0 = {v:g} mV": below(value, ratio, error) for v, (value, error) in means.items()}
    )
    value, error = max(means.values())
    yield Finding(
        "mean field", "distance of the corrected mean field over that of the uncorrected one, "
        "largest over v_0", value, error, "1", verdict, where,
    )  # fmt: skip
