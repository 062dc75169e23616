"""Homogeneous excitatory networks encode better: heterogeneity blurs the bumps they maintain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.analysis.bistability import bistable_ranges
from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.claims.trends import rank_correlation
from ikmeanfield.claims.width_changes import change, rises
from ikmeanfield.sources import Sources

STATEMENT = (
    "Homogeneous excitatory networks excel at encoding by multistability: with Δ_v the error with "
    "which they maintain a bump of activity grows, and the range of bistable currents narrows."
)
SOURCE = "Gast, Solla & Kennedy 2024 (PNAS 121, e2311885121)"
TAKES = [
    {
        "encoding": {"kind": "encoding"},
        "points": {"kind": "points", "settings": {"parameter": "rs.input_current"}},
    }
]
CRITERION = {"correlation": 0.5, "by": 0.1, "errors": 2.0}
"""Least rank correlation of error (or minus the range of currents) and width; share by which it
must rise (or fall) from the narrowest to the widest distribution; and, of networks, how many
standard errors this rise must exceed."""
WIDTH = "rs_threshold_width"


def judge(
    sources: Sequence[Sources], correlation: float, by: float, errors: float
) -> Iterator[Finding]:
    """Rise of the error of networks, and fall of the range of bistable currents of theories."""
    yield _of_networks(sources[0], correlation, by, errors)
    for theory, widths, low, high in bistable_ranges(sources[0]["points"].summary, WIDTH):
        reach = np.nan_to_num(high - low)  # without two folds there are no such currents
        steady = rank_correlation(widths, -reach)[0] > correlation
        falls = bool(steady and reach[-1] < (1 - by) * reach[0])
        yield Finding(
            theory, "range of bistable currents of the widest over that of the narrowest "
            "distribution", float(reach[-1] / reach[0]), float("nan"), "1",
            "holds" if falls else "does not hold",
        )  # fmt: skip


def _of_networks(source: Sources, correlation: float, by: float, errors: float) -> Finding:
    """Rise of the error of maintenance from the narrowest to the widest distribution."""
    summary = source["encoding"].summary
    cases, rise, error = {}, [], []
    for fraction in summary["fraction"].values.tolist():
        values = summary["error"].sel(fraction=fraction).values
        found = change(summary[WIDTH].values, values)
        cases[f"{fraction:.0%} stimulated"] = rises(found, correlation, by, errors)
        rise.append(found.last - found.first)
        error.append(found.error)
    middle = int(np.argsort(rise)[len(rise) // 2])
    verdict, where = of_cases(cases)
    return Finding(
        "network", "rise of the error from the narrowest to the widest distribution, median of "
        "the stimulated fractions", rise[middle], error[middle], "1", verdict, where,
    )  # fmt: skip
