"""What Fig. 7 shows, in numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from ikmeanfield.datasets.runs import of_sweep
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
    for key, name, rows in _rows_of_widths(hysteresis):
        share = (rows["region"] == REGIONS.index("oscillating")).mean("current")
        yield f"oscillating levels, {key}, {_ends(name, rows, share, '{:.0%}')}"


def hysteresis(hysteresis: xr.Dataset) -> Iterator[str]:
    """Width of the bistable range at the ends of each row of widths."""
    for key, name, rows in _rows_of_widths(hysteresis):
        yield f"bistable range, {key}, {_ends(name, rows, rows['width'], '{:.3g} pA')}"


def _rows_of_widths(hysteresis: xr.Dataset) -> Iterator[tuple[str, str, xr.Dataset]]:
    """Runs that differ in one width alone, by rising width: what they share, and what varies."""
    for sweep, varied, fixed in (("fs_width", FS, (KAPPA,)), ("rs_width", RS, (KAPPA, FS))):
        for key, runs in _groups(of_sweep(hysteresis, sweep), fixed):
            yield key, varied, runs.sortby(varied).sel(population="rs")


def _ends(varied: str, rows: xr.Dataset, values: xr.DataArray, form: str) -> str:
    """Values of network and mean field at the smallest and the largest width."""
    ends = [
        f"{float(rows[varied][place]):g} mV: network "
        f"{form.format(float(values[place].sel(model='network')))}, mean field "
        f"{form.format(float(values[place].sel(model='mean_field')))}"
        for place in (0, -1)
    ]
    return f"{'Δ_fs' if varied == FS else 'Δ_rs'} = {'; '.join(ends)}"


def _groups(runs: xr.Dataset, fixed: tuple[str, ...]) -> Iterator[tuple[str, xr.Dataset]]:
    """Runs that share these values, and the values in words."""
    words = {KAPPA: "κ = {:g} pA", FS: "Δ_fs = {:g} mV"}
    rows = np.stack([runs[name].values for name in fixed], axis=1)
    for values in np.unique(rows, axis=0):
        chosen = np.flatnonzero((rows == values).all(axis=1))
        text = ", ".join(words[n].format(v) for n, v in zip(fixed, values, strict=True))
        yield text, runs.isel(run=chosen)
