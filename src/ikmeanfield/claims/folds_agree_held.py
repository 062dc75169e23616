"""Folds of network and mean field agree for weak adaptation, at constant current."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ikmeanfield.claims.claim import Finding
from ikmeanfield.claims.folds import agreement
from ikmeanfield.sources import Sources

STATEMENT = "At constant current, folds of network and mean field agree for 1 < κ < 40 pA."
SOURCE = "Gast, Solla & Kennedy 2023, Sec. III, without the ramp"
TAKES = [
    {"transitions": {"kind": "transitions"}},
    {"transitions": {"kind": "transitions", "sweeps": ["sizes"]}},
]
CRITERION = {"lowest": 1.0, "highest": 40.0, "within": 1.0}
"""Adaptations that count, and the largest median distance, in pA."""


def judge(
    sources: Sequence[Sources], lowest: float, highest: float, within: float
) -> Iterator[Finding]:
    """Folds of networks that were held at constant current."""
    yield agreement(sources[0], sources[1], "held", lowest, highest, within)
