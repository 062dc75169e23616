"""Heterogeneity lowers the barriers between coexisting states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = "Heterogeneity of thresholds lowers the barriers between coexisting states."
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026), Fig. 2E"
TAKES = [{"escapes": {"kind": "escapes", "sweeps": ["width"]}}]
CRITERION = {"remains": 0.5}
"""Share of a barrier at the narrowest distribution that may remain at the widest one at which it
is known."""
WIDTH = "rs_threshold_width"
QUANTITIES = {"pulse": "pulse", "barrier": "escape barrier"}
"""What is known of models in time, by name and in words."""
GAP = {"gap": "distance to the saddle"}
"""What is known of theories of stationary states alone."""


def judge(sources: Sequence[Sources], remains: float) -> Iterator[Finding]:
    """What remains of pulses that switch, and of barriers of escape times, in both states."""
    summary = of_sweep(sources[0]["escapes"].summary, "width").sortby(WIDTH)
    for model in summary["model"].values.tolist():
        own = summary.sel(model=model)
        in_time = bool(np.isfinite(own["pulse"]).any())
        quantities = QUANTITIES if in_time else GAP
        cases: dict[str, bool | None] = {}
        shares = []
        for name, words in quantities.items():
            for state in ("low", "high"):
                share = _remaining(own, name, state)
                cases[f"{words} of the {state} state"] = (
                    bool(share <= remains) if np.isfinite(share) else None
                )
                shares.append(share)
        verdict, where = of_cases(cases)
        known = [share for share in shares if np.isfinite(share)]
        yield Finding(
            model, f"largest share of a {' or '.join(quantities.values())} that remains",
            max(known) if known else float("nan"), float("nan"), "1", verdict, where,
        )  # fmt: skip


def _remaining(own: xr.Dataset, name: str, state: str) -> float:
    """A quantity at the widest distribution over that at the narrowest, of those known."""
    values = own[name].sel(state=state).values
    known = values[np.isfinite(values)]
    return float(known[-1] / known[0]) if known.size >= 2 and known[0] > 0 else float("nan")
