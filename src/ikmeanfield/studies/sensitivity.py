"""How well rates tell of a fluctuating current, and of a weak pulse on top of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Len
from pydantic import Field, ValidationInfo, field_validator

from ikmeanfield.circuit.population import Name
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.keys import hashed, seed_of
from ikmeanfield.limits import SAMPLES, at_most
from ikmeanfield.stepping import whole_ratio
from ikmeanfield.studies import cost
from ikmeanfield.studies.compared import NETWORK, ComparedStudy
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Item, known_names

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.inputs import Current
    from ikmeanfield.jobs.results import Results

    FloatArray = NDArray[np.float64]

CELL_SECONDS = 1.3e-4
"""Integrating a mean field over one cell of the noise, per population."""
SEGMENTS = 4
"""Fewest segments from which a coherence is estimated."""
SCALARS = {
    "rate": ("Hz", "firing rate, averaged over time"),
    "gain": ("Hz pA-1", "deviation of what follows the current, over that of the current"),
    "linear_share": ("1", "share of the rate's variance that follows the current linearly"),
    "information": ("s-1", "bits per second that a linear decoder of the rate gets"),
    "d_prime": ("1", "distance of spike counts with and without a pulse, over their deviation"),
}
SPECTRA = {
    "filter_gain": ("Hz pA-1", "gain of the best linear filter from current to rate"),
    "coherence": ("1", "share of the power at a frequency that follows the current"),
}
SILENT = "where a population does not fire"


class Sensitivity(ComparedStudy):
    """What rates tell of an Ornstein-Uhlenbeck current, and of weak pulses on top of it.

    The current is the same path for all networks and theories. A theory's rate is that of
    infinitely many neurons; it is looked at through the spikes of as many independent Poisson
    neurons as the population has.
    """

    rule = "measure_sensitivity"
    questions = ("series",)
    tables: ClassVar[tuple[str, ...]] = ("sensitivities",)
    undefined: ClassVar = dict.fromkeys(("linear_share", "d_prime"), SILENT)

    takes_input = False

    kind: Literal["sensitivity"]
    modulated: Name
    """The population that receives the current, about its constant input current."""
    observed: Annotated[list[Name], Len(1)] | None = None
    """Populations whose rates are observed; null: all."""
    standard_deviation: float = Field(gt=0)
    """Of the current, in pA."""
    correlation_times: Annotated[list[float], Len(1)]
    """Correlation times of the current in ms, one after the other."""
    path: int = Field(1, ge=0)
    """Seed of the current's path."""
    resolution: float = Field(1.0, gt=0)
    """Length in ms of the cells in which the current is constant."""
    pulse: float = 10.0
    """Height of the pulses in pA."""
    width: float = Field(10.0, gt=0)
    """Length of a pulse in ms."""
    window: float = Field(50.0, gt=0)
    """Time in ms from the beginning of a pulse on, in which spikes are counted."""
    interval: float = Field(200.0, gt=0)
    """Time in ms from pulse to pulse; longer than `width` and `window`."""
    highest: float = Field(200.0, gt=0)
    """Highest frequency in Hz that counts."""
    settle: float = Field(1000.0, gt=0)
    """Time in ms before anything is observed."""
    segment: float = Field(500.0, gt=0)
    """Length in ms of the segments from which coherences are estimated."""
    duration: float = Field(gt=0)
    """Observed time in ms; a multiple of `segment` is not needed."""
    sample: float = Field(1.0, validate_default=True, gt=0)
    """Recording interval in ms; divides `settle`, `segment`, `window`, `interval`, `duration`."""
    thresholds: Draw = "quantiles"
    """Whether thresholds are drawn at random or are the quantiles of their distribution."""

    @field_validator("correlation_times")
    @classmethod
    def _times_are_positive(cls, times: list[float]) -> list[float]:
        if min(times) <= 0:
            msg = "must be positive"
            raise ValueError(msg)
        return times

    @field_validator("interval")
    @classmethod
    def _pulses_are_apart(cls, interval: float, info: ValidationInfo) -> float:
        for name in ("width", "window"):
            if interval <= info.data.get(name, 0.0):
                msg = f"must be longer than {name} = {info.data[name]:g} ms"
                raise ValueError(msg)
        return interval

    @field_validator("duration")
    @classmethod
    def _duration_holds_segments(cls, duration: float, info: ValidationInfo) -> float:
        least = max(SEGMENTS * info.data.get("segment", 0.0), 3 * info.data.get("interval", 0.0))
        if duration < least:
            msg = f"must be {least:g} ms or longer: {SEGMENTS} segments, and three pulses"
            raise ValueError(msg)
        return duration

    @field_validator("sample")
    @classmethod
    def _sample_divides_times(cls, sample: float, info: ValidationInfo) -> float:
        for name in ("settle", "segment", "window", "interval", "duration"):
            if name in info.data:
                whole_ratio(info.data[name], sample, name, "sample")
        length = info.data.get("duration", 0.0) / sample
        at_most(length, SAMPLES, "samples in a run", "shorten the duration or sample less")
        highest = info.data.get("highest", 0.0)
        if highest * sample >= 500.0:
            msg = f"{sample:g} ms resolve frequencies below {500 / sample:g} Hz; highest is higher"
            raise ValueError(msg)
        return sample

    def check(self, experiment: Experiment, circuit: Any) -> None:
        """As `Study.check`."""
        known_names("modulated", [self.modulated], circuit.populations)
        known_names("observed", self.observed or (), circuit.populations)
        super().check(experiment, circuit)

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `ComparedStudy.items`; of theories, the sizes of populations count too."""
        for item in super().items(plan, name):
            if item.label == NETWORK:
                yield item
                continue
            populations = plan.runs[item.runs[0]].circuit.populations
            sizes = {label: population.size for label, population in populations.items()}
            key = hashed({"rates": item.key, "sizes": sizes})
            yield replace(item, key=key, seed=seed_of(plan.seed, key))

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            `SCALARS` (population, correlation_time), `SPECTRA` (population, correlation_time,
            frequency).
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.inputs import ornstein_uhlenbeck, pulses  # noqa: PLC0415

        circuit = plan.first_run(item).circuit
        populations = self.observed or list(circuit.populations)
        rng = np.random.default_rng(item.seed)
        onsets = self.settle + np.arange(0.0, self.duration - self.interval / 2, self.interval)
        train = pulses(onsets.tolist(), self.width, self.pulse)
        base = circuit.populations[self.modulated].input_current
        columns = []
        for time in self.correlation_times:
            current = ornstein_uhlenbeck(
                self.standard_deviation, time, seed=self.path, mean=base,
                resolution=self.resolution,
            )  # fmt: skip
            alone, pulsed = (
                self._rates(plan, item, given, populations, rng)
                for given in (current, current + train)
            )
            edges = self.settle + self.sample * np.arange(alone.shape[1] + 1)
            signal = current.mean(edges[:-1], edges[1:])
            columns.append([self._told(signal, *both) for both in zip(alone, pulsed, strict=True)])
        frequency = np.arange(1, round(self.highest * self.segment / 1000.0) + 1)
        dims = ("population", "correlation_time", "frequency")
        variables = {}
        for name, (unit, text) in {**SCALARS, **SPECTRA}.items():
            values = np.array([[told[name] for told in column] for column in columns]).swapaxes(
                0, 1
            )
            variables[name] = (dims[: values.ndim], values, {"units": unit, "long_name": text})
        return xr.Dataset(
            variables,
            {
                "population": ("population", populations, {"long_name": "population"}),
                "correlation_time": (
                    "correlation_time", self.correlation_times,
                    {"units": "ms", "long_name": "correlation time of the current"},
                ),
                "frequency": (
                    "frequency", frequency * 1000.0 / self.segment,
                    {"units": "Hz", "long_name": "frequency"},
                ),
            },
        )  # fmt: skip

    def _rates(
        self, plan: Plan, item: Item, current: Current, populations: list[str],
        rng: np.random.Generator,
    ) -> FloatArray:  # fmt: skip
        """Rates in Hz (population, time) under a current, after the circuit has settled."""
        from ikmeanfield.analysis.signal_in_noise import counted  # noqa: PLC0415

        circuit = plan.first_run(item).circuit
        rows = [list(circuit.populations).index(name) for name in populations]
        first, duration = round(self.settle / self.sample), self.settle + self.duration
        given = {self.modulated: current}
        if item.label == NETWORK:
            recorded = self.network(circuit, item.seed).advance(
                given, duration=duration, sample=self.sample, record=("firing_rate",)
            )
            return recorded["firing_rate"][rows, first:]
        theory = plan.theories[item.label].build(circuit)
        series = theory.integrate(given, duration=duration, sample=self.sample)
        rates: FloatArray = series["firing_rate"].values[rows, first:].astype(float)
        for name, row in zip(populations, rates, strict=True):
            row[:] = counted(row, circuit.populations[name].size, self.sample, rng)
        return rates

    def _told(self, signal: FloatArray, alone: FloatArray, pulsed: FloatArray) -> dict[str, Any]:
        """What the rate of a population tells of the current, and of the pulses."""
        from ikmeanfield.analysis import signal_in_noise as tools  # noqa: PLC0415

        found = tools.transmission(signal, alone, self.sample, self.segment)
        inside = slice(round(self.highest * self.segment / 1000.0))
        absent, present = (self._counts(rate) for rate in (alone, pulsed))
        return {
            "rate": alone.mean(),
            "gain": tools.overall_gain(found, self.highest),
            "linear_share": tools.linear_share(found, self.highest),
            "information": tools.information_rate(found, self.highest),
            "d_prime": tools.d_prime(absent, present),
            "filter_gain": found.gain[inside],
            "coherence": found.coherence[inside],
        }

    def _counts(self, rate: FloatArray) -> FloatArray:
        """Mean rates in the windows that begin with each pulse."""
        every, length = (round(t / self.sample) for t in (self.interval, self.window))
        whole = rate[: rate.size // every * every].reshape(-1, every)
        mean: FloatArray = whole[:, :length].mean(axis=1)
        return mean

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit = plan.first_run(item).circuit
        duration = 2 * len(self.correlation_times) * (self.settle + self.duration)
        if item.label == NETWORK:
            return self.network_cost(circuit, duration)
        cells = duration / self.resolution * len(circuit.populations)
        return Cost(seconds=cost.THEORY_RUN_SECONDS + cells * CELL_SECONDS)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of all models (run, model, population, correlation_time, frequency)."""
        return self.joined(results, name)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run, model, population and correlation time."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        dims = ("run", "model", "population", "correlation_time")
        return scalar_rows(summary[list(SCALARS)], dims)
