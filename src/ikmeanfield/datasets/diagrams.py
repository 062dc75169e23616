"""Batches of diagrams in one parameter: a node for each diagram, named after its key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ikmeanfield.parts import DIAGRAMS

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Line, Plan


def node_name(key: str) -> str:
    """Name of a diagram's node in its file."""
    return f"diagram_{key}"


def expected(plan: Plan, lines: Sequence[Line]) -> dict[str, str]:
    """Attributes by which a file is known as a batch of this plan."""
    keys = " ".join(line.key for line in lines)
    return {"experiment": plan.experiment, "part": DIAGRAMS, "keys": keys}
