"""The base of validated models, and errors that name key, value and what is allowed."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from math import isfinite
from reprlib import Repr
from typing import Annotated, Any, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

Label = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]
"""A name that becomes part of a path: a letter, then letters, digits, ``_`` and ``-``."""


def _plain(value: Any) -> Any:
    """Refuse other values with one sentence, where the union below would give three."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is None or isinstance(value, str) or (number and isfinite(value)):
        return value
    msg = "a finite number, a text or null is allowed"
    raise ValueError(msg)


Value = Annotated[float | int | str | None, BeforeValidator(_plain)]
"""A value a parameter may take; the circuit's own model decides which ones it accepts."""


class Validated(BaseModel):
    """An immutable model that refuses unknown keys, lossy conversions, NaN and infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    def __init__(self, /, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise explain(error) from None

    # Only direct calls come through here; pydantic validates nested models without calling it.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe fields by the docstrings below them.

        Pydantic would do so whenever a model is defined: every process would read the source of all
        models, which takes longer than to import them.
        """
        schema = handler(core)
        fields = handler.resolve_ref_schema(schema).get("properties", {})
        texts: dict[str, str] = {}
        for base in reversed(cls.__mro__):
            if issubclass(base, Validated):
                texts |= _docstrings(base)
        for name, info in cls.model_fields.items():
            if name in texts and (key := info.alias or name) in fields:
                fields[key]["description"] = texts[name]
        return schema


def described(model: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    """JSON schema of a model within that of another, with the descriptions of its fields."""
    schema: JsonSchemaValue = model.__get_pydantic_json_schema__(
        model.__pydantic_core_schema__, handler
    )
    return schema


def _docstrings(model: type) -> dict[str, str]:
    """The docstrings below the fields that a class itself defines."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(cast(ast.ClassDef, definition).body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
        if isinstance(text.value.value, str)
    }


def quantity(unit: str, description: str, *args: Any, **constraints: Any) -> Any:
    """Declare a field with a physical unit; the first positional argument is its default."""
    default = args[0] if args else ...
    return Field(default, description=description, json_schema_extra={"unit": unit}, **constraints)


class ChosenByKind:
    """Annotation of a field that holds one of several models, chosen by the key ``kind``.

    The registry is consulted when a configuration is checked and when its JSON schema is made, so
    a model that is registered later is known in both places.

    Parameters
    ----------
    registry
        The models by kind. Each has a field ``kind`` whose only value is that name.
    default
        The kind if the configuration names none; without a default, it must name one.
    """

    def __init__(
        self, registry: Mapping[str, type[Validated]], *, default: str | None = None
    ) -> None:
        self.registry = registry
        self.default = default

    def choose(self, value: Any) -> Validated:
        """The model that a mapping describes; a model from the registry is returned as it is."""
        # Models are imported when they are first used, and all of them only if one must be told
        # from the others.
        if isinstance(value, Validated) and isinstance(value, tuple(self.registry.values())):
            return value
        allowed = ", ".join(self.registry)
        if not isinstance(value, Mapping):
            msg = f"a mapping is expected, with `kind` one of {allowed}"
            raise ValueError(msg)
        kind = value.get("kind", self.default)
        if kind is None:
            msg = f"the key `kind` is missing; it is one of {allowed}"
            raise ValueError(msg)
        if not isinstance(kind, str) or kind not in self.registry:
            msg = f"kind = {_shown(kind)} is not one of {allowed}"
            raise ValueError(msg)
        return self.registry[kind].model_validate(dict(value))

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.choose)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"oneOf": [described(model, handler) for model in self.registry.values()]}


class RegisteredName:
    """Annotation of a field that holds a name from a registry, consulted at every check."""

    def __init__(self, registry: Mapping[str, Any]) -> None:
        self.registry = registry

    def check(self, name: str) -> str:
        """The name itself, if the registry has it."""
        if name not in self.registry:
            msg = f"allowed are {', '.join(self.registry)}"
            raise ValueError(msg)
        return name

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.registry)}


class ConfigError(ValueError):
    """The configuration is wrong; the message names keys, values and what is allowed."""


def explain(
    error: ValidationError, where: str = "", moved: Mapping[str, str] | None = None
) -> ConfigError:
    """Turn a validation error into one line per problem: key, value, what is allowed.

    Parameters
    ----------
    error
        The error that pydantic raised.
    where
        The key that contains the wrong keys, or words that end with a space.
    moved
        Hints for keys that no longer exist, by key.
    """
    problems = [
        problem
        for problem in error.errors(include_url=False, include_context=False)
        if problem["type"] != "default_factory_not_called"  # follows from another problem
    ]
    meant = _meant(problems)
    problems = [problem for problem in problems if problem["loc"] not in meant.values()]
    lines = []
    for problem in problems[:MOST]:
        path = ".".join(str(part) for part in problem["loc"])
        key = printable(where + ("." if where and path and not where.endswith(" ") else "") + path)
        if problem["type"] == "extra_forbidden":
            last = str(problem["loc"][-1])
            hint = f"; {moved[last]}" if moved and last in moved else ""
            if problem["loc"] in meant:
                hint = f"; perhaps {meant[problem['loc']][-1]} is meant, which is missing"
            lines.append(f"{key}: unknown key (value {_shown(problem['input'])}){hint}")
        elif problem["type"] == "missing":
            lines.append(f"{key}: this key is missing")
        else:
            message = problem["msg"].removeprefix("Value error, ") + _as_number(problem)
            lines.append(f"{key}: got {_shown(problem['input'])}; {message}")
    if len(problems) > MOST:
        lines.append(f"and {len(problems) - MOST} further problems")
    return ConfigError("\n".join(lines))


def _meant(problems: Sequence[Any]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Places of missing keys by those of unknown ones beside them that are spelt much alike."""
    missing = [problem["loc"] for problem in problems if problem["type"] == "missing"]
    found = {}
    for place in (problem["loc"] for problem in problems if problem["type"] == "extra_forbidden"):
        beside = [str(other[-1]) for other in missing if other[:-1] == place[:-1]]
        for name in get_close_matches(str(place[-1]), beside, n=1):
            found[place] = (*place[:-1], name)
    return found


def _as_number(problem: Mapping[str, Any]) -> str:
    """How to write a number that was given as text, where a number is expected."""
    text = problem["input"]
    if problem["type"] not in NUMBER_EXPECTED or not isinstance(text, str):
        return ""
    try:
        number = float(text)
    except ValueError:
        return ""
    whole = number.is_integer() and (problem["type"] == "int_type" or number < 1e15)
    literal = f"{number:.0f}" if whole and problem["type"] == "int_type" else repr(number)
    if "e" in literal and "." not in literal:
        literal = literal.replace("e", ".0e")
    quoted = "e" not in text.lower()
    why = "in quotation marks it is text" if quoted else f"YAML reads {text} as text"
    return f", and {why}: write {literal}"


NUMBER_EXPECTED = ("float_type", "int_type")
"""Errors of pydantic where a number is expected and something of another type is given."""

MOST = 50
"""Largest number of problems that one message lists."""

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 120


def printable(text: str, limit: int = 200) -> str:
    """A name that is safe to print: of limited length, without control characters."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[:limit])
    return shown + ("…" if len(text) > limit else "")


def _shown(value: Any, limit: int = 120) -> str:
    """A short form of a value; deeply nested or repetitive parts are left out."""
    text = _SHORT.repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
