"""Noise of single neurons and heterogeneity of the same strength act alike on the population."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

if TYPE_CHECKING:
    from ikmeanfield.jobs.results import StudyResults

STATEMENT = (
    "Noise of single neurons and heterogeneity of the same law and strength have the same mean "
    "field and the same response of the population."
)
SOURCE = "How heterogeneity shapes dynamics and computation in the brain (Neuron 2026)"
TAKES = [
    {
        "networks": {"kind": "networks", "sweeps": ["heterogeneous", "noisy"]},
        "predictions": {"kind": "predictions", "sweeps": ["heterogeneous", "noisy"]},
    }
]
CRITERION = {"times": 1.5}
"""Largest distance of the rates, in units of what a network of this size scatters."""
STRENGTHS = {"heterogeneous": "rs_current_width", "noisy": "rs_cauchy_noise"}


def judge(sources: Sequence[Sources], times: float) -> Iterator[Finding]:
    """Distances between the two kinds of network, and of both to the mean field."""
    networks, predictions = sources[0]["networks"], sources[0]["predictions"]
    summary = predictions.summary.sel(population="rs")
    ratios = _between_networks(networks)
    yield _finding(
        "network", "distance of the mean rates of both kinds of network over their scatter",
        ratios, times,
    )  # fmt: skip
    for theory in summary["theory"].values.tolist():
        cases = {}
        for sweep, name in STRENGTHS.items():
            own = of_sweep(summary.sel(theory=theory), sweep)
            for strength in np.unique(own[name].values):
                here = own.isel(run=np.flatnonzero(own[name].values == strength))
                square = float((here["rmse_firing_rate"] ** 2).mean())
                scatter = float(here["noise_firing_rate"].mean())
                cases[f"{sweep}, {strength:g} pA"] = square**0.5 / scatter
        yield _finding(theory, "distance of networks to the theory over their scatter", cases,
                       times)  # fmt: skip


def _finding(model: str, statistic: str, ratios: dict[str, float], times: float) -> Finding:
    """The largest ratio, and where ratios are small enough."""
    cases = {case: bool(ratio <= times) if np.isfinite(ratio) else None
             for case, ratio in ratios.items()}  # fmt: skip
    verdict, where = of_cases(cases)
    known = [ratio for ratio in ratios.values() if np.isfinite(ratio)]
    largest = max(known, default=float("nan"))
    return Finding(model, statistic, largest, float("nan"), "1", verdict, where)


def _between_networks(networks: StudyResults) -> dict[str, float]:
    """Distance between the rates of both sweeps, averaged over replicates, over its own scatter.

    The scatter of an average of n networks is that of one, from its replicates, over √n.
    """
    rates = {sweep: _rates(networks, sweep) for sweep in STRENGTHS}
    found = {}
    for strength, one in rates["heterogeneous"].items():
        other = rates["noisy"].get(strength)
        if other is None or len(one) < 2 or len(other) < 2:
            continue
        scatter = sum(rows.var(axis=0, ddof=1).mean() / len(rows) for rows in (one, other))
        square = ((one.mean(axis=0) - other.mean(axis=0)) ** 2).mean()
        found[f"{strength:g} pA"] = float(np.sqrt(square / scatter))
    return found


def _rates(networks: StudyResults, sweep: str) -> dict[float, NDArray[np.float64]]:
    """Rates in time (replicates, samples) after the discarded time, by strength."""
    plan, settings = networks.plan, networks.settings
    first = round(settings.discard / settings.sample)
    rows: dict[float, list[NDArray[np.float64]]] = {}
    for number in networks.runs():
        run = plan.runs[number]
        if run.sweep == sweep:
            strength = float(run.circuit.get(STRENGTHS[sweep].replace("_", ".", 1)))
            rate = networks.result(number)["firing_rate"]
            place = list(run.circuit.populations).index("rs")
            rows.setdefault(strength, []).append(rate.values[place, first:].astype(float))
    return {strength: np.array(each) for strength, each in rows.items()}
