# Helpers only: the checked configuration, the plans, and what the rules ask of them.
import functools
import os
import shlex
import sys
from pathlib import Path

SOURCE = str(Path(workflow.current_basedir).resolve().parents[1].joinpath("src"))
if SOURCE not in sys.path:
    sys.path.insert(0, SOURCE)

from ikmeanfield import experiments, parts
from ikmeanfield.datasets.runs import batch_path
from ikmeanfield.experiments import resources as work
from ikmeanfield.figures.catalogue import FIGURES
from ikmeanfield.fingerprint import code_hash
from ikmeanfield.schema import ConfigError

# Jobs read the plan of their experiment from Snakemake's own folder. It is not an input of theirs:
# it follows every change of the configuration, while a batch is to run again only when its own runs
# change (their keys are parameters). An `ancient` input would not do: where the job that writes it
# has to run, Snakemake does not look at the parameters of the jobs that read it.
# On a cluster a job is another process of Snakemake, which also reads only the runs that it needs.
try:
    SETTINGS = experiments.parse(config)
    if workflow.is_main_process or "IKMEANFIELD_PLANS" not in os.environ:
        PLANS = {
            name: experiments.expand(SETTINGS, name) for name in SETTINGS.experiments
        }
        PLAN_FOLDER = experiments.store_plans(PLANS.values(), ".snakemake/plans")
        os.environ["IKMEANFIELD_PLANS"] = PLAN_FOLDER
    else:
        PLAN_FOLDER = os.environ["IKMEANFIELD_PLANS"]
        PLANS = {
            name: experiments.read_plan(f"{PLAN_FOLDER}/{name}.json")
            for name in SETTINGS.experiments
        }
except ConfigError as error:
    raise WorkflowError(f"The configuration is wrong:\n{error}") from None
except OSError as error:
    raise WorkflowError(f"{Path.cwd()}: cannot work here ({error})") from None


envvars:
    "IKMEANFIELD_PLANS",


CODE = {
    stage: code_hash(f"ikmeanfield.stages.{stage}")
    for stage in (
        "simulate",
        "integrate",
        "summarise",
        "locate",
        "continuation",
        "plane",
        "traces",
        "summarise_transitions",
        "diagrams",
        "tabulate",
    )
}

TARGET = "portable" if SETTINGS.portable else "native"
KERNELS = {
    "spiking": f"results/kernels/spiking-{TARGET}-{CODE['simulate']}",
    "meanfield": f"results/kernels/meanfield-{TARGET}-{CODE['integrate']}",
    "both": f"results/kernels/both-{TARGET}-{CODE['traces']}",
}

# The library of this checkout, in any environment (braces are doubled for Snakemake).
shell.prefix(
    f"set -euo pipefail; export IKMEANFIELD_PLANS={PLAN_FOLDER} "
    f"IKMEANFIELD_WORKFLOW={os.getpid()} "
    f"IKMEANFIELD_KERNELS_SIMULATE={KERNELS['spiking']} "
    f"IKMEANFIELD_KERNELS_INTEGRATE={KERNELS['meanfield']} "
    f"IKMEANFIELD_KERNELS_LOCATE={KERNELS['spiking']} "
    f"IKMEANFIELD_KERNELS_CONTINUE={KERNELS['meanfield']} "
    f"IKMEANFIELD_KERNELS_PLANE={KERNELS['meanfield']} "
    f"IKMEANFIELD_KERNELS_TRACES={KERNELS['both']} "
    f"IKMEANFIELD_KERNELS_DIAGRAMS={KERNELS['meanfield']} "
    f"PYTHONPATH={shlex.quote(SOURCE)}:${{{{PYTHONPATH-}}}}; "
)


RUNS = sum(len(plan.runs) for plan in PLANS.values())


@functools.cache
def needed(predict, experiment, batch, figure):
    """What a job needs, by one of the functions of `ikmeanfield.experiments.resources`."""
    sources = SETTINGS.figures[figure].sources if figure else [experiment]
    given = [PLANS[name] for name in sources if name]
    given += [int(batch)] if batch else []
    return work.Request(predict(*given), RUNS)


def place_of(wildcards):
    """What a prediction depends on; mean fields of one batch share theirs."""
    return [wildcards.get(name) for name in ("experiment", "batch", "figure")]


def memory(predict):
    """The resource mem_mb: what is predicted for a job, with room, more at every attempt."""

    def mib(wildcards, attempt):
        return needed(predict, *place_of(wildcards)).mib(attempt)

    return mib


def minutes(predict):
    """The resource runtime, in the same way."""

    def time(wildcards, attempt):
        return needed(predict, *place_of(wildcards)).minutes(attempt)

    return time


def has_transitions(plan):
    """Whether the experiment looks for transitions instead of comparing runs in time."""
    return isinstance(plan, experiments.TransitionPlan)


def mean_fields_of(plan):
    """Names of the mean fields that networks are compared with in time."""
    return [] if has_transitions(plan) else list(plan.meanfield)


