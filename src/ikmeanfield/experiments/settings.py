"""Settings of studies and inputs that a sweep may vary, such as ``networks.step``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from ikmeanfield.schema import Validated, Value, explain

if TYPE_CHECKING:
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan

Model = TypeVar("Model", bound=Validated)

INPUT = "input"
INPUT_UNITS = {"scale": "1", "offset": "pA"}
"""Settings of an input that a sweep may vary, such as ``input.rs.offset``, with their units."""


def sections(experiment: Experiment | Plan) -> Iterator[tuple[str, Validated, Mapping[str, str]]]:
    """All studies and inputs, with their path and the units of the settings that may vary."""
    for name, study in experiment.studies.items():
        yield name, study, study.varies
    for name, current in experiment.input.items():
        yield f"{INPUT}.{name}", current, INPUT_UNITS


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
        population, _, name = rest.partition(".")
        if name in INPUT_UNITS:
            return f"{path} is set, but the experiment has no `input.{population}`"
        allowed = ", ".join(INPUT_UNITS)
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
    try:
        return type(model).model_validate({**given, **own})
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
        f"{section}.{name}": getattr(model, name)
        for section, model, known in sections(experiment)
        for name in known
    }


def applied(model: Model, section: str, settings: Mapping[str, Value]) -> Model:
    """A study or an input with settings from `in_effect_at`, which are not checked again."""
    changed = {k: v for k, v in _own(section, settings).items() if getattr(model, k) != v}
    return model.model_copy(update=changed) if changed else model


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
