"""How strongly the growth rate of a mode depends on parameters, from pairs of their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

CURRENT, WIDTH = "rs_input_current", "rs_threshold_width"
SWEEPS = {
    "current": CURRENT, "coupling": "rs_ampa_weights_rs", "adaptation": "rs_adaptation",
}  # fmt: skip
"""What varies in a pair of values, by the sweep."""
PARAMETERS = tuple(SWEEPS.values())


def relative_changes(summary: xr.Dataset) -> xr.Dataset:
    """Change of the growth rate per relative change of a parameter: (g₂ − g₁) / ln(p₂/p₁).

    Parameters
    ----------
    summary
        Of a study of responses of one theory, in the `SWEEPS`. In ``current`` there are two
        currents about each level, in the other sweeps two values of the parameter at each level.

    Returns
    -------
    xarray.Dataset
        ``change`` (parameter, current, width) in 1/s, where current is the mean of a pair.
    """
    import xarray as xr  # noqa: PLC0415

    growth = summary["growth"].isel(model=0, population=0).values
    sweep = summary["sweep"].values
    widths = np.unique(summary[WIDTH].values)
    parts = []
    for name, varied in SWEEPS.items():
        rows = {}
        for width in widths:
            chosen = np.flatnonzero((sweep == name) & (summary[WIDTH].values == width))
            places = (summary[varied].values[chosen], summary[CURRENT].values[chosen])
            order = chosen[np.lexsort(places if varied != CURRENT else places[:1])]
            first, second = order[::2], order[1::2]
            p, q = (summary[varied].values[pair] for pair in (first, second))
            levels = np.mean([summary[CURRENT].values[pair] for pair in (first, second)], axis=0)
            change = (growth[second] - growth[first]) / np.log(q / p)
            rows[width] = xr.DataArray(change, {"current": levels}, "current")
        parts.append(xr.concat(list(rows.values()), xr.Variable("run", list(rows))))
    text = {"units": "s-1", "long_name": "change of the growth rate per relative change"}
    joined = xr.concat(parts, xr.Variable("parameter", list(PARAMETERS)))
    found = joined.rename("change").assign_attrs(text).to_dataset().rename(run="width")
    return found.transpose("parameter", "current", "width").rename(width=WIDTH)
