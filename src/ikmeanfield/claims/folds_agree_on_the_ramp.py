"""Folds of network and mean field agree for weak adaptation, as the paper finds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ikmeanfield.claims.claim import Finding
from ikmeanfield.claims.folds import agreement
from ikmeanfield.sources import Sources

STATEMENT = "On a ramp of the current, folds of network and mean field agree for 1 < κ < 40 pA."
SOURCE = "Gast, Solla & Kennedy 2023, Sec. III"
TAKES = [
    {"transitions": {"kind": "transitions"}},
    {"transitions": {"kind": "transitions", "sweeps": ["sizes"]}},
]
CRITERION = {"lowest": 1.0, "highest": 40.0, "within": 1.0}
"""Adaptations that count, and the largest median distance, in pA."""


def judge(
    sources: Sequence[Sources], lowest: float, highest: float, within: float
) -> Iterator[Finding]:
    """Folds on the ramp."""
    yield agreement(sources[0], sources[1], "ramp", lowest, highest, within)
