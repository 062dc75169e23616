"""Linear response: how rates answer a small modulation of an input current, by frequency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import nan
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Len
from pydantic import Field, ValidationInfo, field_validator

from ikmeanfield.circuit.population import Name
from ikmeanfield.heterogeneity import Draw
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

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.inputs import Current
    from ikmeanfield.jobs.results import Results

    FloatArray = NDArray[np.float64]

SETTLE = 2000.0
"""Time in ms that a theory is given to settle after the kick."""
LINEAR_SECONDS = 0.05
"""Linearising a theory and looking for its resonance."""
NO_PEAK = "where the gain falls from zero frequency on"
ONE_MODEL = "of theories"
COHERENT, NONLINEAR = 0.5, 0.4
"""A network's resonance means something where at least this share of the power follows the current,
and halving the current changes the gain by less than this share."""
RESULTS = {
    "gain": ("Hz pA-1", "gain of the rate"),
    "phase": ("1", "phase of the rate in radians, negative where it lags behind the current"),
    "gain_error": ("Hz pA-1", "standard error of the gain"),
    "coherence": ("1", "share of the power at a frequency that follows the current"),
    "half_gain": ("Hz pA-1", "gain at half the amplitude"),
}
SCALARS = {
    "resonance": ("Hz", "frequency of the largest gain"),
    "resonance_gain": ("1", "largest gain over that at the lowest frequency"),
    "quality": ("1", "frequency of the largest gain over the band of half its power"),
    "growth": ("s-1", "growth rate of the least damped mode"),
    "ringing": ("Hz", "frequency of the least damped oscillating mode"),
}


class Responses(ComparedStudy):
    """Gain and phase of rates under a small modulation of a current, and their resonance."""

    rule = "measure_responses"
    questions = ("series", "equilibria")
    tables: ClassVar[tuple[str, ...]] = ("resonances",)
    undefined: ClassVar = {
        **dict.fromkeys(("resonance", "resonance_gain", "quality"), NO_PEAK),
        **dict.fromkeys(("growth", "ringing"), "of networks, and without oscillating modes"),
        **dict.fromkeys(("gain_error", "coherence", "half_gain"), ONE_MODEL),
    }

    of_networks = frozenset({"amplitude", "segments", "sample"})

    kind: Literal["responses"]
    modulated: Name
    """The population whose input current is modulated."""
    observed: Annotated[list[Name], Len(1)] | None = None
    """Populations whose rates are observed; null means all."""
    frequencies: Annotated[list[float], Len(1)]
    """Frequencies in Hz; each is moved to the nearest multiple of one over `segment`."""
    kick: float = 0.0
    """Current in pA that is added to the modulated one for the first half of `settle`, to reach a
    state of activity."""
    amplitude: float = Field(0.25, gt=0)
    """Amplitude of every sinusoid in a network's input current, in pA."""
    settle: float = Field(1000.0, gt=0)
    """Time in ms before a network is observed; a multiple of `segment` is not needed."""
    segment: float = Field(1000.0, gt=0)
    """Length in ms of the segments that give independent estimates."""
    segments: int = Field(10, ge=2)
    """Number of segments."""
    sample: float = Field(1.0, validate_default=True, gt=0)
    """Recording interval in ms; divides `settle` and `segment`."""
    thresholds: Draw = "quantiles"
    """Whether thresholds are drawn at random or are the quantiles of their distribution."""

    @field_validator("sample")
    @classmethod
    def _sample_divides_times(cls, sample: float, info: ValidationInfo) -> float:
        for name in ("settle", "segment"):
            if name in info.data:
                whole_ratio(info.data[name], sample, name, "sample")
        length = info.data.get("segment", 0.0) * info.data.get("segments", 0) / sample
        at_most(length, SAMPLES, "samples in a run", "shorten the segments or sample less")
        return sample

    @field_validator("frequencies")
    @classmethod
    def _frequencies_are_positive(cls, frequencies: list[float]) -> list[float]:
        if min(frequencies) <= 0:
            msg = "must be positive"
            raise ValueError(msg)
        return frequencies

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        known_names("modulated", [self.modulated], circuit.populations)
        known_names("observed", self.observed or (), circuit.populations)
        super().check(experiment, circuit)

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            `RESULTS` (population, frequency) and `SCALARS` (population).
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.multisine import on_grid  # noqa: PLC0415

        circuit = plan.first_run(item).circuit
        frequency = on_grid(self.frequencies, self.segment)
        populations = self.observed or list(circuit.populations)
        if item.label == NETWORK:
            found = self._measured(circuit, populations, frequency, item.seed or 0)
        else:
            found = self._linearised(plan, item, populations, frequency)
        dims = ("population", "frequency")
        variables = {
            name: (dims[: np.ndim(values)], values, _described(name))
            for name, values in found.items()
        }
        frequencies = ("frequency", frequency, {"units": "Hz", "long_name": "frequency"})
        observed = ("population", populations, {"long_name": "population"})
        return xr.Dataset(variables, {"frequency": frequencies, "population": observed})

    def _kicked(self, current: Current | float) -> Current:
        """The constant current, with the kick before it."""
        from ikmeanfield.inputs import steps  # noqa: PLC0415

        base = float(current)  # type: ignore[arg-type]
        return steps([(0.0, base + self.kick), (self.settle / 2, base)])

    def _linearised(
        self, plan: Plan, item: Item, populations: list[str], frequency: FloatArray
    ) -> dict[str, Any]:
        """Response of a theory at the steady state that it reaches."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.analysis.linear_response import LinearResponse  # noqa: PLC0415

        circuit = plan.first_run(item).circuit
        theory = plan.theories[item.label].build(circuit)
        kicked = self._kicked(circuit.populations[self.modulated].input_current)
        here = LinearResponse.settled(theory, {self.modulated: kicked}, self.settle + SETTLE)
        names = [f"{population}.firing_rate" for population in populations]
        answers = np.array([here.transfer(self.modulated, name, frequency) for name in names])
        peaks = [here.resonance(self.modulated, name) for name in names]
        empty = np.full(answers.shape, nan)
        return {
            "gain": np.abs(answers), "phase": np.angle(answers), "gain_error": empty,
            "coherence": empty, "half_gain": empty,
            "resonance": np.array([peak.frequency for peak in peaks]),
            "resonance_gain": np.array([peak.peak for peak in peaks]),
            "quality": np.array([peak.quality for peak in peaks]),
            "growth": np.full(len(names), here.growth),
            "ringing": np.full(len(names), here.ringing),
        }  # fmt: skip

    def _measured(
        self, circuit: Circuit, populations: list[str], frequency: FloatArray, seed: int
    ) -> dict[str, Any]:
        """Response of a network to many sinusoids at once, and at half their amplitude."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.analysis.multisine import estimated, multisine  # noqa: PLC0415

        network = self.network(circuit, seed)
        base = circuit.populations[self.modulated].input_current
        kicked = {self.modulated: self._kicked(base)}
        network.advance(kicked, duration=self.settle, sample=self.sample, record=())
        rest = network.snapshot()
        rows = [list(circuit.populations).index(name) for name in populations]
        found = []
        for amplitude in (self.amplitude, self.amplitude / 2):
            network.restore(rest)
            current, phases = multisine(
                base, amplitude, frequency, np.random.default_rng(seed), start=network.time
            )
            series = network.advance(
                {self.modulated: current}, duration=self.segment * self.segments,
                sample=self.sample, record=("firing_rate",),
            )["firing_rate"][rows]  # fmt: skip
            found.append(
                [estimated(s, self.sample, frequency, phases, amplitude, self.segment)
                 for s in series]
            )  # fmt: skip
        whole, half = found
        gain = np.array([np.abs(one.transfer) for one in whole])
        peak = gain.argmax(axis=1)
        inside = (peak > 0) & (peak < frequency.size - 1)
        empty = np.full(len(rows), nan)
        return {
            "gain": gain,
            "phase": np.array([np.angle(one.transfer) for one in whole]),
            "gain_error": np.array([one.error for one in whole]),
            "coherence": np.array([one.coherence for one in whole]),
            "half_gain": np.array([np.abs(one.transfer) for one in half]),
            "resonance": np.where(inside, frequency[peak], nan),
            "resonance_gain": np.where(inside, gain.max(axis=1) / gain[:, 0], nan),
            "quality": empty, "growth": empty, "ringing": empty,
        }  # fmt: skip

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit = plan.first_run(item).circuit
        if item.label != NETWORK:
            return cost.theory_in_time(circuit, SETTLE) + Cost(seconds=LINEAR_SECONDS)
        duration = self.settle + 2 * self.segment * self.segments
        return self.network_cost(circuit, duration)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of all models (run, model, population, frequency)."""
        return self.joined(results, name)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run, model and population: resonance and modes."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        return scalar_rows(summary[list(SCALARS)], ("run", "model", "population"))


def _described(name: str) -> dict[str, str]:
    """Unit and meaning of a result."""
    unit, text = {**RESULTS, **SCALARS}[name]
    return {"units": unit, "long_name": text}


def meaningful(summary: xr.Dataset, model: str) -> NDArray[np.bool_]:
    """Whether a resonance means something, by run, in the summary of one population.

    Of a theory, whether its steady state is stable; of a network, whether the answer at the peak is
    coherent and linear.
    """
    import numpy as np  # noqa: PLC0415

    own = summary.sel(model=model)
    if model != NETWORK:
        return np.asarray(own["growth"].values < 0)
    top = own.isel(frequency=own["gain"].argmax("frequency"))
    change = np.abs(top["half_gain"].values / top["gain"].values - 1)
    return np.asarray((change < NONLINEAR) & (top["coherence"].values > COHERENT))
