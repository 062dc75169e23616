"""Oscillations of networks and theories: frequency, extrema, synchrony, intervals of spikes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import nan
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, field_validator

from ikmeanfield.heterogeneity import Draw
from ikmeanfield.schema import ConfigError
from ikmeanfield.studies import cost
from ikmeanfield.studies.compared import NETWORK, ComparedStudy
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.networks import discard_of_duration, sample_of_duration
from ikmeanfield.studies.study import Interval, Item, rising

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results
    from ikmeanfield.spiking import Network

    FloatArray = NDArray[np.float64]

SAMPLE_SECONDS = 6e-5
"""Going through the network's neurons at one sample, for means within a range of potentials."""
SPIKE_SECONDS, SPIKE_BYTES = 2e-6, 64.0
"""Analysing a spike of a watched neuron, and holding it."""
SPIKES_PER_SECOND = 20.0
"""Rate of a watched neuron that predictions assume."""
SERIES = {
    "rate": ("firing_rate", "Hz", "firing rate"),
    "recovery": ("recovery", "pA", "mean recovery variable"),
}
SPIKE_STATISTICS = {
    "synchrony": ("1", "synchrony of spike trains: 0 independent, 1 equal"),
    "interval": ("ms", "mean inter-spike interval"),
    "interval_cv": ("1", "coefficient of variation of inter-spike intervals"),
    "interval_cv2": ("1", "local coefficient of variation of inter-spike intervals"),
}
SHARES = "interval_share"
WITHIN = "recovery_within"
RECORD = ("firing_rate", "recovery")
FEW_CYCLES = "with fewer than three cycles"


