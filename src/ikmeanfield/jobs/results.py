"""The stored results of an experiment, read batch by batch and checked against its plan."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.datasets.runs import coordinates
from ikmeanfield.datasets.store import read
from ikmeanfield.datasets.trees import read_any
from ikmeanfield.jobs.repair import rebuilt

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.studies.study import Item

BATCHES_HELD = 2
"""Number of batches of each study that stay in memory; items are mostly read in order."""


def batch_path(folder: str | Path, study: str, batch: str) -> Path:
    """Where a batch of a study is stored."""
    return Path(folder) / study / f"batch-{batch}.nc"


def summary_path(folder: str | Path, study: str) -> Path:
    """Where the summary of a study is stored."""
    return Path(folder) / study / "summary.nc"


class Results:
    """The stored results of all studies of an experiment.

    A damaged file is made again when it is read.

    Parameters
    ----------
    plan
        The experiment.
    folder
        Its folder, which holds ``plan.json`` and a folder for each study.
    """

    def __init__(self, plan: Plan, folder: str | Path) -> None:
        self.plan = plan
        self.folder = Path(folder)
        self._batches: dict[str, OrderedDict[str, Any]] = {}

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} ({s.kind})" for name, s in self.plan.studies.items())
        return f"Results of {self.plan.experiment}: {len(self.plan.runs)} runs; {counts}"

    def item(self, study: str, run: int, label: str = "") -> Item:
        """The item of a study that belongs to a run, by the run's number in the plan."""
        return self._place(study, run, label)[0]

    def result(self, study: str | None, run: int, label: str = "") -> Any:
        """The result of a study for a run: the Dataset or DataTree that was computed.

        Parameters
        ----------
        study
            Name of the study.
        run
            Number of the run in the plan.
        label
            Which of the run's items: the name of a theory, or nothing.

        Raises
        ------
        KeyError
            If the study is not done in this run, or has nothing of this label there.
        """
        assert study is not None
        item, batch, place = self._place(study, run, label)
        return self._one(self._batch(study, batch), item, place)

    def values(self, study: str, run: int, variable: str, label: str = "") -> NDArray[Any]:
        """A variable of the result for a run, as an array; no ragged one."""
        _, batch, place = self._place(study, run, label)
        data = self._batch(study, batch)[variable]
        return np.asarray(data.values[place] if data.dims[0] == "item" else data.values)

    def each(self, study: str) -> list[tuple[Item, Any]]:
        """Every item of a study with its result."""
        found = []
        for batch in self.plan.batches[study]:
            stored = self._batch(study, batch)
            items = self.plan.items(study, batch)
            found += [(item, self._one(stored, item, place)) for place, item in enumerate(items)]
        return found

    def stacked(self, study: str, label: str = "") -> xr.Dataset:
        """The results of all runs along the dimension ``run``, with their grid values."""
        import xarray as xr  # noqa: PLC0415

        results = [self.result(study, run, label) for run, _ in self.plan.runs_of(study)]
        dataset: xr.Dataset = xr.concat(
            results, "run", join="exact", coords="minimal", compat="override",
            combine_attrs="override",
        )  # fmt: skip
        dataset.attrs = {}
        return dataset.assign_coords(self.coordinates(study, label))

    def coordinates(self, study: str, label: str = "") -> dict[str, Any]:
        """Coordinates along ``run`` of the runs of a study: what was varied, and any seeds."""
        runs = self.plan.runs_of(study)
        found = coordinates(self.plan, [run for _, run in runs])
        seeds = [self.item(study, number, label).seed for number, _ in runs]
        if None not in seeds:
            found["seed"] = ("run", np.array(seeds, np.int64), {"long_name": "seed"})
        return found

    def summary(self, study: str) -> xr.Dataset:
        """The summary of a study."""
        command = ["summarise", str(self.folder / "plan.json"), study]
        path = summary_path(self.folder, study)
        return rebuilt(read, path, self.plan.known(study, "summary"), command)

    def batch(self, study: str, batch: str) -> Any:
        """The content of a batch's file, checked."""
        return self._batch(study, batch)

    def _place(self, study: str, run: int, label: str) -> tuple[Item, str, int]:
        """The item of a run and label, its batch, and its place in that."""
        found = self._index[study].get((run, label))
        if found is None:
            labels = [known for number, known in self._index[study] if number == run]
            wanted = f"run {run}" + (f" of {label!r}" if label else "")
            there = f"; there are {', '.join(map(repr, labels))}" if labels else ""
            msg = f"the study {study!r} has no result for {wanted}{there}"
            raise KeyError(msg)
        return found

    @cached_property
    def _index(self) -> dict[str, dict[tuple[int, str], tuple[Item, str, int]]]:
        """For every study the item, batch and place in it of a run and label."""
        return {
            study: {
                (run, item.label): (item, batch, place)
                for batch in batches
                for place, item in enumerate(self.plan.items(study, batch))
                for run in item.runs
            }
            for study, batches in self.plan.batches.items()
        }

    def _batch(self, study: str, batch: str) -> Any:
        held = self._batches.setdefault(study, OrderedDict())
        if batch not in held:
            command = ["run", str(self.folder / "plan.json"), study, "--batch", batch]
            path = batch_path(self.folder, study, batch)
            held[batch] = rebuilt(read_any, path, self.plan.known(study, batch), command)
            while len(held) > BATCHES_HELD:
                held.popitem(last=False)
        held.move_to_end(batch)
        return held[batch]

    def _one(self, stored: Any, item: Item, place: int) -> Any:
        """The result of one item out of its batch."""
        import xarray as xr  # noqa: PLC0415

        if isinstance(stored, xr.DataTree):
            return stored.children[item.node]
        result = stored.isel(item=place, drop=True) if "item" in stored.dims else stored
        if "item_number" in stored:
            rows = np.flatnonzero(stored["item_number"].values == place)
            result = result.isel(point=rows).drop_vars("item_number")
        own = [name for name in result.coords if stored[name].dims == ("item",)]
        return result.drop_vars([*own, "circuit", "settings"], errors="ignore")


class StudyResults:
    """The stored results of one study of an experiment, as in `Results`."""

    def __init__(self, results: Results, study: str) -> None:
        self.all, self.name = results, study

    @property
    def plan(self) -> Plan:
        """The experiment."""
        return self.all.plan

    @property
    def settings(self) -> Any:
        """The study's settings."""
        return self.plan.studies[self.name]

    @cached_property
    def summary(self) -> xr.Dataset:
        """The summary of the study."""
        return self.all.summary(self.name)

    def runs(self) -> list[int]:
        """Numbers of the runs in which the study is done, in the order of its summary."""
        return [number for number, _ in self.plan.runs_of(self.name)]

    def result(self, run: int, label: str = "") -> Any:
        """The result for a run, see `Results.result`."""
        return self.all.result(self.name, run, label)

    def each(self) -> list[tuple[Item, Any]]:
        """Every item with its result."""
        return self.all.each(self.name)

    @property
    def attributes(self) -> dict[str, Any]:
        """Attributes of the study's first file, which say how it was made."""
        first = next(iter(self.plan.batches[self.name]))
        return dict(self.all.batch(self.name, first).attrs)
