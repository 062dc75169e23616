# The checked configuration, the plans, and functions with which the rules query them.
import functools
import os
import re
import shlex
import sys
from pathlib import Path

SOURCE = str(Path(workflow.current_basedir).resolve().parents[1].joinpath("src"))
if SOURCE not in sys.path:
    sys.path.insert(0, SOURCE)

from ikmeanfield import environment, experiments
from ikmeanfield.claims import CLAIMS
from ikmeanfield.experiments import judging
from ikmeanfield.experiments.yaml_files import read_yaml
from ikmeanfield.figures import FIGURES
from ikmeanfield.jobs import code, explore, products, taking
from ikmeanfield.jobs.results import batch_path
from ikmeanfield.schema import ConfigError
from ikmeanfield.studies import KINDS, cost

# Jobs read the plan of their experiment from Snakemake's own folder. The plan is not an input of the
# jobs: it changes with every change of the configuration, while a batch should run again only when
# its own work changes, which also changes its id. An `ancient` input would not help: if the job that
# writes it has to run, Snakemake does not check the parameters of the jobs that read it.
# On a cluster, each job is another process of Snakemake, which reads the stored plans.
try:
    if workflow.is_main_process:
        # Of a key that is given twice, Snakemake silently takes the last one; this refuses it.
        for file in workflow.configfiles:
            if Path(file).suffix != ".json":
                read_yaml(file)
    SETTINGS = experiments.parse(config)
    if workflow.is_main_process or "IKMEANFIELD_PLANS" not in os.environ:
        PLANS = experiments.expand_all(SETTINGS)
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

code.code_hash.keep_in(Path(".snakemake/ikmeanfield/code.json"))


envvars:
    "IKMEANFIELD_PLANS",


RUNS = sum(len(plan.runs) for plan in PLANS.values())
# Folders of compiled kernels: a change of theories leaves those of networks as they are.
TARGET = "portable" if SETTINGS.portable else "native"
KERNELS = {
    name: f"results/kernels/{name.lower()}-{TARGET}-{code.kernel_code(name)}"
    for name in ("NETWORKS", "THEORIES", "NETWORKS_AND_THEORIES")
}
FORMATS = ("pdf", "png", "csv", "md")

# Use the library of this checkout in any environment (braces are doubled for Snakemake).
shell.prefix(
    f"set -euo pipefail; export IKMEANFIELD_PLANS={PLAN_FOLDER} "
    f"IKMEANFIELD_WORKFLOW={os.getpid()} "
    + "".join(f"IKMEANFIELD_KERNELS_{name}={place} " for name, place in KERNELS.items())
    + f"PYTHONPATH={shlex.quote(SOURCE)}:${{{{PYTHONPATH-}}}}; "
)


def studies_of(kind):
    """Experiment and name of every study of a kind."""
    return [
        (name, study)
        for name, plan in PLANS.items()
        for study, settings in plan.studies.items()
        if settings.kind == kind
    ]


def names_of(kind):
    """A pattern that matches the names of all studies of a kind; `none` if there are none."""
    return "|".join(sorted({study for _, study in studies_of(kind)})) or "none"


def batch_files(experiment, study):
    """The files of all batches of a study."""
    folder = f"results/{experiment}"
    return [str(batch_path(folder, study, b)) for b in PLANS[experiment].batches[study]]


def summary_files(experiment, study):
    """The files of a study's summary and tables, if it has any."""
    settings = PLANS[experiment].studies[study]
    names = ["summary.nc", *(f"{table}.csv" for table in settings.tables)]
    folder = f"results/{experiment}/{study}"
    return [f"{folder}/{name}" for name in names] if settings.summarises() else []


STUDIES = [(name, study) for name, plan in PLANS.items() for study in plan.studies]
# The targets of every study: its summary, or its batches if it has no summary.
STUDY_FILES = [
    file for one in STUDIES for file in summary_files(*one) or batch_files(*one)
]
FIGURE_FILES = collect(
    "results/figures/{figure}.{suffix}", figure=SETTINGS.figures, suffix=FORMATS
)
GROUPS = judging.grouped(SETTINGS.claims)
CLAIM_PLACES = [
    f"{'+'.join(claim.sources)}/{name}" for name, claim in SETTINGS.claims.items()
]
CLAIM_FILES = ["results/claims.csv", "results/claims.md"] if SETTINGS.claims else []


wildcard_constraints:
    experiment="|".join(PLANS),
    figure="|".join(SETTINGS.figures) or "none",
    group="|".join(map(re.escape, GROUPS)) or "none",
    batch="[0-9a-f]+",


# Functions of the wildcards of a job.
def plan_digest(wildcards):
    """A hash of the whole plan."""
    return PLANS[wildcards.experiment].digest


def batch_cost(wildcards):
    """Predicted cost of computing a batch."""
    return PLANS[wildcards.experiment].batches[wildcards.study][wildcards.batch]


@functools.cache
def _summary_cost(experiment, study):
    return products.summary_cost(PLANS[experiment], study)


def summary_cost(wildcards):
    """Predicted cost of summarising a study."""
    return _summary_cost(wildcards.experiment, wildcards.study)


