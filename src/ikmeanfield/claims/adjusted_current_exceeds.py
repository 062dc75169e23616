"""The adjusted current exceeds the current, and grows with it and with the reset potential."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ikmeanfield.claims.claim import Finding, of_cases
from ikmeanfield.sources import Sources

STATEMENT = "The adjusted current I* is at least I, and I* − I grows with I and with v_0."
SOURCE = "Gast, Solla & Kennedy 2023, Sec. IV.A"
TAKES = [{"rates": {"kind": "rates"}}]
CRITERION = {"slack": 1e-9}
"""By how much, in pA, a difference may fall short and still count as growing."""
RESET = "rs_reset_potential"


def judge(sources: Sequence[Sources], slack: float) -> Iterator[Finding]:
    """Signs of I* − I and of its differences, where the neuron fires."""
    summary = sources[0]["rates"].summary
    resets, first = np.unique(summary[RESET].values, return_index=True)
    current = summary["input_current"].values
    excess = summary["adjusted_current"].values[first] - current
    fires = summary["rate"].values[first] > 0
    along = np.diff(excess, axis=1)[fires[:, 1:] & fires[:, :-1]]
    both = fires[1:] & fires[:-1]
    across = (np.diff(excess, axis=0))[both]
    cases: dict[str, bool | None] = {
        "I* ≥ I": bool((excess >= -slack).all()),
        "I* − I grows with I": bool((along >= -slack).all()) if along.size else None,
        "I* − I grows with v_0": bool((across >= -slack).all()) if resets.size > 1 else None,
    }
    verdict, where = of_cases(cases)
    yield Finding(
        "neuron of mean threshold", "smallest of I* − I over all currents and resets",
        float(excess.min()), float("nan"), "pA", verdict, where,
    )  # fmt: skip
