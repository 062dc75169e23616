"""What the jobs of an experiment cost: processor time and memory, predicted from the work in them.

Pure functions of a plan and the number of a batch. The constants were measured with
``benchmarks/resources.py`` on one core of a current server; predictions hold within a factor of
two from a thousand to a million neurons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from ikmeanfield.circuit import Circuit
from ikmeanfield.experiments.plan import Plan, TransitionPlan
from ikmeanfield.experiments.run_table import Run, RunTable
from ikmeanfield.experiments.simulation import Simulation

MIB = 2.0**20

START_SECONDS, START_MIB = 1.6, 228.0
"""Importing numpy, numba, xarray and netCDF, and loading compiled kernels."""
FIELD_START_SECONDS, FIELD_START_MIB = 0.5, 30.0
"""What mean fields load besides: scipy's solvers."""
COMPILE_SECONDS, COMPILE_MIB = 7.0, 265.0
"""Compiling the kernels of one engine."""
DRAW_SECONDS, DRAW_MIB = 4.0, 300.0
"""Drawing a figure."""
LINE_SECONDS, LINE_MIB = 1.5e-6, 9e-4
"""Opening the plan, per run in it."""
PLAN_SECONDS, PLAN_MIB = 6e-5, 0.007
"""Reading all runs of the plan, per run."""

RUN_SECONDS = 0.006
"""Setting up a network and gathering its Dataset, per run."""
STEP_SECONDS = {"exact": 5.5e-7, "euler": 2e-8}
"""What a step costs whatever the number of neurons."""
NEURON_SECONDS = {"exact": 1.05e-9, "euler": 1.5e-10}
"""Per neuron and step."""
THRESHOLD_SECONDS = 2e-7
"""Drawing and ordering the threshold of a neuron."""
NEURON_BYTES = 36.0
"""Per neuron: potential, recovery, the threshold in mV and scaled."""
VALUE_SECONDS, VALUE_BYTES = 1.5e-7, 20.0
"""Per recorded value: in double precision, stacked, made single, checksummed, compressed."""

LOCATE_RAMPS = 2.6
"""What locating the transitions of a network costs in all, in ramps; three is the most."""
LOCATE_SECONDS = 4.2e-5
"""Besides integrating: recording and detecting, per ms of the ramp."""
LOCATE_MIB, LOCATE_BYTES = 50.0, 1000.0
"""scipy's signal processing; what is recorded, per ms of the ramp."""
STATE_INTERVAL, STATE_BYTES = 200.0, 14.0
"""States are saved every so many ms of the ramp; bytes per neuron of one."""

FIELD_RUN_SECONDS, FIELD_SECONDS = 0.025, 1.5e-6
"""Integrating a mean field: per run; per ms and population."""
FIELD_VALUE_SECONDS = 5e-8
"""Storing a mean field, per recorded value: smooth series compress fast."""
POINTS_SECONDS = 0.07
"""Following one mean field of four variables through its folds and Hopf points."""
PLANE_SECONDS, DIAGRAM_SECONDS, CYCLES_SECONDS = 1.2, 0.1, 0.7
"""The curves in the plane, and along one line equilibria and cycles, of four variables.

Whether there is a Hopf point, and so a cycle, is not known before: it is assumed.
"""

SUMMARY_SECONDS, SUMMARY_MIB = 1.5, 175.0
"""Importing, without kernels."""
READ_SECONDS, READ_BYTES = 2e-8, 9.0
"""Reading, per recorded value of a batch and of its mean fields."""
COMPARE_SECONDS, COMPARE_BYTES = 1e-7, 16.0
"""Comparing and transforming, per value of a firing rate."""
SPECTRUM_BYTES = 8.0 * 2049
"""Spectrum of one run and population, which is kept to the end, and what is stored of it."""
TABLE_MIB = 205.0
"""Importing what makes tables."""
ROW_SECONDS, ROW_BYTES = 3e-4, 17_000.0
"""Reading a summary: per run; per run and population, with a copy for its checksum."""
LIGHT_RUNS = 5000
"""With more runs in all, tables and figures are no work for a login node any more."""
LOCATED_SECONDS, LOCATED_START_SECONDS, LOCATED_MIB = 0.01, 0.7, 45.0
"""Comparing transitions: per run; scipy's interpolation and optimisation."""
RESPONSE_SECONDS, RESPONSE_MIB = 1.0, 98.0
"""Loading the kernels for rates of single neurons."""

SNAKEMAKE_SECONDS, SNAKEMAKE_MIB = 3.2, 125.0
"""Starting Snakemake, which a batch job does twice; each of the two opens the plans."""
MEMORY_ROOM, TIME_ROOM = 1.5, 4.0
"""By how much a request exceeds the prediction: other allocators; slower or shared cores."""
SLACK_MINUTES = 5.0
"""Added to every request for time: imports from a cold network file system can take minutes."""


