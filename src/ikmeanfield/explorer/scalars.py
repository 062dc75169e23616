"""Numbers that summaries hold of each run, whatever their studies are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ikmeanfield.jobs.results import StudyResults

RUN_DIMS = {"run", "model", "theory", "population"}
"""Dimensions of what a summary says of a run in a number."""


@dataclass(frozen=True)
class Scalar:
    """One number for each run of a study.

    Attributes
    ----------
    study, label, of, unit
        The study, what the number is, which model and population it is of, and its unit.
    values
        The number by run; runs without one are left out.
    """

    study: str
    label: str
    of: str
    unit: str
    values: dict[int, float]


def scalars(study: StudyResults) -> Iterator[Scalar]:
    """The numbers in the summary of a study that belong to one run each; none without a summary."""
    if not study.settings.summarises():
        return
    runs, summary = study.runs(), study.summary
    for name, variable in summary.data_vars.items():
        dims = [str(dim) for dim in variable.dims]
        if variable.dtype.kind not in "fiu" or "run" not in dims or not set(dims) <= RUN_DIMS:
            continue
        others = [dim for dim in dims if dim != "run"]
        for index in np.ndindex(*(summary.sizes[dim] for dim in others)):
            where = dict(zip(others, index, strict=True))
            column = variable.isel(where).values.astype(float).tolist()
            known = {run: v for run, v in zip(runs, column, strict=True) if np.isfinite(v)}
            if known:
                labels = [str(summary[dim].values[at]) for dim, at in where.items()]
                text = str(variable.attrs.get("long_name", name))
                unit = str(variable.attrs.get("units", "1"))
                yield Scalar(study.name, text, ", ".join(labels), unit, known)
