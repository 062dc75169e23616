"""The page of the site that lists every key of a configuration, made from its JSON schema.

The schema comes from the models that check configurations, so the page says what the program does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ikmeanfield.experiments.config import json_schema

Schema = dict[str, Any]

HEAD = """\
# Every key of a configuration

Made from the schema with which the program checks configurations. What the keys are for, with examples, is told in [Configuration](../config/README.md).
"""  # noqa: E501
BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
SIMPLE = {"number": "number", "integer": "whole number", "boolean": "true or false", "null": "null"}


def write(path: Path) -> None:
    """Write the page, unless it is there as it would be."""
    text = page(json.loads(json_schema()))
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def page(schema: Schema) -> str:
    """The page as Markdown: a section per model, in the order in which they are met."""
    definitions = schema.get("$defs", {})
    sections, waiting, met = [HEAD], [schema], set()
    while waiting:
        model = waiting.pop(0)
        if _heading(model) in met:
            continue
        met.add(_heading(model))
        sections.append("\n".join(_section(model, definitions)))
        for value in model.get("properties", {}).values():
            waiting += _models(value, definitions)
    return "\n".join(sections)


def _section(model: Schema, definitions: Schema) -> Iterator[str]:
    yield f"## {_heading(model)}\n"
    yield _words(model.get("description", "")) + "\n"
    yield "| key | value | default | unit | meaning |"
    yield "|---|---|---|---|---|"
    required = model.get("required", [])
    for key, value in model["properties"].items():
        default = "–" if key in required or "default" not in value else _default(value["default"])
        cells = (f"`{key}`" + (" (required)" if key in required else ""),
                 _allowed(value, definitions), default, _unit(value),
                 _words(value.get("description", "")))  # fmt: skip
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _heading(model: Schema) -> str:
    kind = model.get("properties", {}).get("kind", {}).get("const")
    if kind is not None:
        return f"`kind: {kind}`"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model["title"].removesuffix("Settings"))
    return words if words.startswith("Configuration") else words.capitalize()


def _is_model(value: Schema) -> bool:
    return bool(value.get("properties"))


def _models(value: Schema, definitions: Schema) -> Iterator[Schema]:
    """All models that the value of a key may hold."""
    if "$ref" in value:
        value = definitions[value["$ref"].rpartition("/")[2]]
    if _is_model(value):
        yield value
        return
    inside = [*value.get("anyOf", []), *value.get("oneOf", [])]
    inside += value.get("patternProperties", {}).values()
    inside += [
        value[k] for k in ("items", "additionalProperties") if isinstance(value.get(k), dict)
    ]
    for one in inside:
        yield from _models(one, definitions)


def _allowed(value: Schema, definitions: Schema) -> str:
    """What a value may be, in words."""
    if "$ref" in value:
        value = definitions[value["$ref"].rpartition("/")[2]]
    if _is_model(value):
        heading = _heading(value)
        return f"[{heading}](#{_anchor(heading)})"
    if options := value.get("anyOf") or value.get("oneOf"):
        return " or ".join(dict.fromkeys(_allowed(one, definitions) for one in options))
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return " or ".join(f"`{one}`" for one in value["enum"])
    if value.get("type") == "array":
        count = value.get("minItems")
        many = f"{count} " if count is not None and count == value.get("maxItems") else ""
        of = _allowed(value["items"], definitions) if value.get("items") else "values"
        return f"list of {many}{of}"
    if value.get("type") == "object":
        held = [*value.get("patternProperties", {}).values(), value.get("additionalProperties")]
        of = [_allowed(one, definitions) for one in held if isinstance(one, dict)]
        return "by name: " + (of[0] if of else "values")
    bounds = [f"{sign} {value[key]:g}" for key, sign in BOUNDS.items()
              if key in value and abs(value[key]) < 1e18]  # fmt: skip
    return " ".join([SIMPLE.get(value.get("type", ""), "text"), " and ".join(bounds)]).strip()


def _unit(value: Schema) -> str:
    unit = value.get("unit", "")
    return "" if unit == "1" else unit


def _default(value: Any) -> str:
    return "none" if value in ({}, []) else f"`{json.dumps(value, ensure_ascii=False)}`"


def _words(text: str) -> str:
    """A docstring as Markdown on one line."""
    return " ".join(text.replace("``", "`").split())


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
