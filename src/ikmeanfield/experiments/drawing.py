"""Which figure is drawn from which experiments, and whether that is possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Len
from pydantic import BeforeValidator, Field

from ikmeanfield.experiments.checks import Label
from ikmeanfield.figures.catalogue import FIGURES, Needs
from ikmeanfield.schema import Validated

if TYPE_CHECKING:
    from ikmeanfield.experiments.config import Experiment

TARGETS = ("all", "default")
"""Targets of the workflow, beside its rules, that no figure may be called."""


class Drawing(Validated):
    """A figure: what draws it, and the experiments it is drawn from."""

    draw: str = ""
    """The figure of the catalogue; by default the one of the same name."""
    sources: Annotated[list[Label], Len(1)] = Field(alias="from")
    """Names of experiments, in the order in which the figure takes them."""


def _whole(given: Any) -> Any:
    """A name or a list of names stands for what the figure is drawn from."""
    if isinstance(given, str):
        return {"from": [given]}
    return {"from": given} if isinstance(given, list) else given


Figure = Annotated[
    Drawing, BeforeValidator(_whole, json_schema_input_type=str | list[str] | Drawing)
]
"""``experiment``, ``[experiment, …]`` or ``{draw: …, from: [experiment, …]}``."""


def checked(name: str, drawing: Drawing, experiments: Mapping[str, Experiment]) -> Drawing:
    """The figure with everything filled in.

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
    needs = FIGURES[draw]
    if len(needs) != len(drawing.sources):
        msg = f"{name}: {draw} is drawn from {len(needs)} experiment(s); got {drawing.sources}"
        raise ValueError(msg)
    for source, need in zip(drawing.sources, needs, strict=True):
        if source not in experiments:
            msg = f"{name}: no experiment {source!r}; got {', '.join(experiments)}"
            raise ValueError(msg)
        _check_needs(f"{draw} from {source}", need, experiments[source])
    return drawing.model_copy(update={"draw": draw})


def _check_needs(figure: str, needs: Needs, experiment: Experiment) -> None:
    if needs.plane is not None:
        plane = experiment.continuation
        if plane is None or (plane.parameter, plane.second) != needs.plane:
            first, second = needs.plane
            msg = f"{figure} needs the continuation of {first} and {second}"
            raise ValueError(msg)
    missing = [sweep for sweep in needs.sweeps if sweep not in experiment.sweeps]
    if missing or (needs.sweeps and not experiment.meanfield):
        msg = f"{figure} needs a mean field and the sweeps {', '.join(needs.sweeps)}"
        raise ValueError(msg)