SUMMARY_FILES = collect(
    "results/{experiment}/summary.{suffix}", experiment=PLANS, suffix=("nc", "csv")
)
FORMATS = ("pdf", "png", "md")
TABLE_FILES = [
    f"results/{name}/{table}.csv"
    for name, plan in PLANS.items()
    for table in plan.tables
]
FIGURE_FILES = collect(
    "results/figures/{figure}.{suffix}",
    figure=SETTINGS.figures,
    suffix=FORMATS,
)


wildcard_constraints:
    experiment="|".join(PLANS),
    meanfield="|".join(
        sorted({name for plan in PLANS.values() for name in mean_fields_of(plan)})
    )
    or "none",
    figure="|".join(SETTINGS.figures) or "none",
    batch=r"\d\d\d\d*",
    table="|".join(sorted({table for plan in PLANS.values() for table in plan.tables}))
    or "none",


def plan_digest(wildcards):
    """A hash of the whole plan."""
    return PLANS[wildcards.experiment].digest


def kernels_of_scheme(wildcards):
    """The stamps of the compiled schemes that a batch's networks use."""
    plan = PLANS[wildcards.experiment]
    runs = plan.batches[int(wildcards.batch)]
    schemes = sorted({plan.simulation_of(run).scheme for run in runs})
    return [f"{KERNELS['spiking']}/{scheme}.txt" for scheme in schemes]


def keys_of_runs(part):
    """What determines a batch of a part: keys of its runs, with the seeds of networks."""

    def keys(wildcards):
        plan, name = PLANS[wildcards.experiment], part.format(**wildcards)
        runs = plan.batches[int(wildcards.batch)]
        return [f"{run.sweep}:{plan.identity(name, run)}" for run in runs]

    return keys


def diagram_keys(wildcards):
    """What determines the diagrams of a batch."""
    lines = PLANS[wildcards.experiment].diagram_batches[int(wildcards.batch)]
    return [line.key for line in lines]


def batch_files(experiment, part, batches):
    """The files of all batches of a part."""
    folder = f"results/{experiment}"
    return [str(batch_path(folder, part, number)) for number in range(len(batches))]


def diagram_files(experiment):
    """The batches of an experiment's diagrams."""
    return batch_files(experiment, parts.DIAGRAMS, PLANS[experiment].diagram_batches)


def series_files(experiment):
    """All batches of networks and of mean fields that are compared in time."""
    plan = PLANS[experiment]
    compared = [parts.NETWORK, *map(parts.mean_field, mean_fields_of(plan))]
    return [
        file
        for part in compared
        for file in batch_files(experiment, part, plan.batches)
    ]


def tabulated(wildcards):
    """What a table is made from."""
    if wildcards.table == "bifurcations":
        return diagram_files(wildcards.experiment)
    return [f"results/{wildcards.experiment}/summary.nc"]


def kernels_of_summary(wildcards):
    """The stamp of the compiled mean field, which only rates of single neurons need."""
    plan = PLANS[wildcards.experiment]
    needed = not has_transitions(plan) and plan.response is not None
    return [f"{KERNELS['meanfield']}/meanfield.txt"] if needed else []


def plane_key(wildcards):
    """What determines the plane and the diagrams."""
    return PLANS[wildcards.experiment].plane_key


def traces_key(wildcards):
    """What determines the traces."""
    return PLANS[wildcards.experiment].traces_key


def summarised(wildcards):
    """The files that the summary of an experiment is made from."""
    plan, folder = PLANS[wildcards.experiment], f"results/{wildcards.experiment}"
    if not has_transitions(plan):
        return series_files(wildcards.experiment)
    return [
        f"{folder}/continuation/plane.nc",
        *(
            file
            for part in (parts.TRANSITIONS, parts.CONTINUATION)
            for file in batch_files(wildcards.experiment, part, plan.batches)
        ),
    ]


def summary_code(wildcards):
    """Hash of the code that summarises this kind of experiment."""
    kind = has_transitions(PLANS[wildcards.experiment])
    return CODE["summarise_transitions" if kind else "summarise"]


def stored(wildcards):
    """The files that a figure is drawn from.

    Tables are made from the same files and made first: of two jobs that read a damaged file,
    both would make it again.
    """
    sources = SETTINGS.figures[wildcards.figure].sources
    return [
        *(
            f"results/{name}/{product.path}"
            for name in sources
            for product in PLANS[name].products.values()
        ),
        *(file for name in _with_series(wildcards) for file in series_files(name)),
        *(f"results/{name}/{t}.csv" for name in sources for t in PLANS[name].tables),
    ]


def _with_series(wildcards):
    """The experiments of a figure whose series in time it shows."""
    figure = SETTINGS.figures[wildcards.figure]
    needs = zip(figure.sources, FIGURES[figure.draw], strict=True)
    return [name for name, need in needs if need.series]


def figure_arguments(wildcards):
    """What the command takes: a figure of the catalogue and folders of experiments."""
    figure = SETTINGS.figures[wildcards.figure]
    return " ".join([figure.draw, *(f"results/{name}" for name in figure.sources)])


def figure_code(wildcards):
    """Hash of the code of one figure, its style included."""
    figure = SETTINGS.figures[wildcards.figure].draw
    return code_hash("ikmeanfield.stages.draw", f"ikmeanfield.figures.{figure}")
