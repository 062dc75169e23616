"""The explorer's page from the stored results of experiments."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.files import replacing
from ikmeanfield.jobs.results import Results, batch_path, summary_path

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan


MOST_BYTES = 15_000_000
"""Largest size of a page."""
WINDOWS = (200, 100, 50)
"""Largest numbers of windows of a series; the first that makes the page small enough is taken."""


HEAD = 2000
"""How many characters of a page hold what it was made from."""
MADE_FROM = re.compile(r'<meta name="made-from" content="([^"]*)">')


class ExplorerError(Exception):
    """The page cannot be made; the message says why."""


def has_planes(plan: Plan) -> bool:
    """Whether an experiment has planes to explore."""
    return any(study.kind == "planes" for study in plan.studies.values())


def explored(plans: Iterable[Plan], chosen: Collection[str] | None) -> list[Plan]:
    """The plans of the page: those that are named, or all (None), as far as they have planes."""
    named = (plan for plan in plans if chosen is None or plan.experiment in chosen)
    return [plan for plan in named if has_planes(plan)]


def made_from(page: Path) -> dict[str, str]:
    """The experiments that a page was made from, and the hash of the plan of each."""
    with page.open(encoding="utf-8", errors="replace") as file:
        head = file.read(HEAD)
    found = MADE_FROM.search(head)
    pairs = (each.partition("=") for each in found[1].split()) if found else ()
    return {name: digest for name, _, digest in pairs}


def files_explored(plan: Plan, folder: str) -> Iterator[Path]:
    """The files of an experiment that the page is made from."""
    for study, settings in plan.studies.items():
        yield from (batch_path(folder, study, batch) for batch in plan.batches[study])
        if settings.summarises():
            yield summary_path(folder, study)


def explore(plans: Sequence[Plan], folders: Sequence[Path], path: Path) -> None:
    """Write the explorer's page.

    Parameters
    ----------
    plans, folders
        The experiments, and the folder of each; those without planes are left out.
    path
        The page.

    Raises
    ------
    ExplorerError
        If no experiment has planes, or the page would be larger than `MOST_BYTES` even with the
        fewest windows.
    """
    if not any(map(has_planes, plans)):
        names = ", ".join(plan.experiment for plan in plans)
        msg = f"no planes to explore in {names}; name an experiment with a study of kind planes"
        raise ExplorerError(msg)
    for count in WINDOWS:
        text = _page(plans, folders, path.parent, count)
        size = len(text.encode())
        if size <= MOST_BYTES:
            with replacing(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
            return
    msg = (
        f"the explorer's page would have {size / 1e6:.1f} MB, more than the "
        f"{MOST_BYTES / 1e6:.0f} MB that browsers open well; name fewer experiments (in a "
        "configuration, under `explorer`)"
    )
    raise ExplorerError(msg)


def _page(plans: Sequence[Plan], folders: Sequence[Path], page_folder: Path, count: int) -> str:
    """The page with series in at most so many windows."""
    from ikmeanfield.explorer.arrays import Arrays  # noqa: PLC0415
    from ikmeanfield.explorer.page import page  # noqa: PLC0415
    from ikmeanfield.explorer.views import View, planes_of  # noqa: PLC0415

    arrays, made, sources = Arrays(), [], set()
    digests = {plan.experiment: plan.digest for plan in plans}
    for plan, folder in zip(plans, folders, strict=True):
        results = Results(plan, folder)
        for study in planes_of(plan):
            made.append(View(results, study, arrays, page_folder, count).data())
            first = next(iter(plan.batches[study]))
            sources.add(str(results.batch(study, first).attrs["source"]))
    return page(made, arrays, digests, source=", ".join(sorted(sources)), windows=count)
