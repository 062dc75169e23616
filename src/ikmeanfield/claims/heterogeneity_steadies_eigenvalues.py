"""Heterogeneity makes a population's relaxation depend less on its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.analysis.eigenvalue_changes import PARAMETERS, WIDTH, relative_changes
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = (
    "Heterogeneity makes the leading eigenvalue of a population's active state depend less on "
    "its input, coupling and adaptation."
)
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026), Fig. 2D"
TAKES = [
    {"modes": {"kind": "responses", "sweeps": ["current", "coupling", "adaptation"]}},
]
CRITERION = {"falls_by": 0.2}
"""Share by which the dependence must fall from the narrowest to the widest distribution."""


def judge(sources: Sequence[Sources], falls_by: float) -> Iterator[Finding]:
    """Change of the growth rate per relative change of each parameter, median over currents."""
    summary = sources[0]["modes"].summary
    changes = abs(relative_changes(summary)["change"]).sortby(WIDTH).median("current")
    cases: dict[str, bool | None] = {}
    ratios = []
    for name in PARAMETERS:
        narrow, wide = changes.sel(parameter=name).values[[0, -1]]
        ratios.append(float(wide / narrow))
        known = bool(np.isfinite(ratios[-1]))
        cases[f"{name} (× {ratios[-1]:.2g})"] = ratios[-1] < 1 - falls_by if known else None
    verdict, where = of_cases(cases)
    yield Finding(
        str(summary["model"].values[0]), "dependence with the widest over the narrowest, median",
        float(np.median(ratios)), float("nan"), "1", verdict, where or ", ".join(cases),
    )  # fmt: skip
