"""Heterogeneous fast-spiking neurons leave the repertoire of excitatory ones as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources
from ikmeanfield.studies.hysteresis import REGIONS

STATEMENT = (
    "Heterogeneous fast-spiking neurons shift the states of the excitatory population without "
    "changing its repertoire; alike ones change it."
)
SOURCE = "Gast, Solla & Kennedy 2024 (PNAS), Fig. 2"
TAKES = [
    {"hysteresis": {"kind": "hysteresis", "sweeps": ["rs_width"]}},
    {"hysteresis": {"kind": "hysteresis", "sweeps": ["rs_width"]}},
]
CRITERION = {"alike": 0.7, "levels": 3.0}
"""Least share of the widths of the excitatory thresholds at which the repertoire must be that of
the excitatory population alone, and at how many currents in a row it must oscillate, since a slow
passage near a fold looks like an oscillation at one or two."""
KAPPA, FS, RS = "rs_adaptation", "fs_threshold_width", "rs_threshold_width"


def judge(sources: Sequence[Sources], alike: float, levels: float) -> Iterator[Finding]:
    """Share of widths at which the circuit has the states that the RS neurons have alone.

    States are being bistable at some current, and oscillating at several in a row.
    """
    circuit, alone = (
        of_sweep(taken["hysteresis"].summary, "rs_width").sel(population="rs") for taken in sources
    )
    for model in circuit["model"].values.tolist():
        if model not in alone["model"].values:
            continue
        cases: dict[str, bool | None] = {}
        words, shares = [], []
        for kappa in np.unique(circuit[KAPPA].values):
            own = _chosen(alone, model, kappa)
            ends = np.unique(circuit[FS].values)[[0, -1]]
            low, high = (
                _share(_chosen(circuit.isel(run=np.flatnonzero(circuit[FS].values == end)), model,
                               kappa), own, levels)
                for end in ends
            )  # fmt: skip
            words.append(
                f"κ = {kappa:g} pA: {high:.0%} at Δ_fs = {ends[1]:g} mV, "
                f"{low:.0%} at {ends[0]:g} mV"
            )
            known = np.isfinite(high) and np.isfinite(low)
            shares.append(high)
            cases[f"unchanged by different ones, κ = {kappa:g} pA"] = (
                bool(high >= alike) if known else None
            )
            cases[f"changed by alike ones, κ = {kappa:g} pA"] = bool(low < alike) if known else None
        verdict, where = of_cases(cases)
        told = "; ".join(words)
        yield Finding(
            model, "share of Δ_rs at which the repertoire is that of RS neurons alone, with the "
            "most heterogeneous FS neurons, smallest over κ", float(np.min(shares)),
            float("nan"), "1", verdict, f"{where} ({told})" if where else told,
        )  # fmt: skip


def _chosen(runs: xr.Dataset, model: str, kappa: float) -> xr.Dataset:
    """The runs of one model and adaptation, by rising width."""
    here = runs.isel(run=np.flatnonzero(runs[KAPPA].values == kappa))
    return here.sel(model=model).sortby(RS)


def _share(circuit: xr.Dataset, alone: xr.Dataset, levels: float) -> float:
    """Share of the circuit's widths at which it has the states of the nearest width alone."""
    if not (circuit.sizes["run"] and alone.sizes["run"]):
        return float("nan")
    nearest = np.abs(circuit[RS].values[:, None] - alone[RS].values).argmin(axis=1)
    have, own = (_states(runs["region"].values, levels) for runs in (circuit, alone))
    return float((have == own[nearest]).all(axis=1).mean())


def _states(region: NDArray[np.int8], levels: float) -> NDArray[np.bool_]:
    """Whether each row of regions is bistable somewhere, and oscillates over so many levels."""
    oscillating = region == REGIONS.index("oscillating")
    longest, current = np.zeros(len(region)), np.zeros(len(region))
    for column in oscillating.T:
        current = (current + 1) * column
        longest = np.maximum(longest, current)
    bistable = (region == REGIONS.index("bistable")).any(axis=1)
    return np.stack([bistable, longest >= levels], axis=1)
