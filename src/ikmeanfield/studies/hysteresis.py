"""Hysteresis: rates at constant currents that rise level by level and fall again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import nan
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from ikmeanfield.circuit.population import Name
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.limits import SAMPLES, at_most
from ikmeanfield.stepping import whole_ratio
from ikmeanfield.studies import cost
from ikmeanfield.studies.branches import refuse_moved
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

REGIONS = ("rest", "active", "bistable", "oscillating")
"""What a circuit does at a current, by the number that stands for it."""
LEVELS = ("rate_mean", "rate_lowest", "rate_highest")
LOOPS = {
    "area": ("Hz pA", "area between the falling and the rising rate, at constant currents"),
    "ramp_area": ("Hz pA", "area between the falling and the rising rate, on a moving ramp"),
    "width": ("pA", "currents at which the falling and the rising rate differ"),
}
TEXTS = {
    "rate_mean": "firing rate at a level, averaged over time",
    "rate_lowest": "smallest smoothed firing rate at a level",
    "rate_highest": "largest smoothed firing rate at a level",
}


class Hysteresis(ComparedStudy):
    """Rates of networks and theories at currents that rise level by level, and fall again."""

    rule = "measure_hysteresis"
    questions = ("series",)
    tables: ClassVar[tuple[str, ...]] = ("loops",)
    undefined: ClassVar = {"ramp_area": "without a ramp"}

    of_networks = frozenset({"thresholds"})
    of_summary = frozenset({"active", "swing"})
    takes_input = False

    kind: Literal["hysteresis"]
    population: Name
    """The population that receives the current."""
    low: float
    """Lowest current in pA."""
    high: float
    """Highest current in pA."""
    levels: int = Field(41, ge=2)
    """Number of currents, evenly spaced."""
    hold: float = Field(500.0, gt=0)
    """Time in ms at every level."""
    discard: float = Field(250.0, ge=0)
    """Time in ms at the beginning of every level that is left out."""
    rise: float = Field(0.0, ge=0)
    """Time in ms in which a ramp rises, and falls again; 0: no ramp."""
    sample: float = Field(1.0, validate_default=True, gt=0)
    """Recording interval in ms; divides `hold`, `discard` and `rise`."""
    smooth: float = Field(5.0, ge=0)
    """Standard deviation in ms of the Gaussian that rates are smoothed with for their extrema."""
    active: float = Field(1.0, gt=0)
    """Mean rate in Hz from which a population is active."""
    differ: float = Field(1.0, gt=0)
    """Difference in Hz of the rising and the falling rate from which there are two states."""
    swing: float = Field(1.0, gt=0)
    """Distance in Hz from the lowest to the highest rate from which a population oscillates."""
    thresholds: Draw = "quantiles"
    """Whether thresholds are drawn at random or are the quantiles of their distribution."""

    @field_validator("high")
    @classmethod
    def _currents_rise(cls, high: float, info: ValidationInfo) -> float:
        if high <= info.data.get("low", high - 1):
            msg = f"must be above low = {info.data['low']:g} pA"
            raise ValueError(msg)
        return high

    @field_validator("discard")
    @classmethod
    def _discard_is_shorter(cls, discard: float, info: ValidationInfo) -> float:
        if discard >= info.data.get("hold", discard + 1):
            msg = f"must be shorter than hold = {info.data['hold']:g} ms"
            raise ValueError(msg)
        return discard

    @field_validator("sample")
    @classmethod
    def _sample_divides_times(cls, sample: float, info: ValidationInfo) -> float:
        for name in ("hold", "discard", "rise"):
            if info.data.get(name, 0.0) > 0:
                whole_ratio(info.data[name], sample, name, "sample")
        length = 2 * info.data.get("hold", 0.0) * info.data.get("levels", 0) / sample
        at_most(length, SAMPLES, "samples in a run", "hold the currents for a shorter time")
        return sample

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`; no sweep may move the current."""
        known_names("population", [self.population], circuit.populations)
        refuse_moved(experiment, circuit, self, f"{self.population}.input_current")
        super().check(experiment, circuit)

    def moved(self) -> Mapping[str, Any]:
        """As `ComparedStudy.moved`."""
        return {f"{self.population}.input_current": self.low}

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            `LEVELS` in Hz (direction, current, population), and `LOOPS` (population).
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.cycles_in_time import smoothed  # noqa: PLC0415
        from ikmeanfield.inputs import ramp, steps  # noqa: PLC0415

        circuit = plan.first_run(item).circuit
        currents = np.linspace(self.low, self.high, self.levels)
        both = np.concatenate([currents, currents[::-1]])
        staircase = steps((number * self.hold, level) for number, level in enumerate(both.tolist()))
        rates = self._rates(plan, item, staircase, len(both) * self.hold)
        held = rates.reshape(len(rates), len(both), -1)[..., round(self.discard / self.sample) :]
        even = smoothed(held, self.sample, self.smooth)
        found = np.stack([held.mean(axis=-1), even.min(axis=-1), even.max(axis=-1)])
        found = found.reshape(3, len(rates), 2, self.levels)
        found[:, :, 1] = found[:, :, 1, ::-1]
        mean = found[0]
        gap = mean[:, 1] - mean[:, 0]
        spacing = (self.high - self.low) / (self.levels - 1)
        loops = {
            "area": np.trapezoid(gap, currents, axis=-1),
            "ramp_area": np.full(len(rates), nan),
            "width": (np.abs(gap) >= self.differ).sum(axis=-1) * spacing,
        }
        if self.rise:
            top = [(0.0, self.low), (self.rise, self.high), (2 * self.rise, self.low)]
            moving = self._rates(plan, item, ramp(top), 2 * self.rise)
            up, down = np.split(moving, 2, axis=-1)
            per_sample = (self.high - self.low) * self.sample / self.rise
            loops["ramp_area"] = (down[:, ::-1] - up).sum(axis=-1) * per_sample
        dims = ("direction", "current", "population")
        variables: dict[str, Any] = {
            name: (dims, values.transpose(1, 2, 0), {"units": "Hz", "long_name": TEXTS[name]})
            for name, values in zip(LEVELS, found, strict=True)
        }
        for name, values in loops.items():
            unit, text = LOOPS[name]
            variables[name] = ("population", values, {"units": unit, "long_name": text})
        text = f"constant current into {self.population}"
        return xr.Dataset(
            variables,
            {
                "direction": ("direction", ["up", "down"], {"long_name": "order of the currents"}),
                "current": ("current", currents, {"units": "pA", "long_name": text}),
                "population": (
                    "population", list(circuit.populations), {"long_name": "population"}
                ),
            },
        )  # fmt: skip

    def _rates(self, plan: Plan, item: Item, current: Current, duration: float) -> FloatArray:
        """Rates in Hz (population, time) of the network or the theory under a current."""
        from ikmeanfield.spiking import Network  # noqa: PLC0415

        circuit, given = plan.first_run(item).circuit, {self.population: current}
        if item.label != NETWORK:
            theory = plan.theories[item.label].build(circuit)
            series = theory.integrate(given, duration=duration, sample=self.sample)
            found: FloatArray = series["firing_rate"].values.astype(float)
            return found
        network = Network(circuit, step=self.step, thresholds=self.thresholds, seed=item.seed or 0)
        return network.advance(
            given, duration=duration, sample=self.sample, record=("firing_rate",)
        )["firing_rate"]

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit = plan.first_run(item).circuit
        duration = 2 * (self.levels * self.hold + self.rise)
        stored = duration / self.sample * len(circuit.populations) * 40.0 / cost.MIB
        if item.label != NETWORK:
            found = cost.theory_in_time(circuit, duration, oscillating=True)
            return found + Cost(peak=stored)
        return cost.network(circuit, duration / self.step) + Cost(peak=stored)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of all models (run, model, …), and the region at every current."""
        found = self.joined(results, name)
        found["region"] = self._regions(found)
        return found

    def _regions(self, found: xr.Dataset) -> xr.DataArray:
        """What every population does at every current, as a place in `REGIONS`."""
        mean = found["rate_mean"]
        region = (mean.max("direction") >= self.active).astype("int8")
        two = abs(mean.sel(direction="down") - mean.sel(direction="up")) >= self.differ
        swing = (found["rate_highest"] - found["rate_lowest"]).max("direction") >= self.swing
        region = region.where(~two, 2).where(~swing, 3).astype("int8")
        text = ", ".join(f"{number} {name}" for number, name in enumerate(REGIONS))
        return region.assign_attrs(units="1", long_name=text)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run, model and population: area and width of the loop."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        return scalar_rows(summary[list(LOOPS)], ("run", "model", "population"))
