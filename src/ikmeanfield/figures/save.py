"""Figures on disk: the same drawing as .pdf, .png and data, whole or absent, with stable bytes."""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ikmeanfield.figures.panel_data import write_panel_data
from ikmeanfield.files import replacing
from ikmeanfield.plot.paper_style import style


class FigureError(Exception):
    """A figure cannot be drawn from this summary; the message says what is missing."""


def save(figure: Figure, caption: str, stem: Path) -> None:
    """Write ``stem.pdf``, ``stem.png`` (300 dpi), the panels' data ``.csv``, and the caption."""
    with style():
        FigureCanvasAgg(figure)
        with replacing(stem.with_suffix(".pdf")) as path:
            figure.savefig(path, metadata={"CreationDate": None, "Producer": None})
        with replacing(stem.with_suffix(".png")) as path:
            figure.savefig(path, dpi=300, metadata={"Software": None})
    write_panel_data(figure, stem.with_suffix(".csv"))
    with replacing(stem.with_suffix(".md")) as path:
        path.write_text(caption, encoding="utf-8")
