"""The state of a results folder: what is done, running or failed, and why. Nothing is started.

A job is running while a living process, on any node, holds a lock on its log (`locks.mark_log`). A
file is out of date if it was made from settings that differ from the plan's; so is the report if it
is older than something that it shows. Changes in the code of the library are not considered;
``snakemake --dry-run`` finds those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ikmeanfield import locks
from ikmeanfield.datasets.store import DatasetError
from ikmeanfield.datasets.trees import read_any
from ikmeanfield.experiments.config import Config
from ikmeanfield.experiments.expansion import expand_all
from ikmeanfield.experiments.judging import grouped
from ikmeanfield.experiments.plan import Plan
from ikmeanfield.experiments.plan_files import read_plan
from ikmeanfield.jobs.explore import explored, made_from
from ikmeanfield.jobs.products import Product, products
from ikmeanfield.schema import ConfigError

STATES = ("done", "running", "out of date", "damaged", "failed", "stopped", "missing")
FAILURES = ("damaged", "failed")
PAGES = "pages"
"""What stands in place of an experiment for the explorer and the report."""
SHOWN = (".png", ".md", ".csv")
"""Files of these kinds are in the report."""
TAIL = 3
"""Number of lines shown from the end of a log that does not end with an error of our own."""


@dataclass(frozen=True)
class Found:
    """The state of a product, one of `STATES`, and the reason if something is wrong."""

    product: Product
    state: str
    reason: str = ""


def status(
    results: str | Path, config: Config | None = None, *, verify: bool = False
) -> list[Found]:
    """The state of every product of every experiment.

    Parameters
    ----------
    results
        The folder of all results.
    config
        The configuration to compare with; by default, the plans in the folder.
    verify
        Read and check every dataset completely, instead of its attributes alone.

    Raises
    ------
    ConfigError
        If there is neither a configuration nor a plan, or a plan is damaged.
    """
    results = Path(results)
    if config is None:
        plans = [_stored_plan(path) for path in sorted(results.glob("*/plan.json"))]
        figures = [path.stem for path in sorted(results.glob("figures/logs/*.log"))]
        groups = [path.stem for path in sorted(results.glob("claims/logs/*.log"))]
        claims = {group: sorted(results.glob(f"claims/{group}/*.csv")) for group in groups}
    else:
        plans = list(expand_all(config).values())
        figures = list(config.figures)
        claims = {
            group: [results / f"claims/{group}/{name}.csv" for name in names]
            for group, names in grouped(config.claims).items()
        }
    if not plans:
        msg = f"{results}: no plan.json of any experiment there; name a configuration: --config"
        raise ConfigError(msg)
    found = [_state(p, verify) for plan in plans for p in products(plan, results / plan.experiment)]
    drawn = [_made(results / "figures", name, "pdf", "png", "csv", "md") for name in figures]
    judged = [_judged(results / "claims", group, files) for group, files in claims.items()]
    found += [_state(product, verify=False) for product in (*drawn, *judged)]
    return [*found, *_explorer(results, plans, config), _report(results, found)]


def _stored_plan(path: Path) -> Plan:
    plan = read_plan(path)
    if plan.experiment != path.parent.name:
        msg = f"{path}: the plan of another experiment, {plan.experiment}; remove it and run again"
        raise ConfigError(msg)
    return plan


def _made(folder: Path, name: str, *suffixes: str, experiment: str = "") -> Product:
    """The files of a figure, some claims or a page, in a folder that all of its kind share."""
    files = tuple(folder / f"{name}.{suffix}" for suffix in suffixes)
    log, benchmark = folder / "logs" / f"{name}.log", folder / "benchmarks" / f"{name}.jsonl"
    return Product(experiment or folder.name, name, files, log, benchmark)


def _judged(folder: Path, group: str, files: Sequence[Path]) -> Product:
    """The tables of the claims that one job judges; a pattern if it is not known which."""
    return replace(_made(folder, group), files=tuple(files) or (folder / group / "*.csv",))


def _explorer(results: Path, plans: Sequence[Plan], config: Config | None) -> Iterator[Found]:
    """The state of the explorer's page, where there is to be one."""
    product = _made(results, "explorer", "html", experiment=PAGES)
    (page,) = product.files
    there = made_from(page) if page.exists() else {}
    chosen = (list(there) or None) if config is None else config.explorer
    wanted = {p.experiment: p.digest for p in explored(plans, chosen)}
    begun = page.exists() or product.log.exists()
    if not (begun if config is None else wanted):
        return
    found = _state(product, verify=False)
    if found.state == "done" and there != wanted:
        found = Found(product, "out of date", f"{page} was made from other settings")
    yield found


