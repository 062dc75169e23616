"""The planes of an experiment with the grid points that lie in them, as a page holds them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ikmeanfield.experiments.paths import EVERY
from ikmeanfield.experiments.settings import is_setting
from ikmeanfield.explorer.arrays import Arrays, number
from ikmeanfield.explorer.courses import NETWORK, SHOWN, courses
from ikmeanfield.explorer.planes import plane_parts
from ikmeanfield.jobs.results import Results, StudyResults, batch_path, summary_path

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.studies.planes import Planes
    from ikmeanfield.studies.study import Item

POINTS = ("kind", "direction", "method", "current", "lower", "upper", "noise")
"""What is shown of the points at which a network changes state."""
DOUBLE = {"hysteresis"}
"""Kinds whose courses are not series in time, which are stored in single precision."""
SCALAR_DIMS = {"run", "model", "theory", "population"}
"""Dimensions of what a summary says of a run in a number."""


def planes_of(plan: Plan) -> list[str]:
    """Names of the studies of planes of an experiment."""
    return [name for name, study in plan.studies.items() if study.kind == "planes"]


@dataclass(frozen=True)
class View:
    """A study of planes, and everything that a page shows of it.

    Attributes
    ----------
    results
        The results of its experiment.
    study
        Name of the study.
    arrays
        Where long rows of numbers are stored.
    page
        Folder of the page, from which links lead to files.
    """

    results: Results
    study: str
    arrays: Arrays
    page: Path

    def data(self) -> dict[str, Any]:
        """Everything as plain data, with `Arrays` for long rows of numbers."""
        settings, plan = self.settings, self.results.plan
        return {
            "experiment": plan.experiment,
            "study": self.study,
            "plan": self._link(self.results.folder / "plan.json"),
            "x": self._axis(settings.parameter, settings.bounds),
            "y": self._axis(settings.second, settings.second_bounds),
            "theories": settings.asked(plan),
            "names": [{"path": path, "unit": plan.unit(path)} for path in self._varied],
            "planes": self._planes(),
            "grid": [self._grid_point(run, planes) for run, planes in self._members.items()],
            "scalars": list(self._scalars()),
        }

    @property
    def settings(self) -> Planes:
        """Settings of the study."""
        return cast("Planes", self.results.plan.studies[self.study])

    def _axis(self, path: str, bounds: list[float]) -> dict[str, Any]:
        return {"path": path, "unit": self.results.plan.unit(path), "bounds": bounds}

    @cached_property
    def _items(self) -> dict[tuple[str, str], int]:
        """The number of each plane, by theory and key."""
        items = self.results.plan.all_items(self.study)
        return {(item.label, item.key): place for place, item in enumerate(items)}

    @cached_property
    def _members(self) -> dict[int, list[int]]:
        """Runs with courses or planes, first replicates, and the planes in which each lies."""
        plan, settings = self.results.plan, self.settings
        studies = [name for name, s in plan.studies.items() if s.kind in SHOWN]
        shown = {n for name in (*studies, self.study) for n, _ in plan.runs_of(name)}
        found = {}
        for run in sorted(shown):
            if plan.runs[run].replicate:
                continue
            circuit = plan.runs[run].circuit
            keys = (
                (theory, settings.key(plan, theory, circuit)) for theory in settings.asked(plan)
            )
            planes = [self._items[key] for key in keys if key in self._items]
            if planes:
                found[run] = planes
        return found

    @cached_property
    def _varied(self) -> list[str]:
        """Paths of parameters other than the plane's in which its grid points differ."""
        plan, settings = self.results.plan, self.settings
        axes = {settings.parameter, settings.second}
        axes |= {f"{EVERY}.{path.partition('.')[2]}" for path in axes}
        candidates = [p for p in plan.parameters if p not in axes and not is_setting(p, plan)]
        runs = [plan.runs[run] for run in self._members]
        return [p for p in candidates if len({run.coordinate(p) for run in runs}) > 1]

    def _planes(self) -> list[dict[str, Any]]:
        settings = self.settings
        bounds = (tuple(settings.bounds), tuple(settings.second_bounds))
        return [
            {
                "theory": item.label,
                "file": self._file(self.study, item),
                **plane_parts(tree, bounds, self.arrays),
            }
            for item, tree in self.results.each(self.study)
        ]

    def _grid_point(self, run: int, planes: list[int]) -> dict[str, Any]:
        """A run: where it lies in its planes, and what is known of it."""
        plan, settings = self.results.plan, self.settings
        here = plan.runs[run]
        known = list(self._courses(run))
        moved = any(course["x_is_plane"] for course in known) or not known
        return {
            "sweep": here.sweep,
            "x": None if moved else number(here.circuit.get(settings.parameter)),
            "y": number(here.circuit.get(settings.second)),
            "at": [here.coordinate(path) for path in self._varied],
            "planes": planes,
            "courses": known,
            "points": list(self._points(run)),
            "regions": list(self._regions(run)),
        }

    def _courses(self, run: int) -> Iterator[dict[str, Any]]:
        for study, settings in self.results.plan.studies.items():
            driven, single = self._driven(settings), settings.kind not in DOUBLE
            for course in courses(self.results, study, run):
                rows = {"x": course.x, "low": course.low, "high": course.high}
                if course.mean is not None:
                    rows["mean"] = course.mean
                yield {
                    "panel": course.panel, "axis": course.axis, "model": course.model,
                    "direction": course.direction,
                    "file": self._file(study, self._item_of(study, run, course.model)),
                    "x_is_plane": driven == self.settings.parameter,
                    **{k: self.arrays.add(v, single=single) for k, v in rows.items()},
                }  # fmt: skip

    def _driven(self, settings: Any) -> str:
        """Path of the current that a study moves itself; empty if it moves none."""
        if settings.kind == "ramps":
            settings = self.results.plan.studies[settings.transitions]
        moves = settings.kind in {"transitions", "hysteresis"}
        return f"{settings.population}.input_current" if moves else ""

    def _item_of(self, study: str, run: int, model: str) -> Item:
        """The item of a run that belongs to a model; that of a network may have no label."""
        try:
            return self.results.item(study, run, model)
        except KeyError:
            return self.results.item(study, run)

    def _points(self, run: int) -> Iterator[dict[str, Any]]:
        """Where a network changes state, and folds and Hopf points of theories, at a run."""
        for study, settings in self.results.plan.studies.items():
            if settings.kind == "transitions" and self._driven(settings) == self.settings.parameter:
                yield from self._of_network(study, run)
            parameter = getattr(settings, "parameter", None)
            if settings.kind == "points" and parameter == self.settings.parameter:
                yield from self._of_theories(study, run)

    def _of_network(self, study: str, run: int) -> Iterator[dict[str, Any]]:
        if run not in dict(self.results.plan.runs_of(study)):
            return
        data = self.results.result(study, run)
        file = self._file(study, self.results.item(study, run))
        for row in zip(*(data[name].values.tolist() for name in POINTS), strict=True):
            point = dict(zip(POINTS, row, strict=True))
            words = {key: point[key] for key in ("kind", "direction", "method")}
            currents = {key: number(point[key]) for key in ("lower", "upper", "noise")}
            x = number(point["current"])
            yield {"model": NETWORK, "file": file, "x": x, **words, **currents}

    def _of_theories(self, study: str, run: int) -> Iterator[dict[str, Any]]:
        """Points of theories for the circuit of a run, in whatever sweep they were found."""
        plan = self.results.plan
        circuit = plan.runs[run].circuit
        same = (n for n, other in plan.runs_of(study) if n == run or other.circuit == circuit)
        there = next(same, None)
        if there is None:
            return
        for theory in plan.studies[study].asked(plan):
            data = self.results.result(study, there, theory)
            file = self._file(study, self.results.item(study, there, theory))
            rows = (data[name].values.tolist() for name in ("kind", "side", "value"))
            for kind, side, value in zip(*rows, strict=True):
                yield {"model": theory, "file": file, "x": number(value), "kind": kind,
                       "direction": side, "method": ""}  # fmt: skip

    def _regions(self, run: int) -> Iterator[dict[str, Any]]:
        """What every population does at currents that are held, from studies of hysteresis."""
        plan = self.results.plan
        for study, settings in plan.studies.items():
            runs = [number for number, _ in plan.runs_of(study)]
            fits = settings.kind == "hysteresis" and run in runs
            if not fits or self._driven(settings) != self.settings.parameter:
                continue
            own = self._stored[study].summary.isel(run=runs.index(run))
            for population in own["population"].values.tolist():
                region = own["region"].sel(population=population).isel(model=0)
                yield {
                    "population": population,
                    "x": self.arrays.add(own["current"].values),
                    "region": [int(value) for value in region.values],
                    "file": self._link(summary_path(self.results.folder, study)),
                }

    def _scalars(self) -> Iterator[dict[str, Any]]:
        """Numbers that summaries hold of each grid point: one row for each, along the grid."""
        plan = self.results.plan
        for study, settings in plan.studies.items():
            runs = [number for number, _ in plan.runs_of(study)]
            members = [run for run in self._members if run in runs]
            if not members or not settings.summarises():
                continue
            summary = self._stored[study].summary
            file = self._link(summary_path(self.results.folder, study))
            for name, variable in summary.data_vars.items():
                dims = [str(dim) for dim in variable.dims]
                numeric = variable.dtype.kind in "fiu"
                if not numeric or "run" not in dims or not set(dims) <= SCALAR_DIMS:
                    continue
                places = [runs.index(run) if run in runs else -1 for run in self._members]
                others = [dim for dim in dims if dim != "run"]
                for index in np.ndindex(*(summary.sizes[dim] for dim in others)):
                    where = dict(zip(others, index, strict=True))
                    column = variable.isel(where).values.astype(float)
                    known = np.array([column[p] if p >= 0 else np.nan for p in places])
                    if np.isnan(known).all():
                        continue
                    labels = [str(summary[dim].values[at]) for dim, at in where.items()]
                    yield {
                        "label": str(variable.attrs.get("long_name", name)),
                        "of": ", ".join(labels),
                        "unit": str(variable.attrs.get("units", "1")),
                        "file": file,
                        "values": self.arrays.add(known),
                    }

    @cached_property
    def _stored(self) -> dict[str, StudyResults]:
        """The studies of the experiment, which keep their summaries once they are read."""
        return {name: StudyResults(self.results, name) for name in self.results.plan.studies}

    def _file(self, study: str, item: Item) -> str:
        """The file of an item, as a link."""
        batch = self._batches[study, item.id, item.label]
        return self._link(batch_path(self.results.folder, study, batch))

    @cached_property
    def _batches(self) -> Mapping[tuple[str, str, str], str]:
        plan = self.results.plan
        return {
            (study, item.id, item.label): batch
            for study, batches in plan.batches.items()
            for batch in batches
            for item in plan.items(study, batch)
        }

    def _link(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.page)).as_posix()
