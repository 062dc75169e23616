"""With high activity, heterogeneity desynchronises a population."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, Verdict
from ikmeanfield.claims.trends import rank_correlation
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources
from ikmeanfield.studies.compared import by_recovery
from ikmeanfield.studies.stability import by_form

STATEMENT = (
    "With high activity, the oscillation of a population falls monotonically with its width."
)
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026), Fig. 2A"
TAKES = [
    {
        "oscillations": {"kind": "oscillations", "sweeps": ["high"]},
        "stability": {"kind": "stability", "sweeps": ["exact_high"], "optional": True},
    }
]
CRITERION = {"least": 3.0, "correlation": -0.9, "left": 0.1}
"""Swing of the rate in Hz from which it oscillates; rank correlation of swing and width that is
low enough; and the largest share of the swing that may be left with the widest distribution."""
WIDTH, RECOVERY = "rs_threshold_width", "rs_recovery"
SILENT = "no oscillation at any width"


def judge(
    sources: Sequence[Sources], least: float, correlation: float, left: float
) -> Iterator[Finding]:
    """Swing of the rate over the width; for the exact theory, whether oscillations can grow."""
    summary = of_sweep(sources[0]["oscillations"].summary, "high").sortby(WIDTH)
    for model, own in by_recovery(summary.sel(population="rs"), RECOVERY):
        swing = (own["rate_highest"] - own["rate_lowest"]).values
        share = float(swing[-1] / swing.max()) if swing.max() > 0 else float("nan")
        trend, error = rank_correlation(own[WIDTH].values, swing)
        verdict: Verdict = "does not hold"
        if swing.max() < least:
            verdict = "cannot be decided"
        elif swing[0] >= least and trend <= correlation and share <= left:
            verdict = "holds"
        yield Finding(
            model, "rank correlation of the swing of the rate with the width", trend, error, "1",
            verdict, SILENT if verdict == "cannot be decided" else f"{share:.2g} of it is left",
        )  # fmt: skip
    if "stability" not in sources[0]:
        return
    stability = of_sweep(sources[0]["stability"].summary, "exact_high").sortby(WIDTH)
    for model, own in by_form(stability, RECOVERY):
        grows = own["modes"].values > 0
        verdict = "holds" if grows[0] and not grows[-1] else "does not hold"
        if not grows.any():
            verdict = "cannot be decided"
        change = float(np.diff(grows.astype(int)).max(initial=0))
        if change > 0:
            verdict = "does not hold"
        yield Finding(
            model, "share of the widths at which oscillations grow", float(grows.mean()),
            float("nan"), "1", verdict, SILENT if not grows.any() else "",
        )  # fmt: skip
