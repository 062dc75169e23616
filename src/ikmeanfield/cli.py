"""The command ``ikmeanfield``: every step of the workflow by hand; its rules call the same."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Annotated

import typer

from ikmeanfield import environment, locks

if TYPE_CHECKING:  # every command imports what it needs, and nothing else
    from collections.abc import Mapping, Sequence

    from ikmeanfield.experiments import Plan
    from ikmeanfield.sources import Taker

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ConfigFile = Annotated[Path, typer.Argument(help="Configuration file (YAML).")]
PlanFile = Annotated[Path, typer.Argument(help="Plan of an experiment, as `plan` writes it.")]
StudyName = Annotated[str, typer.Argument(help="Name of a study of the experiment.")]


def main() -> None:
    """Run the command line; an expected error prints one message and gives exit code 1."""
    environment.single_thread()
    environment.end_with_workflow()
    locks.mark_log()
    try:
        app()
    except OSError as error:
        if error.errno not in FULL_OR_FORBIDDEN:
            raise
        print(f"ikmeanfield: {_place(error)}: {error.strerror}", file=sys.stderr)
        sys.exit(1)
    except (UnpicklingError, EOFError):
        environment.compile_again()
        raise
    except Exception as error:
        if type(error).__name__ not in OURS:
            raise
        print(f"ikmeanfield: {error}", file=sys.stderr)
        sys.exit(1)


OURS = (
    "ArchiveError",
    "ConfigError",
    "DatasetError",
    "StudyError",
    "FigureError",
    "DiagramError",
    "CoincidenceError",
    "ResetDomainError",
    "ExplorerError",
)
"""Errors whose message is enough; listed by name because importing their modules takes time."""

FULL_OR_FORBIDDEN = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
"""Errors of the system when a file cannot be written; they are shown without a traceback."""

WORKFLOW_LOCK = Path(".snakemake/ikmeanfield/running")
"""The lock that a running workflow holds, in the folder that contains the results."""


def _place(error: OSError) -> str:
    return str(error.filename or "writing a file")


@app.command()
def check(config: ConfigFile) -> None:
    """Check a configuration, every grid point included, and list what it would run."""
    from ikmeanfield.experiments import expand_all, load  # noqa: PLC0415

    settings = load(config)
    for name, plan in expand_all(settings).items():
        experiment = settings.experiments[name]
        sweeps = ", ".join(
            f"{sweep} {sum(run.sweep == sweep for run in plan.runs)}" for sweep in experiment.sweeps
        )
        print(f"{name}: {len(plan.runs)} runs ({sweeps})")
        for study, batches in plan.batches.items():
            items, seconds = len(plan.all_items(study)), sum(c.seconds for c in batches.values())
            print(
                f"  {study} ({experiment.studies[study].kind}): {items} results in "
                f"{len(batches)} batches, about {seconds:.3g} s on one core"
            )


@app.command()
def plan(
    config: ConfigFile,
    results: Annotated[Path, typer.Option(help="Folder of all results.")] = Path("results"),
) -> None:
    """Write the plan of every experiment: its runs, and the work of its studies in batches."""
    from ikmeanfield.experiments import expand_all, load  # noqa: PLC0415

    for name, plan in expand_all(load(config)).items():
        path = results / name / "plan.json"
        plan.write(path)
        print(path)


@app.command(name="compile")
def compile_(
    engine: Annotated[
        str | None, typer.Option(help="exact, euler, theories or stationary; by default all.")
    ] = None,
    stamp: Annotated[Path | None, typer.Option(help="File to write when all is compiled.")] = None,
    portable: Annotated[bool, typer.Option(help="Compile for any processor.")] = False,
    reuse: Annotated[Path | None, typer.Option(help="Folder of kernels to copy first.")] = None,
) -> None:
    """Compile the kernels into numba's cache (NUMBA_CACHE_DIR), once, before parallel jobs."""
    environment.ensure(portable)
    from ikmeanfield.jobs.compile import ENGINES, compile_engine, copy_kernels  # noqa: PLC0415

    if engine is not None and engine not in ENGINES:
        raise typer.BadParameter(f"no engine {engine!r}; the engines are {', '.join(ENGINES)}")
    if reuse is not None and not os.environ.get("NUMBA_CACHE_DIR"):
        raise typer.BadParameter("--reuse copies kernels to NUMBA_CACHE_DIR, which is not set")
    began = time.perf_counter()
    if reuse is not None:
        copy_kernels(reuse, Path(os.environ["NUMBA_CACHE_DIR"]))
    for name in ENGINES if engine is None else [engine]:
        compile_engine(name)
    if stamp is not None:
        stamp.write_text("compiled\n", encoding="utf-8")
    print(f"kernels compiled in {time.perf_counter() - began:.1f} s", file=sys.stderr)


