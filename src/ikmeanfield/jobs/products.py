"""The files that the jobs of an experiment make, whatever the kinds of its studies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ikmeanfield.jobs.results import batch_path, summary_path
from ikmeanfield.studies.cost import (
    DRAW_MIB,
    DRAW_SECONDS,
    MIB,
    PLAN_MIB,
    PLAN_SECONDS,
    ROW_BYTES,
    ROW_SECONDS,
    SUMMARY_MIB,
    SUMMARY_SECONDS,
    Cost,
)

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan


CLAIM_SECONDS = 0.5
"""To read the data of a claim and judge it, beside others in the same process."""


@dataclass(frozen=True)
class Product:
    """The files that one job makes.

    Attributes
    ----------
    experiment, name
        The experiment, and the study or its summary.
    files
        Paths of the files.
    log, benchmark
        Paths of the job's log, and of the time and memory that Snakemake measures.
    known
        Attributes that the datasets among the files have if they were made from the plan.
    cost
        What the job is predicted to take.
    wanted
        Whether the workflow makes the files unasked, so that work is left while they are missing.
    """

    experiment: str
    name: str
    files: tuple[Path, ...]
    log: Path
    benchmark: Path
    known: Mapping[str, Any] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)
    wanted: bool = True


def products(plan: Plan, folder: str | Path) -> Iterator[Product]:
    """The products of all jobs of an experiment, study by study."""
    folder = Path(folder)

    def product(name: str, stem: str, files: tuple[Path, ...], known: Any, cost: Cost) -> Product:
        log = folder / "logs" / f"{stem}.log"
        benchmark = folder / "benchmarks" / f"{stem}.jsonl"
        return Product(plan.experiment, name, files, log, benchmark, known, cost)

    for study, batches in plan.batches.items():
        for batch, cost in batches.items():
            files = (batch_path(folder, study, batch),)
            yield product(study, f"{study}/batch-{batch}", files, plan.known(study, batch), cost)
        settings = plan.studies[study]
        if settings.summarises():
            summary = summary_path(folder, study)
            tables = (summary.with_name(f"{table}.csv") for table in settings.tables)
            yield product(
                f"{study} summary", f"{study}/summary", (summary, *tables),
                plan.known(study, "summary"), summary_cost(plan, study),
            )  # fmt: skip


def summary_cost(plan: Plan, study: str) -> Cost:
    """Predicted time and memory of the job that summarises a study."""
    runs = len(plan.runs)
    start = Cost(seconds=SUMMARY_SECONDS + runs * PLAN_SECONDS, kept=SUMMARY_MIB + runs * PLAN_MIB)
    return start + plan.studies[study].summary_cost(plan, study)


def claims_cost(plans: Sequence[Plan], count: int) -> Cost:
    """Predicted time and memory of judging so many claims by the results of some experiments."""
    return figure_cost(plans) + Cost(seconds=(count - 1) * CLAIM_SECONDS)


def figure_cost(plans: Sequence[Plan]) -> Cost:
    """Predicted time and memory of drawing a figure from the results of some experiments."""
    total = Cost(seconds=DRAW_SECONDS, kept=DRAW_MIB)
    for plan in plans:
        runs, populations = len(plan.runs), len(plan.circuit.populations)
        total += Cost(
            seconds=runs * (PLAN_SECONDS + ROW_SECONDS),
            kept=runs * (PLAN_MIB + populations * ROW_BYTES / MIB),
        )
    return total
