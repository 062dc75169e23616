"""Predicted against measured time and memory of an experiment's jobs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.datasets.store import DatasetError
from ikmeanfield.jobs.products import products
from ikmeanfield.studies.cost import Cost, requested_mib, requested_minutes

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan

HEADINGS = (
    "jobs", "run", "MiB", "taken", "ratio", "seconds", "taken", "ratio", "mem_mb", "runtime",
)  # fmt: skip


def table(plan: Plan, folder: str | Path) -> str:
    """Predicted and measured time and memory of the jobs of every study, as lines of text.

    Parameters
    ----------
    plan
        The experiment.
    folder
        Its folder, which holds ``benchmarks``; for jobs that have not run, only predictions show.

    Raises
    ------
    DatasetError
        If a benchmark file is damaged.
    """
    jobs: dict[str, list[tuple[Cost, Cost | None]]] = {}
    for product in products(plan, folder):
        taken = measured(product.benchmark) if product.benchmark.exists() else None
        jobs.setdefault(product.name, []).append((product.cost, taken))
    rows = [list(HEADINGS), *(_row(name, pairs, len(plan.runs)) for name, pairs in jobs.items())]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _row(name: str, jobs: list[tuple[Cost, Cost | None]], runs: int) -> list[str]:
    """One row of the table: the largest of a study's jobs."""
    most = Cost(
        seconds=max(cost.seconds for cost, _ in jobs), kept=max(cost.mib for cost, _ in jobs)
    )
    done = [(cost, taken) for cost, taken in jobs if taken is not None]
    cells = [name, f"{len(done)}/{len(jobs)}"]
    for quantity, digits in (("mib", 0), ("seconds", 1)):
        pairs = [(getattr(cost, quantity), getattr(taken, quantity)) for cost, taken in done]
        cells.append(f"{getattr(most, quantity):.{digits}f}")
        cells.append(f"{max(m for _, m in pairs):.{digits}f}" if pairs else "-")
        ratios = [m / p for p, m in pairs]
        cells.append(f"{min(ratios):.2f}-{max(ratios):.2f}" if ratios else "-")
    return [*cells, str(requested_mib(most, runs)), str(requested_minutes(most, runs))]


def measured(path: Path) -> Cost:
    """Time and memory of the last run of a job, from Snakemake's benchmark file."""
    try:
        last = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
        return Cost(seconds=float(last["s"]), kept=float(last["max_rss"]))
    except (IndexError, KeyError, TypeError, ValueError) as error:
        msg = f"{path}: not a benchmark file of Snakemake ({error!r}); remove it and run again"
        raise DatasetError(msg) from None
