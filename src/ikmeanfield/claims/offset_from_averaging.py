"""The offset of the recovery variable at low currents comes from the way of averaging."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.averages import median, ratio
from ikmeanfield.claims.bursts import bursts
from ikmeanfield.claims.claim import Finding, exceeds
from ikmeanfield.sources import Sources

STATEMENT = (
    "Below the bursting range, network and mean field differ in the mean recovery variable because "
    "neurons between spike and reset are left out of the average."
)
SOURCE = "Chen & Campbell 2022, Fig. 1, with the averages of their archive"
TAKES = [{"oscillations": {"kind": "oscillations", "sweeps": ["current"]}}]
CRITERION = {"explained": 0.5}
"""Least share of the difference that must go if all neurons are averaged."""


def judge(sources: Sequence[Sources], explained: float) -> Iterator[Finding]:
    """Share of the difference over neurons within the range that is gone over all neurons."""
    found = bursts(sources[0])
    plain, within = (
        np.abs(found.deviation(name, "recovery_mean")[found.below])
        for name in ("recovery_mean", "recovery_within")
    )
    over_all, inside = median(plain), median(within)
    left, uncertainty = ratio(over_all, inside)
    value = 1 - left
    words = (
        f"median difference {over_all[0]:.0%} over all neurons, {inside[0]:.0%} over those within"
    )
    yield Finding(
        "network", "share of the difference that is gone if all neurons are averaged", value,
        uncertainty, "1", exceeds(value, explained, uncertainty),
        words if np.isfinite(value) else "",
    )  # fmt: skip
