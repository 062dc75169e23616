"""Which theories a figure compares: one with the correction for finite reset, one without."""

from __future__ import annotations

import json
from collections.abc import Iterable

import xarray as xr

from ikmeanfield.figures.save import FigureError
from ikmeanfield.sources import by_correction


def corrections(summary: xr.Dataset, names: Iterable[str], figure: str) -> dict[str, bool]:
    """The first theory with `reset_correction` and the first one without, in this order.

    Parameters
    ----------
    summary
        Of an experiment; its attributes hold the settings of all theories there.
    names
        Theories to choose from. Those that know no such correction are passed over.
    figure
        Name of the figure, for the message of an error.

    Returns
    -------
    dict
        Whether a theory has the correction, by its name.

    Raises
    ------
    FigureError
        If there are not both.
    """
    names = list(names)
    settings = json.loads(summary.attrs["config"])["theories"]
    found = by_correction({name: settings[name].get("reset_correction") for name in names})
    if len(found) < 2:
        msg = (
            f"{figure} needs a theory with reset_correction and one without; "
            f"got {', '.join(names) or 'none'}"
        )
        raise FigureError(msg)
    return {found[True]: True, found[False]: False}
