"""Which figures are drawn from which experiments, with a check that this is possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Len
from pydantic import BeforeValidator, Field

from ikmeanfield.figures import FIGURES
from ikmeanfield.schema import Label, Validated

if TYPE_CHECKING:
    from ikmeanfield.experiments.config import Experiment

TARGETS = ("all", "default")
"""Targets of the workflow whose names no figure may have."""


class Drawing(Validated):
    """A figure to draw, and the experiments it is drawn from."""

    draw: str = ""
    """Name of the registered figure; by default the one of the same name."""
    sources: Annotated[list[Label], Len(1)] = Field(alias="from")
    """Names of experiments, in the order in which the figure takes them."""


def whole(given: Any) -> Any:
    """The long form of what is given as a name or a list of names of experiments."""
    if isinstance(given, str):
        return {"from": [given]}
    return {"from": given} if isinstance(given, list) else given


Figure = Annotated[
    Drawing, BeforeValidator(whole, json_schema_input_type=str | list[str] | Drawing)
]
"""``experiment``, ``[experiment, …]`` or ``{draw: …, from: [experiment, …]}``."""


def checked(name: str, drawing: Drawing, experiments: Mapping[str, Experiment]) -> Drawing:
    """The figure with its default filled in, checked against the experiments.

    Raises
    ------
    ValueError
        If there is no such figure or experiment, or the figure cannot be drawn from it.
    """
    draw = drawing.draw or name
    if name in TARGETS:
        msg = f"a figure may not be called {name!r}; taken: {', '.join(TARGETS)}"
        raise ValueError(msg)
    if draw not in FIGURES:
        msg = f"no figure {draw!r}; the figures are {', '.join(FIGURES)}"
        raise ValueError(msg)
    FIGURES[draw].check_sources(name, draw, drawing.sources, experiments)
    return drawing.model_copy(update={"draw": draw})
