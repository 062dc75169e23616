"""Weak adaptation makes the network bistable, strong adaptation makes it oscillate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ikmeanfield.claims.claim import Finding, as_verdict, below
from ikmeanfield.claims.regimes import border, regimes
from ikmeanfield.sources import Sources

STATEMENT = "κ decides between two regimes: bistable for small values, oscillating for large ones."
SOURCE = "Gast, Solla & Kennedy 2023, Sec. III"
TAKES = [
    {
        "transitions": {"kind": "transitions"},
        "points": {"kind": "points", "settings": {"parameter": "rs.input_current"}},
    }
]
CRITERION = {"share": 0.95}
"""Least share of the adaptations that one border must tell apart."""


def judge(sources: Sequence[Sources], share: float) -> Iterator[Finding]:
    """Where bistability ends and oscillations begin, of the networks held still and of theories."""
    summaries = [sources[0][name].summary for name in ("transitions", "points")]
    for model, found in regimes(*summaries).items():
        for words, there in (
            ("κ up to which there are two folds", found.bistable),
            ("κ from which there are oscillations", ~found.oscillates),
        ):
            at, error, right = border(found.kappa, there)
            less = below(-right, -share)
            told = f"one border divides {right:.0%} of {found.kappa.size} adaptations correctly"
            known = "" if less is None else told
            yield Finding(model, words, at, error, "pA", as_verdict(less), known)
