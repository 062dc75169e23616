"""Figures on disk: the same drawing as .pdf and .png, complete or absent, with stable bytes."""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ikmeanfield.files import replacing
from ikmeanfield.plot.paper_style import style


class FigureError(Exception):
    """A figure cannot be drawn from this summary; the message says what is missing."""


def save(figure: Figure, caption: str, stem: Path) -> None:
    """Write ``stem.pdf``, ``stem.png`` (300 dpi) and the caption ``stem.md``."""
    with style():
        FigureCanvasAgg(figure)
        with replacing(stem.with_suffix(".pdf")) as path:
            figure.savefig(path, metadata={"CreationDate": None, "Producer": None})
        with replacing(stem.with_suffix(".png")) as path:
            figure.savefig(path, dpi=300, metadata={"Software": None})
    with replacing(stem.with_suffix(".md")) as path:
        path.write_text(caption, encoding="utf-8")
