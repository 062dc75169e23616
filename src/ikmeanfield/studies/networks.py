"""Spiking networks in time: series, rates, spectra and noise levels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Len
from pydantic import Field, ValidationInfo, field_validator

from ikmeanfield.heterogeneity import Draw
from ikmeanfield.keys import hashed, seed_of
from ikmeanfield.limits import SAMPLES, STEPS, at_most
from ikmeanfield.schema import ConfigError
from ikmeanfield.stepping import (
    Precision,
    Scheme,
    Series,
    check_scheme,
    check_step,
    default_step,
    kernels,
    whole_ratio,
)
from ikmeanfield.studies import cost
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Item, Study

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.experiments.run import Run
    from ikmeanfield.jobs.results import Results

TIME = "all runs of an experiment share one time axis"
RUN_SECONDS = 0.006
"""Setting up a network and assembling its Dataset, per run."""
COMPARE_SECONDS, COMPARE_BYTES = 1e-7, 16.0
"""Computing moments and spectra, per value of a firing rate."""
SPECTRUM_BYTES = 8.0 * 2049
"""The spectrum of one run and population."""
BATCHES_READ = 2.0
"""Number of batches of a study that a summary holds in memory at once."""


def sample_of_duration(sample: float, info: ValidationInfo) -> float:
    """A recording interval that divides the duration; of any other, a ValueError."""
    duration = info.data.get("duration")
    if duration is not None:
        samples = whole_ratio(duration, sample, "duration", "sample")
        at_most(samples, SAMPLES, "samples in a run", "shorten the duration or sample less")
    return sample


def discard_of_duration(discard: float, info: ValidationInfo) -> float:
    """A time to leave out, of whole samples and within the duration; else a ValueError."""
    duration, sample = info.data.get("duration"), info.data.get("sample")
    if duration is not None and discard >= duration:
        msg = f"must be shorter than the duration {duration:g} ms"
        raise ValueError(msg)
    if sample is not None and discard > 0:
        whole_ratio(discard, sample, "discard", "sample")
    return discard


def is_double(precision: str) -> bool:
    """Whether a precision is not stated in a key, as before there was a choice."""
    return precision == "double"


class Networks(Study):
    """Spiking networks, simulated for some time at every grid point."""

    rule = "simulate_networks"
    varies: ClassVar = {"step": "ms", "scheme": "1", "precision": "1", "thresholds": "1"}
    fixed: ClassVar = {
        "duration": TIME,
        "sample": TIME,
        "discard": "it affects the summary, which treats all runs alike",
        "record": "all runs of an experiment record the same series",
    }
    tables: ClassVar[tuple[str, ...]] = ("networks",)

    kind: Literal["networks"]
    duration: float = Field(gt=0)
    """Length of a run in ms."""
    sample: float = Field(gt=0)
    """Recording interval in ms; divides the duration."""
    discard: float = Field(0.0, ge=0)
    """Time in ms at the start that the analysis leaves out; a multiple of the sample interval."""
    scheme: Scheme = "exact"
    """Integration scheme; ``euler`` is the paper's."""
    precision: Precision = Field("double", exclude_if=is_double)
    """Of single neurons' states in the scheme ``exact``; ``single`` is about twice as fast."""
    step: float = Field(
        default_factory=lambda given: default_step(
            given.get("scheme", "exact"), given.get("sample", 0.0)
        ),
        validate_default=True,
        gt=0,
    )
    """Time step in ms; divides the sample interval. By default the longest recommended one that
    does: at most 0.4 ms for `exact`, 0.001 ms for `euler`."""
    thresholds: Draw = "random"
    """Whether thresholds are drawn at random or are the quantiles of their distribution."""
    record: Annotated[list[Series], Len(1)] = Field(["firing_rate"])
    """Which series to store; ``firing_rate`` must be among them."""

    _sample_divides_duration = field_validator("sample")(sample_of_duration)
    _discard_is_sampled = field_validator("discard")(discard_of_duration)

    @field_validator("step")
    @classmethod
    def _step_divides_sample(cls, step: float, info: ValidationInfo) -> float:
        sample = info.data.get("sample")
        if sample is not None:
            whole_ratio(sample, step, "sample", "step")
        steps_of_run = info.data.get("duration", 0.0) / step
        at_most(steps_of_run, STEPS, "steps in a run", "take a longer step or a shorter duration")
        return step

    @field_validator("record")
    @classmethod
    def _records_the_rate(cls, record: list[Series]) -> list[Series]:
        if "firing_rate" not in record or len(set(record)) < len(record):
            msg = "name each series once, and firing_rate among them"
            raise ValueError(msg)
        return record

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {kernels(self.scheme, self.precision)}

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        refuse_steps(circuit, self.step, self.scheme, self.precision)

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`: each run is a separate network."""
        for number, run in plan.runs_of(name):
            settings = plan.study(name, run).model_dump(exclude={"kind", "sweeps", "discard"})
            key = hashed(
                {
                    "circuit": run.circuit.identity(),
                    "input": plan.input_identity(run),
                    "simulation": settings,
                    "replicate": run.replicate,
                }
            )
            yield Item(key=key, seed=seed_of(plan.seed, key), runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`."""
        from ikmeanfield.inputs.settings import currents_of  # noqa: PLC0415
        from ikmeanfield.spiking import simulate  # noqa: PLC0415

        run = plan.first_run(item)
        return simulate(
            run.circuit, currents_of(plan.inputs(run)), duration=self.duration, sample=self.sample,
            step=self.step, scheme=self.scheme, precision=self.precision,
            thresholds=self.thresholds, seed=item.seed or 0, record=tuple(self.record),
        )  # fmt: skip

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit = plan.first_run(item).circuit
        values = recorded_values(circuit, self.record, self.duration / self.sample)
        stored = Cost(
            seconds=RUN_SECONDS + values * cost.VALUE_SECONDS,
            kept=values * cost.VALUE_BYTES / cost.MIB,
        )
        return stored + cost.network(circuit, self.duration / self.step, *self.engines())

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """Mean, variance and spectrum of rates, noise levels, and short traces of a few runs.

        Returns
        -------
        xarray.Dataset
            ``rate_mean``, ``rate_mean_error``, ``rate_variance``, ``rate_variance_error`` and
            ``rate_block`` (run, population), ``spectrum`` (run, population, frequency),
            ``noise_<series>`` (run, population or synapse), and the traces of `thinned_traces`.
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.block_averages import moments  # noqa: PLC0415
        from ikmeanfield.analysis.spectra import power_spectrum  # noqa: PLC0415
        from ikmeanfield.progress import track  # noqa: PLC0415
        from ikmeanfield.studies import series  # noqa: PLC0415

        plan = results.plan
        runs = plan.runs_of(name)
        found, spectra, noise = [], [], series.Noise(self.record)
        frequency = np.zeros(0)
        for number, run in track(runs, "run"):
            after = {s: series.after_discard(results, name, number, s) for s in self.record}
            found.append([moments(rate) for rate in after["firing_rate"]])
            frequency, density = power_spectrum(after["firing_rate"], self.sample)
            spectra.append(density.astype(np.float32))
            noise.add(run.point, after)
        variables = series.moment_variables(
            "rate", "firing rate of the network", ("run", "population"), found
        )
        variables["spectrum"] = (
            ("run", "population", "frequency"),
            np.array(spectra),
            {"units": "Hz2 Hz-1",
             "long_name": "power spectral density of the network's firing rate"},
        )  # fmt: skip
        variables |= noise.variables([run.point for _, run in runs])
        axes = {"frequency": ("frequency", frequency, {"units": "Hz", "long_name": "frequency"})}
        axes |= series.labels(results, name)
        summary = xr.Dataset(variables, axes)
        return summary.merge(series.thinned_traces(results, name, "network"))

    def summary_cost(self, plan: Plan, name: str) -> Cost:
        """As `Study.summary_cost`."""
        return comparison_cost(plan, self, [name], series=1)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run and population with everything except spectra and traces."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        return scalar_rows(summary, ("run", "population"))


