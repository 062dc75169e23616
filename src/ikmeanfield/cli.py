"""The command ``ikmeanfield``: every stage by hand; the workflow's rules call the same."""

from __future__ import annotations

import errno
import sys
import time
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Annotated

import typer

from ikmeanfield import environment, locks

if TYPE_CHECKING:  # every command imports what it needs, and nothing else
    from ikmeanfield.experiments import Plan, TransitionPlan
    from ikmeanfield.experiments.run_table import Run, RunTable

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ConfigFile = Annotated[Path, typer.Argument(help="Configuration file (YAML).")]
PlanFile = Annotated[Path, typer.Argument(help="Plan of an experiment, as `plan` writes it.")]
Batch = Annotated[
    int | None, typer.Option(help="Number of the batch, from 0; without it, all batches.", min=0)
]
Output = Annotated[
    Path | None, typer.Option(help="File for one batch; by default its place beside the plan.")
]
Folder = Annotated[
    Path | None, typer.Option(help="Folder of the experiment; by default that of the plan.")
]


def main() -> None:
    """Run the command line; an error of ours is one message and exit code 1."""
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
    "ConfigError",
    "DatasetError",
    "RunError",
    "FigureError",
    "DiagramError",
    "CoincidenceError",
    "ResetDomainError",
)
"""Errors that explain themselves; by name, because importing their modules takes time."""

FULL_OR_FORBIDDEN = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
"""What the system says when a file cannot be written: one line, no traceback."""

WORKFLOW_LOCK = Path(".snakemake/ikmeanfield/running")
"""What a running workflow holds, beside the folder of results."""


def _place(error: OSError) -> str:
    return str(error.filename or "writing a file")


@app.command()
def check(config: ConfigFile) -> None:
    """Check a configuration, every grid point included, and list what it would run."""
    from ikmeanfield.experiments import expand, load  # noqa: PLC0415

    settings = load(config)
    for name in settings.experiments:
        plan = expand(settings, name)
        sweeps = ", ".join(
            f"{sweep} {sum(run.sweep == sweep for run in plan.runs)}"
            for sweep in settings.experiments[name].sweeps
        )
        work = sum(
            _steps(plan, run) * population.size
            for run in plan.runs
            for population in run.circuit.populations.values()
        )
        print(
            f"{name}: {len(plan.runs)} runs ({sweeps}) in {len(plan.batches)} batches, "
            f"{work:.2g} neuron-steps"
        )


@app.command()
def plan(
    config: ConfigFile,
    results: Annotated[Path, typer.Option(help="Folder of all results.")] = Path("results"),
) -> None:
    """Write the plan of every experiment: its runs, with keys and seeds, and its settings."""
    from ikmeanfield.experiments import expand, load  # noqa: PLC0415

    settings = load(config)
    for name in settings.experiments:
        path = results / name / "plan.json"
        expand(settings, name).write(path)
        print(path)


@app.command(name="compile")
def compile_(
    engine: Annotated[str | None, typer.Option(help="exact, euler or meanfield; else all.")] = None,
    stamp: Annotated[Path | None, typer.Option(help="File to write when all is compiled.")] = None,
    portable: Annotated[bool, typer.Option(help="Code for any processor.")] = False,
) -> None:
    """Compile the kernels into numba's cache (NUMBA_CACHE_DIR), once, before parallel jobs."""
    environment.ensure(portable)
    from ikmeanfield.stages.compile import ENGINES, compile_engine  # noqa: PLC0415

    if engine is not None and engine not in ENGINES:
        raise typer.BadParameter(f"no engine {engine!r}; the engines are {', '.join(ENGINES)}")
    began = time.perf_counter()
    for name in ENGINES if engine is None else [engine]:
        compile_engine(name)
    if stamp is not None:
        stamp.write_text("compiled\n", encoding="utf-8")
    print(f"kernels compiled in {time.perf_counter() - began:.1f} s", file=sys.stderr)


@app.command()
def simulate(plan: PlanFile, batch: Batch = None, output: Output = None) -> None:
    """Simulate the spiking networks of one batch or of all."""
    loaded = _plan(plan)
    from ikmeanfield.datasets.runs import batch_path  # noqa: PLC0415
    from ikmeanfield.parts import NETWORK  # noqa: PLC0415
    from ikmeanfield.stages.simulate import simulate_batch  # noqa: PLC0415

    for number in _batches(loaded, batch, output):
        simulate_batch(loaded, number, output or batch_path(plan.parent, NETWORK, number))