def _report(results: Path, found: Iterable[Found]) -> Found:
    """The state of the report, which nothing waits for: it is written when someone asks for it."""
    product = replace(_made(results, "report", "html", experiment=PAGES), wanted=False)
    own = _state(product, verify=False)
    if own.state != "done":
        return own
    written = product.files[0].stat().st_mtime_ns
    for path in (path for one in found for path in one.product.files if path.suffix in SHOWN):
        if not path.exists() or path.stat().st_mtime_ns > written:
            reason = f"{path} was made later, or is missing; `make report` writes it again"
            return Found(product, "out of date", reason)
    return own


def stale(plan: Plan, folder: str | Path) -> Iterator[Path]:
    """Batches in an experiment's folder that its plan no longer names.

    They come from earlier configurations, and are used again if one of these returns.
    """
    wanted = {path for product in products(plan, folder) for path in product.files}
    for path in sorted(Path(folder).glob("*/batch-*.nc")):
        if path not in wanted:
            yield path


def _state(product: Product, verify: bool) -> Found:
    if locks.is_written(product.log):
        return Found(product, "running", "".join(_lines(product.log)[-1:]))
    missing = [path for path in product.files if not path.exists()]
    if missing:
        return _unfinished(product, _lines(product.log))
    for path in product.files:
        if path.suffix == ".nc":
            state, reason = _checked(path, product.known, verify)
            if state != "done":
                return Found(product, state, reason)
    return Found(product, "done")


def _unfinished(product: Product, lines: Sequence[str]) -> Found:
    """The state of a product that lacks a file, by the lines of its log."""
    if not lines:
        return Found(product, "missing")
    told = next((n for n, line in enumerate(lines) if line.startswith("ikmeanfield: ")), None)
    failed = told is not None or _raised(lines)
    shown = lines[-TAIL:] if told is None else lines[told:]
    reason = "\n".join([f"log {product.log}", *shown])
    return Found(product, "failed" if failed else "stopped", reason)


def _checked(path: Path, known: Mapping[str, Any], verify: bool) -> tuple[str, str]:
    """The state of a dataset that exists."""
    try:
        if verify:
            read_any(path)
        attributes = _attributes(path)
    except DatasetError as error:
        return "damaged", str(error)
    except (OSError, RuntimeError) as error:
        return "damaged", f"{path}: not a readable netCDF file ({error})"
    wrong = [key for key, value in known.items() if attributes.get(key) != value]
    if wrong:
        return "out of date", f"{path} was made from other settings ({', '.join(wrong)})"
    return "done", ""


def _attributes(path: Path) -> dict[str, Any]:
    from netCDF4 import Dataset  # noqa: PLC0415

    with Dataset(path) as file:
        return {name: file.getncattr(name) for name in file.ncattrs()}


def _lines(log: Path) -> list[str]:
    """The lines of a log, of a long one the last, that are not empty."""
    try:
        text = log.read_bytes()[-4000:].decode("utf-8", "replace")
    except OSError:
        return []
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _raised(lines: Sequence[str]) -> bool:
    """Whether a log ends with a Python exception."""
    name = lines[-1].partition(":")[0].rpartition(".")[2]
    return name.endswith(("Error", "Exception", "Interrupt")) and name.isidentifier()


def table(found: Iterable[Found]) -> str:
    """A table of counts per experiment, study and state, then details of failures and progress."""
    found = list(found)
    counts: dict[tuple[str, str], Counter[str]] = {}
    for one in found:
        place = (one.product.experiment, one.product.name)
        counts.setdefault(place, Counter())[one.state] += 1
    shown = [state for state in STATES if any(row[state] for row in counts.values())]
    rows = [["experiment", "study", *shown]]
    for place, row in counts.items():
        rows.append([*place, *(str(row[state] or "-") for state in shown)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    for one in found:
        if one.reason:
            first, *rest = one.reason.splitlines()
            lines += ["", f"{one.state}: {one.product.files[0]}", f"  {first}"]
            lines += [f"  {line}" for line in rest]
    return "\n".join(lines)


def left(found: Iterable[Found]) -> list[Found]:
    """What is not done and up to date, except for what nobody has asked for."""
    asked = (one for one in found if one.product.wanted or one.state != "missing")
    return [one for one in asked if one.state != "done"]


def exit_code(found: Iterable[Found]) -> int:
    """0 if all is done and up to date, 1 if something failed or is damaged, 3 if work is left."""
    states = {one.state for one in left(found)}
    if states & set(FAILURES):
        return 1
    return 3 if states else 0