@app.command()
def studies() -> None:
    """List the kinds of studies that an experiment may hold."""
    from ikmeanfield.studies import KINDS  # noqa: PLC0415

    width = max(map(len, KINDS))
    for name, kind in KINDS.items():
        print(f"{name.ljust(width)}  {(kind.__doc__ or '').strip().splitlines()[0]}")


@app.command()
def run(
    plan: PlanFile,
    study: StudyName,
    batch: Annotated[
        str | None, typer.Option(help="Id of the batch; by default all batches.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File to write; by default beside the plan.")
    ] = None,
) -> None:
    """Compute one batch of a study, or all of them."""
    loaded = _plan(plan, study)
    environment.use_kernels(loaded.engines[study])
    from ikmeanfield.jobs.compute import compute_batch  # noqa: PLC0415
    from ikmeanfield.jobs.results import batch_path  # noqa: PLC0415

    known = list(loaded.batches[study])
    if batch is not None and batch not in known:
        raise typer.BadParameter(f"no batch {batch!r} of {study}; there are {', '.join(known)}")
    if output is not None and batch is None and len(known) != 1:
        raise typer.BadParameter(f"--output takes one batch of the {len(known)}: add --batch")
    for each in known if batch is None else [batch]:
        compute_batch(loaded, study, each, output or batch_path(plan.parent, study, each))


@app.command()
def summarise(plan: PlanFile, study: StudyName) -> None:
    """Summarise all batches of a study: write summary.nc and the tables beside the batches."""
    loaded = _plan(plan, study)
    from ikmeanfield.jobs.summarise import summarise as job  # noqa: PLC0415

    if not loaded.studies[study].summarises():
        raise typer.BadParameter(f"{study} is a study without a summary")
    job(loaded, study, plan.parent)


@app.command()
def draw(
    figure: Annotated[str, typer.Argument(help="A registered figure, for example fig4.")],
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of the experiments, in the figure's order.")
    ],
    output: Annotated[Path, typer.Option(help="Folder to draw into.")] = Path("results/figures"),
    name: Annotated[str, typer.Option(help="Name of the files; by default the figure's.")] = "",
    style: Annotated[
        Path | None, typer.Option(help="A matplotlib style sheet that changes the look.")
    ] = None,
) -> None:
    """Draw a figure from the results of experiments: .pdf, .png, data .csv, and caption .md."""
    from ikmeanfield.figures import FIGURES  # noqa: PLC0415

    plans = _plans_taken("figure", FIGURES, figure, folders)
    from ikmeanfield.jobs.draw import draw as job  # noqa: PLC0415

    job(figure, plans, folders, output / (name or figure), style)


@app.command()
def judge(
    claim: Annotated[str, typer.Argument(help="A registered claim; `claims` lists them.")],
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of the experiments, in the claim's order.")
    ],
    output: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("results/claims"),
    name: Annotated[str, typer.Option(help="Name of the file; by default the claim's.")] = "",
    criterion: Annotated[str, typer.Option(help="Numbers that decide, as JSON.")] = "{}",
) -> None:
    """Judge a claim by the results of experiments: a CSV file with a row per model."""
    from ikmeanfield.claims import CLAIMS  # noqa: PLC0415

    plans = _plans_taken("claim", CLAIMS, claim, folders)
    from ikmeanfield.jobs import judge as job  # noqa: PLC0415

    name = name or claim
    job.judge(name, claim, job.parsed(criterion), plans, folders, output / f"{name}.csv")


@app.command(name="judge-all")
def judge_all(
    given: Annotated[str, typer.Argument(help="Claims as in a configuration, but as JSON.")],
    results: Annotated[Path, typer.Option(help="Folder of all results.")] = Path("results"),
    output: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("results/claims"),
) -> None:
    """Judge several claims in one process: a CSV file with a row per model for each."""
    from ikmeanfield.experiments.judging import read  # noqa: PLC0415

    claims = read(given)
    names = dict.fromkeys(source for claim in claims.values() for source in claim.sources)
    plans = {name: _plan(results / name / "plan.json") for name in names}
    from ikmeanfield.jobs import judge as job  # noqa: PLC0415

    for name, claim in claims.items():
        path, folders = output / f"{name}.csv", [results / source for source in claim.sources]
        own = [plans[source] for source in claim.sources]
        job.judge(name, claim.claim, claim.criterion, own, folders, path)


@app.command()
def claims(
    tables: Annotated[
        list[Path] | None, typer.Argument(help="Findings to collect, as `judge` writes them.")
    ] = None,
    output: Annotated[Path, typer.Option(help="The table.")] = Path("results/claims.csv"),
) -> None:
    """List the claims that can be judged; given findings, collect them in one table instead."""
    from ikmeanfield.claims import CLAIMS  # noqa: PLC0415

    if tables:
        from ikmeanfield.jobs.judge import collect  # noqa: PLC0415

        collect(tables, output)
        return
    for name, claim in CLAIMS.items():
        print(f"{name}\n    {claim.statement} ({claim.source})")


