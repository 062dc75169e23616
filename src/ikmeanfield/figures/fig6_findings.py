"""What Fig. 6 shows, in numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.figures.fig6_panels import CURRENT, SIZE, UNIT

SHOWN = {"LP": "folds", "HB": "Hopf points", "LPC": "folds of cycles"}


def points(tree: xr.DataTree, words: str) -> Iterator[str]:
    """Special points of a diagram, as μ."""
    found: dict[str, list[float]] = {kind: [] for kind in SHOWN}
    for branch in from_tree(tree).values():
        for kind, values in found.items():
            values += [point.parameters[branch.free[0]] / UNIT for point in branch.points(kind)]
    parts = [
        f"{SHOWN[kind]} at μ = {', '.join(sorted({f'{mu:.6g}' for mu in values}))}"
        for kind, values in found.items()
        if values
    ]
    yield f"mean field, {words}: {'; '.join(parts) or 'no special points'}"


def means(oscillations: xr.Dataset) -> Iterator[str]:
    """How far the network's mean recovery is from the mean field's, tonic and bursting."""
    _, network, theory = _models(oscillations)
    for words, chosen in _tonic(oscillations):
        plain, within = (
            100 * (network[name].values / theory["recovery_mean"].values - 1)[chosen]
            for name in ("recovery_mean", "recovery_within")
        )
        yield (
            f"mean recovery variable of networks against the mean field, {words}: "
            f"{_range(plain)} % over all neurons, {_range(within)} % over those within the range"
        )
    both = (network["oscillates"].values == 1) & (theory["oscillates"].values == 1)
    if both.any():
        ends = [
            100 * (network[name].values / theory[name].values - 1)[both]
            for name in ("recovery_lowest", "recovery_highest")
        ]
        yield f"extrema while bursting: lowest {_range(ends[0])} %, highest {_range(ends[1])} %"


def exact_means(oscillations: xr.Dataset, tree: xr.DataTree | None) -> Iterator[str]:
    """How far the network's mean recovery is from the exact theory's, where it fires tonically."""
    if tree is None:
        return
    (branch,) = from_tree(tree).values()
    here, network, _ = _models(oscillations)
    current, recovery = branch[branch.free[0]], branch["p.recovery"]
    if (np.diff(current) <= 0).any():  # several states at a current
        return
    expected = np.interp(here[CURRENT].values, current, recovery)
    for words, chosen in _tonic(oscillations):
        found = 100 * (network["recovery_mean"].values / expected - 1)[chosen]
        yield (
            f"mean recovery variable of networks against the exact theory, {words}: "
            f"{_range(found)} %"
        )


def _models(oscillations: xr.Dataset) -> tuple[xr.Dataset, xr.Dataset, xr.Dataset]:
    """Population p in the order of the currents: all, networks, and the mean field."""
    here = oscillations.sel(population="p").sortby(CURRENT)
    return here, here.sel(model="network"), here.isel(model=-1)


def _tonic(oscillations: xr.Dataset) -> Iterator[tuple[str, np.ndarray]]:
    """Where neither network nor mean field bursts, in words, and which currents that are."""
    here, network, theory = _models(oscillations)
    burst = (network["oscillates"].values == 1) | (theory["oscillates"].values == 1)
    mu = here[CURRENT].values
    for words, chosen in (
        ("below bursting", ~burst & (mu < mu[burst].min(initial=np.inf))),
        ("above bursting", ~burst & (mu > mu[burst].max(initial=-np.inf))),
    ):
        if chosen.any():
            yield words, chosen


def _range(values: np.ndarray) -> str:
    return f"{values.min():+.2f} to {values.max():+.2f}"


def sizes(finite_size: xr.Dataset) -> Iterator[str]:
    """Periods of bursts against the mean field's, by the size of the network."""
    here = of_sweep(finite_size, "sizes")
    here = here.sel(population="p")
    for size in np.unique(here[SIZE].values):
        runs = here.isel(run=np.flatnonzero(here[SIZE].values == size))
        network, theory = runs.sel(model="network"), runs.isel(model=-1)
        both = (network["oscillates"].values == 1) & (theory["oscillates"].values == 1)
        if both.any():
            ratio = 100 * (theory["frequency"].values / network["frequency"].values - 1)[both]
            yield f"period of bursts at N = {size:,.0f} against the mean field: {_range(ratio)} %"
