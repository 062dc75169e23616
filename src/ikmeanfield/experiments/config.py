"""The configuration file: which experiments to run, with every key checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from annotated_types import Len
from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from ikmeanfield.circuit import PRESETS, Circuit, Derived, Population
from ikmeanfield.circuit.population import Name
from ikmeanfield.experiments.drawing import Figure, checked
from ikmeanfield.experiments.grid import Sweep
from ikmeanfield.experiments.judging import Judged, Judging, judged
from ikmeanfield.experiments.paths import ALL, conflict, spread
from ikmeanfield.experiments.settings import INPUT, is_setting, refusal
from ikmeanfield.inputs import Input
from ikmeanfield.schema import ChosenByKind, ConfigError, Label, Validated, Value, explain
from ikmeanfield.studies import KINDS
from ikmeanfield.studies.study import Study
from ikmeanfield.theories import TheoryChoice

RESERVED = ("figures", "kernels", "report", "claims", "logs", "benchmarks")
"""Names under ``results/`` that no experiment may take."""
RESERVED_STUDIES = (INPUT, ALL, "logs", "benchmarks")
"""Names in the folder of an experiment, or in paths of settings, that no study may take."""

StudyChoice = Annotated[Study, ChosenByKind(KINDS)]
"""A field that holds the settings of one study, chosen by its ``kind``."""

MOVED = {
    "simulation": "it moved to `studies`: {networks: {kind: networks, …}}",
    "meanfield": "it moved to `theories`: {corrected: {kind: mean_field, …}}, and the comparison "
    "with networks to `studies`: {predictions: {kind: predictions, networks: networks}}",
    "diagrams": "it moved to `studies`: {diagrams: {kind: diagrams, …}}",
    "response": "it moved to `studies`: {rates: {kind: rates, …}}",
    "transitions": "it moved to `studies`: {transitions: {kind: transitions, …}}",
    "continuation": "it moved to `studies`: points, planes and traces are kinds of their own there",
}
"""Where the keys of earlier versions moved to."""


class CircuitChoice(Validated):
    """A circuit: a preset of the paper or populations of your own, with changed parameters."""

    preset: str | None = None
    """Name of a preset."""
    populations: dict[Name, Population] | None = None
    """The circuit written out, instead of a preset."""
    set: dict[str, Value] = Field({})
    """Parameters that differ, by path, for example ``rs.threshold_width: 2.0``; ``*`` stands for
    every population: ``*.size: 1000``."""
    parameters: dict[Name, Derived] = Field({})
    """Parameters that set others, by names of your choice, which are their paths; those of a
    preset of the same name are replaced."""

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
            for name in (ALL, INPUT):
                if name in self.populations:
                    msg = f"a population may not be called {name!r}, which paths use otherwise"
                    raise ValueError(msg)
            Circuit(populations=self.populations)
        for name in (ALL, INPUT):
            if name in self.parameters:
                msg = f"a parameter may not be called {name!r}, which paths use otherwise"
                raise ValueError(msg)
        return self

    def build(self) -> Circuit:
        """The circuit that this describes; a bad parameter raises ConfigError."""
        if self.preset is not None:
            circuit = PRESETS[self.preset]()
        else:
            circuit = Circuit(populations=self.populations or {})
        if self.parameters:
            own = {
                name: Derived(value=given.value, sets=spread(circuit, given.sets))
                for name, given in self.parameters.items()
            }
            circuit = Circuit(
                populations=circuit.populations, parameters={**circuit.parameters, **own}
            )
        return circuit.replace(spread(circuit, self.set))


class Experiment(Validated):
    """A circuit, the grids over which its parameters vary, and the studies done there."""

    circuit: CircuitChoice
    """The circuit from which the sweeps depart."""
    input: dict[Name, Input] = Field({})
    """Input currents in time, by population; other populations receive their input_current."""
    theories: dict[Label, TheoryChoice] = Field({})
    """Theories of the circuit, by names of your choice; studies refer to them."""
    studies: Annotated[dict[Label, StudyChoice], Len(1)]
    """What is done at the grid points, by names of your choice."""
    sweeps: Annotated[dict[Label, Sweep], Len(1)]
    """The grids, by names of your choice."""

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        circuit = self.circuit.build()
        known = [*RESERVED_STUDIES, *circuit.populations, *circuit.parameters]
        for name in self.studies:
            if name in known:
                taken = ", ".join(known)
                msg = f"studies: one may not be called {name!r}; taken: {taken}"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _studies_name_what_is_there(self) -> Self:
        problems = []
        for name, study in self.studies.items():
            given: dict[str, tuple[Iterable[str], Mapping[str, Any]]] = {
                "sweeps": (study.sweeps or (), self.sweeps),
                "studies": (study.uses(), self.studies),
            }
            problems += [
                f"studies.{name}: no {what} {one!r}; there are {', '.join(known)}"
                for what, (wanted, known) in given.items()
                for one in wanted
                if one not in known
            ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @model_validator(mode="after")
    def _sweeps_vary_what_can_vary(self) -> Self:
        for name, sweep in self.sweeps.items():
            for path in (*sweep.set, *sweep.paths):
                head, problem = path.partition(".")[0], None
                if is_setting(path, self):
                    problem = refusal(path, self)
                elif head in MOVED:
                    problem = f"{path}: the experiment has no study {head!r}"
                if problem:
                    msg = f"sweeps.{name}: {problem}"
                    raise ValueError(msg)
        return self


class Config(Validated):
    """The whole configuration."""

    seed: int = Field(0, ge=0, le=2**63 - 1)
    """Base of all random numbers; the same seed gives the same data."""
    portable: bool = False
    """Avoid processor-specific code, so that data agree between kinds of processor; slower."""
    seconds_per_job: float = Field(30.0, gt=0)
    """Longest predicted time of a job in s on one core; the data do not depend on it."""
    runs_per_job: int | None = Field(None, ge=1)
    """Largest number of results that one job computes, instead of `seconds_per_job`."""
    experiments: Annotated[dict[Label, Experiment], Len(1)]
    """The experiments by name; results go to ``results/<name>/``."""
    figures: dict[Label, Figure] = Field({})
    """Figures to draw, each with the experiments it is drawn from."""
    style: str | None = None
    """A matplotlib style sheet that changes the look of all figures: a path from the folder in
    which the workflow runs."""
    explorer: list[Label] | None = None
    """Experiments that the explorer shows; null: all that have planes."""
    claims: dict[Label, Judged] = Field({})
    """Claims to judge, each with the experiments that decide it."""

    @field_validator("experiments")
    @classmethod
    def _names_are_free(cls, experiments: dict[str, Experiment]) -> dict[str, Experiment]:
        kinds: dict[str, str] = {}
        for name, experiment in experiments.items():
            if name in RESERVED:
                msg = f"an experiment may not be called {name!r}; taken: {', '.join(RESERVED)}"
                raise ValueError(msg)
            for label, study in experiment.studies.items():
                if kinds.setdefault(label, study.kind) != study.kind:
                    msg = (
                        f"the study {label!r} is of kind {kinds[label]} in one experiment and "
                        f"{study.kind} in {name}; give one of them another name"
                    )
                    raise ValueError(msg)
        return experiments

    @field_validator("figures")
    @classmethod
    def _figures_can_be_drawn(
        cls, figures: dict[str, Figure], info: ValidationInfo
    ) -> dict[str, Figure]:
        if "experiments" not in info.data:  # they are wrong themselves, which is reported already
            return figures
        experiments: dict[str, Experiment] = info.data["experiments"]
        return {name: checked(name, figure, experiments) for name, figure in figures.items()}

    @field_validator("explorer")
    @classmethod
    def _explorer_has_planes(
        cls, explorer: list[str] | None, info: ValidationInfo
    ) -> list[str] | None:
        for name in explorer or []:
            experiment = info.data.get("experiments", {}).get(name)
            if experiment is None and "experiments" in info.data:
                msg = f"no experiment {name!r}; there are {', '.join(info.data['experiments'])}"
                raise ValueError(msg)
            if experiment and not any(s.kind == "planes" for s in experiment.studies.values()):
                msg = f"{name} has no planes to explore; give it a study of kind planes"
                raise ValueError(msg)
        return explorer

    @field_validator("style")
    @classmethod
    def _style_is_a_sheet(cls, style: str | None) -> str | None:
        if style is not None:
            from ikmeanfield.plot.style_sheet import read_sheet  # noqa: PLC0415 - takes a second

            try:
                read_sheet(style)
            except ConfigError as error:
                raise ValueError(str(error)) from None
        return style

    @field_validator("claims")
    @classmethod
    def _claims_can_be_judged(
        cls, claims: dict[str, Judging], info: ValidationInfo
    ) -> dict[str, Judging]:
        if "experiments" not in info.data:
            return claims
        return judged(claims, info.data["experiments"])


def parse(data: Mapping[str, Any]) -> Config:
    """Check a configuration that has been read into a mapping.

    Raises
    ------
    ConfigError
        Names every wrong key, its value and what is allowed.
    """
    try:
        return Config.model_validate(dict(data))
    except ValidationError as error:
        raise explain(error, moved=MOVED) from None


def load(path: str | Path) -> Config:
    """Read and check a YAML configuration file."""
    from ikmeanfield.experiments.yaml_files import read_yaml  # noqa: PLC0415

    data = read_yaml(path)
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
