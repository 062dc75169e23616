"""A network with one recovery variable is closer to the mean field than one with u_i."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.analysis.traces import ADAPTATION, MODELS
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "The network with one recovery variable for all neurons is closer to the mean field than the "
    "network in which every neuron has its own."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. III"
TAKES = [{"traces": {"kind": "traces"}}]
CRITERION = {"ratio": 1.0}
"""Largest ratio of the distances to the mean field, of one u over u_i."""


def judge(sources: Sequence[Sources], ratio: float) -> Iterator[Finding]:
    """Root mean square distance of the activation from the mean field, along each ramp."""
    cases: dict[str, bool | None] = {}
    ratios = []
    for _, tree in sources[0]["traces"].each():
        data = tree.to_dataset()
        field, own, shared = (data["synaptic_activation"].sel(model=m).values for m in MODELS)
        far, near = (float(np.sqrt(((s - field) ** 2).mean())) for s in (own, shared))
        ratios.append(near / far)
        cases[f"κ = {float(data.attrs[ADAPTATION]):g} pA"] = near < ratio * far
    verdict, where = of_cases(cases)
    words = ", ".join(f"{case}: {value:.2f}" for case, value in zip(cases, ratios, strict=True))
    yield Finding(
        "network", "distance from the mean field with one u over that with u_i",
        float(np.max(ratios)), float("nan"), "1", verdict,
        f"{where} ({words})" if where else words,
    )  # fmt: skip
