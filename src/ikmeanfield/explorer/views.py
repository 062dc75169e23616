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
from ikmeanfield.explorer.scalars import Scalar, scalars
from ikmeanfield.jobs.results import Results, StudyResults, batch_path, summary_path
from ikmeanfield.keys import hashed

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.studies.planes import Planes
    from ikmeanfield.studies.study import Item

POINTS = ("kind", "direction", "method", "current", "lower", "upper", "noise")
"""What is shown of the points at which a network changes state."""
DOUBLE = {"hysteresis"}
"""Kinds whose courses are not series in time, which are stored in single precision."""


def planes_of(plan: Plan) -> list[str]:
    """Names of the studies of planes of an experiment."""
    return [name for name, study in plan.studies.items() if study.kind == "planes"]


@dataclass(frozen=True)
class Member:
    """A grid point of a plane: runs of one circuit under one input, and the planes they lie in."""

    runs: list[int]
    planes: list[int]


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
    windows
        Largest number of windows of a series.
    """

    results: Results
    study: str
    arrays: Arrays
    page: Path
    windows: int

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
            "grid": [self._grid_point(member) for member in self._members],
            "scalars": [
                self._column(scalar)
                for scalar in self._scalars
                if any(run in scalar.values for member in self._members for run in member.runs)
            ],
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
    def _members(self) -> list[Member]:
        """Grid points of networks, or of the planes themselves, that lie in a plane."""
        plan, settings = self.results.plan, self.settings
        shown = {number for number, _ in plan.runs_of(self.study)}
        shown |= {run for name, s in plan.studies.items() if s.kind in SHOWN
                  for run, _ in plan.runs_of(name)}  # fmt: skip
        shown |= {run for scalar in self._scalars for run in scalar.values}
        found: dict[str, Member] = {}
        for place in sorted(shown):
            run = plan.runs[place]
            asked = settings.asked(plan)
            keys = [(theory, settings.key(plan, theory, run.circuit)) for theory in asked]
            planes = [self._items[key] for key in keys if key in self._items]
            if planes and not run.replicate:
                known = {"input": plan.input_identity(run), "settings": run.settings}
                same = hashed({"circuit": run.circuit.identity(), **known})
                found.setdefault(same, Member([], planes)).runs.append(place)
        return list(found.values())

    @cached_property
    def _scalars(self) -> list[Scalar]:
        """Numbers of all runs of the experiment, beside those that a parameter is followed for."""
        return [
            scalar
            for name, study in self._stored.items()
            if self._driven(study.settings) != self.settings.parameter
            or study.settings.kind in SHOWN
            for scalar in scalars(study)
        ]

    @cached_property
    def _varied(self) -> list[str]:
        """Paths of parameters other than the plane's in which its grid points differ."""
        plan, settings = self.results.plan, self.settings
        axes = {settings.parameter, settings.second}
        axes |= {f"{EVERY}.{path.partition('.')[2]}" for path in axes}
        candidates = [p for p in plan.parameters if p not in axes and not is_setting(p, plan)]
        runs = [plan.runs[member.runs[0]] for member in self._members]
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

    def _grid_point(self, member: Member) -> dict[str, Any]:
        """Where a grid point lies, and what is known of it."""
        plan, settings = self.results.plan, self.settings
        here = plan.runs[member.runs[0]]
        return {
            "x": number(here.circuit.get(settings.parameter)) if self._is_still(member) else None,
            "y": number(here.circuit.get(settings.second)),
            "at": [here.coordinate(path) for path in self._varied],
            "planes": member.planes,
            "courses": [course for run in member.runs for course in self._courses(run)],
            "points": [point for run in member.runs for point in self._points(run)],
            "regions": [region for run in member.runs for region in self._regions(run)],
        }

    def _is_still(self, member: Member) -> bool:
        """Whether networks keep their value of the plane's first parameter at a grid point."""
        studies = self.results.plan.studies.items()
        there = [s for name, s in studies if set(member.runs) & self._runs[name]]
        moved = [self._driven(s) == self.settings.parameter for s in there if s.kind != "points"]
        return not any(moved)

    @cached_property
    def _runs(self) -> dict[str, set[int]]:
        """Numbers of the runs of every study."""
        plan = self.results.plan
        return {name: {run for run, _ in plan.runs_of(name)} for name in plan.studies}

    def _column(self, scalar: Scalar) -> dict[str, Any]:
        """A number along the grid."""
        rows = [
            next((scalar.values[run] for run in member.runs if run in scalar.values), np.nan)
            for member in self._members
        ]
        return {
            "label": scalar.label, "of": scalar.of, "unit": scalar.unit, "study": scalar.study,
            "file": self._link(summary_path(self.results.folder, scalar.study)),
            "values": self.arrays.add(rows),
        }  # fmt: skip

    def _courses(self, run: int) -> Iterator[dict[str, Any]]:
        for study, settings in self.results.plan.studies.items():
            driven, single = self._driven(settings), settings.kind not in DOUBLE
            for course in courses(self.results, study, run, self.windows):
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
        """Path of the parameter that a study moves itself; empty if it moves none."""
        if settings.kind == "ramps":
            settings = self.results.plan.studies[settings.transitions]
        if settings.kind in {"transitions", "hysteresis"}:
            return f"{settings.population}.input_current"
        return str(getattr(settings, "parameter", ""))

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
        if run not in self._runs[study]:
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