def figure_cost(wildcards):
    """Predicted cost of drawing a figure."""
    sources = SETTINGS.figures[wildcards.figure].sources
    return products.figure_cost([PLANS[name] for name in sources])


def explorer_cost(wildcards):
    """Predicted cost of the explorer's page."""
    return products.figure_cost([PLANS[name] for name in EXPLORED])


def kernel_cost(wildcards):
    """Predicted cost of compiling the kernels of an engine."""
    return cost.Cost(seconds=cost.COMPILE_SECONDS, kept=cost.COMPILE_MIB)


def memory(predicted):
    """The resource mem_mb of a job: its prediction and a reserve, more at every attempt."""

    def mib(wildcards, attempt):
        return cost.requested_mib(predicted(wildcards), RUNS, attempt)

    return mib


def minutes(predicted):
    """The resource runtime of a job, in the same way."""

    def time(wildcards, attempt):
        return cost.requested_minutes(predicted(wildcards), RUNS, attempt)

    return time


def longest_first(predicted):
    """The priority of a job: its predicted time in tenths of a second."""

    def tenths(wildcards):
        return 1 + int(10 * predicted(wildcards).seconds)

    return tenths


def kernels_of(wildcards):
    """The files which show that the kernels that a study needs are compiled."""
    engines = PLANS[wildcards.experiment].engines[wildcards.study]
    return [
        f"{KERNELS[environment.kernels_of(engines)]}/{engine}.txt" for engine in engines
    ]


def kernels_to_reuse(wildcards):
    """For kernels of networks and theories together: the same engine's kernels on their own."""
    own = (
        f"{KERNELS[environment.kernels_of([wildcards.engine])]}/{wildcards.engine}.txt"
    )
    return [] if own.startswith(f"results/kernels/{wildcards.kernels}/") else [own]


@functools.cache
def _code(which, experiment, study):
    return which(PLANS[experiment], study)


def compute_code(wildcards):
    """Hash of the code that computes a study."""
    return _code(code.compute_code, wildcards.experiment, wildcards.study)


def summary_code(wildcards):
    """Hash of the code that summarises a study."""
    return _code(code.summary_code, wildcards.experiment, wildcards.study)


def summary_keys(wildcards):
    """A hash of what determines a summary, besides the batches it reads."""
    return PLANS[wildcards.experiment].known(wildcards.study, "summary")["keys"]


def summarised(wildcards):
    """The batches that a summary reads: those of the study, and of other studies that it uses."""
    plan = PLANS[wildcards.experiment]
    studies = plan.summary_sources(wildcards.study)
    return [
        file for name in studies for file in batch_files(wildcards.experiment, name)
    ]


def _files_taken(taker, sources):
    plans = [PLANS[name] for name in sources]
    folders = [f"results/{name}" for name in sources]
    return [str(path) for path in taking.files_taken(taker, plans, folders)]


def stored(wildcards):
    """The files that a figure is drawn from."""
    figure = SETTINGS.figures[wildcards.figure]
    return _files_taken(FIGURES[figure.draw], figure.sources)


def claims_of(wildcards):
    """The claims of a group, by name."""
    return {name: SETTINGS.claims[name] for name in GROUPS[wildcards.group]}


def evidence(wildcards):
    """The files that decide the claims of a group, each once."""
    claims = claims_of(wildcards).values()
    files = (_files_taken(CLAIMS[claim.claim], claim.sources) for claim in claims)
    return list(dict.fromkeys(file for taken in files for file in taken))


def figure_arguments(wildcards):
    """Arguments of the command: a figure, the folders of its experiments, and a style sheet."""
    figure = SETTINGS.figures[wildcards.figure]
    style = [] if SETTINGS.style is None else ["--style", shlex.quote(SETTINGS.style)]
    folders = (f"results/{name}" for name in figure.sources)
    return " ".join([figure.draw, *folders, *style])


def claim_arguments(wildcards):
    """Arguments of the command: the claims of a group as the configuration has them."""
    return shlex.quote(judging.written(claims_of(wildcards)))


def figure_plans(wildcards):
    """The plans of the experiments that a figure is drawn from."""
    return [
        f"results/{name}/plan.json"
        for name in SETTINGS.figures[wildcards.figure].sources
    ]


def claim_plans(wildcards):
    """The plans of the experiments that decide a group of claims."""
    return [f"results/{name}/plan.json" for name in wildcards.group.split("+")]


def claim_cost(wildcards):
    """Predicted cost of judging a group of claims."""
    plans = [PLANS[name] for name in wildcards.group.split("+")]
    return products.claims_cost(plans, len(GROUPS[wildcards.group]))


def explorer_code(wildcards):
    """Hash of the code that makes the explorer's page."""
    return code.explorer_code()


def claim_code(wildcards):
    """Hashes of the code that judges the claims of a group."""
    claims = claims_of(wildcards).values()
    return " ".join(code.claim_code(claim.claim) for claim in claims)


def figure_code(wildcards):
    """Hash of the code of one figure, its style included."""
    return code.figure_code(SETTINGS.figures[wildcards.figure].draw)
