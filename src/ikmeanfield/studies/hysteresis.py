"""Hysteresis: rates at constant levels of a current or a parameter that rise and fall again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import nan
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ikmeanfield.circuit.population import Name
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.limits import SAMPLES, at_most
from ikmeanfield.stepping import whole_ratio
from ikmeanfield.studies import cost
from ikmeanfield.studies.branches import refuse_moved
from ikmeanfield.studies.compared import NETWORK, ComparedStudy
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Item, known_names, require

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
"""What a circuit does at a level, by the number that stands for it."""
PIECES = 1000
"""Levels that stand for a ramp of a parameter, on each of its sides."""
LEVELS = ("rate_mean", "rate_lowest", "rate_highest", "rate_swing")
LOOPS = {
    "area": ("Hz {unit}", "area between the falling and the rising rate, at constant {what}"),
    "ramp_area": ("Hz {unit}", "area between the falling and the rising rate, on a moving ramp"),
    "width": ("{unit}", "{what} at which the falling and the rising rate differ"),
}
"""Units and descriptions, for a unit and the word for the levels."""
TEXTS = {
    "rate_mean": "firing rate at a level, averaged over time",
    "rate_lowest": "smallest smoothed firing rate at a level",
    "rate_highest": "largest smoothed firing rate at a level",
    "rate_swing": "by how much the smoothed firing rate both rises and falls at a level",
}


class Hysteresis(ComparedStudy):
    """Rates of networks and theories at currents that rise level by level, and fall again.

    Another parameter may take the place of the current.
    """

    rule = "measure_hysteresis"
    questions = ("series",)
    tables: ClassVar[tuple[str, ...]] = ("loops",)
    undefined: ClassVar = {"ramp_area": "without a ramp"}

    of_summary = frozenset({"active", "swing"})
    takes_input = False

    kind: Literal["hysteresis"]
    population: Name | None = None
    """The population that receives a current; or else name a `parameter`."""
    parameter: str | None = Field(None, exclude_if=lambda given: given is None)
    """Path of the parameter that moves in place of a current, for example ``rs.adaptation``."""
    low: float
    """Lowest level: a current in pA, or a value of the parameter in its unit."""
    high: float
    """Highest level."""
    levels: int = Field(41, ge=2)
    """Number of levels, evenly spaced."""
    hold: float = Field(500.0, gt=0)
    """Time in ms at every level."""
    discard: float = Field(250.0, ge=0)
    """Time in ms at the beginning of every level that is left out."""
    rise: float = Field(0.0, ge=0)
    """Time in ms in which a ramp rises, and falls again; 0: no ramp. That of a parameter moves in a
    thousand steps, after a `hold` at the lowest level."""
    sample: float = Field(1.0, validate_default=True, gt=0)
    """Recording interval in ms; divides `hold`, `discard` and `rise`."""
    smooth: float = Field(5.0, ge=0)
    """Standard deviation in ms of the Gaussian that rates are smoothed with for their extrema."""
    active: float = Field(1.0, gt=0)
    """Mean rate in Hz from which a population is active."""
    differ: float = Field(1.0, gt=0)
    """Difference in Hz of the rising and the falling rate from which there are two states."""
    swing: float = Field(1.0, gt=0)
    """By how many Hz the rate of a population that oscillates at least rises and falls again at a
    level."""
    thresholds: Draw = "quantiles"
    """Whether thresholds are drawn at random or are the quantiles of their distribution."""

    @field_validator("high")
    @classmethod
    def _currents_rise(cls, high: float, info: ValidationInfo) -> float:
        if high <= info.data.get("low", high - 1):
            msg = f"must be above low = {info.data['low']:g}"
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
        at_most(length, SAMPLES, "samples in a run", "hold the levels for a shorter time")
        return sample

    @model_validator(mode="after")
    def _moves_one_thing(self) -> Self:
        if (self.population is None) == (self.parameter is None):
            msg = "name either the population that receives a current or the parameter that moves"
            raise ValueError(msg)
        return self

    @property
    def path(self) -> str:
        """Path of what moves."""
        return self.parameter or f"{self.population}.input_current"

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`; no sweep may move what the study moves."""
        if self.parameter is None:
            known_names("population", [str(self.population)], circuit.populations)
        else:
            for value in (self.low, self.high):
                circuit.replace({self.parameter: value})
            require(experiment, self.asked(experiment), "steps")
        refuse_moved(experiment, circuit, self, self.path)
        super().check(experiment, circuit)

    def moved(self) -> Mapping[str, Any]:
        """As `ComparedStudy.moved`."""
        return {self.path: self.low}

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            `LEVELS` in Hz (direction, current, population), and `LOOPS` (population). The
            coordinate ``current`` holds the levels, also those of another parameter.
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.cycles_in_time import rise_and_fall, smoothed  # noqa: PLC0415
        from ikmeanfield.circuit.model import unit_of  # noqa: PLC0415

        circuit = plan.first_run(item).circuit
        levels = np.linspace(self.low, self.high, self.levels)
        both = np.concatenate([levels, levels[::-1]])
        rates = self._rates(plan, item, both, self.hold)
        held = rates.reshape(len(rates), len(both), -1)[..., round(self.discard / self.sample) :]
        even = smoothed(held, self.sample, self.smooth)
        found = np.stack(
            [held.mean(axis=-1), even.min(axis=-1), even.max(axis=-1), rise_and_fall(even)]
        ).reshape(len(LEVELS), len(rates), 2, self.levels)
        found[:, :, 1] = found[:, :, 1, ::-1]
        mean = found[0]
        gap = mean[:, 1] - mean[:, 0]
        spacing = (self.high - self.low) / (self.levels - 1)
        loops = {
            "area": np.trapezoid(gap, levels, axis=-1),
            "ramp_area": np.full(len(rates), nan),
            "width": (np.abs(gap) >= self.differ).sum(axis=-1) * spacing,
        }
        if self.rise:
            up, down = np.split(self._ramp_rates(plan, item), 2, axis=-1)
            per_sample = (self.high - self.low) * self.sample / self.rise
            loops["ramp_area"] = (down[:, ::-1] - up).sum(axis=-1) * per_sample
        dims = ("direction", "current", "population")
        variables: dict[str, Any] = {
            name: (dims, values.transpose(1, 2, 0), {"units": "Hz", "long_name": TEXTS[name]})
            for name, values in zip(LEVELS, found, strict=True)
        }
        unit = unit_of(self.path)
        what = "currents" if self.parameter is None else f"values of {self.parameter}"
        for name, values in loops.items():
            of_loop, text = (words.format(unit=unit, what=what) for words in LOOPS[name])
            variables[name] = ("population", values, {"units": of_loop, "long_name": text})
        text = self.parameter or f"constant current into {self.population}"
        return xr.Dataset(
            variables,
            {
                "direction": ("direction", ["up", "down"], {"long_name": "order of the levels"}),
                "current": ("current", levels, {"units": unit, "long_name": text}),
                "population": (
                    "population", list(circuit.populations), {"long_name": "population"}
                ),
            },
        )  # fmt: skip

    def _rates(self, plan: Plan, item: Item, levels: FloatArray, hold: float) -> FloatArray:
        """Rates in Hz (population, time) at levels that are held one after the other."""
        from ikmeanfield.inputs import steps  # noqa: PLC0415

        if self.parameter is not None:
            return self._rates_of_parameter(plan, item, levels, hold)
        course = steps((number * hold, level) for number, level in enumerate(levels.tolist()))
        return self._rates_under(plan, item, course, len(levels) * hold)

    def _ramp_rates(self, plan: Plan, item: Item) -> FloatArray:
        """Rates in Hz (population, time) on a ramp up and down again."""
        import numpy as np  # noqa: PLC0415

        from ikmeanfield.inputs import ramp  # noqa: PLC0415

        if self.parameter is None:
            top = [(0.0, self.low), (self.rise, self.high), (2 * self.rise, self.low)]
            return self._rates_under(plan, item, ramp(top), 2 * self.rise)
        samples = round(self.rise / self.sample)
        pieces = next(n for n in range(min(PIECES, samples), 0, -1) if samples % n == 0)
        middles = self.low + (np.arange(pieces) + 0.5) * (self.high - self.low) / pieces
        both = np.concatenate([middles, middles[::-1]])
        per_piece = self.rise / pieces
        held = np.full(max(1, round(self.hold / per_piece)), self.low)  # to settle, and left out
        rates = self._rates_of_parameter(plan, item, np.concatenate([held, both]), per_piece)
        return rates[:, -2 * samples :]

    def _rates_under(self, plan: Plan, item: Item, current: Current, duration: float) -> FloatArray:
        """Rates in Hz (population, time) of the network or the theory under a current."""
        circuit, given = plan.first_run(item).circuit, {str(self.population): current}
        if item.label != NETWORK:
            theory = plan.theories[item.label].build(circuit)
            series = theory.integrate(given, duration=duration, sample=self.sample)
            found: FloatArray = series["firing_rate"].values.astype(float)
            return found
        return self.network(circuit, item.seed).advance(
            given, duration=duration, sample=self.sample, record=("firing_rate",)
        )["firing_rate"]

    def _rates_of_parameter(
        self, plan: Plan, item: Item, levels: FloatArray, hold: float
    ) -> FloatArray:
        """Rates in Hz (population, time) while the parameter takes values one after the other."""
        import numpy as np  # noqa: PLC0415

        circuit, found = plan.first_run(item).circuit, []
        circuits = [circuit.replace({str(self.parameter): level}) for level in levels.tolist()]
        if item.label == NETWORK:
            network = self.network(circuits[0], item.seed)
            for here in circuits:
                network = network.with_circuit(here)
                series = network.advance(duration=hold, sample=self.sample, record=("firing_rate",))
                found.append(series["firing_rate"])
            return np.concatenate(found, axis=-1)
        settings, names = plan.theories[item.label], list(circuit.populations)
        first = settings.build(circuits[0])
        state, variables = first.initial_state(), first.problem().variables
        rows = [variables.index(f"{name}.firing_rate") for name in names]
        every = round(self.sample / self.step)
        for here in circuits:
            theory = settings.build(here)
            constant = [here.populations[name].input_current for name in names]
            currents = np.tile(constant, (round(hold / self.step), 1))
            states = theory.advance(state, currents, self.step)
            state = states[-1]
            found.append(1e3 * states[every - 1 :: every, rows].T)
        return np.concatenate(found, axis=-1)

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit = plan.first_run(item).circuit
        duration = 2 * (self.levels * self.hold + self.rise)
        stored = duration / self.sample * len(circuit.populations) * 40.0 / cost.MIB
        if item.label != NETWORK:
            found = cost.theory_in_time(circuit, duration, oscillating=True)
            return found + Cost(peak=stored)
        return self.network_cost(circuit, duration) + Cost(peak=stored)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of all models (run, model, …), and the region at every level."""
        found = self.joined(results, name)
        found["region"] = self._regions(found)
        return found

    def _regions(self, found: xr.Dataset) -> xr.DataArray:
        """What every population does at every level, as a place in `REGIONS`.

        Where a rate changes for good within a level, one of the two states is no state there.
        """
        mean, swing = found["rate_mean"], found["rate_swing"]
        change = found["rate_highest"] - found["rate_lowest"] - swing
        passing = change.max("direction") >= self.differ
        two = abs(mean.sel(direction="down") - mean.sel(direction="up")) >= self.differ
        region = (mean.max("direction") >= self.active).astype("int8")
        region = region.where(~two | passing, 2)
        region = region.where(swing.max("direction") < self.swing, 3).astype("int8")
        text = ", ".join(f"{number} {name}" for number, name in enumerate(REGIONS))
        return region.assign_attrs(units="1", long_name=text)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run, model and population: area and width of the loop."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        return scalar_rows(summary[list(LOOPS)], ("run", "model", "population"))
