"""Tables as CSV files, written completely or not at all."""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.datasets.runs import identity_names
from ikmeanfield.datasets.store import explained
from ikmeanfield.files import replacing

if TYPE_CHECKING:
    import xarray as xr


def write_rows(
    path: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None
) -> None:
    """Write rows as CSV, completely or not at all; missing and undefined values stay empty.

    Parameters
    ----------
    path
        The file.
    rows
        Values by the name of their column; NaN counts as undefined.
    columns
        All columns in order; by default those of the rows, in the order of first appearance.
    """
    if columns is None:
        rows = list(rows)
        columns = list(dict.fromkeys(name for row in rows for name in row))
    with (
        replacing(path) as temporary,
        explained(path),
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        table = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows({name: _shown(value) for name, value in row.items()} for row in rows)


def scalar_rows(summary: xr.Dataset, dims: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The scalars of a summary, one row for every combination of positions along some dimensions.

    A quantity of synapses has one column for every synapse name; a column is filled in the rows
    of the populations that have such a synapse.

    Parameters
    ----------
    summary
        The Dataset.
    dims
        The dimensions: ``run``, and others such as ``theory``, ``population`` or ``state``.
    """
    identity = identity_names(summary)
    data = summary.data_vars.items()
    scalars = [str(name) for name, v in data if v.dims and set(dims).issuperset(v.dims)]
    synaptic = [
        str(name)
        for name, v in data
        if "synapse" in v.dims and {*dims, "synapse"}.issuperset(v.dims)
    ]
    labels = [str(label) for label in summary["synapse"].values] if synaptic else []
    own = list(dict.fromkeys(label.partition(".")[2] for label in labels))
    columns = [(name, name, "") for name in scalars]
    columns += [(f"{name}_{synapse}", name, synapse) for name in synaptic for synapse in own]
    values = {name: summary[name].values for name in [*identity, *scalars, *synaptic]}
    axes = {name: [str(d) for d in summary[name].dims] for name in [*scalars, *synaptic]}

    def cell(name: str, synapse: str, where: dict[str, int]) -> object:
        place = where
        if synapse:
            label = f"{summary['population'].values[where['population']]}.{synapse}"
            if label not in labels:
                return ""
            place = {**where, "synapse": labels.index(label)}
        return values[name][tuple(place[d] for d in axes[name])]

    for places in itertools.product(*(range(summary.sizes[dim]) for dim in dims)):
        where = dict(zip(dims, places, strict=True))
        row = {name: values[name][where["run"]] for name in identity}
        row |= {dim: summary[dim].values[where[dim]] for dim in reversed(dims) if dim != "run"}
        yield row | {head: cell(name, synapse, where) for head, name, synapse in columns}


def _shown(value: Any) -> Any:
    undefined = isinstance(value, float | np.floating) and math.isnan(value)
    return "" if undefined else value
