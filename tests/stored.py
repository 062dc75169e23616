"""Stored results of experiments whose numbers a test makes up."""

from dataclasses import dataclass, field

import pytest
import xarray as xr

from ikmeanfield.experiments import expand, parse
from ikmeanfield.jobs.compute import compute_batch
from ikmeanfield.jobs.results import Results, StudyResults, batch_path
from ikmeanfield.jobs.summarise import summarise
from ikmeanfield.studies.study import Item


@dataclass
class MadeUp:
    """Stands in for `StudyResults`: a summary, or trees by the theory they are of."""

    summary: xr.Dataset | None = None
    trees: list[tuple[str, xr.DataTree]] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    def each(self):
        return [
            (Item(key=str(number), label=theory, runs=[number]), tree)
            for number, (theory, tree) in enumerate(self.trees)
        ]


def computed(folder, experiment, fakes=None):
    """The studies of an experiment by name, with everything stored by the library's own jobs.

    Parameters
    ----------
    folder
        Where the results go.
    experiment
        Its configuration.
    fakes
        By the kind of study (the class), what is called in place of its `compute`, if anything.
    """
    plan = expand(parse({"seed": 1, "experiments": {"made_up": experiment}}), "made_up")
    plan.write(folder / "plan.json")
    with pytest.MonkeyPatch.context() as patch:
        for kind, fake in (fakes or {}).items():
            patch.setattr(kind, "compute", fake)
        for study in plan.studies:
            for batch in plan.batches[study]:
                compute_batch(plan, study, batch, batch_path(folder, study, batch))
    for study, settings in plan.studies.items():
        if settings.summarises():
            summarise(plan, study, folder)
    results = Results(plan, folder)
    return {study: StudyResults(results, study) for study in plan.studies}
