"""Settings of experiments that look for transitions: of networks on ramps, of mean fields."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from annotated_types import Len
from pydantic import Field, field_validator, model_validator

from ikmeanfield.circuit.model import Name
from ikmeanfield.experiments.checks import Label
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.inputs import ramp
from ikmeanfield.limits import RAMP, STEPS, at_most
from ikmeanfield.schema import Validated
from ikmeanfield.stepping import DEFAULT_STEP, whole_ratio
from ikmeanfield.theories import MeanFieldSettings

SAMPLE, KEEP = 0.2, 200.0
"""Times in ms: between samples of a ramp, and between the states that are kept along it."""

Interval = Annotated[list[float], Len(2, 2)]


def _rises(values: list[float]) -> list[float]:
    if values[0] >= values[1]:
        msg = "the first value must be below the second"
        raise ValueError(msg)
    return values


class Transitions(Validated):
    """Where networks change state: on a ramp of the current up and down, and held still."""

    population: Name
    """The population that receives the current."""
    observed: Name | None = None
    """The population whose firing rate tells states apart when held; by default the same."""
    low: float
    """Lowest current in pA, where the ramp begins and ends."""
    high: float
    """Highest current in pA."""
    settle: float = Field(1000.0, ge=0, le=RAMP)
    """Time in ms at the lowest current before the ramp; a multiple of 200 ms."""
    rise: float = Field(10_000.0, gt=0, le=RAMP)
    """Time in ms of each of the two slopes; a multiple of 200 ms."""
    step: float = Field(DEFAULT_STEP["exact"], gt=0)
    """Time step in ms; divides 0.2 ms."""
    troughs: Literal["adaptation", "circuit"] = "adaptation"
    """The paper's settings for reading the ramp: of its Fig. 1 or of its Fig. 3."""
    hold_every: int = Field(1, ge=0)
    """Hold still at the first grid point of a sweep and every so many further on; 0: at none."""
    thresholds: Draw = "quantiles"
    """Thresholds drawn at random, or the quantiles of the distribution."""

    @field_validator("settle", "rise")
    @classmethod
    def _holds_whole_intervals(cls, time: float) -> float:
        if time > 0:
            whole_ratio(time, KEEP, "time", "interval between kept states")
        return time

    @field_validator("step")
    @classmethod
    def _step_divides_sample(cls, step: float) -> float:
        whole_ratio(SAMPLE, step, "sample", "step")
        return step

    @model_validator(mode="after")
    def _is_a_ramp(self) -> Self:
        _rises([self.low, self.high])
        steps = (self.settle + 2 * self.rise) / self.step
        at_most(steps, STEPS, "steps in a ramp", "take a longer step or a shorter ramp")
        return self


class Trace(Validated):
    """A ramp along which the mean field and two networks are compared."""

    at: float
    """Value of the second parameter."""
    ramp: Annotated[list[Interval], Len(2)]
    """Pairs [time in ms, current in pA], linear between; the last one is the end."""

    @field_validator("ramp")
    @classmethod
    def _is_a_ramp(cls, pairs: list[Interval]) -> list[Interval]:
        ramp([(time, value) for time, value in pairs])
        if pairs[-1][0] <= 0:
            msg = "the last time must be above 0"
            raise ValueError(msg)
        at_most(pairs[-1][0], RAMP, "ms in a ramp", "shorten it")
        return pairs


class Continuation(Validated):
    """Folds and Hopf points of mean fields: per grid point, and in planes of two parameters."""

    parameter: str
    """Path of the parameter that is followed, for example ``rs.input_current``."""
    bounds: Interval
    """Its lower and upper bound."""
    second: str
    """Path of the other parameter of the plane, for example ``rs.adaptation``."""
    second_bounds: Interval
    """Its lower and upper bound in the plane."""
    meanfield: Annotated[dict[Label, MeanFieldSettings], Len(1)]
    """The mean fields that are followed, by a name of your choice."""
    diagrams: list[float] = Field([])
    """Values of the second parameter at which equilibria and cycles are followed."""
    traces: list[Trace] = Field([])
    """Ramps along which the first mean field and networks are run."""

    @field_validator("bounds", "second_bounds")
    @classmethod
    def _bounds_rise(cls, bounds: list[float]) -> list[float]:
        return _rises(bounds)

    @model_validator(mode="after")
    def _are_two_parameters(self) -> Self:
        if self.parameter == self.second:
            msg = f"parameter and second are both {self.second}"
            raise ValueError(msg)
        return self