def refuse_steps(
    circuit: Circuit, step: float, scheme: Scheme = "exact", precision: Precision = "double"
) -> None:
    """Refuse a step that is too long for a circuit, and what has no kernel for it."""
    try:
        check_step(circuit, step)
        check_scheme(circuit, scheme, precision)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def recorded_values(circuit: Circuit, record: Sequence[str], samples: float) -> float:
    """How many numbers one run records."""
    populations = circuit.populations.values()
    synapses = sum(len(population.synapses) for population in populations)
    rows = sum(synapses if s == "synaptic_activation" else len(populations) for s in record)
    return rows * samples


def comparison_cost(plan: Plan, networks: Networks, read: Sequence[str], series: int) -> Cost:
    """Cost of analysing a number of series per run.

    Parameters
    ----------
    plan
        The plan of the experiment.
    networks
        Settings of the networks, which say what is recorded.
    read
        Names of the studies whose batches are read; the last one is summarised.
    series
        How many recordings of a run are analysed: the network's, and one per theory.
    """
    samples = networks.duration / networks.sample

    def recorded(run: Run) -> float:
        return recorded_values(run.circuit, networks.record, samples)

    runs = [run for _, run in plan.runs_of(read[-1])]
    populations = sum(len(run.circuit.populations) for run in runs)
    values = sum(map(recorded, runs))
    batches = [
        max(sum(recorded(plan.first_run(item)) for item in plan.items(study, batch))
            for batch in plan.batches[study])
        for study in read
    ]  # fmt: skip
    compared = samples * populations * COMPARE_SECONDS
    held = BATCHES_READ * sum(batches) * cost.READ_BYTES
    return Cost(
        seconds=series * (values * cost.READ_SECONDS + compared),
        kept=(populations * SPECTRUM_BYTES + held) / cost.MIB,
        peak=max(map(recorded, runs)) * COMPARE_BYTES / cost.MIB,
    )
