"""Whether the variance of the rate changes because neurons synchronise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.averages import median
from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.draws import SIZE, drawn, independent
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources
from ikmeanfield.studies.networks import Networks

STATEMENT = (
    "The variance of the rate is larger the more alike the thresholds are because the network "
    "synchronises."
)
SOURCE = "Gast, Solla & Kennedy 2023, Sec. V"
TAKES = [{"networks": {"kind": "networks", "sweeps": ["width", "cutoff"]}}]
CRITERION = {"ratio": 1.1}
"""How many times the variance of independent spikes the variance must be, as the median over the
half of the sweep in which thresholds are most alike."""
SWEEPS = (("width", "rs_threshold_width", "small Δ_v"), ("cutoff", "rs_truncation", "small φ"))


def judge(sources: Sequence[Sources], ratio: float) -> Iterator[Finding]:
    """Variance over that of independent spikes of random draws, in the narrower half of a sweep."""
    study = sources[0]["networks"]
    settings: Networks = study.settings
    size = study.plan.circuit.get(SIZE)
    cases: dict[str, bool | None] = {}
    words, values = [], []
    for sweep, path, where_alike in SWEEPS:
        runs = drawn(of_sweep(study.summary, sweep), "random").isel(population=0)
        runs = runs.isel(run=np.flatnonzero(runs[path].values <= np.median(runs[path].values)))
        times = runs["rate_variance"] / independent(runs["rate_mean"], size, settings.sample)
        value, error = median(times.values)
        less = below(value, ratio, error)
        cases[where_alike] = None if less is None else not less
        words.append(f"{where_alike} {value:.2f} ± {error:.2f}")
        values.append((value, error))
    verdict, where = of_cases(cases)
    told = "; ".join(words)
    yield Finding(
        "network", "variance of the rate over that of independent spikes, larger of both sweeps",
        *max(values), "1", verdict, f"{where} ({told})" if where else told,
    )  # fmt: skip