@app.command()
def explore(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders of experiments; by default all in results/."),
    ] = None,
    output: Annotated[Path, typer.Option(help="The page.")] = Path("results/explorer.html"),
) -> None:
    """Write a page that shows planes with traces at every grid point; a browser opens it."""
    folders = folders or sorted(path.parent for path in Path("results").glob("*/plan.json"))
    if not folders:
        raise typer.BadParameter("no experiment in results/; name the folders of experiments")
    plans = [_plan(folder / "plan.json") for folder in folders]
    from ikmeanfield.jobs.explore import explore as job  # noqa: PLC0415

    job(plans, folders, output)


@app.command()
def status(
    results: Annotated[Path, typer.Argument(help="Folder of all results.")] = Path("results"),
    config: Annotated[
        Path | None,
        typer.Option(help="Configuration to compare with; by default the stored plans."),
    ] = None,
    verify: Annotated[bool, typer.Option(help="Read and check every dataset completely.")] = False,
) -> None:
    """Report what is done, running or failed, and why; start nothing.

    Exit code: 0 all is done, 1 something failed or is damaged, 3 work is left.
    """
    from ikmeanfield.experiments import load  # noqa: PLC0415
    from ikmeanfield.jobs import status as job  # noqa: PLC0415

    found = job.status(results, None if config is None else load(config), verify=verify)
    print(job.table(found))
    if who := locks.holder(results.absolute().parent / WORKFLOW_LOCK):
        print(f"\nA workflow is running in this folder: {who}")
    raise typer.Exit(job.exit_code(found))


@app.command()
def prune(
    results: Annotated[Path, typer.Argument(help="Folder of all results.")] = Path("results"),
    remove: Annotated[bool, typer.Option(help="Also remove these batches.")] = False,
) -> None:
    """List batches that the stored plans no longer name, and remove them if asked to.

    They come from earlier configurations, and are used again if one of these returns.
    """
    from ikmeanfield.experiments import read_plan  # noqa: PLC0415
    from ikmeanfield.jobs.status import stale  # noqa: PLC0415

    for path in sorted(results.glob("*/plan.json")):
        for batch in stale(read_plan(path), path.parent):
            print(batch)
            if remove:
                batch.unlink()


@app.command()
def archive(
    config: ConfigFile,
    results: Annotated[Path, typer.Option(help="Folder of all results.")] = Path("results"),
    output: Annotated[Path, typer.Option(help="File to write.")] = Path("archive.zip"),
) -> None:
    """Pack all results with configuration, lock and versions as an RO-Crate, and check it."""
    try:
        import rocrate  # noqa: F401, PLC0415
    except ImportError:
        raise typer.BadParameter("it needs the package rocrate: pip install rocrate") from None
    from ikmeanfield.jobs import archive as job  # noqa: PLC0415

    count = job.archive(config, results, output)
    print(f"{output}: {count} files, all there with their checksums")


@app.command()
def resources(
    folder: Annotated[Path, typer.Argument(help="Folder of the experiment, with its plan.")],
) -> None:
    """Compare predicted with measured time and memory of an experiment's jobs.

    Ratios are measured / predicted, from the smallest to the largest. mem_mb (MiB) and runtime
    (minutes) are what the rules request at the first attempt.
    """
    from ikmeanfield.experiments import read_plan  # noqa: PLC0415
    from ikmeanfield.jobs.resources import table  # noqa: PLC0415

    print(table(read_plan(folder / "plan.json"), folder))


@app.command()
def schema() -> None:
    """Print the JSON schema of the configuration (workflow/schemas/config.schema.json)."""
    from ikmeanfield.experiments.config import json_schema  # noqa: PLC0415

    print(json_schema(), end="")


def _plans_taken(
    what: str, known: Mapping[str, Taker], name: str, folders: Sequence[Path]
) -> list[Plan]:
    """The stored plans that a figure or a claim takes, which must be as many as it needs."""
    if name not in known:
        raise typer.BadParameter(f"no {what} {name!r}; the {what}s are {', '.join(known)}")
    if len(folders) != len(known[name].takes):
        count = len(known[name].takes)
        raise typer.BadParameter(f"{name} is {known[name].verb} from {count} experiments")
    return [_plan(folder / "plan.json") for folder in folders]


def _plan(path: Path, study: str | None = None) -> Plan:
    """A stored plan, which must have the study; restarts with portable settings if it asks so."""
    from ikmeanfield.experiments import read_plan  # noqa: PLC0415
    from ikmeanfield.jobs.repair import restore_plan  # noqa: PLC0415

    restore_plan(path)
    loaded = read_plan(path)
    if study is not None and study not in loaded.studies:
        known = ", ".join(loaded.studies)
        raise typer.BadParameter(f"no study {study!r}; {loaded.experiment} has: {known}")
    environment.ensure(loaded.portable)
    return loaded
