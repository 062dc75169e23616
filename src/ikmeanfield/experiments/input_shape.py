"""Currents in time, as a configuration gives them."""

from __future__ import annotations

from typing import Annotated, Any, Self

from annotated_types import Len
from pydantic import model_validator

from ikmeanfield.inputs import Current, constant, ramp, steps
from ikmeanfield.schema import Validated

Pairs = Annotated[list[Annotated[list[float], Len(2, 2)]], Len(1)]


class Input(Validated):
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


