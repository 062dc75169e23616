"""Figures on disk: the same drawing as .pdf, .png and data, whole or absent, with stable bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import Bbox

from ikmeanfield.figures.panel_data import write_panel_data
from ikmeanfield.files import replacing
from ikmeanfield.plot.paper_style import style


class FigureError(Exception):
    """A figure cannot be drawn from this summary; the message says what is missing."""


class SteadyLayout(ConstrainedLayoutEngine):
    """Constrained layout whose places are rounded, so that they are the same in every process.

    The solver of the layout meets its variables in the order of their addresses, and so leaves
    other last digits each time.
    """

    def execute(self, fig: Figure) -> None:
        """Place the axes; see the base class."""
        super().execute(fig)
        for axes in fig.axes:
            place = Bbox(np.round(axes.get_position(original=True).get_points(), 7))
            # set_position() would take the axes out of the layout
            axes._set_position(place, which="original")  # type: ignore[attr-defined]


def save(figure: Figure, caption: str, stem: Path) -> None:
    """Write ``stem.pdf``, ``stem.png`` (300 dpi), the panels' data ``.csv``, and the caption."""
    with style():
        FigureCanvasAgg(figure)
        layout = figure.get_layout_engine()
        if isinstance(layout, ConstrainedLayoutEngine):
            figure.set_layout_engine(SteadyLayout(**layout.get()))
        with replacing(stem.with_suffix(".pdf")) as path:
            figure.savefig(path, metadata={"CreationDate": None, "Producer": None})
        with replacing(stem.with_suffix(".png")) as path:
            figure.savefig(path, dpi=300, metadata={"Software": None})
    write_panel_data(figure, stem.with_suffix(".csv"))
    with replacing(stem.with_suffix(".md")) as path:
        path.write_text(caption, encoding="utf-8")
