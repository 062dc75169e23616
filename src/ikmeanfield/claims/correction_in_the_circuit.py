"""In the circuit, the reset correction helps where the reset is near and not where it is far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "In the circuit of excitatory and inhibitory neurons the corrected mean field predicts the "
    "regions of the network better than the uncorrected one."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. IV.C"
TAKES = [{"transitions": {"kind": "transitions"}}]
CRITERION = {"gain": 0.02}
"""By how much the overlap of the regions must be larger with the correction."""
RESET = "all_reset_potential"


def judge(sources: Sequence[Sources], gain: float) -> Iterator[Finding]:
    """Difference of the overlaps, corrected minus uncorrected, by region and reset potential."""
    study = sources[0]["transitions"]
    summary, theories = study.summary, study.plan.theories
    corrected = {
        name: getattr(theories[name], "reset_correction", None)
        for name in np.unique(summary["scored_theory"].values)
    }
    names = {
        wanted: next((name for name, c in corrected.items() if c is wanted), None)
        for wanted in (True, False)
    }
    cases: dict[str, bool | None] = {}
    gains = []
    for region in np.unique(summary["scored_region"].values):
        for reset in np.unique(summary[f"scored_{RESET}"].values):
            here = (summary["scored_region"].values == region) & (
                summary[f"scored_{RESET}"].values == reset
            )
            values = [
                summary["score_overlap"].values[here & (summary["scored_theory"].values == name)]
                for name in (names[True], names[False])
            ]
            known = all(v.size and np.isfinite(v[0]) for v in values)
            if known:
                gains.append(float(values[0][0] - values[1][0]))
            cases[f"{region} region at v_0 = {reset:g} mV"] = gains[-1] > gain if known else None
    verdict, where = of_cases(cases)
    yield Finding(
        "mean field", "overlap of corrected minus uncorrected regions, median",
        float(np.median(gains)) if gains else float("nan"), float("nan"), "1", verdict, where,
    )  # fmt: skip
