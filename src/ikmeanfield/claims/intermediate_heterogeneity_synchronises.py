"""With low activity, intermediate heterogeneity promotes synchrony."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources
from ikmeanfield.studies.compared import by_recovery
from ikmeanfield.studies.stability import by_form

if TYPE_CHECKING:
    from numpy.typing import NDArray

STATEMENT = (
    "With low activity, a population oscillates with intermediate heterogeneity, and neither with "
    "less nor with more."
)
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026), Fig. 2B"
TAKES = [
    {
        "regions": {"kind": "oscillations", "sweeps": ["map"]},
        "stability": {"kind": "stability", "sweeps": ["exact_low"], "optional": True},
    },
    {"regions": {"kind": "oscillations", "sweeps": ["map"]}},
]
CRITERION = {"least": 3.0}
"""Swing of the rate in Hz from which it oscillates."""
CURRENT, WIDTH, RECOVERY = "rs_input_current", "rs_threshold_width", "rs_recovery"


def judge(sources: Sequence[Sources], least: float) -> Iterator[Finding]:
    """Currents at which oscillations begin and end as the width grows."""
    for name, source in zip(("", "circuit: "), sources, strict=True):
        summary = of_sweep(source["regions"].summary, "map").sel(population="rs")
        for model, own in by_recovery(summary, RECOVERY):
            swing = (own["rate_highest"] - own["rate_lowest"]).values
            yield _found(f"{name}{model}", own, swing >= least)
    if "stability" in sources[0]:
        stability = of_sweep(sources[0]["stability"].summary, "exact_low")
        for model, own in by_form(stability, RECOVERY):
            yield _found(model, own, own["modes"].values > 0)


def _found(model: str, runs: Any, oscillates: NDArray[np.bool_]) -> Finding:
    """Cases are the currents at which there are oscillations at some width."""
    cases: dict[str, bool | None] = {}
    for current in np.unique(runs[CURRENT].values):
        here = np.flatnonzero(runs[CURRENT].values == current)
        row = oscillates[here[np.argsort(runs[WIDTH].values[here])]]
        inside = bool(row[1:-1].any() and not row[0] and not row[-1])
        cases[f"{current:g} pA"] = inside if row.any() else None
    verdict, where = of_cases(cases)
    known = [holds for holds in cases.values() if holds is not None]
    share = float(np.mean(known)) if known else float("nan")
    return Finding(
        model, "share of the oscillating currents at which intermediate widths alone oscillate",
        share, float("nan"), "1", verdict, where or ("" if known else "no oscillation"),
    )  # fmt: skip
