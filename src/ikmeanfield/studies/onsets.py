"""Where the asynchronous states of infinite networks begin to oscillate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Len
from pydantic import field_validator

from ikmeanfield.keys import hashed
from ikmeanfield.schema import Label
from ikmeanfield.studies.branches import check_followed, refuse_moved, require_stationary
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Interval, Item, Study, check_theory, rising

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results

SEARCH_SECONDS, POINT_SECONDS = 20.0, 6.0
"""Finding the first point, and each further one, per population."""
MIB = 100.0
"""A table of firing states, and the tangents of cycles."""


class Onsets(Study):
    """Where asynchronous states begin to oscillate (Hopf points), by the stationary theory.

    The points lie on one curve in two parameters, which runs share if they differ only in these.
    """

    rule = "find_onsets"

    kind: Literal["onsets"]
    theory: Label
    """Name of a stationary theory of the experiment."""
    parameter: str
    """Path of the parameter in which points are found, for example ``rs.input_current``."""
    bounds: Interval
    """Its lower and upper bound; the branch starts from rest at the lower one."""
    second: str
    """Path of the second parameter, for example ``rs.adaptation``."""
    values: Annotated[list[float], Len(1)]
    """Its values in order, from one at which there is such a point to where the curve ends."""
    near: Interval | None = None
    """Where there are several curves: value of the first point, and its frequency in Hz."""

    @field_validator("bounds")
    @classmethod
    def _bounds_rise(cls, bounds: list[float]) -> list[float]:
        return rising(bounds)

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {"stationary", "theories"}

    def asked(self, experiment: Experiment | Plan) -> list[str]:
        """As `Study.asked`."""
        return [self.theory]

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        require_stationary(experiment, self.theory)
        followed = [
            ("parameter", self.parameter, self.bounds), ("second", self.second, self.values)
        ]  # fmt: skip
        check_followed(experiment, [self.theory], circuit, followed)
        refuse_moved(experiment, circuit, self, self.parameter)

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        check_theory(experiment, self.theory, circuit)

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`."""
        where = self.model_dump(exclude={"kind", "sweeps", "theory"})
        if self.near is None:  # curves without it keep the keys of earlier versions
            del where["near"]
        free = {self.parameter: self.bounds[0], self.second: self.values[0]}
        for number, run in plan.runs_of(name):
            identity = plan.theories[self.theory].identity(run.circuit, free)
            yield Item(key=hashed({**identity, "onsets": where}), runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`: the points along ``point``; values without a point are left out."""
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.circuit import Circuit  # noqa: PLC0415
        from ikmeanfield.theories.stationary import Stationary, hopf_curve  # noqa: PLC0415

        theory = plan.theories[self.theory].build(plan.first_run(item).circuit)
        assert isinstance(theory, Stationary)
        low, high = self.bounds
        near = None if self.near is None else (self.near[0], self.near[1])
        points = hopf_curve(theory, self.parameter, (low, high), self.second, self.values, near)
        found = [(v, p) for v, p in zip(self.values, points, strict=True) if p is not None]
        unit = Circuit.unit(self.parameter)
        columns = {
            "value": ([p.value for _, p in found], unit, self.parameter),
            "second": ([v for v, _ in found], Circuit.unit(self.second), self.second),
            "frequency": ([p.frequency for _, p in found], "Hz", "frequency of the oscillation"),
            "distance": ([p.distance for _, p in found], unit, "how far value is extrapolated"),
            "error": ([p.error for _, p in found], unit, "difference to a linear extrapolation"),
        }
        return xr.Dataset(
            {
                name: ("point", np.array(values, dtype=float), {"units": u, "long_name": text})
                for name, (values, u, text) in columns.items()
            }
        )

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        populations = len(plan.first_run(item).circuit.populations)
        first = SEARCH_SECONDS if self.near is None else POINT_SECONDS
        work = first + POINT_SECONDS * (len(self.values) - 1)
        return Cost(seconds=work * populations, peak=MIB)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """All points along ``point``, with the number of the first run on whose curve they lie."""
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        plan = results.plan
        text = {"long_name": "number of the first run of the curve in this file"}
        places = {number: place for place, (number, _) in enumerate(plan.runs_of(name))}
        found = [
            points.assign(
                run_number=("point", np.full(points.sizes["point"], places[item.runs[0]]), text)
            )
            for item, points in results.each(name)
        ]
        summary: xr.Dataset = xr.concat(found, dim="point")
        summary.attrs = {"parameter": self.parameter, "second_parameter": self.second}
        return summary.assign_coords(results.coordinates(name))
