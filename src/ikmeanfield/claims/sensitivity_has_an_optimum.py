"""Sensitivity to fluctuating input is greatest at an intermediate heterogeneity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources
from ikmeanfield.studies.compared import by_recovery

STATEMENT = "A population tells most of its fluctuating input at an intermediate heterogeneity."
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026), Fig. 2C"
TAKES = [{"sensitivity": {"kind": "sensitivity"}}]
CRITERION = {"factor": 1.1, "share": 0.05, "error": 0.2}
"""By how much the largest value must exceed those at the narrowest and the widest distribution, as
a factor, and d′ also by twice its error; share of the rate's variance that must follow the input
for a gain to count."""
CURRENT, WIDTH, RECOVERY = "rs_input_current", "rs_threshold_width", "rs_recovery"
QUANTITIES = {"gain": "gain", "information": "information", "d_prime": "d′"}


def judge(
    sources: Sequence[Sources], factor: float, share: float, error: float
) -> Iterator[Finding]:
    """Widths at which gain, information and d′ are largest, by current and correlation time."""
    summary = sources[0]["sensitivity"].summary.sel(population="rs").sortby(WIDTH)
    for model, own in by_recovery(summary, RECOVERY):
        cases: dict[str, bool | None] = {}
        best = []
        for current in np.unique(own[CURRENT].values):
            runs = own.isel(run=np.flatnonzero(own[CURRENT].values == current))
            for time in own["correlation_time"].values:
                for name, words in QUANTITIES.items():
                    told = runs.sel(correlation_time=time)
                    values = told[name].values
                    known = np.isfinite(values)
                    if name == "gain":
                        known &= told["linear_share"].values >= share
                    key = f"{words} at {current:g} pA, τ = {time:g} ms"
                    if known.sum() < 3:
                        cases[key] = None
                        continue
                    values, widths = values[known], runs[WIDTH].values[known]
                    top = int(values.argmax())
                    ends = max(values[0], values[-1])
                    enough = values[top] > factor * ends
                    if name == "d_prime":
                        enough &= values[top] > ends + error
                    cases[key] = bool(0 < top < values.size - 1 and enough)
                    if name == "information":
                        best.append(widths[top])
        verdict, where = of_cases(cases)
        yield Finding(
            model, "width at which information is largest, median over cases",
            float(np.median(best)) if best else float("nan"), float("nan"), "mV", verdict, where,
        )  # fmt: skip
