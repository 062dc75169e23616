"""Fig. 8 D:  rates against current, multistability, eigenvalues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.figure import SubFigure

from ikmeanfield.sources import Sources

EXPERIMENTS = 1
"""Number of experiments that the panels are drawn from."""
HEIGHT = 1.7
"""Height of the panels in inches."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What the other functions take."""
    return {}


def draw(place: SubFigure) -> None:
    """Draw the panels."""


def caption() -> str:
    """What the panels show, in a few sentences."""
    return ""


def findings() -> Iterator[str]:
    """What the data say, in numbers."""
    yield from ()
