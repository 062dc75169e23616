"""Figures, drawn from stored results: one module for each, all in one style.

To add a figure, write a module as `ikmeanfield.figures.figure.Figure` describes and add its name
below. A plug-in calls ``FIGURES.register(name, Figure(module))`` instead.
"""

from ikmeanfield.figures.figure import Figure
from ikmeanfield.registry import Registry

FIGURES: Registry[Figure] = Registry("figure", {})
"""Every figure, by name."""

for _name in (
    "fig1", "fig2", "fig3", "fig4", "fig5", "fig6", "fig7", "fig8", "fig9", "sizes", "overview",
):  # fmt: skip
    FIGURES.register(_name, Figure(f"{__name__}.{_name}"))

__all__ = ["FIGURES", "Figure"]
