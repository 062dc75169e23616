"""Settings of studies and inputs that a sweep may vary, such as ``networks.step``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from ikmeanfield.schema import Validated, Value, explain

if TYPE_CHECKING:
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan

Model = TypeVar("Model", bound=Validated)

INPUT = "input"


def sections(experiment: Experiment | Plan) -> Iterator[tuple[str, Validated, Mapping[str, str]]]:
    """All studies and inputs, with their path and the units of the settings that may vary."""
    for name, study in experiment.studies.items():
        yield name, study, study.varies
    for name, current in experiment.input.items():
        yield f"{INPUT}.{name}", current, current.varies


def units(experiment: Experiment | Plan) -> dict[str, str]:
    """Units of all settings that a sweep of an experiment may vary, by path."""
    return {
        f"{section}.{name}": unit
        for section, _, known in sections(experiment)
        for name, unit in known.items()
    }


def is_setting(path: str, experiment: Experiment | Plan) -> bool:
    """Whether a path names a setting of a study or an input, not a parameter of the circuit."""
    head = path.partition(".")[0]
    return head == INPUT or head in experiment.studies


def refusal(path: str, experiment: Experiment) -> str | None:
    """A message that says why a sweep may not vary a setting; None if it may."""
    known = units(experiment)
    if path in known:
        return None
    head, _, rest = path.partition(".")
    if head == INPUT:
        population = rest.partition(".")[0]
        if population not in experiment.input:
            return f"{path} is set, but the experiment has no `input.{population}`"
        allowed = ", ".join(experiment.input[population].varies)
        return f"{path} cannot vary in a sweep; settings of an input that can vary: {allowed}"
    reason = experiment.studies[head].fixed.get(rest)
    because = f": {reason}; make it two experiments" if reason else ""
    allowed = ", ".join(own for own in known if own.startswith(f"{head}.")) or "nothing"
    return f"{path} cannot vary in a sweep{because}; what can vary: {allowed}"


def with_values(model: Model, section: str, values: Mapping[str, Value]) -> Model:
    """A study or an input with the values that hold at a grid point, checked again.

    Raises
    ------
    ConfigError
        Naming the key, its value and what is allowed.
    """
    own = _own(section, values)
    if not own:
        return model
    given = model.model_dump(exclude_unset=True)
    for name, value in own.items():
        *inner, last = name.split(".")
        _inside(given, inner)[last] = value
    try:
        return type(model).model_validate(given)
    except ValidationError as error:
        raise explain(error, section) from None


def experiment_at(experiment: Experiment, values: Mapping[str, Value]) -> Experiment:
    """The experiment with the settings that hold at a grid point.

    Raises
    ------
    ConfigError
        If a setting is wrong there, or settings do not fit each other.
    """
    if not any(is_setting(path, experiment) for path in values):
        return experiment
    changes = {
        "studies": {n: with_values(s, n, values) for n, s in experiment.studies.items()},
        "input": {n: with_values(c, f"{INPUT}.{n}", values) for n, c in experiment.input.items()},
    }
    return experiment.model_copy(update=changes)


def in_effect_at(experiment: Experiment) -> dict[str, Value]:
    """The values of all settings that a sweep may vary, by path."""
    return {
        f"{section}.{name}": attrgetter(name)(model)
        for section, model, known in sections(experiment)
        for name in known
    }


def applied(model: Model, section: str, settings: Mapping[str, Value]) -> Model:
    """A study or an input with settings from `in_effect_at`, which are not checked again."""
    own = _own(section, settings)
    changed = {name: value for name, value in own.items() if attrgetter(name)(model) != value}
    for name, value in changed.items():
        model = _with(model, name.split("."), value)
    return model


def _with(model: Model, names: list[str], value: Value) -> Model:
    """A copy of a model with another value of a setting of its own or of a model inside it."""
    first, *inner = names
    new = _with(getattr(model, first), inner, value) if inner else value
    return model.model_copy(update={first: new})


def _inside(data: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The mapping inside a mapping that is reached by these names."""
    for name in names:
        data = data[name]
    return data


def _own(section: str, values: Mapping[str, Value]) -> dict[str, Value]:
    start = f"{section}."
    return {path[len(start) :]: v for path, v in values.items() if path.startswith(start)}


__all__ = [
    "applied",
    "experiment_at",
    "in_effect_at",
    "is_setting",
    "refusal",
    "sections",
    "units",
    "with_values",
]
