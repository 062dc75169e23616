"""Heterogeneity of inhibitory neurons lowers the resonance of excitatory ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources
from ikmeanfield.studies.responses import meaningful

STATEMENT = (
    "Heterogeneity of inhibitory neurons lowers the resonance frequency of excitatory ones, and "
    "how sharp it is."
)
SOURCE = "Gast, Solla & Kennedy 2022 (the letter)"
TAKES = [{"responses": {"kind": "responses", "settings": {"modulated": "rs"}}}]
CRITERION = {"falls_by": 0.1}
"""Share by which frequency and relative gain must fall from the narrowest to the widest."""
CURRENT, WIDTH = "fs_input_current", "fs_threshold_width"


def judge(sources: Sequence[Sources], falls_by: float) -> Iterator[Finding]:
    """Change of the resonance from the smallest to the largest width, by current."""
    summary = sources[0]["responses"].summary.sel(population="rs")
    for model in summary["model"].values.tolist():
        cases: dict[str, bool | None] = {}
        changes = []
        for current in np.unique(summary[CURRENT].values):
            runs = summary.isel(run=np.flatnonzero(summary[CURRENT].values == current))
            runs = runs.sortby(WIDTH)
            own = runs.sel(model=model)
            known = np.flatnonzero(meaningful(runs, model) & np.isfinite(own["resonance"].values))
            for name, words in (("resonance", "frequency"), ("resonance_gain", "sharpness")):
                key = f"{words} at I_fs = {current:g} pA"
                if known.size < 2:
                    cases[key] = None
                    continue
                first, last = own[name].values[known[[0, -1]]]
                cases[key] = bool(last < (1 - falls_by) * first)
                if name == "resonance":
                    changes.append(last / first)
        verdict, where = of_cases(cases)
        yield Finding(
            model, "resonance frequency of the widest over that of the narrowest distribution",
            float(np.median(changes)) if changes else float("nan"), float("nan"), "1", verdict,
            where,
        )  # fmt: skip
