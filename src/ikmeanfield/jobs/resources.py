"""Predicted against measured time and memory of an experiment's jobs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ikmeanfield.datasets.store import DatasetError
from ikmeanfield.experiments import TransitionPlan, resources
from ikmeanfield.experiments.plan import Plan
from ikmeanfield.experiments.resources import Need, Request
from ikmeanfield.parts import CONTINUATION, DIAGRAMS, NETWORK, TRANSITIONS, mean_field


@dataclass
class Kind:
    """Jobs of one kind.

    Attributes
    ----------
    name
        Of the benchmark files' folder, or of the one file.
    predicted
        What each job is predicted to need.
    measured
        Pairs of prediction and measurement of the jobs that have run.
    runs
        Runs in the plan.
    """

    name: str
    runs: int
    predicted: list[Need] = field(default_factory=list)
    measured: list[tuple[Need, Need]] = field(default_factory=list)

    @property
    def row(self) -> list[str]:
        """The kind as cells of a table; a job is shown by the largest of its kind."""
        most = Need(max(n.seconds for n in self.predicted), max(n.mib for n in self.predicted))
        request = Request(most, self.runs)
        cells = [self.name, f"{len(self.measured)}/{len(self.predicted)}"]
        for quantity, digits in (("mib", 0), ("seconds", 1)):
            pairs = [(getattr(p, quantity), getattr(m, quantity)) for p, m in self.measured]
            cells.append(f"{getattr(most, quantity):.{digits}f}")
            cells.append(f"{max(m for _, m in pairs):.{digits}f}" if pairs else "-")
            ratios = [m / p for p, m in pairs]
            cells.append(f"{min(ratios):.2f}-{max(ratios):.2f}" if ratios else "-")
        return [*cells, str(request.mib()), str(request.minutes())]


HEADINGS = (
    "job", "run", "MiB", "taken", "ratio", "seconds", "taken", "ratio", "mem_mb", "runtime",
)  # fmt: skip


def table(plan: Plan | TransitionPlan, folder: str | Path) -> str:
    """Predicted and measured time and memory of every kind of job, as lines of text.

    Parameters
    ----------
    plan
        The experiment.
    folder
        Where its ``benchmarks`` lie; what has not run is predicted only.

    Raises
    ------
    DatasetError
        If a benchmark file is damaged.
    """
    kinds: dict[str, Kind] = {}
    for name, file, need in _jobs(plan):
        kind = kinds.setdefault(name, Kind(name, len(plan.runs)))
        kind.predicted.append(need)
        path = Path(folder) / "benchmarks" / f"{file}.jsonl"
        if path.exists():
            kind.measured.append((need, _measured(path)))
    rows = [list(HEADINGS), *(kind.row for kind in kinds.values())]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _jobs(plan: Plan | TransitionPlan) -> Iterator[tuple[str, str, Need]]:
    """Kind, benchmark file and prediction of every job of an experiment."""
    batches = range(len(plan.batches))
    if isinstance(plan, TransitionPlan):
        for n in batches:
            yield TRANSITIONS, f"{TRANSITIONS}/batch-{n:03d}", resources.transitions(plan, n)
        for n in batches:
            yield CONTINUATION, f"{CONTINUATION}/batch-{n:03d}", resources.points(plan, n)
        yield "plane", f"{CONTINUATION}/plane", resources.plane(plan)
        yield "traces", "traces", resources.traces(plan)
    else:
        for n in batches:
            yield NETWORK, f"{NETWORK}/batch-{n:03d}", resources.networks(plan, n)
        for part in map(mean_field, plan.meanfield):
            for n in batches:
                yield part, f"{part}/batch-{n:03d}", resources.mean_fields(plan, n)
        for n in range(len(plan.diagram_batches)):
            yield DIAGRAMS, f"{DIAGRAMS}/batch-{n:03d}", resources.diagrams(plan, n)
    yield "summary", "summary", resources.summary(plan)


def _measured(path: Path) -> Need:
    """What the last run of a job took."""
    try:
        last = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
        return Need(float(last["s"]), float(last["max_rss"]))
    except (IndexError, KeyError, TypeError, ValueError) as error:
        msg = f"{path}: not a benchmark file of Snakemake ({error!r}); remove it and run again"
        raise DatasetError(msg) from None
