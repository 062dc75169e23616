"""Settings of a whole experiment that a sweep may vary, and why it may not vary the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from ikmeanfield.experiments.checks import Value
from ikmeanfield.schema import Validated, explain

Model = TypeVar("Model", bound=Validated)

UNITS = {
    "simulation.step": "ms",
    "simulation.scheme": "1",
    "simulation.thresholds": "1",
    "transitions.step": "ms",
    "transitions.thresholds": "1",
}
"""Units of the settings that a sweep may vary."""
INPUT_UNITS = {"scale": "1", "offset": "pA"}
"""Units of what a sweep may vary of an input: ``input.rs.offset``."""

TIME = "all runs of an experiment share one time axis"
REASONS = {
    "simulation.duration": TIME,
    "simulation.sample": TIME,
    "simulation.discard": "it concerns the summary, which treats all runs alike",
    "simulation.record": "all runs of an experiment record the same series",
    "transitions.rise": TIME,
    "transitions.settle": TIME,
    "transitions.low": "all ramps of an experiment are compared with one plane",
    "transitions.high": "all ramps of an experiment are compared with one plane",
    "transitions.population": "all ramps of an experiment are compared with one plane",
    "transitions.observed": "all networks of an experiment are observed alike",
    "transitions.troughs": "all networks of an experiment are observed alike",
    "transitions.hold_every": "it says of the whole grid where networks are held",
}
SECTIONS = ("simulation", "transitions", "input")
"""What paths of settings begin with; populations may not be called so."""


def is_setting(path: str) -> bool:
    """Whether a path names a setting of the experiment, not a parameter of its circuit."""
    return path.partition(".")[0] in SECTIONS


def refusal(path: str) -> str | None:
    """Why a sweep may not vary this setting, if it may not."""
    section, _, name = path.partition(".")
    if path in UNITS or (section == "input" and name.partition(".")[2] in INPUT_UNITS):
        return None
    if section == "input":
        return f"{path} cannot vary in a sweep; of an input can: {', '.join(INPUT_UNITS)}"
    allowed = ", ".join(own for own in UNITS if own.startswith(f"{section}."))
    reason = f": {REASONS[path]}; make it two experiments" if path in REASONS else ""
    return f"{path} cannot vary in a sweep{reason}; what can vary: {allowed}"


def unit(path: str) -> str:
    """The unit of a setting that a sweep may vary."""
    return UNITS[path] if path in UNITS else INPUT_UNITS[path.rpartition(".")[2]]


def names(section: str) -> list[str]:
    """What a sweep may vary of a section."""
    if section.startswith("input."):
        return list(INPUT_UNITS)
    return [path.rpartition(".")[2] for path in UNITS if path.startswith(f"{section}.")]


def varied(model: Model, section: str, values: Mapping[str, Value]) -> Model:
    """A section with the values that a grid point gives it, checked as if written so.

    Raises
    ------
    ConfigError
        Names the key, its value and what is allowed.
    """
    own = _own(section, values)
    if not own:
        return model
    given = model.model_dump(exclude_unset=True)
    try:
        return type(model).model_validate({**given, **own})
    except ValidationError as error:
        raise explain(error, section) from None


def effective(model: Validated, section: str) -> dict[str, Value]:
    """What a sweep may vary of a section, by path, as it is."""
    return {f"{section}.{name}": getattr(model, name) for name in names(section)}


def applied(model: Model, section: str, values: Mapping[str, Value]) -> Model:
    """A section with values from `effective`."""
    own = _own(section, values).items()
    changed = {name: value for name, value in own if getattr(model, name) != value}
    return model.model_copy(update=changed) if changed else model


def _own(section: str, values: Mapping[str, Value]) -> dict[str, Value]:
    start = f"{section}."
    return {path.removeprefix(start): v for path, v in values.items() if path.startswith(start)}
