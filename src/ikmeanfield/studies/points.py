"""Folds and Hopf points of theories in one parameter, at every grid point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import field_validator

from ikmeanfield.keys import hashed
from ikmeanfield.schema import ConfigError, Label
from ikmeanfield.studies import cost
from ikmeanfield.studies.branches import EQUILIBRIA_SECONDS, check_followed, reported
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.planes import Planes
from ikmeanfield.studies.study import Interval, Item, TheoryStudy, known_names, rising

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results


class Points(TheoryStudy):
    """Folds and Hopf points of theories in one parameter, at every grid point."""

    rule = "find_points"
    questions = ("equilibria",)
    undefined: ClassVar = dict.fromkeys(
        ("period", "l1"), "at folds, and l1 also where the field has a kink"
    )

    kind: Literal["points"]
    parameter: str
    """Path of the parameter to follow, for example ``rs.input_current``."""
    bounds: Interval
    """Its lower and upper bound."""
    planes: Label | None = None
    """Name of a study of planes on whose curves all points must lie, or the summary fails."""

    @field_validator("bounds")
    @classmethod
    def _bounds_rise(cls, bounds: list[float]) -> list[float]:
        return rising(bounds)

    def uses(self) -> list[str]:
        """As `Study.uses`."""
        return [self.planes] if self.planes is not None else []

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        super().check(experiment, circuit)
        asked = self.asked(experiment)
        check_followed(experiment, asked, circuit, [("parameter", self.parameter, self.bounds)])
        if self.planes is None:
            return
        planes = experiment.studies[self.planes]
        if not isinstance(planes, Planes) or planes.parameter != self.parameter:
            msg = f"planes: {self.planes!r} is not a study of planes in {self.parameter}"
            raise ConfigError(msg)
        known_names(f"planes: in {self.planes!r}, theories", asked, planes.asked(experiment))

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`."""
        where = self.model_dump(include={"parameter", "bounds"})
        free = {self.parameter: self.bounds[0]}
        for number, run in plan.runs_of(name):
            for theory in self.asked(plan):
                identity = plan.theories[theory].identity(run.circuit, free)
                key = hashed({**identity, "points": where, "second": self.second(plan)})
                yield Item(key=key, label=theory, runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`: the points along ``point``."""
        from ikmeanfield.analysis.diagrams import fold_and_hopf_points  # noqa: PLC0415

        low, high = self.bounds
        run = plan.first_run(item)
        return fold_and_hopf_points(
            run.circuit, self.parameter, low, high, at=self.second(plan),
            theory=plan.theories[item.label], options=reported(f"{run}, {item.label}"),
        ).reset_coords("second")  # fmt: skip

    def second(self, plan: Plan) -> str:
        """The parameter whose value is stored with each point: the second one of the planes."""
        if self.planes is None:
            return self.parameter
        planes = plan.studies[self.planes]
        assert isinstance(planes, Planes)
        return planes.second

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        work = EQUILIBRIA_SECONDS * plan.theories[item.label].effort
        return Cost(seconds=work * cost.variables(plan.first_run(item).circuit) / 4)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """All points along ``point``, with their theory and the number of their run.

        Raises
        ------
        CoincidenceError
            If points do not lie on the curves of their planes; the message names all of them.
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.diagrams import (  # noqa: PLC0415
            CoincidenceError,
            check_points,
            from_tree,
        )

        plan = results.plan
        runs = plan.runs_of(name)
        found, complaints = [], []
        for place, (number, run) in enumerate(runs):
            for theory in self.asked(plan):
                points = results.result(name, number, theory)
                if self.planes is not None:
                    tree = results.result(self.planes, number, theory)
                    try:
                        curves = from_tree(tree["curves"])
                        points = check_points(points.set_coords("second"), curves)
                    except CoincidenceError as error:
                        complaints.append(f"{run}, theory {theory}: {error}")
                        continue
                    points = points.reset_coords("second")
                count = points.sizes["point"]
                words = {"theory": "theory", "run_number": "number of the run in this file"}
                given = {"theory": np.full(count, theory), "run_number": np.full(count, place)}
                known = {k: ("point", v, {"long_name": words[k]}) for k, v in given.items()}
                found.append(points.assign(known))
        if complaints:
            raise CoincidenceError("\n".join(complaints))
        summary: xr.Dataset = xr.concat(found, dim="point")
        return summary.assign_coords(results.coordinates(name, self.asked(plan)[0]))

    def summary_cost(self, plan: Plan, name: str) -> Cost:
        """As `Study.summary_cost`."""
        return Cost(seconds=0.7 + 0.005 * len(plan.runs), kept=45.0)
