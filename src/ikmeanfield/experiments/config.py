"""The configuration file: which experiments to run, with every key checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from annotated_types import Len
from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from ikmeanfield.circuit import PRESETS, Circuit, Population
from ikmeanfield.circuit.model import Name
from ikmeanfield.experiments.checks import Label, Value
from ikmeanfield.experiments.grid import Sweep
from ikmeanfield.experiments.transitions import Continuation, Transitions
from ikmeanfield.figures.catalogue import FIGURES
from ikmeanfield.inputs import Current, constant, ramp, steps
from ikmeanfield.limits import SAMPLES, STEPS, at_most
from ikmeanfield.schema import ConfigError, Validated, explain
from ikmeanfield.stepping import DEFAULT_STEP, Scheme, Series, whole_ratio
from ikmeanfield.thresholds import Draw

Pairs = Annotated[list[Annotated[list[float], Len(2, 2)]], Len(1)]
RESERVED = ("figures", "kernels", "report", "claims", "logs", "benchmarks")
"""Names under ``results/`` that no experiment may take."""


class CircuitChoice(Validated):
    """A circuit: a preset of the paper or populations of one's own, with changed parameters."""

    preset: str | None = None
    """Name of a preset."""
    populations: dict[Name, Population] | None = None
    """The circuit written out, instead of a preset."""
    set: dict[str, Value] = Field({})
    """Parameters that differ, by path, for example ``rs.threshold_width: 2.0``."""

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
            Circuit(populations=self.populations)
        return self

    def build(self) -> Circuit:
        """The circuit that this describes; a bad parameter raises ConfigError."""
        if self.preset is not None:
            circuit = PRESETS[self.preset]()
        else:
            circuit = Circuit(populations=self.populations or {})
        return circuit.replace(self.set)


class InputShape(Validated):
    """A current in time into one population: exactly one of the three shapes."""

    constant: float | None = None
    """A constant current in pA."""
    steps: Pairs | None = None
    """Pairs [time in ms, new value in pA]; the first value holds before."""
    ramp: Pairs | None = None
    """Pairs [time in ms, value in pA], linear between and constant outside."""

    @model_validator(mode="after")
    def _is_one_current(self) -> Self:
        given = self.model_dump(exclude_none=True)
        if len(given) != 1:
            msg = f"give exactly one of constant, steps, ramp; got {list(given) or 'none'}"
            raise ValueError(msg)
        self.current()
        return self

    def current(self) -> Current:
        """The current as a function of time."""
        if self.constant is not None:
            return constant(self.constant)
        if self.steps is not None:
            return steps([(time, value) for time, value in self.steps])
        return ramp([(time, value) for time, value in self.ramp or []])


class Simulation(Validated):
    """How every network of an experiment is simulated and recorded."""

    duration: float = Field(gt=0)
    """Length of a run in ms."""
    sample: float = Field(gt=0)
    """Recording interval in ms; divides the duration."""
    discard: float = Field(0.0, ge=0)
    """Time in ms at the start that the analysis leaves out; a multiple of the sample interval."""
    scheme: Scheme = "exact"
    """Integration scheme; euler is the paper's."""
    step: float = Field(
        default_factory=lambda given: DEFAULT_STEP[given.get("scheme", "exact")],
        validate_default=True,
        gt=0,
    )
    """Time step in ms; divides the sample interval. By default 0.2 (exact) or 0.001 (euler)."""
    thresholds: Draw = "random"
    """Thresholds drawn at random, or the quantiles of the distribution."""
    record: Annotated[list[Series], Len(1)] = Field(["firing_rate"])
    """Which series to store; firing_rate must be among them."""

    @field_validator("sample")
    @classmethod
    def _sample_divides_duration(cls, sample: float, info: ValidationInfo) -> float:
        duration = info.data.get("duration")
        if duration is not None:
            samples = whole_ratio(duration, sample, "duration", "sample")
            at_most(samples, SAMPLES, "samples in a run", "shorten the duration or sample less")
        return sample

    @field_validator("discard")
    @classmethod
    def _discard_is_sampled(cls, discard: float, info: ValidationInfo) -> float:
        duration, sample = info.data.get("duration"), info.data.get("sample")
        if duration is not None and discard >= duration:
            msg = f"must be shorter than the duration {duration:g} ms"
            raise ValueError(msg)
        if sample is not None and discard > 0:
            whole_ratio(discard, sample, "discard", "sample")
        return discard

    @field_validator("step")
    @classmethod
    def _step_divides_sample(cls, step: float, info: ValidationInfo) -> float:
        sample = info.data.get("sample")
        if sample is not None:
            whole_ratio(sample, step, "sample", "step")
        steps_of_run = info.data.get("duration", 0.0) / step
        at_most(steps_of_run, STEPS, "steps in a run", "take a longer step or a shorter duration")
        return step

    @field_validator("record")
    @classmethod
    def _records_the_rate(cls, record: list[Series]) -> list[Series]:
        if "firing_rate" not in record or len(set(record)) < len(record):
            msg = "every series once, firing_rate among them"
            raise ValueError(msg)
        return record


class MeanField(Validated):
    """A mean field to compare the network with."""

    reset_correction: bool = True
    """Correct the input current for the finite peak and reset potentials (Eqs. 34, 36-39)."""
    form: Literal["paper", "absolute"] = "paper"
    """Δ_v (v − v_r) as in the paper, or Δ_v |v − v_r|, which holds below v_r too."""


class Experiment(Validated):
    """A circuit, what is done with it, and the grids over which it is run.

    Either networks are simulated and compared with mean fields (`simulation`, `meanfield`), or
    their transitions are located and compared with bifurcations (`transitions`, `continuation`).
    """

    circuit: CircuitChoice
    """The circuit at the point from which the sweeps depart."""
    input: dict[Name, InputShape] = Field({})
    """Currents in time by population; elsewhere the population's input_current holds."""
    simulation: Simulation | None = None
    """Duration, recording and scheme of the networks."""
    meanfield: dict[Label, MeanField] = Field({})
    """Mean fields to compare with, by a name of your choice."""
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
        if self.transitions is not None and (self.meanfield or self.input):
            msg = "`meanfield` and `input` belong to `simulation`, not to `transitions`"
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
    figures: dict[str, str] = Field({})
    """Figures to draw, each with the experiment it is drawn from."""

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
    def _figures_can_be_drawn(cls, figures: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if "experiments" not in info.data:  # wrong themselves, which is said already
            return figures
        experiments: dict[str, Experiment] = info.data["experiments"]
        for figure, name in figures.items():
            if figure not in FIGURES:
                msg = f"no figure {figure!r}; the figures are {', '.join(FIGURES)}"
                raise ValueError(msg)
            if name not in experiments:
                msg = f"{figure}: no experiment {name!r}; got {', '.join(experiments)}"
                raise ValueError(msg)
            _check_figure(figure, experiments[name])
        return figures


def _check_figure(figure: str, experiment: Experiment) -> None:
    needs = FIGURES[figure]
    if needs.plane is not None:
        plane = experiment.continuation
        if plane is None or (plane.parameter, plane.second) != needs.plane:
            first, second = needs.plane
            msg = f"{figure} needs the continuation of {first} and {second}"
            raise ValueError(msg)
        return
    missing = [sweep for sweep in needs.sweeps if sweep not in experiment.sweeps]
    if missing or not experiment.meanfield:
        msg = f"{figure} needs a mean field and the sweeps {', '.join(needs.sweeps)}"
        raise ValueError(msg)


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
