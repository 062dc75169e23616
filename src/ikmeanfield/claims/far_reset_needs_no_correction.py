"""In the circuit, the uncorrected mean field is as good where the reset is far away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.scores import scores
from ikmeanfield.sources import Sources

STATEMENT = (
    "With peak and reset far away, (1000, −1000) mV, the network's bifurcation structure is closer "
    "to that of the uncorrected mean field."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. IV.C"
TAKES = [{"transitions": {"kind": "transitions"}}]
CRITERION = {"gain": 0.0, "farthest": -500.0}
"""By how much the overlap may be larger with the correction, and the highest reset potential in mV
that is far away."""


def judge(sources: Sequence[Sources], gain: float, farthest: float) -> Iterator[Finding]:
    """Difference of the overlaps, uncorrected minus corrected, by region."""
    cases: dict[str, bool | None] = {}
    words, least = [], []
    for region, reset, corrected, plain in scores(sources[0]["transitions"], "overlap"):
        if reset > farthest:
            continue
        better = below(corrected - plain, gain)
        cases[f"{region} region"] = better
        words.append(f"{region} region {plain:.2f}, corrected {corrected:.2f}")
        if better is not None:
            least.append(plain - corrected)
    verdict, where = of_cases(cases)
    told = "; ".join(words)
    yield Finding(
        "mean field", "overlap of uncorrected minus corrected regions, smallest",
        min(least, default=float("nan")), float("nan"), "1", verdict,
        f"{where} ({told})" if where else told,
    )  # fmt: skip
