"""Figures: stored results go in, a Figure comes out; one module per figure, one style.

A figure is one module with an object `FIGURE`, and one line below. A plug-in calls
``FIGURES.register(name, figure)`` instead.
"""

from typing import TYPE_CHECKING

from ikmeanfield.registry import Registry

if TYPE_CHECKING:
    from ikmeanfield.figures.figure import Figure

FIGURES: "Registry[Figure]" = Registry(
    "figure",
    {
        "fig1": "ikmeanfield.figures.fig1:FIGURE",
        "fig2": "ikmeanfield.figures.fig2:FIGURE",
        "fig3": "ikmeanfield.figures.fig3:FIGURE",
        "fig4": "ikmeanfield.figures.fig4:FIGURE",
        "overview": "ikmeanfield.figures.overview:FIGURE",
    },
)
"""Every figure by its name."""

__all__ = ["FIGURES"]
