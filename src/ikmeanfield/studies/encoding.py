"""Encoding: whether a ring of neurons keeps the place of a stimulus after it has gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Len
from pydantic import Field, ValidationInfo, field_validator

from ikmeanfield.heterogeneity import Draw
from ikmeanfield.stepping import whole_ratio
from ikmeanfield.studies import cost
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.sparse import SparseStudy
from ikmeanfield.studies.study import Interval, Item, rising

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results
    from ikmeanfield.spiking import Network

    FloatArray = NDArray[np.float64]

PLACES = 100
"""Number of neighbourhoods on the ring whose mean activity is stored."""
MEMORY = 15
"""How many decay times before the window spikes are taken into account."""
MEASURES = {
    "error": "distance of the scaled profile from the box: 0 equal, 1 silence",
    "misfit": "sine of the angle between profile and box: 0 the box at any height",
    "inside": "mean activity of the stimulated neurons",
    "outside": "mean activity of all other neurons",
}


class Encoding(SparseStudy):
    """Bumps of activity that a box of current leaves behind on a ring of neurons."""

    rule = "measure_encoding"
    tables: ClassVar[tuple[str, ...]] = ("bumps",)

    kind: Literal["encoding"]
    silence: float = -30.0
    """Current in pA into all neurons at the beginning, besides their input."""
    silent_until: float = Field(250.0, ge=0)
    """Time in ms at which it ends."""
    stimulus: float = 30.0
    """Current in pA into the stimulated neurons, besides their input."""
    stimulated: Interval = Field([1000.0, 1500.0])
    """When it begins and ends, in ms."""
    fractions: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Len(1)] = Field([0.25])
    """Centred fractions of the neurons that are stimulated, one after the other in one network."""
    window: Interval = Field([2750.0, 2950.0])
    """Over which the activity is averaged, in ms."""
    sample: float = Field(2.0, validate_default=True, gt=0)
    """Sampling interval in ms; divides all times."""
    thresholds: Draw = "random"
    """Whether thresholds are drawn at random or are the quantiles of their distribution."""

    @field_validator("stimulated", "window")
    @classmethod
    def _times_rise(cls, times: list[float]) -> list[float]:
        return rising(times)

    @field_validator("window")
    @classmethod
    def _window_is_last(cls, window: list[float], info: ValidationInfo) -> list[float]:
        end = info.data.get("stimulated", [0.0, 0.0])[1]
        if window[0] < end:
            msg = f"must begin after the stimulus, which ends at {end:g} ms"
            raise ValueError(msg)
        return window

    @field_validator("sample")
    @classmethod
    def _sample_divides_times(cls, sample: float, info: ValidationInfo) -> float:
        times = [
            info.data.get("silent_until", 0.0),
            *info.data.get("stimulated", []),
            *info.data.get("window", []),
        ]
        for time in times:
            if time > 0:
                whole_ratio(time, sample, "a time", "sample")
        if times[0] > min(times[1:], default=times[0]):
            msg = f"the silence must end before the stimulus begins, at {times[1]:g} ms"
            raise ValueError(msg)
        return sample

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            The `MEASURES` and ``rate`` (Hz) by fraction, and ``profile`` (fraction, place).
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.bumps import centred_box, compare  # noqa: PLC0415
        from ikmeanfield.inputs.settings import currents_of  # noqa: PLC0415

        run = plan.first_run(item)
        inputs = currents_of(plan.inputs(run))
        network = self.network(plan, item)
        size = run.circuit.populations[self.population].size
        self._advance(network, inputs, self.silent_until, np.full(size, self.silence))
        self._advance(network, inputs, self.stimulated[0])
        before = network.snapshot()
        rows, profiles = [], []
        for fraction in self.fractions:
            network.restore(before)
            box = centred_box(size, fraction)
            self._advance(network, inputs, self.stimulated[1], self.stimulus * box.astype(float))
            profile, rate = self._activity(network, inputs)
            rows.append([*compare(profile, box), rate])
            parts = np.array_split(profile, min(PLACES, size))
            profiles.append([float(part.mean()) for part in parts])
        measures = {name: (text, "1") for name, text in MEASURES.items()}
        measures["rate"] = ("firing rate of the population", "Hz")
        variables: dict[str, Any] = {
            name: ("fraction", column, {"units": unit, "long_name": text})
            for (name, (text, unit)), column in zip(
                measures.items(), np.transpose(rows), strict=True
            )
        }
        variables["profile"] = (
            ("fraction", "place"), np.array(profiles),
            {"units": "1", "long_name": "mean activity of neighbouring neurons"},
        )  # fmt: skip
        place = (np.arange(len(profiles[0])) + 0.5) / len(profiles[0])
        return xr.Dataset(
            variables,
            {
                "fraction": (
                    "fraction", self.fractions,
                    {"units": "1", "long_name": "fraction of the neurons that are stimulated"},
                ),
                "place": ("place", place, {"units": "1", "long_name": "place on the ring"}),
            },
        )  # fmt: skip

    def _advance(
        self,
        network: Network,
        inputs: Mapping[str, Any],
        end: float,
        pattern: FloatArray | None = None,
    ) -> None:
        """Advance to a time in ms while the population's neurons receive these currents in pA."""
        duration = end - network.time
        network.set_pattern({} if pattern is None else {self.population: pattern})
        if duration > self.sample / 2:
            network.advance(inputs, duration=duration, sample=self.sample, record=())

    def _activity(self, network: Network, inputs: Mapping[str, Any]) -> tuple[FloatArray, float]:
        """Mean activation of every neuron over the window, and the population's rate in Hz."""
        decay_time = self.decay_time(network.circuit)
        before = round(MEMORY * decay_time / self.sample) * self.sample
        self._advance(network, inputs, max(self.stimulated[1], self.window[0] - before))
        traces, rate = self.observe(network, inputs, self.window[1] - network.time)
        kept = round((self.window[1] - self.window[0]) / self.sample)
        return traces[:, -kept:].mean(axis=1), float(rate[-kept:].mean())

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        again = self.window[1] - self.stimulated[0]
        duration = self.stimulated[0] + len(self.fractions) * again
        return cost.network(plan.first_run(item).circuit, duration / self.step)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of every run."""
        return results.stacked(name)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run and fraction."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        return scalar_rows(summary.drop_vars("profile"), ("run", "fraction"))
