"""Settings beside a simulation: diagrams of its mean fields, rates of its single neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from annotated_types import Len
from pydantic import Field, model_validator

from ikmeanfield.circuit import Circuit
from ikmeanfield.circuit.model import Name
from ikmeanfield.experiments.checks import Label
from ikmeanfield.experiments.transitions import Interval
from ikmeanfield.schema import ConfigError, Validated
from ikmeanfield.theories import DomainError
from ikmeanfield.theories.mean_field.domain import check_domain_at_rest

if TYPE_CHECKING:
    from ikmeanfield.experiments.config import Experiment
    from ikmeanfield.theories import MeanFieldSettings


class Diagrams(Validated):
    """Equilibria and limit cycles of the mean fields in one parameter, at every grid point."""

    parameter: str
    """Path of the parameter that is followed, for example ``rs.input_current``."""
    bounds: Interval
    """Its lower and upper bound."""
    cycles: bool = True
    """Follow the limit cycles that are born at Hopf points."""
    meanfield: Annotated[list[Label], Len(1)] | None = None
    """Which of the experiment's mean fields; null: all."""
    sweeps: Annotated[list[Label], Len(1)] | None = None
    """Which of the experiment's sweeps; null: all."""

    @model_validator(mode="after")
    def _bounds_rise(self) -> Self:
        if self.bounds[0] >= self.bounds[1]:
            msg = f"bounds: the first must be below the second; got {self.bounds}"
            raise ValueError(msg)
        return self


class Response(Validated):
    """Rates of a single neuron against its current (Eqs. 30-32), and I* (Eq. 34)."""

    population: Name
    """The population whose neuron it is; its threshold is the population's mean."""
    currents: Interval
    """First and last current in pA."""
    count: int = Field(201, ge=2)
    """Number of evenly spaced currents."""

    @model_validator(mode="after")
    def _currents_rise(self) -> Self:
        if self.currents[0] >= self.currents[1]:
            msg = f"currents: the first must be below the second; got {self.currents}"
            raise ValueError(msg)
        return self


def diagram_identity(
    settings: Diagrams, model: MeanFieldSettings, circuit: Circuit
) -> dict[str, Any]:
    """What determines the diagram of a mean field, as plain data.

    The value of the parameter that is followed does not count, nor what the mean field does not
    know: sizes, truncations, the form of recovery, currents in time, and, where it is not
    corrected, the peak and the reset.
    """
    free = {settings.parameter: settings.bounds[0]}
    followed = settings.model_dump(include={"parameter", "bounds", "cycles"})
    return {**model.identity(circuit, free), "diagrams": followed}


def check_beside(experiment: Experiment, circuit: Circuit, where: str) -> None:
    """Refuse what diagrams or response name and the circuit does not have.

    Raises
    ------
    ConfigError
        Naming the key, its value and what is there.
    """
    diagrams, response = experiment.diagrams, experiment.response
    if diagrams is not None:
        names = diagrams.meanfield or experiment.meanfield
        if not any(experiment.meanfield[name].knows(diagrams.parameter) for name in names):
            msg = f"{where}.diagrams.parameter: a mean field does not know {diagrams.parameter}"
            raise ConfigError(msg)
        for bound in diagrams.bounds:
            try:
                circuit.replace({diagrams.parameter: bound})
            except ConfigError as error:
                msg = f"{where}.diagrams: {error}"
                raise ConfigError(msg) from None
    if response is not None and response.population not in circuit.populations:
        known = ", ".join(circuit.populations)
        msg = (
            f"{where}.response.population: no population {response.population!r}; "
            f"the circuit has {known}"
        )
        raise ConfigError(msg)


def check_domain(experiment: Experiment, circuit: Circuit, where: str) -> None:
    """Refuse a grid point at which a theory that is asked for is not defined.

    Raises
    ------
    ConfigError
        Naming the grid point, who asks for the theory, and why it is not defined.
    """
    fields = {f"meanfield.{name}": field for name, field in experiment.meanfield.items()}
    if experiment.continuation is not None:
        followed = experiment.continuation.meanfield
        fields |= {f"continuation.meanfield.{name}": field for name, field in followed.items()}
    checks = {name: field.check for name, field in fields.items()}
    if experiment.response is not None:
        checks["response"] = check_domain_at_rest
    refused: dict[str, list[str]] = {}
    for name, check in checks.items():
        try:
            check(circuit)
        except DomainError as error:
            refused.setdefault(str(error), []).append(name)
    if refused:
        lines = [f"{where}: {', '.join(names)}: {error}" for error, names in refused.items()]
        raise ConfigError("\n".join(lines))
