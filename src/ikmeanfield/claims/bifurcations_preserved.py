"""The mean field keeps the bifurcation structure of the network under strong adaptation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, exceeds
from ikmeanfield.claims.regimes import NETWORK, regimes
from ikmeanfield.sources import Sources

STATEMENT = (
    "The bifurcation structure of the network is preserved in the mean field even where adaptation "
    "is strong."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. VI"
TAKES = [
    {
        "transitions": {"kind": "transitions"},
        "points": {"kind": "points", "settings": {"parameter": "rs.input_current"}},
    }
]
CRITERION = {"strong": 40.0, "share": 0.8}
"""Adaptation in pA from which it is strong, and the least share of such adaptations at which
network and theory must have the same regimes."""


def judge(sources: Sequence[Sources], strong: float, share: float) -> Iterator[Finding]:
    """Share of strong adaptations at which both are bistable or not, and oscillate or not."""
    summaries = [sources[0][name].summary for name in ("transitions", "points")]
    found = regimes(*summaries)
    network = found.pop(NETWORK)
    for theory, own in found.items():
        kappa, mine, theirs = np.intersect1d(network.kappa, own.kappa, return_indices=True)
        chosen = kappa >= strong
        alike = np.ones(int(chosen.sum()), dtype=bool)
        parts = []
        for words, networks, theories in (
            ("bistable or not", network.bistable, own.bistable),
            ("oscillating or not", network.oscillates, own.oscillates),
        ):
            same = (networks[mine] == theories[theirs])[chosen]
            alike &= same
            if same.size:
                differ = kappa[chosen][~same]
                span = (
                    f", not for κ = {differ.min():g} to {differ.max():g} pA" if differ.size else ""
                )
                parts.append(f"{words} alike at {same.mean():.0%}{span}")
        value = float(alike.mean()) if alike.size else float("nan")
        error = 1 / alike.size if alike.size else float("nan")
        yield Finding(
            theory, f"share of κ ≥ {strong:g} pA at which network and mean field have the same "
            "regimes", value, error, "1", exceeds(value, share, error), "; ".join(parts),
        )  # fmt: skip