class Oscillations(ComparedStudy):
    """Frequency and extrema of oscillations in time, of networks and of theories beside them."""

    rule = "measure_oscillations"
    questions = ("series",)
    tables: ClassVar[tuple[str, ...]] = ("oscillations",)
    undefined: ClassVar = {
        "frequency": FEW_CYCLES,
        "irregularity": FEW_CYCLES,
        **dict.fromkeys([*SPIKE_STATISTICS, SHARES], "without spikes of watched neurons"),
        WITHIN: "without a range, of theories, or if no neuron is ever within it",
    }

    of_networks = frozenset({"neurons", "within"})
    of_summary = frozenset({"least"})

    kind: Literal["oscillations"]
    duration: float = Field(gt=0)
    """Length of a run in ms."""
    sample: float = Field(1.0, validate_default=True, gt=0)
    """Recording interval in ms; divides the duration."""
    discard: float = Field(0.0, ge=0)
    """Time in ms at the start that is left out; a multiple of the sample interval."""
    smooth: float = Field(5.0, ge=0)
    """Standard deviation in ms of the Gaussian that series are smoothed with."""
    least: float = Field(1.0, gt=0)
    """Distance in Hz from the lowest to the highest rate from which a population oscillates."""
    neurons: int = Field(0, ge=0)
    """Number of neurons per population, spread over the thresholds, whose spikes are analysed."""
    within: Interval | None = None
    """Range of membrane potentials in mV for a second mean of the recovery variables, over the
    neurons in this range; null: none."""
    thresholds: Draw = "random"
    """Whether thresholds are drawn at random or are the quantiles of their distribution."""

    _sample_divides_duration = field_validator("sample")(sample_of_duration)
    _discard_is_sampled = field_validator("discard")(discard_of_duration)

    @field_validator("within")
    @classmethod
    def _range_rises(cls, within: list[float] | None) -> list[float] | None:
        return within and rising(within)

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        super().check_run(experiment, circuit)
        if not self.networks:
            return
        for name, population in circuit.populations.items():
            if self.neurons > population.size:
                msg = f"neurons: got {self.neurons}, but {name}.size = {population.size}"
                raise ConfigError(msg)

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            Along population: ``frequency`` (Hz) and ``irregularity`` of the cycles of the rate;
            ``rate`` (Hz) and ``recovery`` (pA) with ``_mean``, ``_highest`` and ``_lowest``, the
            extrema averaged over cycles; the `SPIKE_STATISTICS`; and ``recovery_within``. Where
            neurons are watched, ``interval_share`` along ``interval_bin`` too.
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.spike_trains import INTERVAL_EDGES  # noqa: PLC0415
        from ikmeanfield.inputs.settings import currents_of  # noqa: PLC0415

        run = plan.first_run(item)
        inputs = currents_of(plan.inputs(run))
        populations = list(run.circuit.populations)
        found: dict[str, Any] = {name: [nan] * len(populations) for name in SPIKE_STATISTICS}
        found[WITHIN] = [nan] * len(populations)
        centres = np.sqrt(INTERVAL_EDGES[1:] * INTERVAL_EDGES[:-1])
        if self.neurons:
            found[SHARES] = np.full((len(populations), centres.size), nan)
        if item.label == NETWORK:
            series, spikes = self._simulated(run.circuit, inputs, item.seed or 0)
            found |= spikes
        else:
            theory = plan.theories[item.label].build(run.circuit)
            series = theory.integrate(inputs, duration=self.duration, sample=self.sample)
        found |= self._measured(series)
        dims = ("population", "interval_bin")
        coordinates: dict[str, Any] = {
            "population": ("population", populations, {"long_name": "population"})
        }
        if self.neurons:
            text = {"units": "ms", "long_name": "geometric centre of a bin of intervals"}
            coordinates["interval_bin"] = ("interval_bin", centres, text)
        return xr.Dataset(
            {name: (dims[: np.ndim(values)], values, described(name))
             for name, values in found.items()},
            coordinates,
        )  # fmt: skip

    def _simulated(
        self, circuit: Circuit, inputs: Mapping[str, Any], seed: int
    ) -> tuple[xr.Dataset, dict[str, Any]]:
        """Series of a network, and what is known of its neurons."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.analysis.spike_trains import (  # noqa: PLC0415
            interval_shares,
            intervals,
            synchrony,
        )

        network = self.network(circuit, seed)
        watched = {
            name: np.linspace(0, population.size - 1, self.neurons).round().astype(int).tolist()
            for name, population in circuit.populations.items()
        }
        found: dict[str, Any] = {}
        if self.within is not None:
            series, found[WITHIN] = self._within(network, inputs)
            if not self.neurons:
                return series, found
            network = self.network(circuit, seed)
        series = network.run(
            inputs, duration=self.duration, sample=self.sample,
            record=RECORD, spikes=watched if self.neurons else None,
        )  # fmt: skip
        if not self.neurons:
            return series, found
        kept = series["spike_time"].values > self.discard
        times = series["spike_time"].values[kept] - self.discard
        owner, neuron = (series[n].values[kept] for n in ("spike_population", "spike_neuron"))
        rows, shares = [], []
        for name, chosen in watched.items():
            mine = owner == name
            order = np.argsort(neuron[mine], kind="stable")
            ordered, spikes = neuron[mine][order], times[mine][order]
            edges = np.searchsorted(ordered, [chosen, np.array(chosen) + 1])
            trains = [spikes[a:b] for a, b in zip(*edges, strict=True)]
            gaps = intervals(trains)
            rows.append([synchrony(trains, self.duration - self.discard), *gaps[:3]])
            shares.append(interval_shares(trains))
        found |= dict(zip(SPIKE_STATISTICS, np.transpose(rows), strict=True))
        return series, {**found, SHARES: np.array(shares)}

    def _within(
        self, network: Network, inputs: Mapping[str, Any]
    ) -> tuple[xr.Dataset, list[float]]:
        """Series of a network, and means of u over the neurons whose potential is in the range."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.datasets import time_series  # noqa: PLC0415

        assert self.within is not None
        low, high = self.within
        means: dict[str, list[float]] = {name: [] for name in network.circuit.populations}
        parts: list[dict[str, FloatArray]] = []
        if self.discard:
            parts.append(network.advance(inputs, duration=self.discard, sample=self.sample,
                                         record=RECORD))  # fmt: skip
        for _ in range(round((self.duration - self.discard) / self.sample)):
            parts.append(network.advance(inputs, duration=self.sample, sample=self.sample,
                                         record=RECORD))  # fmt: skip
            for name, values in means.items():
                v = network.potentials(name)
                inside = (v > low) & (v < high)
                if inside.any():
                    u = np.broadcast_to(network.recovery(name), v.shape)
                    values.append(float(u[inside].mean()))
        joined = {name: np.concatenate([part[name] for part in parts], axis=-1)
                  for name in ("time", *RECORD)}  # fmt: skip
        series = time_series(network.circuit, joined.pop("time"), joined)
        return series, [float(np.mean(values)) if values else nan for values in means.values()]

    def _measured(self, series: xr.Dataset) -> dict[str, Any]:
        """Frequency and extrema of the cycles that the rate of each population goes through."""
        from ikmeanfield.analysis.cycles_in_time import smoothed, swings  # noqa: PLC0415

        first = round(self.discard / self.sample)
        rows: dict[str, list[float]] = {}
        for place in range(series.sizes["population"]):
            starts = None
            for name, (recorded, _, _) in SERIES.items():
                values = series[recorded].values[place, first:].astype(float)
                found = swings(smoothed(values, self.sample, self.smooth), self.sample, starts)
                starts = found.starts
                if name == "rate":
                    rows.setdefault("frequency", []).append(found.frequency)
                    rows.setdefault("irregularity", []).append(found.irregularity)
                rows.setdefault(f"{name}_mean", []).append(float(values.mean()))
                rows.setdefault(f"{name}_highest", []).append(found.highest)
                rows.setdefault(f"{name}_lowest", []).append(found.lowest)
        return rows

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit = plan.first_run(item).circuit
        if item.label != NETWORK:
            return cost.theory_in_time(circuit, self.duration, oscillating=True)
        spikes = self.neurons * len(circuit.populations) * self.duration * SPIKES_PER_SECOND / 1000
        extra = Cost(seconds=spikes * SPIKE_SECONDS, peak=spikes * SPIKE_BYTES / cost.MIB)
        simulated = self.network_cost(circuit, self.duration)
        if self.within is not None:
            samples = self.duration / self.sample
            extra += Cost(seconds=samples * SAMPLE_SECONDS)
            if self.neurons:  # whose spikes take a run of their own
                extra += simulated
        return simulated + extra

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of all models (run, model, population), and whether they oscillate."""
        found = self.joined(results, name)
        swing = found["rate_highest"] - found["rate_lowest"]
        text = f"1 where the rate swings by at least {self.least:g} Hz, else 0"
        found["oscillates"] = (
            (swing >= self.least).astype("int8").assign_attrs(units="1", long_name=text)
        )
        return found

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run, model and population."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        return scalar_rows(summary, ("run", "model", "population"))


def described(name: str) -> dict[str, str]:
    """Unit and meaning of a result."""
    known = {
        "frequency": ("Hz", "cycles of the firing rate per second"),
        "irregularity": ("1", "standard deviation of the periods over their mean"),
        SHARES: ("1", "share of the inter-spike intervals of all watched neurons in a bin"),
        WITHIN: ("pA", "mean recovery variable of the neurons within a range of potentials"),
        **SPIKE_STATISTICS,
    }
    for series, (_, unit, text) in SERIES.items():
        known[f"{series}_mean"] = (unit, f"{text}, averaged over time")
        known[f"{series}_highest"] = (unit, f"{text}: its maximum, averaged over cycles")
        known[f"{series}_lowest"] = (unit, f"{text}: its minimum, averaged over cycles")
    unit, text = known[name]
    return {"units": unit, "long_name": text}