@dataclass(frozen=True)
class Need:
    """What a job is predicted to take.

    Attributes
    ----------
    seconds
        Time on one core.
    mib
        Peak of the resident memory in MiB (2²⁰ bytes), as `sbatch` and benchmark files count.
    """

    seconds: float
    mib: float


@dataclass(frozen=True)
class Request:
    """What to ask of a cluster for a job: the prediction with room, more at every attempt.

    A batch job holds two processes of Snakemake besides the command, and each of them opens the
    plans of all experiments.

    Attributes
    ----------
    need
        The prediction.
    runs
        Runs in all plans of the configuration.
    """

    need: Need
    runs: int

    def mib(self, attempt: int = 1) -> int:
        """Memory to ask for in MiB, doubled at every further attempt."""
        snakemake = 2 * (SNAKEMAKE_MIB + self.runs * LINE_MIB)
        return ceil((MEMORY_ROOM * self.need.mib + snakemake) * 2.0 ** (attempt - 1))

    def minutes(self, attempt: int = 1) -> int:
        """Time to ask for in minutes, doubled at every further attempt."""
        snakemake = 2 * (SNAKEMAKE_SECONDS + self.runs * LINE_SECONDS)
        seconds = TIME_ROOM * (self.need.seconds + snakemake)
        return ceil((seconds / 60 + SLACK_MINUTES) * 2.0 ** (attempt - 1))


def networks(plan: Plan, batch: int) -> Need:
    """Simulating the networks of a batch."""
    runs = plan.batches[batch]
    values = sum(_values(plan, run) for run in runs)
    seconds = sum(RUN_SECONDS + _simulated(plan, run) for run in runs)
    mib = (_largest(runs) * NEURON_BYTES + values * VALUE_BYTES) / MIB
    return _job(plan, seconds + values * VALUE_SECONDS, mib)


def mean_fields(plan: Plan, batch: int) -> Need:
    """Integrating one kind of mean field at the grid points of a batch."""
    runs = plan.batches[batch]
    solved = _distinct(plan, runs)
    values = sum(_values(plan, run) for run in runs)
    states = sum(_samples(plan, run) * _variables(run.circuit) for run in solved)
    work = sum(
        FIELD_RUN_SECONDS + _field(run.circuit, _simulation(plan, run).duration) for run in solved
    )
    mib = (8 * states + values * VALUE_BYTES) / MIB
    return _field_job(plan, work + values * FIELD_VALUE_SECONDS, mib)


def transitions(plan: TransitionPlan, batch: int) -> Need:
    """Locating the transitions of the networks of a batch."""
    runs = plan.batches[batch]
    length = plan.transitions.settle + 2 * plan.transitions.rise

    def steps(run: Run) -> float:
        return (LOCATE_RAMPS if run.hold else 1.0) * length / plan.transitions_of(run).step

    seconds = sum(
        length * LOCATE_SECONDS + _integration(run.circuit, steps(run), "exact") for run in runs
    )
    per_neuron = NEURON_BYTES + STATE_BYTES * length / STATE_INTERVAL
    mib = (_largest(runs) * per_neuron + length * LOCATE_BYTES) / MIB
    return _job(plan, seconds, LOCATE_MIB + mib)


def points(plan: TransitionPlan, batch: int) -> Need:
    """Following the equilibria of the mean fields of a batch."""
    followed = sum(_variables(run.circuit) / 4 for run in plan.batches[batch])
    work = POINTS_SECONDS * followed * len(plan.continuation.meanfield)
    return _field_job(plan, work)


def diagrams(plan: Plan, batch: int) -> Need:
    """Following the equilibria and cycles of the mean fields of a batch."""
    lines = plan.diagram_batches[batch]
    assert plan.diagrams is not None
    each = DIAGRAM_SECONDS + (CYCLES_SECONDS if plan.diagrams.cycles else 0.0)
    work = each * sum(_variables(line.circuit) / 4 for line in lines)
    return _field_job(plan, work, whole=True)


def plane(plan: TransitionPlan) -> Need:
    """Following the curves of an experiment's planes, and their diagrams."""
    each = DIAGRAM_SECONDS + CYCLES_SECONDS
    work = PLANE_SECONDS + len(plan.continuation.diagrams) * each
    followed = sum(_variables(plane.circuit) / 4 for plane in plan.planes.values())
    return _field_job(plan, work * followed, whole=True)


def traces(plan: TransitionPlan) -> Need:
    """Running two networks and the mean field along an experiment's ramps."""
    duration = sum(trace.ramp[-1][0] for trace in plan.continuation.traces)
    network = _integration(plan.circuit, duration / plan.transitions.step, "exact")
    mib = _size(plan.circuit) * NEURON_BYTES / MIB
    return _field_job(plan, 2 * network + _field(plan.circuit, duration), mib)


