"""Scores of the regions that a theory predicts, by region and reset potential."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.claims.corrections import both_corrections

if TYPE_CHECKING:
    from ikmeanfield.jobs.results import StudyResults


RESET = "all_reset_potential"


def scores(transitions: StudyResults, name: str) -> Iterator[tuple[str, float, float, float]]:
    """Region, reset potential in mV, and a score with the correction and without it.

    Parameters
    ----------
    transitions
        A study whose summary holds scores of two theories.
    name
        The score, such as ``overlap``. It is NaN where there is nothing to compare.
    """
    summary = transitions.summary
    theory, region = summary["scored_theory"].values, summary["scored_region"].values
    reset, value = summary[f"scored_{RESET}"].values, summary[f"score_{name}"].values
    both = both_corrections(transitions, dict.fromkeys(theory.tolist()))
    for kind in np.unique(region):
        for potential in np.unique(reset):
            here = (region == kind) & (reset == potential)
            pair = [value[here & (theory == one)] for one in both]
            corrected, plain = (float(v[0]) if v.size else float("nan") for v in pair)
            yield str(kind), float(potential), corrected, plain
