"""A theory and two networks along the same ramps of a current."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Len
from pydantic import Field, field_validator

from ikmeanfield.circuit.population import Name
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.inputs import ramp
from ikmeanfield.keys import hashed
from ikmeanfield.limits import RAMP, at_most
from ikmeanfield.schema import ConfigError, Label, Validated
from ikmeanfield.stepping import default_step
from ikmeanfield.studies import cost
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.networks import refuse_steps
from ikmeanfield.studies.study import Interval, Item, Study, check_theory, known_names, require

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan


SAMPLE = 1.0
"""Interval between samples in ms."""


class Trace(Validated):
    """A ramp along which a theory and two networks are compared."""

    at: float
    """Value of the parameter during this ramp."""
    ramp: Annotated[list[Interval], Len(2)]
    """Pairs [time in ms, current in pA], linear between; the last pair is the end of the run."""

    @field_validator("ramp")
    @classmethod
    def _is_a_ramp(cls, pairs: list[Interval]) -> list[Interval]:
        ramp([(time, value) for time, value in pairs])
        if pairs[-1][0] <= 0:
            msg = "the last time must be above 0"
            raise ValueError(msg)
        at_most(pairs[-1][0], RAMP, "ms in a ramp", "shorten it")
        return pairs


class Traces(Study):
    """A theory and two networks along the same ramps of a current.

    One network has a recovery variable for each neuron, the other has one for the population. Both
    have the circuit from which the sweeps depart.
    """

    rule = "run_traces"

    kind: Literal["traces"]
    theory: Label
    """Name of the theory."""
    population: Name
    """The population that receives the current."""
    parameter: str
    """Path of the parameter that differs between the ramps, for example ``rs.adaptation``."""
    ramps: Annotated[list[Trace], Len(1)]
    """The ramps, each with its value of the parameter."""
    step: float = Field(default_step("exact", SAMPLE), gt=0)
    """Time step of the networks in ms; divides 1 ms."""
    thresholds: Draw = "quantiles"
    """Whether thresholds are the quantiles of their distribution or drawn at random."""

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {"exact", "theories"}

    def asked(self, experiment: Experiment | Plan) -> list[str]:
        """As `Study.asked`."""
        return [self.theory]

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        known_names("theory", [self.theory], experiment.theories)
        require(experiment, [self.theory], "series")
        known_names("population", [self.population], circuit.populations)
        refuse_steps(circuit, self.step)
        for trace in self.ramps:
            try:
                there = circuit.replace({self.parameter: trace.at})
            except ConfigError as error:
                msg = f"ramps: {error}"
                raise ConfigError(msg) from None
            check_theory(experiment, self.theory, there)

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`: one item for each ramp."""
        shared = self.model_dump(exclude={"kind", "sweeps", "ramps"})
        identity = {
            "circuit": plan.circuit.identity(),
            "theory": plan.theories[self.theory].identity(plan.circuit, {}),
            "settings": shared,
        }
        for number, trace in enumerate(self.ramps, start=1):
            key = hashed({**identity, "trace": trace.model_dump()})
            yield Item(key=key, seed=plan.seed, label=f"trace_{number}")

    def compute(self, plan: Plan, item: Item) -> xr.DataTree:
        """As `Study.compute`: a tree that holds the series of `analysis.traces.ramp_traces`."""
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.analysis.traces import ramp_traces  # noqa: PLC0415

        trace = self._ramp(item)
        data = ramp_traces(
            plan.circuit.replace({self.parameter: trace.at}),
            [(time, value) for time, value in trace.ramp],
            theory=plan.theories[self.theory], population=self.population, step=self.step,
            thresholds=self.thresholds, seed=plan.seed,
        )  # fmt: skip
        return xr.DataTree(data)

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        duration = self._ramp(item).ramp[-1][0]
        one = cost.network(plan.circuit, duration / self.step)
        return one + one + cost.theory_in_time(plan.circuit, duration)

    def _ramp(self, item: Item) -> Trace:
        return self.ramps[int(item.label.removeprefix("trace_")) - 1]
