"""Files of diagrams in one parameter: where they lie and by what they are known.

Plans are only data here, as in `runs`. A file holds one node per diagram, named after its key.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Line, Plan

DIAGRAMS = "diagrams"


def batch_path(folder: str | Path, batch: int) -> Path:
    """Where a batch of diagrams is stored."""
    return Path(folder) / DIAGRAMS / f"batch-{batch:03d}.nc"


def node_name(key: str) -> str:
    """Name of a diagram's node in its file."""
    return f"diagram_{key}"


def expected(plan: Plan, lines: Sequence[Line]) -> dict[str, str]:
    """Attributes by which a file is known as a batch of this plan."""
    keys = " ".join(line.key for line in lines)
    return {"experiment": plan.experiment, "part": DIAGRAMS, "keys": keys}