def summary(plan: Plan | TransitionPlan) -> Need:
    """Comparing all runs of an experiment; batches are read one after another."""
    seconds = SUMMARY_SECONDS + len(plan.runs) * PLAN_SECONDS
    mib = SUMMARY_MIB + len(plan.runs) * PLAN_MIB
    if isinstance(plan, TransitionPlan):
        seconds += LOCATED_START_SECONDS + len(plan.runs) * LOCATED_SECONDS
        return Need(seconds, mib + LOCATED_MIB)
    kinds = 1 + len(plan.meanfield)

    def values(runs: Sequence[Run]) -> tuple[float, float]:
        rates = sum(_samples(plan, run) * len(run.circuit.populations) for run in runs)
        return kinds * sum(_values(plan, run) for run in runs), kinds * rates

    read, compared = values(plan.runs)
    at_once, rates = values(plan.batches[0])
    spectra = sum(len(run.circuit.populations) for run in plan.runs) * SPECTRUM_BYTES
    if plan.response is not None:
        seconds, mib = seconds + RESPONSE_SECONDS, mib + RESPONSE_MIB
    return Need(
        seconds + read * READ_SECONDS + compared * COMPARE_SECONDS,
        mib + (at_once * READ_BYTES + rates * COMPARE_BYTES + spectra) / MIB,
    )


def kernels() -> Need:
    """Compiling the kernels of an engine."""
    return Need(COMPILE_SECONDS, COMPILE_MIB)


def table(plan: RunTable) -> Need:
    """Making a table from an experiment's summary or from its diagrams."""
    seconds, mib = _read_summary(plan)
    return Need(SUMMARY_SECONDS + seconds, TABLE_MIB + mib)


def figure(*plans: RunTable) -> Need:
    """Drawing a figure from what some experiments have stored."""
    read = [_read_summary(plan) for plan in plans]
    return Need(
        DRAW_SECONDS + sum(seconds for seconds, _ in read), DRAW_MIB + sum(mib for _, mib in read)
    )


def _read_summary(plan: RunTable) -> tuple[float, float]:
    """Seconds and MiB to read an experiment's plan and summary."""
    runs = len(plan.runs)
    stored = runs * len(plan.runs[0].circuit.populations) * ROW_BYTES / MIB
    return runs * (PLAN_SECONDS + ROW_SECONDS), runs * PLAN_MIB + stored


def _job(plan: RunTable, seconds: float, mib: float, *, whole: bool = False) -> Need:
    """The work of a job, with what every job does before: importing and opening the plan.

    `whole` is for jobs that look at all runs of the plan.
    """
    count = len(plan.runs)
    per_run = (PLAN_SECONDS, PLAN_MIB) if whole else (LINE_SECONDS, LINE_MIB)
    return Need(START_SECONDS + count * per_run[0] + seconds, START_MIB + count * per_run[1] + mib)


def _field_job(plan: RunTable, seconds: float, mib: float = 0.0, *, whole: bool = False) -> Need:
    """The same of a job that computes mean fields."""
    return _job(plan, FIELD_START_SECONDS + seconds, FIELD_START_MIB + mib, whole=whole)


def _simulation(plan: Plan, run: Run) -> Simulation:
    """The settings in effect in a run."""
    return plan.simulation_of(run)


def _simulated(plan: Plan, run: Run) -> float:
    settings = _simulation(plan, run)
    return _integration(run.circuit, settings.duration / settings.step, settings.scheme)


def _integration(circuit: Circuit, steps: float, scheme: str) -> float:
    """Seconds to draw a network's thresholds and to integrate it."""
    size = _size(circuit)
    per_step = STEP_SECONDS[scheme] + size * NEURON_SECONDS[scheme]
    return steps * per_step + size * THRESHOLD_SECONDS


def _field(circuit: Circuit, duration: float) -> float:
    return duration * len(circuit.populations) * FIELD_SECONDS


def _size(circuit: Circuit) -> int:
    return sum(population.size for population in circuit.populations.values())


def _largest(runs: Sequence[Run]) -> int:
    """Neurons of the largest network; one is in memory at a time."""
    return max(_size(run.circuit) for run in runs)


def _samples(plan: Plan, run: Run) -> float:
    settings = _simulation(plan, run)
    return settings.duration / settings.sample


def _values(plan: Plan, run: Run) -> float:
    """Numbers that one run records."""
    populations = run.circuit.populations.values()
    synapses = sum(len(population.synapses) for population in populations)
    rows = sum(
        synapses if name == "synaptic_activation" else len(populations)
        for name in _simulation(plan, run).record
    )
    return rows * _samples(plan, run)


def _variables(circuit: Circuit) -> int:
    """Variables of a mean field: r, v and u of each population, and s of its synapses."""
    return sum(3 + len(population.synapses) for population in circuit.populations.values())


def _distinct(plan: Plan, runs: Sequence[Run]) -> list[Run]:
    """Runs whose mean fields differ: what only networks know does not count."""
    name = next(iter(plan.meanfield))
    return list({plan.meanfield_key(name, run): run for run in runs}.values())
