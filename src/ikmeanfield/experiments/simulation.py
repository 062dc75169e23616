"""Settings of experiments in which networks run for a time: inputs and recording."""

from __future__ import annotations

from typing import Annotated, Any, Self

from annotated_types import Len
from pydantic import Field, ValidationInfo, field_validator, model_validator

from ikmeanfield.heterogeneity import Draw
from ikmeanfield.inputs import Current, constant, ramp, steps
from ikmeanfield.limits import SAMPLES, STEPS, at_most
from ikmeanfield.schema import Validated
from ikmeanfield.stepping import DEFAULT_STEP, Scheme, Series, whole_ratio

Pairs = Annotated[list[Annotated[list[float], Len(2, 2)]], Len(1)]


class InputShape(Validated):
    """A current in time into one population: exactly one of the three shapes, perhaps moved."""

    constant: float | None = None
    """A constant current in pA."""
    steps: Pairs | None = None
    """Pairs [time in ms, new value in pA]; the first value holds before."""
    ramp: Pairs | None = None
    """Pairs [time in ms, value in pA], linear between and constant outside."""
    scale: float = 1.0
    """Factor by which all values are multiplied; a sweep may vary it: ``input.rs.scale``."""
    offset: float = 0.0
    """Current in pA that is then added to all values; a sweep may vary it: ``input.rs.offset``."""

    @model_validator(mode="after")
    def _is_one_current(self) -> Self:
        given = self.model_dump(include={"constant", "steps", "ramp"}, exclude_none=True)
        if len(given) != 1:
            msg = f"give exactly one of constant, steps, ramp; got {list(given) or 'none'}"
            raise ValueError(msg)
        self.current()
        return self

    def current(self) -> Current:
        """The current as a function of time."""
        if self.constant is not None:
            return constant(self._moved(self.constant))
        pairs = [(time, self._moved(value)) for time, value in self.steps or self.ramp or []]
        return steps(pairs) if self.steps is not None else ramp(pairs)

    def _moved(self, value: float) -> float:
        return self.scale * value + self.offset

    def identity(self) -> dict[str, Any]:
        """What determines the current, as plain data; a scale and an offset only if they count."""
        idle = {"scale": self.scale == 1.0, "offset": self.offset == 0.0}
        return self.model_dump(exclude={name for name, is_idle in idle.items() if is_idle})


class Simulation(Validated):
    """How every network of an experiment is simulated and recorded."""

    duration: float = Field(gt=0)
    """Length of a run in ms."""
    sample: float = Field(gt=0)
    """Recording interval in ms; divides the duration."""
    discard: float = Field(0.0, ge=0)
    """Time in ms at the start that the analysis leaves out; a multiple of the sample interval."""
    scheme: Scheme = "exact"
    """Integration scheme; euler is the paper's."""
    step: float = Field(
        default_factory=lambda given: DEFAULT_STEP[given.get("scheme", "exact")],
        validate_default=True,
        gt=0,
    )
    """Time step in ms; divides the sample interval. By default 0.2 (exact) or 0.001 (euler)."""
    thresholds: Draw = "random"
    """Thresholds drawn at random, or the quantiles of the distribution."""
    record: Annotated[list[Series], Len(1)] = Field(["firing_rate"])
    """Which series to store; firing_rate must be among them."""

    @field_validator("sample")
    @classmethod
    def _sample_divides_duration(cls, sample: float, info: ValidationInfo) -> float:
        duration = info.data.get("duration")
        if duration is not None:
            samples = whole_ratio(duration, sample, "duration", "sample")
            at_most(samples, SAMPLES, "samples in a run", "shorten the duration or sample less")
        return sample

    @field_validator("discard")
    @classmethod
    def _discard_is_sampled(cls, discard: float, info: ValidationInfo) -> float:
        duration, sample = info.data.get("duration"), info.data.get("sample")
        if duration is not None and discard >= duration:
            msg = f"must be shorter than the duration {duration:g} ms"
            raise ValueError(msg)
        if sample is not None and discard > 0:
            whole_ratio(discard, sample, "discard", "sample")
        return discard

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
            msg = "every series once, firing_rate among them"
            raise ValueError(msg)
        return record
