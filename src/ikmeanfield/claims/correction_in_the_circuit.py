"""In the circuit, the reset correction helps where the reset is near and not where it is far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.scores import scores
from ikmeanfield.sources import Sources

STATEMENT = (
    "In the circuit of excitatory and inhibitory neurons the corrected mean field predicts the "
    "regions of the network better than the uncorrected one."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. IV.C"
TAKES = [{"transitions": {"kind": "transitions"}}]
CRITERION = {"gain": 0.02}
"""By how much the overlap of the regions must be larger with the correction."""


def judge(sources: Sequence[Sources], gain: float) -> Iterator[Finding]:
    """Difference of the overlaps, corrected minus uncorrected, by region and reset potential."""
    cases: dict[str, bool | None] = {}
    gains = []
    for region, reset, corrected, plain in scores(sources[0]["transitions"], "overlap"):
        worse = below(corrected - plain, gain)
        cases[f"{region} region at v_0 = {reset:g} mV"] = None if worse is None else not worse
        gains.append(corrected - plain)
    verdict, where = of_cases(cases)
    known = np.array(gains)[np.isfinite(gains)]
    yield Finding(
        "mean field", "overlap of corrected minus uncorrected regions, median",
        float(np.median(known)) if known.size else float("nan"), float("nan"), "1", verdict, where,
    )  # fmt: skip
