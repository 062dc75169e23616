"""What Fig. 7 shows, in numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from ikmeanfield.studies.hysteresis import REGIONS
from ikmeanfield.studies.responses import meaningful

KAPPA, FS, RS = "rs_adaptation", "fs_threshold_width", "rs_threshold_width"


def resonance(responses: xr.Dataset) -> Iterator[str]:
    """Resonance of the RS rate at the ends of each row of FS widths."""
    for current in np.unique(responses["fs_input_current"].values):
        runs = np.flatnonzero(responses["fs_input_current"].values == current)
        here = responses.isel(run=runs).sel(population="rs").sortby(FS)
        quiet = meaningful(here, "mean_field")
        if not quiet.any():
            continue
        ends = np.flatnonzero(quiet)[[0, -1]]
        parts = []
        for place in dict.fromkeys(ends.tolist()):
            run = here.isel(run=place)
            values = ", ".join(
                f"{words} {_resonance(run.sel(model=model))}"
                for model, words in (("mean_field", "mean field"), ("network", "network"))
                if meaningful(here, model)[place]
            )
            parts.append(f"Δ_fs = {float(run[FS]):g} mV: {values}")
        yield f"resonance at I_fs = {current:g} pA: {'; '.join(parts)}"


def _resonance(run: xr.Dataset) -> str:
    if np.isnan(run["resonance"]):
        return "none"
    return f"{float(run['resonance']):.3g} Hz, gain × {float(run['resonance_gain']):.3g}"


def regions(hysteresis: xr.Dataset) -> Iterator[str]:
    """Share of the levels at which circuits oscillate, at the ends of each row of widths."""
    for sweep, varied, fixed in (("fs_width", FS, (KAPPA,)), ("rs_width", RS, (KAPPA, FS))):
        here = hysteresis.isel(run=np.flatnonzero(hysteresis["sweep"].values == sweep))
        for key, runs in _groups(here, fixed):
            rows = runs.sortby(varied).sel(population="rs")
            share = (rows["region"] == REGIONS.index("oscillating")).mean("current")
            ends = [
                f"{float(rows[varied][place]):g} mV: network "
                f"{float(share[place].sel(model='network')):.0%}, mean field "
                f"{float(share[place].sel(model='mean_field')):.0%}"
                for place in (0, -1)
            ]
            name = "Δ_fs" if varied == FS else "Δ_rs"
            yield f"oscillating levels, {key}, {name} = {'; '.join(ends)}"


def hysteresis(hysteresis: xr.Dataset) -> Iterator[str]:
    """Width of the bistable range at the ends of each row of widths."""
    for sweep, varied, fixed in (("fs_width", FS, (KAPPA,)), ("rs_width", RS, (KAPPA, FS))):
        here = hysteresis.isel(run=np.flatnonzero(hysteresis["sweep"].values == sweep))
        for key, runs in _groups(here, fixed):
            rows = runs.sortby(varied).sel(population="rs")
            ends = [
                f"{float(rows[varied][place]):g} mV: network "
                f"{float(rows['width'][place].sel(model='network')):.3g} pA, mean field "
                f"{float(rows['width'][place].sel(model='mean_field')):.3g} pA"
                for place in (0, -1)
            ]
            name = "Δ_fs" if varied == FS else "Δ_rs"
            yield f"bistable range, {key}, {name} = {'; '.join(ends)}"


def _groups(runs: xr.Dataset, fixed: tuple[str, ...]) -> Iterator[tuple[str, xr.Dataset]]:
    """Runs that share these values, and the values in words."""
    words = {KAPPA: "κ = {:g} pA", FS: "Δ_fs = {:g} mV"}
    rows = np.stack([runs[name].values for name in fixed], axis=1)
    for values in np.unique(rows, axis=0):
        chosen = np.flatnonzero((rows == values).all(axis=1))
        text = ", ".join(words[n].format(v) for n, v in zip(fixed, values, strict=True))
        yield text, runs.isel(run=chosen)
