"""With equally spaced thresholds the variance depends on width and cutoff the other way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ikmeanfield.claims.claim import Finding, below, of_cases
from ikmeanfield.claims.draws import SIZE, drawn, independent
from ikmeanfield.claims.trends import rank_correlation
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.sources import Sources

STATEMENT = (
    "With thresholds drawn at random the variance of the rate falls with Δ_v and rises as φ "
    "shrinks; with thresholds at equal steps of probability it does the opposite."
)
SOURCE = "This project, Fig. 4"
TAKES = [{"networks": {"kind": "networks", "sweeps": ["width", "cutoff"]}}]
CRITERION = {"correlation": 0.5}
"""Least rank correlation, in the direction that is claimed."""
CASES = (
    ("random", "width", "rs_threshold_width", -1, "random, falls with Δ_v"),
    ("random", "cutoff", "rs_truncation", -1, "random, rises as φ shrinks"),
    ("quantiles", "width", "rs_threshold_width", 1, "equal steps, rises with Δ_v"),
    ("quantiles", "cutoff", "rs_truncation", 1, "equal steps, falls as φ shrinks"),
)


def judge(sources: Sequence[Sources], correlation: float) -> Iterator[Finding]:
    """Rank correlations of the variance in time with either parameter, for both kinds of draw.

    How many times the variance of independent spikes it is tells why: random thresholds make spikes
    independent, equal steps of probability keep them in order.
    """
    study = sources[0]["networks"]
    summary, size = study.summary, study.plan.circuit.get(SIZE)
    cases: dict[str, bool | None] = {}
    values, words = [], []
    for draw, sweep, path, sign, claimed in CASES:
        runs = drawn(of_sweep(summary, sweep), draw)
        variance = runs["rate_variance"].isel(population=0).values
        value, error = rank_correlation(runs[path].values, variance)
        values.append((sign * value, error))
        less = below(sign * value, correlation, error)
        cases[claimed] = None if less is None else not less
        rate = runs["rate_mean"].isel(population=0)
        times = variance / independent(rate, size, study.settings.sample).values
        if times.size:
            spread = f"{times.min():.2f} to {times.max():.2f}"
            words.append(f"{claimed}: {value:+.2f}, {spread} times that of independent spikes")
    verdict, where = of_cases(cases)
    value, error = min(values)
    told = "; ".join(words)
    yield Finding(
        "network", "least of the four rank correlations, in the direction claimed", value, error,
        "1", verdict, f"{where} ({told})" if where else told,
    )  # fmt: skip
