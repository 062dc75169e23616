"""The spectra of the rate differ in shape between the two ways to make neurons more alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.claims.averages import median
from ikmeanfield.claims.averages import ratio as quotient
from ikmeanfield.claims.claim import Finding, exceeds
from ikmeanfield.claims.draws import drawn
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = (
    "A narrower distribution of thresholds and a lower cutoff both synchronise the network, but "
    "the spectra of its rate differ in shape."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. V"
TAKES = [{"networks": {"kind": "networks", "sweeps": ["width", "cutoff"]}}]
CRITERION = {"ratio": 1.5, "highest": 200.0}
"""Least ratio of the distance between the shapes to that between replicates, and the highest
frequency that counts, in Hz."""


def judge(sources: Sequence[Sources], ratio: float, highest: float) -> Iterator[Finding]:
    """Distance of the normalised spectra at the smallest Δ_v and the smallest φ, in decades.

    Each spectrum is divided by its integral up to the highest frequency. The distance is the root
    mean square difference of the logarithms; random draws of thresholds alone are compared.
    """
    summary = sources[0]["networks"].summary
    shapes = []
    for sweep, path in (("width", "rs_threshold_width"), ("cutoff", "rs_truncation")):
        runs = drawn(of_sweep(summary, sweep), "random")
        narrowest = runs[path].values == runs[path].values.min()
        frequency = runs["frequency"].values
        chosen = (frequency > 0) & (frequency <= highest)
        density = runs["spectrum"].isel(population=0).values[narrowest][:, chosen]
        shapes.append(np.log10(density / density.sum(axis=1, keepdims=True)))
    between = [_distance(a, b) for a in shapes[0] for b in shapes[1]]
    within = [
        _distance(a, b) for group in shapes for k, a in enumerate(group) for b in group[k + 1 :]
    ]
    far, near = median(between), median(within)
    value, error = quotient(far, near)
    yield Finding(
        "network", "distance of the spectra's shapes between the manipulations over that between "
        "replicates", value, error, "1", exceeds(value, ratio, error),
        f"{far[0]:.2f} decades against {near[0]:.2f}",
    )  # fmt: skip


def _distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.sqrt(((a - b) ** 2).mean()))
