"""Heterogeneity widens the range of drives that entrain a rhythm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf, sqrt
from typing import NamedTuple

import numpy as np
import xarray as xr

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = "Heterogeneity of thresholds widens the range of drives that lock a rhythm one to one."
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026), Fig. 2F"
TAKES = [
    {
        "tongues": {"kind": "entrainment", "sweeps": ["tongue"]},
        "widths": {"kind": "entrainment", "sweeps": ["width"]},
    }
]
CRITERION = {"widens_by": 0.25}
"""Share by which the range must grow from the narrowest to the widest distribution of thresholds
at which the population oscillates by itself."""
WIDTH = "rs_threshold_width"


class Growth(NamedTuple):
    """A range at the widest distribution over that at the narrowest, and how well it is known."""

    ratio: float
    low: float
    high: float

    def by(self, share: float) -> bool | None:
        """Whether it grows by a share; None if that cannot be told."""
        if self.low >= 1 + share:
            return True
        return False if self.high < 1 + share else None


def judge(sources: Sequence[Sources], widens_by: float) -> Iterator[Finding]:
    """Growth of the range of 1:1 locking, by amplitude: as it is counted, and by its edges."""
    swept = [
        of_sweep(sources[0][name].summary, sweep).sortby(WIDTH)
        for name, sweep in (("tongues", "tongue"), ("widths", "width"))
    ]
    for model in swept[0]["model"].values.tolist():
        counted: dict[float, Growth] = {}
        edges: dict[float, Growth] = {}
        for summary in swept:
            own = summary.sel(model=model)
            own = own.isel(run=np.flatnonzero(np.isfinite(own["free_frequency"].values)))
            if own.sizes["run"] > 1:
                counted |= _counted(own)
                edges |= _between_edges(own)
        if counted:
            yield _finding(model, "counted range of 1:1 locking", counted, widens_by)
        if edges:
            yield _finding(model, "range between the edges of the tongue", edges, widens_by)


def _counted(own: xr.Dataset) -> dict[float, Growth]:
    """Growth of the counted range by amplitude; amplitudes that were not driven are left out.

    The range that a number of locked frequencies stands for has a standard error of their spacing
    over √6, since either end lies anywhere between two of them. A range that reaches the first or
    the last frequency may be wider than it is counted.
    """
    driven = own["coherence"].notnull().any(["run", "amplitude"]).values
    frequency = own["frequency"].values[driven]
    spacing = float(frequency[1] - frequency[0])
    error = spacing / sqrt(6)
    found: dict[float, Growth] = {}
    for amplitude in own["amplitude"].values.tolist():
        first, last = (own.isel(run=run).sel(amplitude=amplitude) for run in (0, -1))
        narrow, wide = float(first["locked_width"]), float(last["locked_width"])
        if not (narrow > error and np.isfinite(wide)):
            continue
        cut = [
            bool(
                run["locked_low"] < frequency[0] + spacing / 2
                or run["locked_high"] > frequency[-1] - spacing / 2
            )
            for run in (first, last)
        ]
        low = 0.0 if cut[0] else (wide - error) / (narrow + error)
        high = inf if cut[1] else (wide + error) / (narrow - error)
        found[amplitude] = Growth(wide / narrow, low, high)
    return found


def _between_edges(own: xr.Dataset) -> dict[float, Growth]:
    """Growth of the range between the edges that continuation finds, by amplitude."""
    found: dict[float, Growth] = {}
    for amplitude in own["amplitude"].values.tolist():
        edges = own["edge"].sel(amplitude=amplitude)
        span = (edges.sel(side="high") - edges.sel(side="low")).values
        if np.isfinite(span[[0, -1]]).all() and span[0] > 0:
            ratio = float(span[-1] / span[0])
            found[amplitude] = Growth(ratio, ratio, ratio)
    return found


def _finding(model: str, words: str, growth: dict[float, Growth], widens_by: float) -> Finding:
    """The verdict over all amplitudes."""
    cases = {f"{amplitude:g} pA": one.by(widens_by) for amplitude, one in growth.items()}
    verdict, where = of_cases(cases)
    return Finding(
        model, f"{words} at the widest distribution over that at the narrowest",
        float(np.median([one.ratio for one in growth.values()])), float("nan"), "1", verdict, where,
    )  # fmt: skip
