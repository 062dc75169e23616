"""The base of validated models, and errors that name key, value and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from reprlib import Repr
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

Label = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]
"""A name that becomes part of a path: a letter, then letters, digits, ``_`` and ``-``."""


def _plain(value: Any) -> Any:
    """Refuse with one sentence what the union below would refuse with three."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is None or isinstance(value, str) or (number and isfinite(value)):
        return value
    msg = "a finite number, a text or null is allowed"
    raise ValueError(msg)


Value = Annotated[float | int | str | None, BeforeValidator(_plain)]
"""A value a parameter may take; the circuit's own model decides which ones it accepts."""


class Validated(BaseModel):
    """An immutable model that refuses unknown keys, lossy conversions, NaN and infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


def quantity(unit: str, description: str, *args: Any, **constraints: Any) -> Any:
    """Declare a field with a physical unit; the first positional argument is its default."""
    default = args[0] if args else ...
    return Field(default, description=description, json_schema_extra={"unit": unit}, **constraints)


class ConfigError(ValueError):
    """The configuration is wrong; the message names the keys, the values and what is allowed."""


def explain(
    error: ValidationError, where: str = "", moved: Mapping[str, str] | None = None
) -> ConfigError:
    """Turn a validation error into one line per problem: key, value, what is allowed.

    Parameters
    ----------
    error
        What pydantic found.
    where
        What the keys lie within: a key itself, or words that end with a space.
    moved
        What to say of keys that no longer exist, by key.
    """
    problems = [
        problem
        for problem in error.errors(include_url=False, include_context=False)
        if problem["type"] != "default_factory_not_called"  # follows from another problem
    ]
    lines = []
    for problem in problems[:MOST]:
        path = ".".join(str(part) for part in problem["loc"])
        key = printable(where + ("." if where and path and not where.endswith(" ") else "") + path)
        if problem["type"] == "extra_forbidden":
            last = str(problem["loc"][-1])
            hint = f"; {moved[last]}" if moved and last in moved else ""
            lines.append(f"{key}: unknown key (value {_shown(problem['input'])}){hint}")
        elif problem["type"] == "missing":
            lines.append(f"{key}: this key is missing")
        else:
            message = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{key}: got {_shown(problem['input'])}; {message}")
    if len(problems) > MOST:
        lines.append(f"and {len(problems) - MOST} further problems")
    return ConfigError("\n".join(lines))


MOST = 50
"""Problems that one message tells."""

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 120


def printable(text: str, limit: int = 200) -> str:
    """A name as it may be shown: nothing that moves a cursor or starts a line, and not endless."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[:limit])
    return shown + ("…" if len(text) > limit else "")


def _shown(value: Any, limit: int = 120) -> str:
    """A value in short; what is nested deeply or repeats itself is never written out."""
    text = _SHORT.repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
