"""An input as a configuration describes it: one key names the waveform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import ConfigDict, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from ikmeanfield.inputs.current import Current
from ikmeanfield.inputs.waveforms import INPUTS, Waveform
from ikmeanfield.schema import Validated


class Input(Validated):
    """A current in time into one population: one waveform, perhaps scaled and moved.

    The key of the waveform names it, for example ``steps: [[0.0, 36.0], [2000.0, 50.0]]``.
    """

    # Waveforms are extra fields, so that those registered later are known without a new model.
    model_config = ConfigDict(extra="allow")

    scale: float = 1.0
    """Factor by which all values are multiplied; a sweep may vary it: ``input.rs.scale``."""
    offset: float = 0.0
    """Current in pA that is then added to all values; a sweep may vary it: ``input.rs.offset``."""

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
    def _is_one_current(self) -> Self:
        given = list(self.__pydantic_extra__ or {})
        if len(given) != 1:
            msg = f"give exactly one of {', '.join(INPUTS)}; got {', '.join(given) or 'none'}"
            raise ValueError(msg)
        self.current()
        return self

    @property
    def waveform(self) -> tuple[str, Waveform]:
        """The name and the settings of the waveform."""
        ((name, settings),) = (self.__pydantic_extra__ or {}).items()
        return name, settings

    def current(self) -> Current:
        """The current as a function of time."""
        return self.waveform[1].current(self.scale, self.offset)

    def identity(self) -> dict[str, Any]:
        """What determines the current, as plain data; a scale and an offset only if they count."""
        name, settings = self.waveform
        # Keys of stored runs hold all of the first three waveforms, with null for the others.
        data = {**dict.fromkeys(("constant", "steps", "ramp")), name: settings.model_dump()}
        moved = {"scale": (self.scale, 1.0), "offset": (self.offset, 0.0)}
        return data | {key: value for key, (value, idle) in moved.items() if value != idle}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(schema))
        for name, waveform in INPUTS.items():
            described["properties"][name] = handler(waveform.__pydantic_core_schema__)  # type: ignore[attr-defined]
        described["additionalProperties"] = False
        described["oneOf"] = [{"required": [name]} for name in INPUTS]
        return described


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
