"""Theories along the ramp on which networks change state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, cast

from ikmeanfield.keys import hashed
from ikmeanfield.schema import ConfigError, Label
from ikmeanfield.studies import cost
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Item, TheoryStudy
from ikmeanfield.studies.transitions import Transitions

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan

SAMPLE = 5.0
"""Interval between samples in ms, that of the networks' stored ramps."""
SERIES = {
    "synaptic_activation": "activation of the driven population's first synapse",
    "recovery": "recovery variable of the driven population",
}


class Ramps(TheoryStudy):
    """Theories, integrated along the ramp of the networks of a study of transitions."""

    rule = "run_ramps"
    questions = ("series",)

    kind: Literal["ramps"]
    transitions: Label = "transitions"
    """Name of the study of transitions whose ramp it is."""

    def uses(self) -> list[str]:
        """As `Study.uses`."""
        return [self.transitions]

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        super().check(experiment, circuit)
        networks = experiment.studies[self.transitions]
        if not isinstance(networks, Transitions):
            msg = f"transitions: {self.transitions!r} is of kind {networks.kind}, not transitions"
            raise ConfigError(msg)

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`: runs share a series if the theory does not depend on what differs."""
        ramp = self._networks(plan)
        how = {"sample": SAMPLE, **ramp.model_dump(include={"low", "high", "settle", "rise"})}
        driven = {f"{ramp.population}.input_current": ramp.low}
        for number, run in plan.runs_of(name):
            for theory in self.asked(plan):
                identity = plan.theories[theory].identity(run.circuit, driven)
                known = {**identity, "ramp": how, "population": ramp.population}
                yield Item(key=hashed(known), label=theory, runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`: the series `SERIES` and the current in time, as of networks."""
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.inputs import ramp as ramped  # noqa: PLC0415

        ramp, circuit = self._networks(plan), plan.first_run(item).circuit
        top = ramp.settle + ramp.rise
        current = ramped([(ramp.settle, ramp.low), (top, ramp.high), (ramp.length, ramp.low)])
        series = (
            plan.theories[item.label]
            .build(circuit)
            .integrate({ramp.population: current}, duration=ramp.length, sample=SAMPLE)
        )
        synapses = list(circuit.populations[ramp.population].synapses)
        found = {"recovery": series["recovery"].sel(population=ramp.population)}
        if synapses:
            first = f"{ramp.population}.{synapses[0]}"
            found["synaptic_activation"] = series["synaptic_activation"].sel(synapse=first)
        dataset = xr.Dataset(
            {
                name: ("time", values.values, {**values.attrs, "long_name": SERIES[name]})
                for name, values in found.items()
            },
            {"time": series["time"]},
        )
        text = {"units": "pA", "long_name": "input current"}
        dataset["input_current"] = ("time", current(series["time"].values), text)
        return dataset

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        circuit, length = plan.first_run(item).circuit, self._networks(plan).length
        kept = 8 * length / SAMPLE * cost.variables(circuit) / cost.MIB
        return cost.theory_in_time(circuit, length, oscillating=True) + Cost(kept=kept)

    def _networks(self, plan: Plan) -> Transitions:
        return cast(Transitions, plan.studies[self.transitions])
