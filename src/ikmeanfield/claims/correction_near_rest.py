"""The reset correction is less accurate where the reset is not below rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.averages import median
from ikmeanfield.claims.averages import ratio as quotient
from ikmeanfield.claims.claim import Finding, exceeds
from ikmeanfield.claims.corrections import both_corrections
from ikmeanfield.sources import Sources

STATEMENT = "The reset correction becomes less accurate where v_0 ≥ v_r."
SOURCE = "Gast, Solla & Kennedy 2023, Sec. IV.B"
TAKES = [{"predictions": {"kind": "predictions", "both_corrections": True}}]
CRITERION = {"ratio": 1.0}
"""Least ratio of the distances at resets from rest on, to those below it."""
RESET, REST = "rs_reset_potential", "rs.resting_potential"


def judge(sources: Sequence[Sources], ratio: float) -> Iterator[Finding]:
    """Median distance of the corrected mean field from networks with v_0 ≥ v_r over that below.

    Medians, because single networks end up in the other of two states, far from the mean field.
    """
    study = sources[0]["predictions"]
    corrected, plain = both_corrections(study, study.settings.asked(study.plan))
    rest = study.plan.circuit.get(REST)
    resets = study.summary[RESET].values
    distance = study.summary["rmse_synaptic_activation"].isel(synapse=0)
    own, other = (distance.sel(theory=name).values for name in (corrected, plain))
    above = resets >= rest
    value, error = quotient(median(own[above]), median(own[~above]))
    parts = [
        f"v_0 = {v:g} mV: {own[resets == v].mean():.3g}, without {other[resets == v].mean():.3g}"
        for v in np.unique(resets)
    ]
    yield Finding(
        "corrected mean field", "median distance from the network's activation at v_0 ≥ v_r over "
        "that at v_0 < v_r", value, error, "1", exceeds(value, ratio, error), "; ".join(parts),
    )  # fmt: skip
