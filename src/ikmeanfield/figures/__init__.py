"""Figures: stored results go in, a Figure comes out; one module per figure, one style.

A figure is one module, see `ikmeanfield.figures.figure.Figure`, and its name below. A plug-in
calls ``FIGURES.register(name, Figure(module))`` instead.
"""

from ikmeanfield.figures.figure import Figure
from ikmeanfield.registry import Registry

FIGURES: Registry[Figure] = Registry("figure", {})
"""Every figure by its name."""

for _name in ("fig1", "fig2", "fig3", "fig4", "fig5", "overview"):
    FIGURES.register(_name, Figure(f"{__name__}.{_name}"))

__all__ = ["FIGURES", "Figure"]
