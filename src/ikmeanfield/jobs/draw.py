"""Figures from the stored results of experiments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.figures import FIGURES
from ikmeanfield.jobs.results import Results, StudyResults, batch_path, summary_path

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan


def draw(figure: str, plans: Sequence[Plan], folders: Sequence[Path], stem: Path) -> None:
    """Draw a figure.

    Parameters
    ----------
    figure
        Its registered name.
    plans, folders
        The experiments it is drawn from, in the figure's order, and the folder of each.
    stem
        The path of the files to write (``.pdf``, ``.png`` and the caption, ``.md``) without suffix.
    """
    from ikmeanfield.figures.save import save  # noqa: PLC0415

    drawn = FIGURES[figure]
    sources = [
        {role: StudyResults(results, name) for role, name in _taken(figure, number, plan)}
        for number, (plan, folder) in enumerate(zip(plans, folders, strict=True))
        for results in [Results(plan, folder)]
    ]
    content = drawn.arrange(sources)
    save(drawn.draw(**content), drawn.caption(**content), stem)


def files_taken(figure: str, plans: Sequence[Plan], folders: Sequence[str]) -> Iterator[Path]:
    """The files from which a figure is drawn: batches and summaries of the studies it takes."""
    for number, (plan, folder) in enumerate(zip(plans, folders, strict=True)):
        for _, name in _taken(figure, number, plan):
            if plan.studies[name].summarises():
                yield summary_path(folder, name)
            for batch in plan.batches[name]:
                yield batch_path(folder, name, batch)


def _taken(figure: str, number: int, plan: Plan) -> Iterator[tuple[str, str]]:
    """The studies a figure takes from one of its experiments: its own name for each, and theirs."""
    for role, need in FIGURES[figure].takes[number].items():
        name = need.find(plan)
        if name is not None:
            yield role, name
