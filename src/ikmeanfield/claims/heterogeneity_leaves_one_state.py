"""Heterogeneity leaves a population a single steady state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ikmeanfield.claims.claim import Finding, Verdict
from ikmeanfield.sources import Sources
from ikmeanfield.studies.rising_rates import ends_by_model, rising_rates

STATEMENT = "Heterogeneity leaves a bistable population a single steady state."
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026), Fig. 2D"
TAKES = [
    {
        "diagrams": {"kind": "diagrams", "sweeps": ["width"]},
        "hysteresis": {"kind": "hysteresis", "sweeps": ["width"]},
    }
]
CRITERION = {"least": 2.6}
"""Range of currents in pA from which a population is bistable; networks are held at levels."""


def judge(sources: Sequence[Sources], least: float) -> Iterator[Finding]:
    """Range of currents with two steady states, at the narrowest and the widest distribution."""
    rates = rising_rates(sources[0]["diagrams"], sources[0]["hysteresis"])
    for model, narrow, wide in ends_by_model(rates):
        verdict: Verdict = "holds" if wide.bistable < least else "does not hold"
        if narrow.bistable < least:
            verdict = "cannot be decided"
        yield Finding(
            model, "bistable range with the widest distribution", wide.bistable, float("nan"),
            "pA", verdict, f"{narrow.bistable:.3g} pA with the narrowest",
        )  # fmt: skip
