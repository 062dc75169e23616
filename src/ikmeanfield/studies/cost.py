"""What work costs: time on one core and memory, predicted before anything runs.

The constants were measured with ``benchmarks/resources.py`` on one core of a current server;
predictions hold within a factor of two from a thousand to a million neurons. What only one kind of
study needs stands in its module.
"""

from __future__ import annotations

from math import ceil

from pydantic import ConfigDict

from ikmeanfield.circuit import Circuit
from ikmeanfield.schema import Validated

MIB = 2.0**20

START_SECONDS, START_MIB = 1.6, 228.0
"""Importing numpy, numba, xarray and netCDF, and loading compiled kernels."""
THEORY_SECONDS, THEORY_MIB = 0.5, 30.0
"""What theories load besides: scipy's solvers."""
COMPILE_SECONDS, COMPILE_MIB = 7.0, 265.0
"""Compiling the kernels of one engine."""
LINE_SECONDS, LINE_MIB = 1.5e-6, 9e-4
"""Opening the plan, per run in it."""
PLAN_SECONDS, PLAN_MIB = 6e-5, 0.007
"""Reading all runs of the plan, per run."""
SUMMARY_SECONDS, SUMMARY_MIB = 1.5, 175.0
"""Importing what summaries need, without kernels."""
DRAW_SECONDS, DRAW_MIB = 4.0, 300.0
"""Drawing a figure."""
ROW_SECONDS, ROW_BYTES = 3e-4, 17_000.0
"""Reading a summary: per run; per run and population, with a copy for its checksum."""

STEP_SECONDS = {"exact": 5.5e-7, "euler": 2e-8}
"""What a time step costs whatever the number of neurons."""
NEURON_SECONDS = {"exact": 1.05e-9, "euler": 1.5e-10}
"""Per neuron and step."""
THRESHOLD_SECONDS = 2e-7
"""Drawing and ordering the threshold of a neuron."""
NEURON_BYTES = 36.0
"""Per neuron: potential, recovery, the threshold in mV and scaled."""
VALUE_SECONDS, VALUE_BYTES = 1.5e-7, 20.0
"""Per recorded value: in double precision, stacked, made single, checksummed, compressed."""
READ_SECONDS, READ_BYTES = 2e-8, 9.0
"""Reading, per recorded value."""

THEORY_RUN_SECONDS, THEORY_MS_SECONDS = 0.025, 1.5e-6
"""Integrating a mean field: per run; per ms and population."""

SNAKEMAKE_SECONDS, SNAKEMAKE_MIB = 3.2, 125.0
"""Starting Snakemake, which a batch job does twice; each of the two opens the plans."""
MEMORY_ROOM, TIME_ROOM = 1.5, 4.0
"""By how much a request exceeds the prediction: other allocators; slower or shared cores."""
SLACK_MINUTES = 5.0
"""Added to every request for time: imports from a cold network file system can take minutes."""
LIGHT_RUNS = 5000
"""With more runs in all, figures are no work for a login node any more."""


class Cost(Validated):
    """What a piece of work, or a job, is predicted to take; costs of several add up.

    Memory is the peak of the resident memory in MiB (2²⁰ bytes), as `sbatch` and benchmark files
    count it.
    """

    model_config = ConfigDict(frozen=True)

    seconds: float = 0.0
    """Time on one core."""
    kept: float = 0.0
    """MiB that stay in use until the job ends, which add up over its work."""
    peak: float = 0.0
    """MiB in use only while this piece is computed."""

    @property
    def mib(self) -> float:
        """Memory in MiB."""
        return self.kept + self.peak

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            seconds=self.seconds + other.seconds,
            kept=self.kept + other.kept,
            peak=max(self.peak, other.peak),
        )


def requested_mib(cost: Cost, runs: int, attempt: int = 1) -> int:
    """Memory to ask a cluster for in MiB: the prediction with room, doubled at every attempt.

    A batch job holds two processes of Snakemake besides the command, and each of them opens the
    plans of all experiments, with `runs` runs in all.
    """
    snakemake = 2 * (SNAKEMAKE_MIB + runs * LINE_MIB)
    return ceil((MEMORY_ROOM * cost.mib + snakemake) * 2.0 ** (attempt - 1))


def requested_minutes(cost: Cost, runs: int, attempt: int = 1) -> int:
    """Time to ask a cluster for in minutes, in the same way."""
    snakemake = 2 * (SNAKEMAKE_SECONDS + runs * LINE_SECONDS)
    return ceil(
        (TIME_ROOM * (cost.seconds + snakemake) / 60 + SLACK_MINUTES) * 2.0 ** (attempt - 1)
    )


def start(runs: int, *, theory: bool = False) -> Cost:
    """What every job does before its work: import the library and open a plan of `runs` runs."""
    seconds = START_SECONDS + runs * LINE_SECONDS + theory * THEORY_SECONDS
    return Cost(seconds=seconds, kept=START_MIB + runs * LINE_MIB + theory * THEORY_MIB)


def network(circuit: Circuit, steps: float, scheme: str = "exact") -> Cost:
    """Drawing a network's thresholds and integrating it over a number of steps."""
    size = neurons(circuit)
    per_step = STEP_SECONDS[scheme] + size * NEURON_SECONDS[scheme]
    seconds = steps * per_step + size * THRESHOLD_SECONDS
    return Cost(seconds=seconds, peak=size * NEURON_BYTES / MIB)


def theory_in_time(circuit: Circuit, duration: float) -> Cost:
    """Integrating a mean field over `duration` ms."""
    return Cost(
        seconds=THEORY_RUN_SECONDS + duration * len(circuit.populations) * THEORY_MS_SECONDS
    )


def neurons(circuit: Circuit) -> int:
    """Neurons of a network."""
    return sum(population.size for population in circuit.populations.values())


def variables(circuit: Circuit) -> int:
    """Variables of a mean field: r, v and u of each population, and s of its synapses."""
    return sum(3 + len(population.synapses) for population in circuit.populations.values())
