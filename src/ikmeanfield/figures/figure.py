"""The interface of a figure: a module that declares which studies it takes, and draws them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ikmeanfield.sources import Sources, Taker

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawn


class Figure(Taker):
    """A figure, drawn by a module of its own.

    The module declares what a `Taker` declares. Its function ``arrange`` turns the sources into the
    keyword arguments of ``draw``, which returns the drawing, and of ``caption``, which returns the
    text beneath it and names only the arguments that it tells about.
    """

    def arrange(self, sources: Sequence[Sources]) -> dict[str, Any]:
        """The keyword arguments of `draw` and `caption`, from the studies of each experiment."""
        arranged: dict[str, Any] = import_module(self.module).arrange(sources)
        return arranged

    def draw(self, **content: Any) -> Drawn:
        """The drawing."""
        drawn: Drawn = import_module(self.module).draw(**content)
        return drawn

    def caption(self, **content: Any) -> str:
        """The text beneath the drawing, in Markdown."""
        return str(import_module(self.module).caption(**content))
