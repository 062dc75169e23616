"""Equilibria and limit cycles of theories in one parameter, at every grid point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import field_validator

from ikmeanfield.keys import hashed
from ikmeanfield.studies import cost
from ikmeanfield.studies.branches import (
    CYCLES_SECONDS,
    DIAGRAM_SECONDS,
    check_followed,
    reported,
)
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Interval, Item, TheoryStudy, require, rising

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.continuation import Branch, SpecialPoint
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results


class Diagrams(TheoryStudy):
    """Equilibria and limit cycles of theories in one parameter, at every grid point."""

    rule = "follow_diagrams"
    questions = ("equilibria",)
    tables: ClassVar[tuple[str, ...]] = ("bifurcations",)

    kind: Literal["diagrams"]
    parameter: str
    """Path of the parameter to follow, for example ``rs.input_current``."""
    bounds: Interval
    """Its lower and upper bound."""
    cycles: bool = True
    """Also follow the limit cycles that are born at Hopf points."""

    @field_validator("bounds")
    @classmethod
    def _bounds_rise(cls, bounds: list[float]) -> list[float]:
        return rising(bounds)

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        super().check(experiment, circuit)
        if self.cycles:
            require(experiment, self.asked(experiment), "cycles")
        followed = [("parameter", self.parameter, self.bounds)]
        check_followed(experiment, self.asked(experiment), circuit, followed)

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`.

        The key leaves out the value of the parameter that is followed, and parameters on which
        the theory does not depend. Replicates share a diagram.
        """
        followed = self.model_dump(include={"parameter", "bounds", "cycles"})
        free = {self.parameter: self.bounds[0]}
        for number, run in plan.runs_of(name):
            for theory in self.asked(plan):
                identity = plan.theories[theory].identity(run.circuit, free)
                key = hashed({**identity, "diagrams": followed})
                yield Item(key=key, label=theory, runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.DataTree:
        """As `Study.compute`: a tree with a node for each branch."""
        from ikmeanfield.analysis.diagrams import equilibrium_diagram, to_tree  # noqa: PLC0415

        low, high = self.bounds
        branches = equilibrium_diagram(
            plan.first_run(item).circuit, self.parameter, low, high, cycles=self.cycles,
            theory=plan.theories[item.label], options=reported(f"theory {item.label}"),
        )  # fmt: skip
        return to_tree(branches)

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        each = DIAGRAM_SECONDS + (CYCLES_SECONDS if self.cycles else 0.0)
        each *= plan.theories[item.label].effort
        return Cost(seconds=each * cost.variables(plan.first_run(item).circuit) / 4)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The key of the diagram of each run and theory, as ``diagram`` (run, theory)."""
        import xarray as xr  # noqa: PLC0415

        plan = results.plan
        runs, theories = plan.runs_of(name), self.asked(plan)
        keys = [[results.item(name, n, theory).key for theory in theories] for n, _ in runs]
        return xr.Dataset(
            {"diagram": (("run", "theory"), keys, {"long_name": "hash of the theory's diagram"})},
            {
                "theory": ("theory", theories, {"long_name": "theory"}),
                **results.coordinates(name, theories[0]),
            },
        )

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """Special points except neutral saddles, and unexpected ends, at each grid point."""
        import math  # noqa: PLC0415

        from ikmeanfield.analysis.diagrams import from_tree  # noqa: PLC0415
        from ikmeanfield.analysis.diagrams.line import REGULAR_ENDS  # noqa: PLC0415
        from ikmeanfield.datasets.runs import grid_point  # noqa: PLC0415

        plan = results.plan
        for number, run in plan.runs_of(name):
            if run.replicate:
                continue
            for theory in self.asked(plan):
                tree = results.result(name, number, theory)
                for label, branch in from_tree(tree).items():
                    known = {**grid_point(plan, run), "theory": theory, "branch": label}
                    for point in branch.points():
                        if point.kind != "NS":
                            yield {**known, **_point_row(branch, point, self.parameter)}
                    for place, end in zip((0, -1), branch.ends, strict=True):
                        if end.reason in REGULAR_ENDS:
                            continue
                        there = len(branch) > 0
                        yield {
                            **known, "kind": "END", "name": end.reason,
                            "parameter": self.parameter,
                            "value": float(branch[self.parameter][place]) if there else math.nan,
                            "message": end.message,
                        }  # fmt: skip


def _point_row(branch: Branch, point: SpecialPoint, parameter: str) -> dict[str, Any]:
    """One special point: frequencies and rates in Hz, everything else in its own unit."""
    import math  # noqa: PLC0415

    from ikmeanfield.analysis.diagrams.line import rest_stable  # noqa: PLC0415
    from ikmeanfield.experiments.paths import coordinate_name  # noqa: PLC0415

    data = point.data
    row: dict[str, Any] = {
        "kind": point.kind,
        "name": point.name,
        "parameter": parameter,
        "value": point.parameters[parameter],
        "frequency": 1e3 / data["period"] if data.get("period") else math.nan,
        "l1": data.get("l1", math.nan),
        "criticality": point.criticality,
        "stable_rest": int(rest_stable(point)) if point.kind in {"LP", "HB"} else "",
        "residual": point.residual,
        "message": " ".join(point.message.split()),
    }
    for variable, value in zip(branch.variables, point.state, strict=True):
        scale = 1e3 if variable.endswith(".firing_rate") else 1.0
        row[coordinate_name(variable)] = scale * float(value)
    return row
