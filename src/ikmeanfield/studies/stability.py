"""Whether asynchronous states of infinite networks are stable, at every grid point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ikmeanfield.keys import hashed
from ikmeanfield.schema import ConfigError, Label
from ikmeanfield.studies.branches import check_followed, require_stationary
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Item, Study, check_theory

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results

SECONDS, MIB = 7.0, 100.0
"""Following a branch and counting modes, per population; a table of firing states."""
NODES = 32
"""Gauss-Legendre nodes per panel, which resolve modes that grow by 1 per second or faster."""


class Stability(Study):
    """Number of growing modes of asynchronous states, by the stationary theory.

    The state is the one that is reached from rest as a parameter rises to its value in the run.
    """

    rule = "count_modes"
    tables: ClassVar[tuple[str, ...]] = ("stability",)

    kind: Literal["stability"]
    theory: Label
    """Name of a stationary theory of the experiment."""
    parameter: str
    """Path of the parameter that rises, for example ``rs.input_current``."""
    low: float
    """Its value at which the circuit is at rest, below all of its values in the sweeps."""
    growth: float = Field(1.0, ge=1.0)
    """Growth rate in 1/s from which modes are counted."""

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {"stationary", "theories"}

    def asked(self, experiment: Experiment | Plan) -> list[str]:
        """As `Study.asked`."""
        return [self.theory]

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        require_stationary(experiment, self.theory)
        followed = [("parameter", self.parameter, [self.low])]
        check_followed(experiment, [self.theory], circuit, followed)

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        check_theory(experiment, self.theory, circuit)
        value = float(circuit.get(self.parameter))
        if value <= self.low:
            msg = f"low: got {self.low:g}, but {self.parameter} = {value:g}; take a lower one"
            raise ConfigError(msg)

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`."""
        where = self.model_dump(exclude={"kind", "sweeps", "theory"})
        for number, run in plan.runs_of(name):
            identity = plan.theories[self.theory].identity(run.circuit)
            yield Item(key=hashed({**identity, "stability": where}), runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`: ``rate`` (population) in Hz, and the number ``modes``.

        Raises
        ------
        ArithmeticError
            If the branch from rest does not reach the value.
        """
        from dataclasses import replace  # noqa: PLC0415

        import xarray as xr  # noqa: PLC0415

        import ikmeanfield.continuation as co  # noqa: PLC0415
        from ikmeanfield.theories.stationary import AsynchronousState, Stationary  # noqa: PLC0415

        circuit = plan.first_run(item).circuit
        theory = plan.theories[self.theory].build(circuit)
        assert isinstance(theory, Stationary)
        value = float(circuit.get(self.parameter))
        problem = theory.problem().at({self.parameter: self.low})
        options = co.ContinuationOptions(
            bounds={self.parameter: (self.low, value)}, direction="forward",
            detect=frozenset({"LP"}), ds_max=0.2, max_turn=30.0,
        )  # fmt: skip
        rest = co.find_equilibrium(problem, theory.initial_state())
        branch = co.continue_equilibria(problem, rest, self.parameter, options)
        reached = float(branch[self.parameter][-1])
        if abs(reached - value) > 1e-6 * max(abs(value), 1.0):
            msg = f"the branch from {self.parameter} = {self.low:g} ends at {reached:g}, not at "
            raise ArithmeticError(msg + f"{value:g}: {branch.ends[-1].message}")
        fine = replace(theory, nodes=max(theory.nodes, NODES))
        problem = fine.problem().at({self.parameter: value})
        state = co.find_equilibrium(problem, branch.states[-1])
        modes = AsynchronousState.at(fine, problem, state).unstable_modes(self.growth / 1000.0)
        populations = list(circuit.populations)
        rates = [1000.0 * state[theory.variables.index(f"{p}.firing_rate")] for p in populations]
        number = {"units": "1", "long_name": "modes that grow"}
        return xr.Dataset(
            {
                "rate": ("population", rates, {"units": "Hz", "long_name": "firing rate"}),
                "modes": ((), modes, number),
            },
            {"population": ("population", populations, {"long_name": "population"})},
        )

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        populations = len(plan.first_run(item).circuit.populations)
        return Cost(seconds=SECONDS * populations, peak=MIB)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The results of all runs along ``run``."""
        return results.stacked(name)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run and population."""
        from ikmeanfield.datasets.tables import scalar_rows  # noqa: PLC0415

        return scalar_rows(summary, ("run", "population"))


def by_form(summary: xr.Dataset, recovery: str) -> Iterator[tuple[str, xr.Dataset]]:
    """The runs by form of recovery, which a coordinate tells: ``exact, own u`` or ``one u``."""
    forms = summary[recovery].values
    for form, words in (("neuron", "exact, own u"), ("population", "exact, one u")):
        if (forms == form).any():
            yield words, summary.isel(run=forms == form)
