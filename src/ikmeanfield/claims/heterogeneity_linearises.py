"""Heterogeneity makes the rate of a population a straighter function of its input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ikmeanfield.claims.claim import Finding, exceeds
from ikmeanfield.sources import Sources
from ikmeanfield.studies.rising_rates import ends_by_model, rising_rates

STATEMENT = "Heterogeneity makes the rate of a population a straighter function of its input."
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026), Fig. 2D"
TAKES = [
    {
        "diagrams": {"kind": "diagrams", "sweeps": ["width"]},
        "hysteresis": {"kind": "hysteresis", "sweeps": ["width"]},
    }
]
CRITERION = {"falls_by": 0.5}
"""Share by which the deviation from the best line must fall from the narrowest to the widest."""


def judge(sources: Sequence[Sources], falls_by: float) -> Iterator[Finding]:
    """Fall of the largest deviation from the best line."""
    rates = rising_rates(sources[0]["diagrams"], sources[0]["hysteresis"])
    for model, narrow, wide in ends_by_model(rates):
        fall = 1 - wide.nonlinearity / narrow.nonlinearity
        yield Finding(
            model, "share by which the deviation from the best line falls", fall, float("nan"),
            "1", exceeds(fall, falls_by), f"{narrow.nonlinearity:.2f} → {wide.nonlinearity:.2f}",
        )  # fmt: skip
