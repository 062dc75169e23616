"""The style of all figures: widths, and colours that grey and colour-blind readers tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

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


_own: ContextVar[Mapping[str, Any] | None] = ContextVar("settings of one's own", default=None)


def style() -> AbstractContextManager[None]:
    """The style of all figures, as a context manager that restores the settings afterwards."""
    settings: dict[Any, Any] = mpl.rc_params_from_file(
        Path(__file__).with_name("style.mplstyle"), use_default_template=True
    )
    manager: AbstractContextManager[None] = mpl.rc_context(settings | dict(_own.get() or {}))
    return manager


@contextmanager
def with_sheet(path: str | Path | None) -> Iterator[None]:
    """Put a style sheet of one's own above the style of all figures, within this context.

    Colours, dashes and markers that tell curves apart are part of a figure and stay.

    Parameters
    ----------
    path
        The style sheet, see `style_sheet.read_sheet`; None: the style as it is.

    Raises
    ------
    ConfigError
        If the sheet cannot be read or is wrong.
    """
    from ikmeanfield.plot.style_sheet import read_sheet  # noqa: PLC0415

    token = _own.set(None if path is None else read_sheet(path))
    try:
        yield
    finally:
        _own.reset(token)


def axes_to_draw_in(ax: Axes | None, height: float = 2.5) -> Axes:
    """The given Axes, or those of a new figure that is one column wide; call it within `style`.

    Parameters
    ----------
    ax
        Where to draw; None for a new figure.
    height
        Of the new figure, in inches.

    Raises
    ------
    TypeError
        If `ax` is anything but matplotlib's Axes.
    """
    if ax is None:
        import matplotlib.pyplot as plt  # noqa: PLC0415 - figures of the workflow need no pyplot

        _, ax = plt.subplots(figsize=(SINGLE_COLUMN, height), layout="constrained")
    if not isinstance(ax, Axes):
        msg = f"ax = {ax!r} is not an Axes of matplotlib, such as plt.gca() returns"
        raise TypeError(msg)
    _dress(ax)
    return ax


def _dress(ax: Axes) -> None:
    """Give Axes the style even if they were made without it or get further ticks later."""
    settings: Mapping[Any, Any] = mpl.rcParams
    for which in ("major", "minor"):
        ax.tick_params(
            which=which, labelsize=settings["xtick.labelsize"],
            length=settings[f"xtick.{which}.size"], width=settings[f"xtick.{which}.width"],
        )  # fmt: skip
    for side, spine in ax.spines.items():
        spine.set_linewidth(settings["axes.linewidth"])
        spine.set_visible(settings[f"axes.spines.{side}"])


def label_panel(axes: Axes, letter: str) -> None:
    """Put a panel's letter outside its upper left corner."""
    axes.annotate(
        letter, (0, 1), xytext=(-24, 6), xycoords="axes fraction", textcoords="offset points",
        fontsize=9, fontweight="bold", va="bottom", ha="left",
    )  # fmt: skip
