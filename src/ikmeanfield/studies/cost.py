"""The cost of work: time on one core and memory, predicted before anything runs.

The constants were measured with ``benchmarks/resources.py`` on one core of a current server;
predictions hold within a factor of two from a thousand to a million neurons. Constants that only
one kind of study needs are in its module. Times are in s, and MiB are 2²⁰ bytes.
"""

from __future__ import annotations

from math import ceil

from pydantic import ConfigDict

from ikmeanfield.circuit import Circuit
from ikmeanfield.schema import Validated

MIB = 2.0**20

START_SECONDS, START_MIB = 1.6, 228.0
"""Importing numpy, numba, xarray and netCDF, and loading compiled kernels, in every job."""
THEORY_SECONDS, THEORY_MIB = 0.5, 30.0
"""Loading scipy's solvers, in jobs that use theories."""
COMPILE_SECONDS, COMPILE_MIB = 7.0, 265.0
"""Compiling the kernels of one engine."""
LINE_SECONDS, LINE_MIB = 1.5e-6, 9e-4
"""Opening the plan, per run in it."""
PLAN_SECONDS, PLAN_MIB = 6e-5, 0.007
"""Reading all runs of the plan, per run."""
SUMMARY_SECONDS, SUMMARY_MIB = 1.5, 175.0
"""Importing what summaries need; they load no kernels."""
DRAW_SECONDS, DRAW_MIB = 4.0, 300.0
"""Drawing a figure."""
ROW_SECONDS, ROW_BYTES = 3e-4, 17_000.0
"""Reading a summary: time per run; memory per run and population, with a copy for its checksum."""

STEP_SECONDS = {"exact": 5.5e-7, "exact_single": 5.5e-7, "euler": 2e-8}
"""Per time step, independently of the number of neurons."""
NEURON_SECONDS = {"exact": 1.05e-9, "exact_single": 6e-10, "euler": 1.5e-10}
"""Per neuron and step."""
NOISE_SECONDS = 2e-9
"""Per neuron and step, where neurons have noise of their own."""
THRESHOLD_SECONDS = 2e-7
"""Drawing and ordering the threshold of a neuron."""
NEURON_BYTES = 36.0
"""Per neuron: potential, recovery, the threshold in mV and scaled."""
ACTIVATION_SECONDS, ACTIVATION_BYTES = 4e-9, 100.0
"""In sparse networks, per neuron and synapse: in every step; and to hold."""
EVENT_SECONDS, SPIKES_PER_STEP = 1.5e-9, 0.01
"""Carrying a spike along one connection; and how many a neuron fires in a step of 0.4 ms."""
CONNECTION_SECONDS, CONNECTION_BYTES = 3e-7, 40.0
"""Drawing a connection, and the memory that this takes."""
VALUE_SECONDS, VALUE_BYTES = 1.5e-7, 20.0
"""Per recorded value: to stack it, convert it to single precision, checksum and compress it."""
READ_SECONDS, READ_BYTES = 2e-8, 9.0
"""Reading, per recorded value."""

THEORY_RUN_SECONDS, THEORY_MS_SECONDS = 0.025, 1.5e-6
"""Integrating a mean field: per run, and per ms and population."""
CYCLE_MS_SECONDS = 2e-5
"""Per ms and population, of a mean field that oscillates for part of the time."""

SNAKEMAKE_SECONDS, SNAKEMAKE_MIB = 3.2, 125.0
"""Starting Snakemake, which happens twice in a job on a cluster; both processes open the plans."""
MEMORY_ROOM, TIME_ROOM = 1.5, 4.0
"""Factors by which a request exceeds the prediction, for other allocators and slower cores."""
SLACK_MINUTES = 5.0
"""Added to every requested time: imports from a slow network file system can take minutes."""
LIGHT_RUNS = 5000
"""Largest number of runs for which figures are drawn on the login node of a cluster."""


