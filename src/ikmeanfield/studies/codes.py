"""Codes of single neurons: counts of spikes while inputs are presented again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from ikmeanfield.circuit.population import Name
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.keys import hashed, seed_of
from ikmeanfield.limits import SAMPLES, at_most
from ikmeanfield.schema import ConfigError
from ikmeanfield.stepping import whole_ratio
from ikmeanfield.studies import cost
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.one_network import OneNetworkStudy
from ikmeanfield.studies.study import Item

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results

    FloatArray = NDArray[np.float64]

PRESENTATION_SECONDS = 4e-3
"""Changing the pattern and collecting the spikes of a presentation."""
FIT_SECONDS = 2e-9
"""Fitting classifiers: per squared number of presentations, neuron and fold."""
IMPORT_MIB = 90.0
"""Importing scikit-learn."""
SCALARS = {
    "trial_correlation": ("1", "correlation over neurons of counts in two trials of an input"),
    "accuracy": ("1", "share of trials whose input a ridge classifier names, cross-validated"),
    "dimension": ("1", "participation ratio of the counts' covariance between neurons"),
    "rate": ("Hz", "firing rate of the population during presentations"),
    "rate_spread": ("Hz", "standard deviation of that rate between presentations"),
}


class Codes(OneNetworkStudy):
    """How stable single neurons' counts of spikes are between presentations of the same input."""

    rule = "measure_codes"
    tables: ClassVar[tuple[str, ...]] = ("codes",)
    undefined: ClassVar = {
        "trial_correlation": "where all neurons fire equally often",
        "dimension": "where all presentations have the same counts",
    }

    kind: Literal["codes"]
    population: Name
    """The population that receives the inputs and whose spikes are counted."""
    inputs: int = Field(8, ge=2, le=1000)
    """Number of inputs. Each is a pattern: a random half of the neurons receives `amplitude` more,
    the other half as much less."""
    trials: int = Field(20, ge=2, le=10_000)
    """How often each input is presented, in random order."""
    amplitude: float = Field(gt=0)
    """Strength of a pattern in pA."""
    settle: float = Field(500.0, gt=0)
    """Time in ms before the first presentation."""
    gap: float = Field(100.0, gt=0)
    """Time in ms without a pattern before each presentation."""
    window: float = Field(200.0, gt=0)
    """Length of a presentation in ms, in which spikes are counted."""
    sample: float = Field(1.0, validate_default=True, gt=0)
    """Interval in ms that divides `settle`, `gap` and `window`; networks take the longest
    recommended step that divides it."""
    neurons: int | None = Field(None, ge=2)
    """Number of neurons whose counts are analysed, spread over the population; null: all."""
    shown: int = Field(50, ge=1)
    """Number of these neurons, spread over them, whose counts for the first input are stored."""
    folds: int = Field(5, validate_default=True, ge=2)
    """Parts into which trials are divided for cross-validation; at most `trials`."""
    ridge: float = Field(1.0, gt=0)
    """Weight of the squared coefficients in the ridge regression."""
    thresholds: Draw = "random"
    """Whether what differs between neurons is drawn at random or follows quantiles."""

    @field_validator("sample")
    @classmethod
    def _sample_divides_times(cls, sample: float, info: ValidationInfo) -> float:
        for name in ("settle", "gap", "window"):
            if name in info.data:
                whole_ratio(info.data[name], sample, name, "sample")
        each = info.data.get("gap", 0.0) + info.data.get("window", 0.0)
        length = each * info.data.get("inputs", 0) * info.data.get("trials", 0) / sample
        at_most(length, SAMPLES, "samples in a run", "present less often or sample less")
        return sample

    @field_validator("folds")
    @classmethod
    def _folds_hold_trials(cls, folds: int, info: ValidationInfo) -> int:
        if folds > info.data.get("trials", folds):
            msg = f"must be at most trials = {info.data['trials']}"
            raise ValueError(msg)
        return folds

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        super().check_run(experiment, circuit)
        size = circuit.populations[self.population].size
        if self.neurons is not None and self.neurons > size:
            msg = f"neurons: got {self.neurons}, but {self.population}.size = {size}"
            raise ConfigError(msg)
        if self.shown > (self.neurons or size):
            msg = f"shown: got {self.shown}, but {self.neurons or size} neurons are analysed"
            raise ConfigError(msg)

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`: each run is a separate network."""
        settings = self.model_dump(exclude={"kind", "sweeps"})
        for number, run in plan.runs_of(name):
            known = {"circuit": run.circuit.identity(), "replicate": run.replicate}
            key = hashed({**known, self.kind: settings})
            yield Item(key=key, seed=seed_of(plan.seed, key), runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            The `SCALARS`, and ``count`` (neuron, trial) of some neurons for the first input.
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis import codes  # noqa: PLC0415

        counts, rates = self._presented(plan.first_run(item).circuit, item.seed or 0)
        some = np.linspace(0, counts.shape[2] - 1, self.shown).round().astype(int)
        found = {
            "trial_correlation": codes.trial_correlation(counts),
            "accuracy": codes.decoding_accuracy(counts, folds=self.folds, ridge=self.ridge),
            "dimension": codes.participation_ratio(counts.reshape(-1, counts.shape[2])),
            "rate": float(rates.mean()),
            "rate_spread": float(rates.std(ddof=1)),
        }
        variables: dict[str, Any] = {
            name: ((), value, dict(zip(("units", "long_name"), SCALARS[name], strict=True)))
            for name, value in found.items()
        }
        text = {"units": "1", "long_name": "spikes of a neuron in a presentation of one input"}
        variables["count"] = (("neuron", "trial"), counts[0][:, some].T.astype(np.int32), text)
        return xr.Dataset(variables)

    def _presented(self, circuit: Circuit, seed: int) -> tuple[FloatArray, FloatArray]:
        """Counts of spikes (inputs, trials, neurons), and the rate in each presentation in Hz."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.spiking import Network  # noqa: PLC0415

        size = circuit.populations[self.population].size
        place = list(circuit.populations).index(self.population)
        network = Network(circuit, step=self.step, thresholds=self.thresholds, seed=seed)
        rng = np.random.default_rng([seed, 1])
        patterns = [self.amplitude * halves(rng, size) for _ in range(self.inputs)]
        watched = np.linspace(0, size - 1, self.neurons or size).round().astype(int)
        network.advance(duration=self.settle, sample=self.sample, record=())
        counts = np.zeros((self.inputs, self.trials, watched.size))
        rates, seen = [], [0] * self.inputs
        for shown in rng.permutation(np.repeat(np.arange(self.inputs), self.trials)).tolist():
            network.set_pattern({})
            network.advance(duration=self.gap, sample=self.sample, record=())
            network.set_pattern({self.population: patterns[shown]})
            series = network.run(
                duration=self.window, sample=self.sample, record=("firing_rate",),
                spikes={self.population: watched.tolist()},
            )  # fmt: skip
            every = np.bincount(series["spike_neuron"].values, minlength=size)
            counts[shown, seen[shown]] = every[watched]
            seen[shown] += 1
            rates.append(float(series["firing_rate"].values[place].mean()))
        return counts, np.array(rates)

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit = plan.first_run(item).circuit
        presentations = self.inputs * self.trials
        duration = self.settle + presentations * (self.gap + self.window)
        neurons = self.neurons or circuit.populations[self.population].size
        fits = presentations**2 * neurons * self.folds * FIT_SECONDS
        return cost.network(circuit, duration / self.step) + Cost(
            seconds=presentations * PRESENTATION_SECONDS + fits,
            peak=IMPORT_MIB + 8 * 4 * presentations * neurons / cost.MIB,
        )

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of all runs along ``run``."""
        return results.stacked(name).assign_attrs(inputs=self.inputs, trials=self.trials)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run, with everything but the counts."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        return scalar_rows(summary[list(SCALARS)], ("run",))


def halves(rng: np.random.Generator, size: int) -> FloatArray:
    """One for a random half of the neurons and minus one for the others, of mean zero."""
    import numpy as np  # noqa: PLC0415

    signs = np.where(np.arange(size) < size // 2, 1.0, -1.0)
    return rng.permutation(signs - signs.mean())
