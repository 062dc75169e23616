"""Which claims are judged by which experiments, with a check that this is possible."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Len
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from ikmeanfield.claims import CLAIMS
from ikmeanfield.experiments.drawing import whole
from ikmeanfield.schema import ConfigError, Label, Validated, explain

if TYPE_CHECKING:
    from ikmeanfield.experiments.config import Experiment


class Judging(Validated):
    """A claim to judge, the experiments that decide it, and the numbers that do."""

    claim: str = ""
    """Name of the registered claim; by default the one of the same name."""
    sources: Annotated[list[Label], Len(1)] = Field(alias="from")
    """Names of experiments, in the order in which the claim takes them."""
    criterion: dict[str, float] = Field({})
    """Numbers that replace the claim's own, by name."""


Judged = Annotated[
    Judging, BeforeValidator(whole, json_schema_input_type=str | list[str] | Judging)
]
"""``experiment``, ``[experiment, …]`` or ``{claim: …, from: …, criterion: {…}}``."""


CLAIMS_GIVEN = TypeAdapter(dict[Label, Judged])


def checked_claim(name: str, judging: Judging, experiments: Mapping[str, Experiment]) -> Judging:
    """The claim with its defaults filled in, checked against the experiments.

    Raises
    ------
    ValueError
        If there is no such claim, number or experiment, or these cannot decide the claim.
    """
    chosen = judging.claim or name
    if chosen not in CLAIMS:
        msg = f"no claim {chosen!r}; the claims are {', '.join(CLAIMS)}"
        raise ValueError(msg)
    claim = CLAIMS[chosen]
    unknown = [key for key in judging.criterion if key not in claim.criterion]
    if unknown:
        known = ", ".join(claim.criterion) or "none"
        msg = f"{name}: criterion: no {unknown[0]!r}; there are {known}"
        raise ValueError(msg)
    claim.check_sources(name, chosen, judging.sources, experiments)
    criterion = {**claim.criterion, **judging.criterion}
    return judging.model_copy(update={"claim": chosen, "criterion": criterion})


def written(claims: Mapping[str, Judging]) -> str:
    """Claims as JSON, which `read` reads."""
    return json.dumps({name: claim.model_dump(by_alias=True) for name, claim in claims.items()})


def read(text: str) -> dict[str, Judging]:
    """Claims from JSON, as `written` writes them.

    Raises
    ------
    ConfigError
        If the text is not that, or names a claim that is not registered.
    """
    try:
        found = CLAIMS_GIVEN.validate_json(text)
    except ValidationError as error:
        raise explain(error) from None
    named = {name: c.model_copy(update={"claim": c.claim or name}) for name, c in found.items()}
    for name, one in named.items():
        if one.claim not in CLAIMS:
            raise ConfigError(f"{name}: no claim {one.claim!r}; `ikmeanfield claims` lists them")
    return named


def grouped(judged: Mapping[str, Judging]) -> dict[str, list[str]]:
    """Names of the claims by group: those that the same experiments decide, in the same order.

    One process judges a group, since starting it takes longer than judging. A group has the names
    of its experiments with ``+`` between them, which no experiment has in its name.
    """
    found: dict[str, list[str]] = {}
    for name, judging in judged.items():
        found.setdefault("+".join(judging.sources), []).append(name)
    return found


def judged(given: Mapping[str, Any], experiments: Mapping[str, Experiment]) -> dict[str, Judging]:
    """All claims of a configuration, checked."""
    return {name: checked_claim(name, judging, experiments) for name, judging in given.items()}