class Cost(Validated):
    """Predicted time and memory of a piece of work or a job; costs of several can be added.

    Memory is the peak of the resident memory, as `sbatch` and benchmark files count it.
    """

    model_config = ConfigDict(frozen=True)

    seconds: float = 0.0
    """Time in s on one core."""
    kept: float = 0.0
    """Memory in MiB that stays in use until the job ends; it adds up over the pieces of work."""
    peak: float = 0.0
    """Memory in MiB that is in use only while this piece is computed."""

    @property
    def mib(self) -> float:
        """The whole memory in MiB."""
        return self.kept + self.peak

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            seconds=self.seconds + other.seconds,
            kept=self.kept + other.kept,
            peak=max(self.peak, other.peak),
        )


def requested_mib(cost: Cost, runs: int, attempt: int = 1) -> int:
    """Memory in MiB to request from a cluster: the prediction and a reserve, doubled each attempt.

    A job on a cluster holds two processes of Snakemake besides the command. Each of them opens the
    plans of all experiments, which have `runs` runs in total.
    """
    snakemake = 2 * (SNAKEMAKE_MIB + runs * LINE_MIB)
    return ceil((MEMORY_ROOM * cost.mib + snakemake) * 2.0 ** (attempt - 1))


def requested_minutes(cost: Cost, runs: int, attempt: int = 1) -> int:
    """Time in minutes to request from a cluster, in the same way."""
    snakemake = 2 * (SNAKEMAKE_SECONDS + runs * LINE_SECONDS)
    return ceil(
        (TIME_ROOM * (cost.seconds + snakemake) / 60 + SLACK_MINUTES) * 2.0 ** (attempt - 1)
    )


def start(runs: int, *, theory: bool = False) -> Cost:
    """Cost of the start of every job: importing the library and opening a plan of `runs` runs."""
    seconds = START_SECONDS + runs * LINE_SECONDS + theory * THEORY_SECONDS
    return Cost(seconds=seconds, kept=START_MIB + runs * LINE_MIB + theory * THEORY_MIB)


def network(circuit: Circuit, steps: float, scheme: str = "exact") -> Cost:
    """Cost of drawing a network's thresholds and integrating it over a number of steps."""
    size = neurons(circuit)
    noisy = sum(p.size for p in circuit.populations.values() if p.cauchy_noise or p.gaussian_noise)
    per_step = STEP_SECONDS[scheme] + size * NEURON_SECONDS[scheme] + noisy * NOISE_SECONDS
    seconds = steps * per_step + size * THRESHOLD_SECONDS
    simulated = Cost(seconds=seconds, peak=size * NEURON_BYTES / MIB)
    return simulated + connected(circuit, steps) if circuit.sparse else simulated


def connected(circuit: Circuit, steps: float) -> Cost:
    """Cost of the sparse synapses of a circuit: to draw them, and to carry spikes along them."""
    sizes = {name: population.size for name, population in circuit.populations.items()}
    activations, connections = 0, 0.0
    for name, population in circuit.populations.items():
        for synapse in population.synapses.values():
            activations += sizes[name]
            if synapse.sparse:
                sources = sum(sizes[source] for source in synapse.weights)
                connections += sizes[name] * sources * synapse.connection_probability
    per_step = activations * ACTIVATION_SECONDS
    per_step += connections * SPIKES_PER_STEP * EVENT_SECONDS
    return Cost(
        seconds=steps * per_step + connections * CONNECTION_SECONDS,
        peak=(connections * CONNECTION_BYTES + activations * ACTIVATION_BYTES) / MIB,
    )


def theory_in_time(circuit: Circuit, duration: float, *, oscillating: bool = False) -> Cost:
    """Cost of integrating a mean field over `duration` ms, perhaps one that oscillates."""
    each = CYCLE_MS_SECONDS if oscillating else THEORY_MS_SECONDS
    return Cost(seconds=THEORY_RUN_SECONDS + duration * len(circuit.populations) * each)


def neurons(circuit: Circuit) -> int:
    """Number of neurons in a network."""
    return sum(population.size for population in circuit.populations.values())


def variables(circuit: Circuit) -> int:
    """Number of variables of a mean field: r, v, u of each population, s of each synapse."""
    return sum(3 + len(population.synapses) for population in circuit.populations.values())
