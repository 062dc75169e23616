"""Heterogeneity widens the range of drives that entrain a rhythm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = "Heterogeneity of thresholds widens the range of drives that lock a rhythm one to one."
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026), Fig. 2F"
TAKES = [{"tongues": {"kind": "entrainment", "sweeps": ["tongue"]}}]
CRITERION = {"widens_by": 0.25}
"""Share by which the range must grow from the narrowest to the widest distribution of thresholds
at which the population oscillates by itself."""
WIDTH = "rs_threshold_width"


def judge(sources: Sequence[Sources], widens_by: float) -> Iterator[Finding]:
    """Range of 1:1 locking at the widest distribution over that at the narrowest, by amplitude."""
    summary = of_sweep(sources[0]["tongues"].summary, "tongue").sortby(WIDTH)
    for model in summary["model"].values.tolist():
        own = summary.sel(model=model)
        oscillating = np.flatnonzero(np.isfinite(own["free_frequency"].values))
        own = own.isel(run=oscillating)
        counted = _counted(own)
        if counted:
            yield _finding(model, "counted range of 1:1 locking", counted, widens_by)
        edges = _between_edges(own)
        if edges:
            yield _finding(model, "range between the edges of the tongue", edges, widens_by)


Ratios = dict[float, tuple[float, bool]]
"""Growth of the range by the amplitude in pA, and whether it is a lower bound only."""


def _counted(own: xr.Dataset) -> Ratios:
    """Growth of the counted range; amplitudes that were not driven are left out.

    A range that reaches the end of the frequencies may be wider than it is counted.
    """
    found: Ratios = {}
    if own.sizes["run"] < 2:
        return found
    step = float(np.diff(own["frequency"].values[:2])[0])
    ends = own["frequency"].values[[0, -1]]
    for amplitude in own["amplitude"].values.tolist():
        first, last = (own.isel(run=run).sel(amplitude=amplitude) for run in (0, -1))
        if not (first["locked_width"] > 0 and np.isfinite(last["locked_width"])):
            continue
        cut = [
            bool(run["locked_low"] < ends[0] + step / 2 or run["locked_high"] > ends[1] - step / 2)
            for run in (first, last)
        ]
        ratio = float(last["locked_width"] / first["locked_width"])
        found[amplitude] = (float("nan") if cut[0] else ratio, cut[1])
    return found


def _between_edges(own: xr.Dataset) -> Ratios:
    """Growth of the range between the edges that continuation finds."""
    found: Ratios = {}
    if own.sizes["run"] < 2 or "edge_amplitude" not in own.dims:
        return found
    for amplitude in own["edge_amplitude"].values.tolist():
        edges = own["edge"].sel(edge_amplitude=amplitude)
        span = (edges.sel(side="high") - edges.sel(side="low")).values
        if np.isfinite(span[[0, -1]]).all() and span[0] > 0:
            found[amplitude] = (float(span[-1] / span[0]), False)
    return found


def _finding(model: str, words: str, ratios: Ratios, widens_by: float) -> Finding:
    """The verdict over all amplitudes."""
    cases: dict[str, bool | None] = {}
    for amplitude, (ratio, bound) in ratios.items():
        wider = bool(ratio >= 1 + widens_by)
        unknown = np.isnan(ratio) or (bound and not wider)
        cases[f"{amplitude:g} pA"] = None if unknown else wider
    verdict, where = of_cases(cases)
    values = [ratio for ratio, _ in ratios.values() if np.isfinite(ratio)]
    return Finding(
        model, f"{words} at the widest distribution over that at the narrowest",
        float(np.median(values)) if values else float("nan"), float("nan"), "1", verdict, where,
    )  # fmt: skip
