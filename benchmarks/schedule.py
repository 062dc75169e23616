"""How long a workflow takes on more or fewer cores, from the measured times of its jobs.

    python benchmarks/schedule.py [results] [configuration] [--processor]

Replays the jobs of one finished run: whenever a core is free, the ready job with the longest
predicted time starts, as the rules' priorities ask of Snakemake, and it occupies the core for as
long as it was measured to take. Dependencies are those of the rules: kernels, batches, summaries,
figures and claims; the explorer and the report are left out. No schedule can be shorter than the
lower bound, the longer one of the work divided by the cores and the longest chain of dependent
jobs. With ``--processor``, processor times replace wall times, for a run on a busy machine.
"""

from __future__ import annotations

import heapq
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.claims import CLAIMS
from ikmeanfield.experiments import Plan, load, read_plan
from ikmeanfield.experiments.judging import grouped
from ikmeanfield.figures import FIGURES
from ikmeanfield.jobs.products import claims_cost, figure_cost, products
from ikmeanfield.jobs.taking import files_taken

if TYPE_CHECKING:
    from ikmeanfield.sources import Taker

CORES = (1, 2, 4, 16, 64)
FIRST = 1e6
"""Priority of compiling kernels, in s."""


@dataclass(frozen=True)
class Job:
    """A job: its measured time in s, its predicted time in s, and the jobs that it waits for."""

    seconds: float
    predicted: float
    needs: frozenset[str]


def jobs(results: Path, configuration: Path, measure: str) -> dict[str, Job]:
    """All jobs of a finished run, by a file that each of them makes."""
    settings = load(configuration)
    plans = {name: read_plan(results / name / "plan.json") for name in settings.experiments}
    found: dict[str, Job] = {}
    # Of several versions of the kernels, the last one is that of the finished run.
    for path in sorted(results.glob("kernels/*/benchmarks/*.jsonl"), key=modified):
        found[path.stem] = Job(taken(path, measure), FIRST, frozenset())
    for name, plan in plans.items():
        folder = results / name
        stored = str(folder / "plan.json")
        found[stored] = Job(taken(folder / "benchmarks/plan.jsonl", measure), 0.0, frozenset())
        for product in products(plan, folder):
            study = product.name.removesuffix(" summary")
            needs = frozenset(plan.engines[study])
            if study != product.name:
                needs = frozenset([stored, *batch_files(plan, folder, study)])
            seconds = taken(product.benchmark, measure)
            found[str(product.files[0])] = Job(seconds, product.cost.seconds, needs)
    for name, figure in settings.figures.items():
        predicted = figure_cost([plans[source] for source in figure.sources])
        seconds = taken(results / f"figures/benchmarks/{name}.jsonl", measure)
        needs = files_of(results, plans, FIGURES[figure.draw], figure.sources)
        found[name] = Job(seconds, predicted.seconds, needs)
    for group, names in grouped(settings.claims).items():
        claims = [settings.claims[name] for name in names]
        predicted = claims_cost([plans[name] for name in claims[0].sources], len(claims))
        seconds = taken(results / f"claims/benchmarks/{group}.jsonl", measure)
        needs = frozenset[str]().union(
            *(files_of(results, plans, CLAIMS[claim.claim], claim.sources) for claim in claims)
        )
        found[group] = Job(seconds, predicted.seconds, needs)
    return found


def files_of(
    results: Path, plans: Mapping[str, Plan], taker: Taker, sources: Sequence[str]
) -> frozenset[str]:
    """The files from which a figure or a claim is made."""
    folders = [str(results / name) for name in sources]
    files = files_taken(taker, [plans[name] for name in sources], folders)
    return frozenset([*map(str, files), *(f"{folder}/plan.json" for folder in folders)])


def batch_files(plan: Plan, folder: Path, study: str) -> Iterator[str]:
    """The batches from which the summary of a study is made."""
    sources = plan.summary_sources(study)
    for product in products(plan, folder):
        if product.name in sources:
            yield str(product.files[0])


def modified(path: Path) -> float:
    """When a file was last written."""
    return path.stat().st_mtime


def taken(path: Path, measure: str) -> float:
    """Measured time of the last run of a job."""
    if not path.exists():
        sys.exit(f"{path} is missing: has every job of this configuration run?")
    return float(json.loads(path.read_text().splitlines()[-1])[measure])


def replay(work: Mapping[str, Job], cores: int) -> float:
    """The time at which the last job ends, if ready jobs start in the order of their priority."""
    followers: dict[str, list[str]] = {name: [] for name in work}
    waiting = {name: len(job.needs) for name, job in work.items()}
    for name, job in work.items():
        for needed in job.needs:
            followers[needed].append(name)
    ready = [(-job.predicted, name) for name, job in work.items() if not job.needs]
    heapq.heapify(ready)
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < cores:
            _, name = heapq.heappop(ready)
            heapq.heappush(running, (now + work[name].seconds, name))
        now, ended = heapq.heappop(running)
        for name in followers[ended]:
            waiting[name] -= 1
            if not waiting[name]:
                heapq.heappush(ready, (-work[name].predicted, name))
    assert not any(waiting.values()), "jobs wait for each other"
    return now


def longest_chain(work: Mapping[str, Job]) -> float:
    """Time of the longest chain of jobs that wait for each other."""
    return replay(work, len(work))


def main(results: Path, configuration: Path, measure: str) -> None:
    if not any(results.glob("*/plan.json")):
        print(f"{results} holds no finished run; run the workflow first")
        return
    work = jobs(results, configuration, measure)
    total = sum(job.seconds for job in work.values())
    chain = longest_chain(work)
    longest = max(work, key=lambda name: work[name].seconds)
    print(f"{len(work)} jobs, {total:.1f} s in all; longest chain {chain:.1f} s; longest job "
          f"{work[longest].seconds:.1f} s ({longest})")  # fmt: skip
    print(f"{'cores':>6}{'makespan':>11}{'bound':>9}{'ratio':>7}{'busy':>7}")
    for cores in CORES:
        makespan, bound = replay(work, cores), max(total / cores, chain)
        busy = total / (cores * makespan)
        print(f"{cores:>6}{makespan:>9.1f} s{bound:>7.1f} s{makespan / bound:>7.2f}{busy:>7.0%}")


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--processor"]
    main(
        Path(given[0] if given else "results"),
        Path(given[1] if len(given) > 1 else "config/config.yaml"),
        "cpu_time" if "--processor" in sys.argv else "s",
    )