@app.command()
def integrate(
    plan: PlanFile,
    meanfield: Annotated[str | None, typer.Option(help="Which mean field; else all.")] = None,
    batch: Batch = None,
    output: Output = None,
) -> None:
    """Integrate the mean fields of one batch or of all."""
    loaded = _plan(plan)
    if meanfield is not None and meanfield not in loaded.meanfield:
        known = ", ".join(loaded.meanfield) or "none"
        raise typer.BadParameter(f"no mean field {meanfield!r}; the plan has: {known}")
    from ikmeanfield.datasets.runs import batch_path  # noqa: PLC0415
    from ikmeanfield.parts import mean_field  # noqa: PLC0415
    from ikmeanfield.stages.integrate import integrate_batch  # noqa: PLC0415

    names = list(loaded.meanfield) if meanfield is None else [meanfield]
    if output is not None and len(names) != 1:
        raise typer.BadParameter("--output takes one batch of one mean field: add --meanfield")
    for name in names:
        for number in _batches(loaded, batch, output):
            path = output or batch_path(plan.parent, mean_field(name), number)
            integrate_batch(loaded, name, number, path)


@app.command()
def locate(plan: PlanFile, batch: Batch = None, output: Output = None) -> None:
    """Locate where the networks of one batch or of all change state."""
    loaded = _transition_plan(plan)
    from ikmeanfield.datasets.runs import batch_path  # noqa: PLC0415
    from ikmeanfield.parts import TRANSITIONS  # noqa: PLC0415
    from ikmeanfield.stages.locate import locate_batch  # noqa: PLC0415

    for number in _batches(loaded, batch, output):
        locate_batch(loaded, number, output or batch_path(plan.parent, TRANSITIONS, number))


@app.command(name="continue")
def continue_(plan: PlanFile, batch: Batch = None, output: Output = None) -> None:
    """Find the mean field's folds and Hopf points at the grid points of one batch or of all."""
    loaded = _transition_plan(plan)
    from ikmeanfield.datasets.runs import batch_path  # noqa: PLC0415
    from ikmeanfield.parts import CONTINUATION  # noqa: PLC0415
    from ikmeanfield.stages.continuation import continue_batch  # noqa: PLC0415

    for number in _batches(loaded, batch, output):
        continue_batch(loaded, number, output or batch_path(plan.parent, CONTINUATION, number))


@app.command()
def diagrams(plan: PlanFile, batch: Batch = None, output: Output = None) -> None:
    """Follow mean fields in one parameter: the diagrams of one batch or of all."""
    loaded = _plan(plan)
    from ikmeanfield.datasets.runs import batch_path  # noqa: PLC0415
    from ikmeanfield.parts import DIAGRAMS  # noqa: PLC0415
    from ikmeanfield.stages.diagrams import follow_diagrams  # noqa: PLC0415

    for number in _numbers(len(loaded.diagram_batches), batch, output):
        follow_diagrams(loaded, number, output or batch_path(plan.parent, DIAGRAMS, number))


@app.command()
def tabulate(
    plan: PlanFile,
    table: Annotated[str, typer.Argument(help="Which table: bifurcations, distances or scores.")],
) -> None:
    """Write a table of an experiment beside its plan, from its diagrams or its summary."""
    loaded = _any_plan(plan)
    from ikmeanfield.stages import tabulate as stage  # noqa: PLC0415

    if table not in loaded.tables:
        known = ", ".join(loaded.tables) or "none"
        raise typer.BadParameter(f"no table {table!r}; of {loaded.experiment} there are: {known}")
    stage.tabulate(loaded, plan.parent, table)


@app.command()
def plane(plan: PlanFile, folder: Folder = None) -> None:
    """Follow an experiment's folds and Hopf points in two parameters, and its diagrams in one."""
    loaded = _transition_plan(plan)
    from ikmeanfield.stages.plane import follow_plane  # noqa: PLC0415

    follow_plane(loaded, folder or plan.parent)


@app.command()
def traces(plan: PlanFile, folder: Folder = None) -> None:
    """Run an experiment's mean field and networks along its ramps."""
    loaded = _transition_plan(plan)
    from ikmeanfield.stages.traces import run_traces  # noqa: PLC0415

    run_traces(loaded, folder or plan.parent)


@app.command()
def summarise(plan: PlanFile) -> None:
    """Analyse all runs of an experiment: summary.nc and summary.csv beside the plan."""
    from ikmeanfield.experiments import TransitionPlan  # noqa: PLC0415

    loaded = _any_plan(plan)
    if isinstance(loaded, TransitionPlan):
        from ikmeanfield.stages.summarise_transitions import (  # noqa: PLC0415
            summarise_transitions,
        )

        summarise_transitions(loaded, plan.parent)
        return
    from ikmeanfield.stages.summarise import summarise as stage  # noqa: PLC0415

    stage(loaded, plan.parent)


