"""How the networks of an experiment are simulated and recorded."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Len
from pydantic import Field, ValidationInfo, field_validator

from ikmeanfield.heterogeneity import Draw
from ikmeanfield.limits import SAMPLES, STEPS, at_most
from ikmeanfield.schema import Validated
from ikmeanfield.stepping import DEFAULT_STEP, Scheme, Series, whole_ratio


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
