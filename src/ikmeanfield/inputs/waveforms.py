"""Waveforms: validated settings that make a current, by the key that names them."""

from __future__ import annotations

from typing import Annotated, Any, Protocol, Self

from annotated_types import Len
from pydantic import ConfigDict, RootModel, model_validator

from ikmeanfield.inputs.current import Current, constant, ramp, steps
from ikmeanfield.inputs.noise import LARGEST_SEED, RESOLUTION, ornstein_uhlenbeck, white
from ikmeanfield.inputs.periodic import pulses, sinusoid
from ikmeanfield.limits import PULSES
from ikmeanfield.registry import Registry
from ikmeanfield.schema import Validated, quantity

Pairs = Annotated[list[Annotated[list[float], Len(2, 2)]], Len(1)]

_STRICT = ConfigDict(frozen=True, strict=True, allow_inf_nan=False)


class Waveform(Protocol):
    """Settings of a waveform: a pydantic model that makes a current.

    Waveforms with several settings are subclasses of `schema.Validated`; those that consist of
    one value are root models.
    """

    def current(self, scale: float, offset: float) -> Current:
        """The current, its values multiplied by `scale` and then moved by `offset` in pA."""

    @classmethod
    def model_validate(cls, obj: Any) -> Self:
        """Check settings."""

    def model_dump(self) -> Any:
        """The settings as plain data."""


class Constant(RootModel[float]):
    """A constant current in pA."""

    model_config = _STRICT

    def current(self, scale: float, offset: float) -> Current:
        """The current."""
        return constant(scale * self.root + offset)


class Steps(RootModel[Pairs]):
    """Pairs [time in ms, new value in pA]; the first value holds before."""

    model_config = _STRICT

    def current(self, scale: float, offset: float) -> Current:
        """The current."""
        return steps((time, scale * value + offset) for time, value in self.root)


class Ramp(RootModel[Pairs]):
    """Pairs [time in ms, value in pA], linear between and constant outside."""

    model_config = _STRICT

    def current(self, scale: float, offset: float) -> Current:
        """The current."""
        return ramp((time, scale * value + offset) for time, value in self.root)


class SinusoidSettings(Validated):
    """A sinusoid; before its onset only its mean."""

    amplitude: float = quantity("pA", "amplitude")
    frequency: float = quantity("Hz", "frequency", gt=0)
    phase: float = quantity("1", "phase in radians at the onset, or at time 0 without one", 0.0)
    onset: float | None = quantity(
        "ms", "time at which it starts; null: it has always been there", None
    )
    mean: float = quantity("pA", "mean current", 0.0)

    def current(self, scale: float, offset: float) -> Current:
        """The current."""
        return sinusoid(
            scale * self.amplitude, self.frequency, phase=self.phase, onset=self.onset,
            mean=scale * self.mean + offset,
        )  # fmt: skip


class PulsesSettings(Validated):
    """Rectangular pulses: `count` of them, `period` apart from `onset` on, or at given `times`."""

    amplitude: float = quantity("pA", "current during a pulse; it is zero between pulses")
    width: float = quantity("ms", "length of a pulse", gt=0)
    period: float | None = quantity("ms", "time from one pulse to the next", None, gt=0)
    onset: float | None = quantity("ms", "beginning of the first pulse (0)", None)
    count: int | None = quantity("1", "number of pulses", None, ge=1, le=PULSES)
    times: Annotated[list[float], Len(1, PULSES)] | None = None
    """Times in ms at which pulses begin, instead of `period`, `onset` and `count`."""

    @model_validator(mode="after")
    def _is_one_train(self) -> Self:
        train = {"period": self.period, "onset": self.onset, "count": self.count}
        given = [name for name, value in train.items() if value is not None]
        if self.times is not None and given:
            msg = f"`times` says when pulses begin; remove {', '.join(given)}"
            raise ValueError(msg)
        if self.times is None and (self.period is None or self.count is None):
            msg = "give either `times`, or `period` and `count`"
            raise ValueError(msg)
        return self

    def current(self, scale: float, offset: float) -> Current:
        """The current."""
        times = self.times
        if times is None:
            assert self.period is not None
            assert self.count is not None
            times = [(self.onset or 0.0) + k * self.period for k in range(self.count)]
        return pulses(times, self.width, scale * self.amplitude, base=offset)


class NoiseSettings(Validated):
    """What kinds of noise have in common; all neurons of the population receive the same path."""

    seed: int = quantity("1", "fixes the path; equal seeds, equal noise", ge=0, le=LARGEST_SEED)
    mean: float = quantity("pA", "mean current", 0.0)
    resolution: float = quantity("ms", "length of the cells of constant noise", RESOLUTION, gt=0)


class WhiteSettings(NoiseSettings):
    """White noise; its mean over h ms has the standard deviation intensity/√h."""

    intensity: float = quantity("pA ms^0.5", "intensity", ge=0)

    def current(self, scale: float, offset: float) -> Current:
        """The current."""
        return white(
            scale * self.intensity, seed=self.seed, mean=scale * self.mean + offset,
            resolution=self.resolution,
        )  # fmt: skip


class OrnsteinUhlenbeckSettings(NoiseSettings):
    """Ornstein-Uhlenbeck noise, stationary from time 0 on."""

    standard_deviation: float = quantity("pA", "standard deviation", ge=0)
    correlation_time: float = quantity("ms", "correlation time", gt=0)

    def current(self, scale: float, offset: float) -> Current:
        """The current."""
        return ornstein_uhlenbeck(
            scale * self.standard_deviation, self.correlation_time, seed=self.seed,
            mean=scale * self.mean + offset, resolution=self.resolution,
        )  # fmt: skip


INPUTS: Registry[type[Waveform]] = Registry("waveform", {})
"""Every waveform by the key that names it in a configuration."""

INPUTS.register("constant", Constant)
INPUTS.register("steps", Steps)
INPUTS.register("ramp", Ramp)
INPUTS.register("sinusoid", SinusoidSettings)
INPUTS.register("pulses", PulsesSettings)
INPUTS.register("white", WhiteSettings)
INPUTS.register("ornstein_uhlenbeck", OrnsteinUhlenbeckSettings)
