"""The stored results that a figure or a claim takes from experiments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.jobs.results import Results, StudyResults, batch_path, summary_path

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.sources import Sources, Taker


def sources(taker: Taker, plans: Sequence[Plan], folders: Sequence[Path]) -> list[Sources]:
    """The studies that are taken from each experiment, in the taker's order."""
    return [
        {role: StudyResults(results, name) for role, name in taker.taken(number, plan)}
        for number, (plan, folder) in enumerate(zip(plans, folders, strict=True))
        for results in [Results(plan, folder)]
    ]


def files_taken(taker: Taker, plans: Sequence[Plan], folders: Sequence[str]) -> Iterator[Path]:
    """The files that are read: batches and summaries of the studies that are taken."""
    for number, (plan, folder) in enumerate(zip(plans, folders, strict=True)):
        for _, name in taker.taken(number, plan):
            if plan.studies[name].summarises():
                yield summary_path(folder, name)
            for batch in plan.batches[name]:
                yield batch_path(folder, name, batch)
