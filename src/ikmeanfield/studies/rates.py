"""Firing rates of single neurons as functions of their input current."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from ikmeanfield.circuit.population import Name
from ikmeanfield.keys import hashed
from ikmeanfield.schema import ConfigError
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Interval, Item, Study, known_names, rising
from ikmeanfield.theories.protocol import DomainError

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results

LOADING_SECONDS, LOADING_MIB = 0.6, 68.0
"""Loading the kernels for rates of single neurons, beyond what every theory loads."""
NEURON = "of a neuron with the mean threshold, u = 0 and s = 0"


class Rates(Study):
    """Rates of a single neuron as functions of its current (Eqs. 30-32), and I* (Eq. 34)."""

    rule = "compute_rates"

    kind: Literal["rates"]
    population: Name
    """The population to which the neuron belongs; its threshold is the population's mean."""
    currents: Interval
    """First and last current in pA."""
    count: int = Field(201, ge=2)
    """Number of evenly spaced currents."""

    @field_validator("currents")
    @classmethod
    def _currents_rise(cls, currents: list[float]) -> list[float]:
        return rising(currents)

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {"theories"}

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`."""
        known_names("population", [self.population], circuit.populations)

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`: the adjusted current must be defined."""
        from ikmeanfield.theories.mean_field.domain import check_domain_at_rest  # noqa: PLC0415

        try:
            check_domain_at_rest(circuit)
        except DomainError as error:
            raise ConfigError(str(error)) from None

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`: runs that have the same neuron share its rates."""
        settings = self.model_dump(exclude={"kind", "sweeps"})
        for number, run in plan.runs_of(name):
            neuron = run.circuit.identity()["populations"][self.population]
            kept = {k: v for k, v in neuron.items() if k not in {"size", "synapses", "recovery"}}
            yield Item(key=hashed({"neuron": kept, "rates": settings}), runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`.

        Returns
        -------
        xarray.Dataset
            ``rate`` (Eqs. 30-31) and ``rate_infinite`` (Eq. 32) in Hz, ``adjusted_current`` (I* of
            Eq. 34) in pA, along ``input_current`` in pA.
        """
        import numpy as np  # noqa: PLC0415
        import xarray as xr  # noqa: PLC0415

        from ikmeanfield.theories.mean_field import adjusted_current, firing_rate  # noqa: PLC0415

        name = self.population
        neuron = plan.first_run(item).circuit.populations[name]
        current = np.linspace(self.currents[0], self.currents[1], self.count)
        dim = "input_current"
        return xr.Dataset(
            {
                "rate": (
                    dim, firing_rate(neuron, current, name=name),
                    {"units": "Hz", "long_name": f"firing rate {NEURON}"},
                ),
                "rate_infinite": (
                    dim, firing_rate(neuron, current, infinite_reset=True, name=name),
                    {"units": "Hz",
                     "long_name": f"firing rate {NEURON}, peak and reset at infinity"},
                ),
                "adjusted_current": (
                    dim, adjusted_current(neuron, current, name=name),
                    {"units": "pA", "long_name": f"adjusted current I* {NEURON}"},
                ),
            },
            {
                dim: (
                    dim, current,
                    {"units": "pA", "long_name": f"input current of a single neuron of {name}"},
                )
            },
        )  # fmt: skip

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        return Cost(seconds=1e-3, peak=LOADING_MIB)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """The rates of every run."""
        return results.stacked(name)
