"""What all figures share: widths, colours that grey and colour-blind readers tell apart."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes

SINGLE_COLUMN = 3.375
DOUBLE_COLUMN = 7.0
"""Widths in inches in the Physical Review."""

INK = ("#0c1f4a", "#3b6fb6", "#e08a1e", "#b5b5b5")
"""Dark to light, so that the order survives in grey; blue and orange, so that all see it."""
DASHES: tuple[tuple[int, tuple[float, ...]], ...] = (
    (0, ()),
    (0, (4, 1)),
    (0, (1.2, 1)),
    (0, (5, 1, 1, 1)),
)
MARKERS = ("o", "s", "^", "D")


def style() -> AbstractContextManager[None]:
    """The style of all figures, as a context."""
    manager: AbstractContextManager[None] = mpl.rc_context(
        mpl.rc_params_from_file(
            Path(__file__).with_name("style.mplstyle"), use_default_template=True
        )
    )
    return manager


def label_panel(axes: Axes, letter: str) -> None:
    """Put a panel's letter outside its upper left corner."""
    axes.annotate(
        letter, (0, 1), xytext=(-24, 6), xycoords="axes fraction", textcoords="offset points",
        fontsize=9, fontweight="bold", va="bottom", ha="left",
    )  # fmt: skip
