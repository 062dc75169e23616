"""Heterogeneity of excitatory neurons removes their bistability."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.claims.claim import Finding, as_verdict, below
from ikmeanfield.claims.folds import SIDES
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = "Heterogeneity of the thresholds of excitatory neurons removes their bistability."
SOURCE = "Gast, Solla & Kennedy 2022 (the letter)"
TAKES = [
    {"attribution": {"kind": "attribution", "sweeps": ["width"]}},
    {"hysteresis": {"kind": "hysteresis", "sweeps": ["rs_width"]}},
]
CRITERION = {"remains": 0.5, "kappa": 10.0}
"""Share of the widest bistable range that may remain at the largest width, and the adaptation of
the networks in pA."""
KAPPA, WIDTH = "rs_adaptation", "rs_threshold_width"


def judge(sources: Sequence[Sources], remains: float, kappa: float) -> Iterator[Finding]:
    """Bistable range at the largest width over the widest, of theories and networks held still."""
    runs = of_sweep(sources[0]["attribution"].summary, "width").sortby(WIDTH)
    for switched, model in ((0, "exact theory"), (1, "mean field")):
        chosen = runs["fold"].sel(
            infinite_reset=switched, full_lorentzian=switched, shared_recovery=switched
        )
        upper, lower = (chosen.sel(fold_kind=side).values for side in SIDES)
        yield _finding(model, np.nan_to_num(upper - lower), runs[WIDTH].values, np.nan, remains)
    held = of_sweep(sources[1]["hysteresis"].summary, "rs_width").isel(population=0)
    held = held.isel(run=np.flatnonzero(held[KAPPA].values == kappa)).sortby(WIDTH)
    spacing = float(np.diff(held["current"].values[:2])[0])
    for model in held["model"].values.tolist():
        widths = held["width"].sel(model=model).values
        yield _finding(f"{model}, held", widths, held[WIDTH].values, spacing, remains)


def _finding(
    model: str, ranges: NDArray[np.float64], widths: NDArray[np.float64], spacing: float,
    remains: float,
) -> Finding:  # fmt: skip
    """The verdict for ranges in pA that are known to a spacing of currents."""
    most = float(ranges.max(initial=0.0))
    value = float(ranges[-1]) / most if most > 0 else float("nan")
    error = spacing / most if most > 0 else float("nan")
    fewer = below(value, remains, error)
    gone = widths[ranges == 0]
    words = f"none from Δ_v = {gone.min():g} mV on" if gone.size else ""
    return Finding(
        model, "bistable range at the largest width over the widest at any width", value, error,
        "1", as_verdict(fewer), f"at most {most:.1f} pA{', ' if words else ''}{words}",
    )  # fmt: skip
