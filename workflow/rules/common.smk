# Helpers only: the checked configuration, the plans, and what the rules ask of them.
import functools
import shlex
import sys
from pathlib import Path

SOURCE = str(Path(workflow.current_basedir).resolve().parents[1].joinpath("src"))
if SOURCE not in sys.path:
    sys.path.insert(0, SOURCE)

from ikmeanfield import experiments
from ikmeanfield.experiments import resources as work
from ikmeanfield.fingerprint import code_hash
from ikmeanfield.schema import ConfigError

try:
    SETTINGS = experiments.parse(config)
    PLANS = {name: experiments.expand(SETTINGS, name) for name in SETTINGS.experiments}
except ConfigError as error:
    raise WorkflowError(f"The configuration is wrong:\n{error}") from None

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
    )
}

# Jobs read the plan of their experiment from Snakemake's own folder. It is not an input of theirs:
# it follows every change of the configuration, while a batch is to run again only when its own runs
# change (their keys are parameters). An `ancient` input would not do: where the job that writes it
# has to run, Snakemake does not look at the parameters of the jobs that read it.
PLAN_FOLDER = experiments.store_plans(PLANS.values(), ".snakemake/plans")

TARGET = "portable" if SETTINGS.portable else "native"
KERNELS = {
    "spiking": f"results/kernels/spiking-{TARGET}-{CODE['simulate']}",
    "meanfield": f"results/kernels/meanfield-{TARGET}-{CODE['integrate']}",
    "both": f"results/kernels/both-{TARGET}-{CODE['traces']}",
}

# The library of this checkout, in any environment (braces are doubled for Snakemake).
shell.prefix(
    f"set -euo pipefail; export IKMEANFIELD_PLANS={PLAN_FOLDER} "
    f"IKMEANFIELD_KERNELS_SIMULATE={KERNELS['spiking']} "
    f"IKMEANFIELD_KERNELS_INTEGRATE={KERNELS['meanfield']} "
    f"IKMEANFIELD_KERNELS_LOCATE={KERNELS['spiking']} "
    f"IKMEANFIELD_KERNELS_CONTINUE={KERNELS['meanfield']} "
    f"IKMEANFIELD_KERNELS_PLANE={KERNELS['meanfield']} "
    f"IKMEANFIELD_KERNELS_TRACES={KERNELS['both']} "
    f"PYTHONPATH={shlex.quote(SOURCE)}:${{{{PYTHONPATH-}}}}; "
)


@functools.cache
def needed(predict, experiment, batch):
    """What a job needs, by one of the functions of `ikmeanfield.experiments.resources`."""
    given = [PLANS[experiment]] if experiment else []
    given += [int(batch)] if batch else []
    return work.Request(predict(*given), sum(len(plan.runs) for plan in PLANS.values()))


def memory(predict):
    """The resource mem_mb: what is predicted for a job, with room, more at every attempt."""

    def mib(wildcards, attempt):
        place = (wildcards.get("experiment"), wildcards.get("batch"))
        return needed(predict, *place).mib(attempt)

    return mib


def minutes(predict):
    """The resource runtime, in the same way."""

    def time(wildcards, attempt):
        place = (wildcards.get("experiment"), wildcards.get("batch"))
        return needed(predict, *place).minutes(attempt)

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
FIGURE_FILES = collect(
    "results/figures/{figure}.{suffix}",
    figure=SETTINGS.figures,
    suffix=("pdf", "png", "md"),
)


wildcard_constraints:
    experiment="|".join(PLANS),
    meanfield="|".join(
        sorted({name for plan in PLANS.values() for name in mean_fields_of(plan)})
    )
    or "none",
    figure="|".join(SETTINGS.figures) or "none",
    batch=r"\d\d\d\d*",


def plan_digest(wildcards):
    """A hash of the whole plan."""
    return PLANS[wildcards.experiment].digest


def kernels_of_scheme(wildcards):
    """The stamp of the compiled scheme that an experiment's networks use."""
    scheme = PLANS[wildcards.experiment].simulation.scheme
    return f"{KERNELS['spiking']}/{scheme}.txt"


def network_keys(wildcards):
    """What determines the networks of a batch: keys, with the seeds that follow from them."""
    runs = PLANS[wildcards.experiment].batches[int(wildcards.batch)]
    return [f"{run.sweep}:{run.key}:{run.seed}" for run in runs]


def meanfield_keys(wildcards):
    """What determines the mean fields of a batch."""
    plan = PLANS[wildcards.experiment]
    runs = plan.batches[int(wildcards.batch)]
    return [
        f"{run.sweep}:{plan.meanfield_key(wildcards.meanfield, run)}" for run in runs
    ]


def continuation_keys(wildcards):
    """What determines the folds and Hopf points of a batch."""
    plan = PLANS[wildcards.experiment]
    return [plan.continuation_key(run) for run in plan.batches[int(wildcards.batch)]]


def plane_key(wildcards):
    """What determines the plane and the diagrams."""
    return PLANS[wildcards.experiment].plane_key


def traces_key(wildcards):
    """What determines the traces."""
    return PLANS[wildcards.experiment].traces_key


def summarised(wildcards):
    """The files that the summary of an experiment is made from."""
    plan = PLANS[wildcards.experiment]
    parts = ["spiking", *(f"meanfield/{name}" for name in mean_fields_of(plan))]
    files = []
    if has_transitions(plan):
        parts = ["transitions", "continuation"]
        files = [f"results/{wildcards.experiment}/continuation/plane.nc"]
    return files + [
        f"results/{wildcards.experiment}/{part}/batch-{n:03d}.nc"
        for part in parts
        for n in range(len(plan.batches))
    ]


def summary_code(wildcards):
    """Hash of the code that summarises this kind of experiment."""
    kind = has_transitions(PLANS[wildcards.experiment])
    return CODE["summarise_transitions" if kind else "summarise"]


def further_files(wildcards):
    """What else a figure is drawn from."""
    folder = f"results/{SETTINGS.figures[wildcards.figure]}"
    if not has_transitions(PLANS[SETTINGS.figures[wildcards.figure]]):
        return []
    return [
        f"{folder}/continuation/plane.nc",
        f"{folder}/continuation/diagrams.nc",
        f"{folder}/traces.nc",
    ]


def experiment_of_figure(wildcards):
    """The summary that a figure is drawn from."""
    return f"results/{SETTINGS.figures[wildcards.figure]}/summary.nc"


def figure_code(wildcards):
    """Hash of the code of one figure, its style included."""
    return code_hash(
        "ikmeanfield.stages.draw", f"ikmeanfield.figures.{wildcards.figure}"
    )
