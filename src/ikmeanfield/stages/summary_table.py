"""The summary of an experiment as a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ikmeanfield.datasets.runs import identity_names
from ikmeanfield.datasets.tables import write_rows

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan

ROWS = {"run", "meanfield", "population"}


def write_table(plan: Plan, summary: xr.Dataset, path: Path) -> None:
    """One row per run, mean field and population; everything but spectra, responses and traces.

    What belongs to a synapse has a column for every name of a synapse, filled in the rows of the
    population that has it.
    """
    identity = identity_names(plan)
    scalars = [str(name) for name, v in summary.data_vars.items() if ROWS.issuperset(v.dims)]
    synaptic = [str(name) for name, v in summary.data_vars.items() if "synapse" in v.dims]
    labels = [str(label) for label in summary["synapse"].values] if synaptic else []
    own = list(dict.fromkeys(label.partition(".")[2] for label in labels))
    columns = [(name, name, "") for name in scalars]
    columns += [(f"{name}_{synapse}", name, synapse) for name in synaptic for synapse in own]
    values = {name: summary[name].values for name in [*identity, *scalars, *synaptic]}
    dims = {name: [str(d) for d in summary[name].dims] for name in [*scalars, *synaptic]}

    def cell(name: str, synapse: str, where: dict[str, int]) -> object:
        label = f"{summary['population'].values[where['population']]}.{synapse}"
        if synapse and label not in labels:
            return ""
        place = {**where, "synapse": labels.index(label)} if synapse else where
        return values[name][tuple(place[d] for d in dims[name])]

    def rows() -> Iterator[dict[str, Any]]:
        for i in range(summary.sizes["run"]):
            known = {name: values[name][i] for name in identity}
            for m, meanfield in enumerate(list(plan.meanfield) or [""]):
                for p, population in enumerate(summary["population"].values):
                    where = {"run": i, "meanfield": m, "population": p}
                    row = {**known, "population": population, "meanfield": meanfield}
                    yield row | {
                        head: cell(name, synapse, where) for head, name, synapse in columns
                    }

    heads = [head for head, _, _ in columns]
    write_rows(path, rows(), [*identity, "population", "meanfield", *heads])
