"""What panels A to C of Fig. 9 show, in numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from ikmeanfield.analysis.by_value import SWEEPS, by_strength
from ikmeanfield.figures.fig9_panels import STATISTICS, WORDS


def responses(series: xr.Dataset, distances: xr.Dataset) -> Iterator[str]:
    """How far the networks are from their mean field, and from each other."""
    rate = series["firing_rate"].sel(population="rs", model="network").values
    apart = float(np.sqrt(np.mean((rate[0] - rate[1]) ** 2)))
    values = ", ".join(
        f"{WORDS[sweep]} {float(series[name].values[run]):g} pA"
        for run, (sweep, name) in enumerate(SWEEPS.items())
    )
    yield f"the two networks of panel A ({values}) differ by {apart:.3g} Hz (root mean square)"
    single = distances.isel(theory=0).sel(population="rs")
    for sweep in SWEEPS:
        far = by_strength(single, sweep, "rmse_firing_rate")
        noise = by_strength(single, sweep, "noise_firing_rate").mean
        each = "; ".join(
            f"{s:g} pA: {d:.3g} Hz ({n:.3g} Hz)"
            for s, d, n in zip(far.strength, far.mean, noise, strict=True)
        )
        yield f"distance to the mean field (scatter between replicates), {WORDS[sweep]}: {each}"


def codes(summary: xr.Dataset) -> Iterator[str]:
    """Every statistic of both sweeps at the smallest and the largest strength."""
    for name, label in STATISTICS:
        parts = []
        for sweep in SWEEPS:
            own = by_strength(summary, sweep, name)
            ends = ", ".join(f"{own.mean[i]:.3g} at {own.strength[i]:g} pA" for i in (0, -1))
            parts.append(f"{WORDS[sweep]} {ends}")
        yield f"{label}: {'; '.join(parts)}"
