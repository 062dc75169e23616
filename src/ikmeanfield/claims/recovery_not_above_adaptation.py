"""The assumption of weak adaptation fails for most adaptations of Fig. 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, exceeds
from ikmeanfield.sources import Sources

STATEMENT = "The average recovery variable does not meet ⟨u⟩ ≫ κ for most values of κ."
SOURCE = "Gast, Solla & Kennedy 2023, Sec. III"
TAKES = [{"transitions": {"kind": "transitions"}}]
CRITERION = {"factor": 10.0, "share": 0.5}
"""How many times κ the modulus of ⟨u⟩ must reach to be far above it, and the share of the values of
κ that counts as most."""
ADAPTATION = "rs.adaptation"


def judge(sources: Sequence[Sources], factor: float, share: float) -> Iterator[Finding]:
    """Share of the adaptations at which |⟨u⟩| is nowhere on the ramp as large as `factor` κ."""
    study = sources[0]["transitions"]
    kappa, largest = [], []
    for item, ramp in study.each():
        kappa.append(study.plan.first_run(item).circuit.get(ADAPTATION))
        largest.append(float(np.abs(ramp["recovery"].values).max()))
    fails = np.array(largest) < factor * np.array(kappa)
    value = float(fails.mean())
    met = np.array(kappa)[~fails]
    yield Finding(
        "network", f"share of κ at which |⟨u⟩| stays below {factor:g} κ on the whole ramp", value,
        1 / fails.size, "1", exceeds(value, share, 1 / fails.size),
        f"met up to κ = {met.max():g} pA" if met.size else "",
    )  # fmt: skip
