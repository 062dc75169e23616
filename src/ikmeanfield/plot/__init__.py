"""Pictures of networks, mean fields and bifurcations in the style of the paper's figures.

Every function draws into the Axes that it is given, or into a new figure of one column, and
returns the Axes. The style applies to what the call draws and leaves matplotlib's settings as
they are; ``with ik.plot.style():`` applies it to pictures of one's own. Names are imported when
first used, since matplotlib takes a second to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ikmeanfield.lazy import importer

if TYPE_CHECKING:
    from ikmeanfield.plot.branches import bifurcation_diagram
    from ikmeanfield.plot.fi_curves import rate_curve
    from ikmeanfield.plot.nullclines import phase_plane
    from ikmeanfield.plot.paper_style import style
    from ikmeanfield.plot.planes import parameter_plane
    from ikmeanfield.plot.spikes import raster
    from ikmeanfield.plot.time_series import inputs, traces

__all__ = [
    "bifurcation_diagram",
    "inputs",
    "parameter_plane",
    "phase_plane",
    "raster",
    "rate_curve",
    "style",
    "traces",
]

_HOMES = {
    "bifurcation_diagram": "branches",
    "inputs": "time_series",
    "parameter_plane": "planes",
    "phase_plane": "nullclines",
    "raster": "spikes",
    "rate_curve": "fi_curves",
    "style": "paper_style",
    "traces": "time_series",
}

__getattr__ = importer(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
