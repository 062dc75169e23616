"""A study of one's own: the variance in time of the rate of a network at every grid point."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from ikmeanfield.keys import hashed, seed_of
from ikmeanfield.studies import KINDS
from ikmeanfield.studies.cost import Cost, network
from ikmeanfield.studies.study import Item, Study


class RateVariance(Study):
    """Variance in time of the firing rate of networks."""

    rule = "vary_rates"
    tables: ClassVar[tuple[str, ...]] = ("variances",)

    kind: Literal["rate_variance"]
    duration: float = Field(gt=0)
    """Length of a run in ms."""

    def engines(self) -> set[str]:
        return {"exact"}

    def items(self, plan: Any, name: str) -> Iterator[Item]:
        for number, run in plan.runs_of(name):
            given = {"input": plan.input_identity(run), "duration": self.duration}
            key = hashed({"circuit": run.circuit.identity(), "replicate": run.replicate, **given})
            yield Item(key=key, seed=seed_of(plan.seed, key), runs=[number])

    def compute(self, plan: Any, item: Item) -> Any:
        import xarray as xr

        from ikmeanfield.inputs.settings import currents_of
        from ikmeanfield.spiking import simulate

        run = plan.first_run(item)
        inputs = currents_of(plan.inputs(run))
        series = simulate(run.circuit, inputs, duration=self.duration, sample=1.0,
                          thresholds="random", seed=item.seed)  # fmt: skip
        text = {"units": "Hz2", "long_name": "variance of the firing rate in time"}
        return xr.Dataset({"rate_variance": series["firing_rate"].var("time").assign_attrs(text)})

    def cost(self, plan: Any, item: Item) -> Cost:
        return network(plan.first_run(item).circuit, self.duration / 0.2)

    def summarise(self, results: Any, name: str) -> Any:
        return results.stacked(name)

    def rows(self, table: str, results: Any, name: str, summary: Any) -> Iterator[Mapping]:
        from ikmeanfield.datasets.tables import scalar_rows

        return scalar_rows(summary, ("run", "population"))


KINDS.register("rate_variance", RateVariance)
