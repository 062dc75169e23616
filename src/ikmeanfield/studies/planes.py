"""Curves of folds and Hopf points of theories in planes of two parameters."""

from __future__ import annotations

from collections.abc import Iterator
from math import nan
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from ikmeanfield.keys import hashed
from ikmeanfield.schema import ConfigError
from ikmeanfield.studies import cost
from ikmeanfield.studies.branches import (
    CYCLES_SECONDS,
    DIAGRAM_SECONDS,
    PLANE_SECONDS,
    check_followed,
    refuse_moved,
    reported,
)
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Interval, Item, TheoryStudy, require, rising

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan


BOUNDARY_SECONDS = 3.0
"""Following cycles at one value, and the curves that start there, per four variables."""


class Planes(TheoryStudy):
    """Curves of folds and Hopf points of theories in two parameters, and diagrams in the first.

    Runs share a plane if they differ only in the second parameter, or in parameters on which the
    theory does not depend.
    """

    rule = "follow_planes"
    questions = ("equilibria",)

    kind: Literal["planes"]
    parameter: str
    """Path of the first parameter, for example ``rs.input_current``."""
    bounds: Interval
    """Its lower and upper bound."""
    second: str
    """Path of the second parameter, for example ``rs.adaptation``."""
    second_bounds: Interval
    """Its lower and upper bound."""
    diagrams: list[float] = Field([])
    """Values of the second parameter at which equilibria and limit cycles are followed too."""
    cycles: list[float] = Field([])
    """Values of the second parameter at which cycles are followed in order to find the curves of
    folds of cycles, homoclinic orbits and SNICs in the plane."""

    @field_validator("bounds", "second_bounds")
    @classmethod
    def _bounds_rise(cls, bounds: list[float]) -> list[float]:
        return rising(bounds)

    @model_validator(mode="after")
    def _are_two_parameters(self) -> Self:
        if self.parameter == self.second:
            msg = f"parameter and second are both {self.second}"
            raise ValueError(msg)
        for name in ("diagrams", "cycles"):
            for value in getattr(self, name):
                self._refuse_outside(value, f"{name}: ")
        return self

    def _refuse_outside(self, value: Any, where: str = "") -> None:
        low, high = self.second_bounds
        if not low <= value <= high:
            msg = f"{where}{self.second} = {value:g} is outside second_bounds {low:g} to {high:g}"
            raise ConfigError(msg)

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        super().check(experiment, circuit)
        followed = [
            ("parameter", self.parameter, self.bounds),
            ("second", self.second, self.second_bounds),
        ]
        check_followed(experiment, self.asked(experiment), circuit, followed)
        if self.diagrams or self.cycles:
            require(experiment, self.asked(experiment), "cycles")
        refuse_moved(experiment, circuit, self, self.parameter)

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        super().check_run(experiment, circuit)
        self._refuse_outside(circuit.get(self.second))

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`."""
        for number, run in plan.runs_of(name):
            for theory in self.asked(plan):
                yield Item(key=self.key(plan, theory, run.circuit), label=theory, runs=[number])

    def key(self, plan: Plan, theory: str, circuit: Circuit) -> str:
        """The key of a theory's plane that a circuit lies in; the two parameters do not matter."""
        where = self.model_dump(exclude={"kind", "sweeps", "theories"})
        if not self.cycles:  # planes without them keep the keys of earlier versions
            del where["cycles"]
        free = {self.parameter: self.bounds[0], self.second: self.second_bounds[0]}
        return hashed({**plan.theories[theory].identity(circuit, free), "planes": where})

    def compute(self, plan: Plan, item: Item) -> xr.DataTree:
        """As `Study.compute`.

        A tree with a node ``curves`` for the curves of the plane, nodes ``diagram_1``, … for the
        branches at each value of `diagrams` and, if `cycles` are given, a node ``boundaries``. The
        root's attributes are the varied parameters in which planes of the experiment can differ.
        """
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.diagrams import (  # noqa: PLC0415
            bifurcation_plane,
            cycle_boundaries,
            equilibrium_diagram,
            to_tree,
        )
        from ikmeanfield.analysis.diagrams.plane import PLANE_STEPS  # noqa: PLC0415

        theory, circuit = plan.theories[item.label], plan.first_run(item).circuit
        (low, high), (below, above) = self.bounds, self.second_bounds
        free, bounds = (self.parameter, self.second), ((low, high), (below, above))
        curves = bifurcation_plane(
            circuit, free, bounds, theory=theory,
            options=reported(f"plane of {item.label}", PLANE_STEPS),
        )  # fmt: skip
        nodes = {"curves": to_tree(curves)}
        for place, value in enumerate(self.diagrams, start=1):
            branches = equilibrium_diagram(
                circuit.replace({self.second: value}), self.parameter, low, high, theory=theory,
                options=reported(f"plane of {item.label}, {self.second} = {value:g}"),
            )  # fmt: skip
            nodes[f"diagram_{place}"] = to_tree(branches)
        if self.cycles:
            found = cycle_boundaries(circuit, free, bounds, self.cycles, theory=theory)
            nodes["boundaries"] = to_tree(found)
        tree = xr.DataTree(children=nodes)
        tree.attrs = self._values(plan, item)
        return tree

    def _values(self, plan: Plan, item: Item) -> dict[str, Any]:
        """Varied parameters on which the theory depends, except the second one, by coordinate.

        NaN where the populations differ.
        """
        from ikmeanfield.experiments.paths import coordinate_name, in_effect  # noqa: PLC0415
        from ikmeanfield.experiments.settings import is_setting  # noqa: PLC0415

        circuit, theory = plan.first_run(item).circuit, plan.theories[item.label]
        known = (
            path
            for path in plan.parameters
            if path != self.second and not is_setting(path, plan) and theory.knows(path)
        )
        found = {coordinate_name(path): in_effect(circuit, path) for path in known}
        return {name: nan if value is None else value for name, value in found.items()}

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        work = PLANE_SECONDS + len(self.diagrams) * (DIAGRAM_SECONDS + CYCLES_SECONDS)
        work += len(self.cycles) * BOUNDARY_SECONDS
        work *= plan.theories[item.label].effort
        return Cost(seconds=work * cost.variables(plan.first_run(item).circuit) / 4)
