"""Waveforms: validated settings that make a current, by the key that names them."""

from __future__ import annotations

from typing import Annotated, Any, Protocol, Self

from annotated_types import Len
from pydantic import ConfigDict, RootModel

from ikmeanfield.inputs.current import Current, constant, ramp, steps
from ikmeanfield.registry import Registry

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


INPUTS: Registry[type[Waveform]] = Registry("waveform", {})
"""Every waveform by the key that names it in a configuration."""

INPUTS.register("constant", Constant)
INPUTS.register("steps", Steps)
INPUTS.register("ramp", Ramp)
