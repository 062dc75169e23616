"""Figures from the stored results of experiments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.figures import FIGURES
from ikmeanfield.jobs.taking import sources

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan


def draw(
    figure: str,
    plans: Sequence[Plan],
    folders: Sequence[Path],
    stem: Path,
    sheet: Path | None = None,
) -> None:
    """Draw a figure.

    Parameters
    ----------
    figure
        Its registered name.
    plans, folders
        The experiments it is drawn from, in the figure's order, and the folder of each.
    stem
        The path without suffix of the files to write: ``.pdf``, ``.png``, the panels' data
        ``.csv``, and the caption ``.md``.
    sheet
        A style sheet of one's own, which changes the style of all figures.
    """
    from ikmeanfield.figures.save import save  # noqa: PLC0415
    from ikmeanfield.plot.paper_style import with_sheet  # noqa: PLC0415

    drawn = FIGURES[figure]
    with with_sheet(sheet):
        content = drawn.arrange(sources(drawn, plans, folders))
        save(drawn.draw(**content), drawn.caption(**content), stem)
