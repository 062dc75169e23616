"""The configuration file: which experiments to run, with every key checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from annotated_types import Len
from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from ikmeanfield.circuit import PRESETS, Circuit, Population
from ikmeanfield.circuit.model import Name
from ikmeanfield.experiments.checks import Label, Value
from ikmeanfield.experiments.diagrams import Diagrams, Response
from ikmeanfield.experiments.drawing import Drawing, Figure, checked
from ikmeanfield.experiments.grid import Sweep
from ikmeanfield.experiments.paths import ALL, conflict, spread
from ikmeanfield.experiments.settings import SECTIONS, is_setting
from ikmeanfield.experiments.simulation import Simulation
from ikmeanfield.experiments.transitions import Continuation, Transitions
from ikmeanfield.inputs import Input
from ikmeanfield.schema import ConfigError, Validated, explain
from ikmeanfield.theories import MeanFieldSettings

RESERVED = ("figures", "kernels", "report", "claims", "logs", "benchmarks")
"""Names under ``results/`` that no experiment may take."""


class CircuitChoice(Validated):
    """A circuit: a preset of the paper or populations of one's own, with changed parameters."""

    preset: str | None = None
    """Name of a preset."""
    populations: dict[Name, Population] | None = None
    """The circuit written out, instead of a preset."""
    set: dict[str, Value] = Field({})
    """Parameters that differ, by path, for example ``rs.threshold_width: 2.0``; ``*`` is every
    population: ``*.size: 1000``."""

    @field_validator("set")
    @classmethod
    def _sets_each_parameter_once(cls, values: dict[str, Value]) -> dict[str, Value]:
        if problem := conflict(values):
            raise ValueError(problem)
        return values

    @field_validator("preset")
    @classmethod
    def _is_known(cls, preset: str | None) -> str | None:
        if preset is not None and preset not in PRESETS:
            msg = f"the presets are {', '.join(PRESETS)}"
            raise ValueError(msg)
        return preset

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.preset is None) == (self.populations is None):
            msg = "give either `preset` or `populations`"
            raise ValueError(msg)
        if self.populations is not None:
            for name in (ALL, *SECTIONS):
                if name in self.populations:
                    msg = f"a population may not be called {name!r}, which paths use otherwise"
                    raise ValueError(msg)
            Circuit(populations=self.populations)
        return self

    def build(self) -> Circuit:
        """The circuit that this describes; a bad parameter raises ConfigError."""
        if self.preset is not None:
            circuit = PRESETS[self.preset]()
        else:
            circuit = Circuit(populations=self.populations or {})
        return circuit.replace(spread(circuit, self.set))


class Experiment(Validated):
    """A circuit, what is done with it, and the grids over which it is run.

    Either networks are simulated and compared with mean fields (`simulation`, `meanfield`), or
    their transitions are located and compared with bifurcations (`transitions`, `continuation`).
    """

    circuit: CircuitChoice
    """The circuit at the point from which the sweeps depart."""
    input: dict[Name, Input] = Field({})
    """Currents in time by population; elsewhere the population's input_current holds."""
    simulation: Simulation | None = None
    """Duration, recording and scheme of the networks."""
    meanfield: dict[Label, MeanFieldSettings] = Field({})
    """Mean fields to compare with, by a name of your choice."""
    diagrams: Diagrams | None = None
    """Equilibria and cycles of the mean fields at every grid point."""
    response: Response | None = None
    """Rates of single neurons at every grid point."""
    transitions: Transitions | None = None
    """Where networks change state, instead of `simulation`."""
    continuation: Continuation | None = None
    """Folds and Hopf points of the mean field; belongs to `transitions`."""
    sweeps: Annotated[dict[Label, Sweep], Len(1)]
    """The grids, by a name of your choice."""

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if (self.simulation is None) == (self.transitions is None):
            msg = "give either `simulation` or `transitions`"
            raise ValueError(msg)
        if (self.transitions is None) != (self.continuation is None):
            msg = "`transitions` and `continuation` belong together"
            raise ValueError(msg)
        foreign = [self.meanfield, self.input, self.diagrams, self.response]
        if self.transitions is not None and any(foreign):
            msg = (
                "`meanfield`, `input`, `diagrams` and `response` belong to `simulation`, not to "
                "`transitions`"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _diagrams_are_of_what_is_there(self) -> Self:
        if self.diagrams is None:
            return self
        if not self.meanfield:
            msg = "`diagrams` needs a mean field in `meanfield`"
            raise ValueError(msg)
        for key, known in (("meanfield", self.meanfield), ("sweeps", self.sweeps)):
            for name in getattr(self.diagrams, key) or ():
                if name not in known:
                    msg = f"diagrams.{key}: no {name!r}; there are {', '.join(known)}"
                    raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _sweeps_vary_what_is_there(self) -> Self:
        there = {
            "simulation": self.simulation is not None,
            "transitions": self.transitions is not None,
            **{f"input.{name}": True for name in self.input},
        }
        for name, sweep in self.sweeps.items():
            for path in (*sweep.set, *sweep.paths):
                section = path.rpartition(".")[0]
                if is_setting(path) and not there.get(section):
                    msg = f"sweeps.{name}: {path} is set, but the experiment has no `{section}`"
                    raise ValueError(msg)
        return self


class Config(Validated):
    """The whole configuration."""

    seed: int = Field(0, ge=0, le=2**63 - 1)
    """Base of all random numbers; the same seed gives the same data."""
    portable: bool = False
    """Avoid processor-specific code, so that data agree between kinds of processor; slower."""
    runs_per_job: int = Field(20, ge=1)
    """Grid points that one job computes; the data do not depend on it."""
    experiments: Annotated[dict[Label, Experiment], Len(1)]
    """The experiments by name; results go to ``results/<name>/``."""
    figures: dict[Label, Figure] = Field({})
    """Figures to draw, each with the experiments it is drawn from."""

    @field_validator("experiments")
    @classmethod
    def _names_are_free(cls, experiments: dict[str, Experiment]) -> dict[str, Experiment]:
        for name in experiments:
            if name in RESERVED:
                msg = f"an experiment may not be called {name!r}; taken: {', '.join(RESERVED)}"
                raise ValueError(msg)
        return experiments

    @field_validator("figures")
    @classmethod
    def _figures_can_be_drawn(
        cls, figures: dict[str, Drawing], info: ValidationInfo
    ) -> dict[str, Drawing]:
        if "experiments" not in info.data:  # wrong themselves, which is said already
            return figures
        experiments: dict[str, Experiment] = info.data["experiments"]
        return {name: checked(name, figure, experiments) for name, figure in figures.items()}


def parse(data: Mapping[str, Any]) -> Config:
    """Check a configuration that is already a mapping.

    Raises
    ------
    ConfigError
        Names every wrong key, its value and what is allowed.
    """
    try:
        return Config.model_validate(dict(data))
    except ValidationError as error:
        raise explain(error) from None


def load(path: str | Path) -> Config:
    """Read and check a YAML configuration file."""
    import yaml  # noqa: PLC0415

    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise ConfigError(msg) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{path}: not valid YAML: {error}"
        raise ConfigError(msg) from None
    if not isinstance(data, dict):
        msg = f"{path}: a configuration is a mapping of keys; got {type(data).__name__}"
        raise ConfigError(msg)
    return parse(data)


def json_schema() -> str:
    """The JSON schema of the configuration, as editors use it, ending in a newline."""
    import json  # noqa: PLC0415

    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Config.model_json_schema(),
        "title": "Configuration of ikmeanfield",
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
