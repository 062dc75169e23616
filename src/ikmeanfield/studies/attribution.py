"""What each assumption of the mean field contributes to the error of its folds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import field_validator

from ikmeanfield.keys import hashed
from ikmeanfield.schema import ConfigError
from ikmeanfield.studies.branches import refuse_moved
from ikmeanfield.studies.cost import Cost
from ikmeanfield.studies.study import Interval, Item, Study, rising
from ikmeanfield.theories.protocol import DomainError
from ikmeanfield.theories.stationary.settings import StationarySettings

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.circuit import Circuit
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results

SECONDS = 7.0
"""Eight branches with two folds, per population, four of them with a recovery per neuron.

Measured on cores shared with other work; without recovery it takes 2 s.
"""
MIB = 150.0
"""Tables of firing states of four theories."""
EXACT = StationarySettings()
"""The theory without assumptions."""
WHOLE = StationarySettings(full_lorentzian=True)
"""The theory whose laws are whole, which asks most of a circuit."""


class Attribution(Study):
    """Folds of the stationary theory and of the mean field, and what causes their difference.

    The stationary theory is followed with every combination of the mean field's three assumptions:
    infinite peak and reset, thresholds that are not truncated, and one recovery variable for all
    neurons of a population.
    """

    rule = "attribute_errors"
    tables: ClassVar[tuple[str, ...]] = ("findings",)

    kind: Literal["attribution"]
    parameter: str
    """Path of the input current that is followed, for example ``rs.input_current``."""
    bounds: Interval
    """Its lower and upper bound; the branch starts from rest at the lower one."""

    @field_validator("bounds")
    @classmethod
    def _bounds_rise(cls, bounds: list[float]) -> list[float]:
        return rising(bounds)

    def engines(self) -> set[str]:
        """As `Study.engines`."""
        return {"stationary", "theories"}

    def check(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check`: the parameter must be an input current, and no sweep may move it."""
        population, _, last = self.parameter.partition(".")
        if population not in circuit.populations or last != "input_current":
            currents = ", ".join(f"{name}.input_current" for name in circuit.populations)
            msg = f"parameter: {self.parameter!r} is not an input current; there are {currents}"
            raise ConfigError(msg)
        refuse_moved(experiment, circuit, self, self.parameter)

    def check_run(self, experiment: Experiment, circuit: Circuit) -> None:
        """As `Study.check_run`."""
        try:
            for theory in (EXACT, WHOLE):
                theory.check(circuit)
        except DomainError as error:
            raise ConfigError(str(error)) from None

    def items(self, plan: Plan, name: str) -> Iterator[Item]:
        """As `Study.items`; sizes and replicates do not count."""
        followed = self.model_dump(include={"parameter", "bounds"})
        free = {self.parameter: self.bounds[0]}
        for number, run in plan.runs_of(name):
            identity = EXACT.identity(run.circuit, free)
            yield Item(key=hashed({**identity, "attribution": followed}), runs=[number])

    def compute(self, plan: Plan, item: Item) -> xr.Dataset:
        """As `Study.compute`: see `fold_attribution`."""
        from ikmeanfield.theories.stationary import fold_attribution  # noqa: PLC0415

        low, high = self.bounds
        return fold_attribution(plan.first_run(item).circuit, self.parameter, (low, high))

    def cost(self, plan: Plan, item: Item) -> Cost:
        """As `Study.cost`."""
        return Cost(seconds=SECONDS * len(plan.first_run(item).circuit.populations), peak=MIB)

    def summarise(self, results: Results, name: str) -> xr.Dataset:
        """Folds, errors and contributions of all runs."""
        return results.stacked(name)

    def rows(
        self, table: str, results: Results, name: str, summary: xr.Dataset
    ) -> Iterator[Mapping[str, Any]]:
        """One row per run and fold: the error of the mean field, and what contributes to it."""
        from ikmeanfield.datasets.runs import identity_names  # noqa: PLC0415

        known = {column: summary[column].values for column in identity_names(summary)}
        exact, mean_field = (
            summary["fold"].isel(infinite_reset=k, full_lorentzian=k, shared_recovery=k)
            for k in (0, 1)
        )
        for run in range(summary.sizes["run"]):
            for fold in summary["fold_kind"].values:
                where: dict[str, Any] = {"fold_kind": fold}
                parts = summary["contribution"].isel(run=run).sel(where)
                row = {column: values[run] for column, values in known.items()}
                row |= {
                    "fold": str(fold),
                    "exact": float(exact.isel(run=run).sel(where)),
                    "mean_field": float(mean_field.isel(run=run).sel(where)),
                    "error": float(summary["error"].isel(run=run).sel(where)),
                    **dict(zip(map(str, parts["assumption"].values), parts.values, strict=True)),
                    "corrected": float(summary["corrected"].isel(run=run).sel(where)),
                }
                yield row | {"corrected_error": row["corrected"] - row["exact"]}