@app.command()
def draw(
    figure: Annotated[str, typer.Argument(help="A figure of the catalogue, for example fig4.")],
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of the experiments, in the figure's order.")
    ],
    output: Annotated[Path, typer.Option(help="Folder to draw into.")] = Path("results/figures"),
    name: Annotated[str, typer.Option(help="Name of the files; by default the figure's.")] = "",
) -> None:
    """Draw a figure from what experiments have stored: .pdf, .png and its caption as .md."""
    from ikmeanfield.figures.catalogue import FIGURES  # noqa: PLC0415

    if figure not in FIGURES:
        raise typer.BadParameter(f"no figure {figure!r}; the figures are {', '.join(FIGURES)}")
    if len(folders) != len(FIGURES[figure]):
        raise typer.BadParameter(f"{figure} is drawn from {len(FIGURES[figure])} experiment(s)")
    plans = [_any_plan(folder / "plan.json") for folder in folders]
    from ikmeanfield.stages.draw import draw as stage  # noqa: PLC0415

    stage(figure, plans, folders, output / (name or figure))


@app.command()
def status(
    results: Annotated[Path, typer.Argument(help="Folder of all results.")] = Path("results"),
    config: Annotated[
        Path | None, typer.Option(help="What is to be there; else what the stored plans say.")
    ] = None,
    verify: Annotated[bool, typer.Option(help="Read every dataset to its end.")] = False,
) -> None:
    """Tell what is done, running, failed and why; start nothing.

    Exit code: 0 all is done, 1 something failed or is damaged, 3 work is left.
    """
    from ikmeanfield.experiments import load  # noqa: PLC0415
    from ikmeanfield.stages import status as stage  # noqa: PLC0415

    found = stage.status(results, None if config is None else load(config), verify=verify)
    print(stage.table(found))
    if who := locks.holder(results.absolute().parent / WORKFLOW_LOCK):
        print(f"\nA workflow is at work in this folder: {who}")
    raise typer.Exit(stage.exit_code(found))


@app.command()
def resources(
    folder: Annotated[Path, typer.Argument(help="Folder of the experiment, with its plan.")],
) -> None:
    """Print predicted against measured time and memory of an experiment's jobs.

    Ratios are measured / predicted, the least and the largest. mem_mb and runtime are what the
    rules ask for at the first attempt, in MiB and minutes.
    """
    from ikmeanfield.experiments import read_plan  # noqa: PLC0415
    from ikmeanfield.stages.resources import table  # noqa: PLC0415

    print(table(read_plan(folder / "plan.json"), folder))


@app.command()
def schema() -> None:
    """Print the JSON schema of the configuration (workflow/schemas/config.schema.json)."""
    from ikmeanfield.experiments.config import json_schema  # noqa: PLC0415

    print(json_schema(), end="")


def _any_plan(path: Path) -> Plan | TransitionPlan:
    from ikmeanfield.experiments import read_plan  # noqa: PLC0415
    from ikmeanfield.stages.repair import restore_plan  # noqa: PLC0415

    restore_plan(path)
    loaded = read_plan(path)
    environment.ensure(loaded.portable)
    return loaded


def _plan(path: Path) -> Plan:
    from ikmeanfield.experiments import Plan  # noqa: PLC0415

    loaded = _any_plan(path)
    if not isinstance(loaded, Plan):
        raise typer.BadParameter(f"the experiment {loaded.experiment} has no `simulation`")
    return loaded


def _transition_plan(path: Path) -> TransitionPlan:
    from ikmeanfield.experiments import TransitionPlan  # noqa: PLC0415

    loaded = _any_plan(path)
    if not isinstance(loaded, TransitionPlan):
        raise typer.BadParameter(f"the experiment {loaded.experiment} has no `transitions`")
    return loaded


def _steps(plan: Plan | TransitionPlan, run: Run) -> float:
    """Time steps of one run; a search for transitions may cost three ramps."""
    from ikmeanfield.experiments import TransitionPlan  # noqa: PLC0415

    if isinstance(plan, TransitionPlan):
        ramp = plan.transitions_of(run)
        return 3 * (ramp.settle + 2 * ramp.rise) / ramp.step
    settings = plan.simulation_of(run)
    return settings.duration / settings.step


def _batches(plan: RunTable, batch: int | None, output: Path | None) -> list[int]:
    return _numbers(len(plan.batches), batch, output)


def _numbers(count: int, batch: int | None, output: Path | None) -> list[int]:
    if output is not None and batch is None and count != 1:
        raise typer.BadParameter(f"--output takes one batch of the {count}: add --batch")
    if batch is None:
        return list(range(count))
    if batch >= count:
        raise typer.BadParameter(f"there is no batch {batch}; the last one is {count - 1}")
    return [batch]
