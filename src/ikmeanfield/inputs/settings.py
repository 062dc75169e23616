"""An input as a configuration describes it: each key names a waveform, and they add up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import ConfigDict, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from ikmeanfield.inputs.current import Current
from ikmeanfield.inputs.sums import Sum
from ikmeanfield.inputs.waveforms import INPUTS, Waveform
from ikmeanfield.schema import Validated, described


class Input(Validated):
    """A current in time into one population: waveforms that add up, perhaps scaled and moved.

    The key of a waveform names it, for example ``steps: [[0.0, 36.0], [2000.0, 50.0]]``.
    """

    # Waveforms are extra fields, so that those registered later are known without a new model.
    model_config = ConfigDict(extra="allow")

    scale: float = 1.0
    """Factor by which all values are multiplied; a sweep may vary it: ``input.rs.scale``."""
    offset: float = 0.0
    """Current in pA that is then added to all values; a sweep may vary it: ``input.rs.offset``."""
    on_top: bool = False
    """Add to the population's ``input_current`` instead of taking its place."""

    @model_validator(mode="before")
    @classmethod
    def _waveforms_are_known(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        found: dict[str, Any] = {}
        problems: list[InitErrorDetails] = []
        for key, value in data.items():
            if key in cls.model_fields:
                found[key] = value
            elif key not in INPUTS:
                problems.append({"type": "extra_forbidden", "loc": (key,), "input": value})
            else:
                try:
                    found[key] = INPUTS[key].model_validate(value)
                except ValidationError as error:
                    problems += _within(key, error)
        if problems:
            raise ValidationError.from_exception_data(cls.__name__, problems)
        return found

    @model_validator(mode="after")
    def _is_a_current(self) -> Self:
        if not self.waveforms:
            msg = f"give at least one of {', '.join(INPUTS)}; got none"
            raise ValueError(msg)
        self.current()
        return self

    @property
    def waveforms(self) -> dict[str, Waveform]:
        """The settings of the waveforms, by name."""
        return dict(self.__pydantic_extra__ or {})

    @property
    def varies(self) -> dict[str, str]:
        """Units of all settings that a sweep may vary, such as ``sinusoid.frequency``."""
        return {"scale": "1", "offset": "pA"} | {
            f"{name}.{field}": str(info.json_schema_extra["unit"])
            for name, waveform in self.waveforms.items()
            if isinstance(waveform, Validated)
            for field, info in type(waveform).model_fields.items()
            if isinstance(info.json_schema_extra, dict) and "unit" in info.json_schema_extra
        }

    def current(self) -> Current:
        """The current as a function of time."""
        offsets = [self.offset] + [0.0] * (len(self.waveforms) - 1)
        parts = tuple(
            waveform.current(self.scale, offset)
            for waveform, offset in zip(self.waveforms.values(), offsets, strict=True)
        )
        return parts[0] if len(parts) == 1 else Sum(parts)

    def above(self, input_current: float) -> Input:
        """The same input with a population's input_current in its offset if it is on top of it."""
        if not self.on_top:
            return self
        return self.model_copy(update={"offset": self.offset + input_current, "on_top": False})

    def identity(self) -> dict[str, Any]:
        """What determines the current, as plain data; other settings only if they count."""
        given = {name: waveform.model_dump() for name, waveform in self.waveforms.items()}
        # Keys of stored runs hold all of the first three waveforms, with null for the others.
        data = {**dict.fromkeys(("constant", "steps", "ramp")), **given}
        moved = {
            "scale": (self.scale, 1.0),
            "offset": (self.offset, 0.0),
            "on_top": (self.on_top, False),
        }
        return data | {key: value for key, (value, idle) in moved.items() if value != idle}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        own = handler.resolve_ref_schema(super().__get_pydantic_json_schema__(schema, handler))
        for name, waveform in INPUTS.items():
            own["properties"][name] = described(waveform, handler)
        own["additionalProperties"] = False
        own["anyOf"] = [{"required": [name]} for name in INPUTS]
        return own


def currents_of(inputs: Mapping[str, Input]) -> dict[str, Current]:
    """The currents that settings describe, by population."""
    return {name: given.current() for name, given in inputs.items()}


def _within(key: str, error: ValidationError) -> list[InitErrorDetails]:
    """The problems of a waveform, placed below the key that names it."""
    return [
        {
            "type": PydanticCustomError(problem["type"], problem["msg"]),
            "loc": (key, *problem["loc"]),
            "input": problem["input"],
        }
        for problem in error.errors(include_url=False, include_context=False)
    ]
