"""Wrong configurations made from right ones, with the help of the schema of the models.

Every place of a configuration is visited together with what the schema says of it, so that a new
key is covered as soon as a model has it: keys that a shipped configuration does not give are
tried with wrong values too.
"""

import copy
import json
from dataclasses import dataclass

from ikmeanfield.experiments.config import json_schema

SCHEMA = json.loads(json_schema())
NAN, INF = float("nan"), float("inf")
HOSTILE_NAMES = ("../escape", "a/b", "$(touch x)", "a;b", "a b", "", "ü", "a" * 200, "x\n", ".x")
WRONG_TYPES = {
    "number": ["much", True, [1.0, 2.0, 3.0, 4.0], {"a": 1.0}],
    "integer": ["many", 1.5, True, [1]],
    "boolean": ["yes", 1, []],
    "string": [1.0, True, ["x"], {"a": "b"}],
    "array": [1.0, True, {"a": 1.0}],
    "object": [1.0, True, "x", [1.0]],
}


@dataclass(frozen=True)
class Mutation:
    """A wrong configuration, what was done to it, and the key its refusal must name."""

    what: str
    key: str
    data: dict


def resolved(schema):
    """A schema without references at its top."""
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def variants(schema, value):
    """What a value may be: the schema itself, or each of its alternatives, null left out.

    Where `kind` chooses between models, the one that the value is.
    """
    schema = resolved(schema)
    if "oneOf" in schema and "properties" not in schema:
        chosen = {
            each["properties"]["kind"]["const"]: each for each in map(resolved, schema["oneOf"])
        }
        return [chosen[value["kind"]]] if isinstance(value, dict) else list(chosen.values())
    found = [resolved(each) for each in schema.get("anyOf", [schema])]
    return [each for each in found if each.get("type") != "null"]


def nullable(schema):
    """Whether null is allowed."""
    return any(each.get("type") == "null" for each in resolved(schema).get("anyOf", []))


def changed(data, path, value):
    """A copy with another value at a path."""
    data = copy.deepcopy(data)
    node = data
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return data


def without(data, path):
    """A copy without the key at a path."""
    data = copy.deepcopy(data)
    node = data
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    return data


def mutations(data):
    """All wrong configurations that follow from one that is right."""
    yield from _of_object(data, (), data, SCHEMA)


def _of_object(data, path, node, schema):
    properties, required = schema.get("properties", {}), schema.get("required", [])
    for key in required:
        yield Mutation("dropped", str(key), without(data, (*path, key)))
    if properties:
        for key in list(node) or ["x"]:
            spelled = key[:-1] + key[-1] * 2
            wrong = changed(data, (*path, spelled), node.get(key))
            yield Mutation("misspelled", spelled, wrong)
    for key, below in properties.items():
        yield from _of_value(data, (*path, key), node.get(key), below)
    yield from _of_names(data, path, node, schema)


def _of_names(data, path, node, schema):
    """Entries whose names the user chooses, or which are paths of parameters."""
    chosen, free = schema.get("patternProperties", {}), schema.get("additionalProperties")
    below = next(iter(chosen.values()), free if isinstance(free, dict) else None)
    if below is None:
        return
    for key, value in node.items():
        yield from _of_value(data, (*path, key), value, below)
    for key, value in list(node.items())[:1]:
        for bad in HOSTILE_NAMES if chosen else [key[:-1] + key[-1] * 2]:
            renamed = changed(data, (*path, bad), value)
            yield Mutation(f"renamed {bad!r}", bad[:20].strip() or str(path[-1]), renamed)


def _of_value(data, path, value, schema):
    choices = variants(schema, value)
    kinds = {each.get("type") for each in choices}
    if not kinds <= set(WRONG_TYPES):
        return
    key = str(path[-1])
    shared = set.intersection(*(set(map(repr, WRONG_TYPES[kind])) for kind in kinds))
    for wrong in WRONG_TYPES[next(iter(kinds))]:
        if repr(wrong) in shared:
            yield Mutation(f"retyped {wrong!r}", key, changed(data, path, wrong))
    if not nullable(schema):
        yield Mutation("null", key, changed(data, path, None))
    ranges = [set(map(repr, _out_of_range(choice))) for choice in choices]
    for wrong in _out_of_range(choices[0]):
        if all(repr(wrong) in each for each in ranges) or wrong in (NAN, INF, -INF):
            yield Mutation(f"out of range {wrong!r}", key, changed(data, path, wrong))
    if value is None:
        return
    for each in choices:
        if each.get("type") == "object" and isinstance(value, dict):
            yield from _of_object(data, path, value, each)
        if each.get("type") == "array" and isinstance(value, list):
            for place, item in enumerate(value[:1]):
                yield from _of_value(data, (*path, place), item, each["items"])


def _out_of_range(schema):
    kind = schema.get("type")
    if kind in ("number", "integer"):
        yield from (NAN, INF, -INF)
        one = 1 if kind == "integer" else 1.0
        if "minimum" in schema:
            yield schema["minimum"] - one
        if "exclusiveMinimum" in schema:
            yield schema["exclusiveMinimum"] * one
        if "maximum" in schema:
            yield schema["maximum"] * 2 + one
    if "enum" in schema:
        yield "nothing-of-the-kind"
    if kind == "array" and schema.get("minItems"):
        yield []
