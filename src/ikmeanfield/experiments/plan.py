"""The plan of an experiment: a flat table of runs, chunked into batches, and their settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ikmeanfield.circuit import Circuit
from ikmeanfield.circuit.model import Name
from ikmeanfield.experiments.checks import Label, Value
from ikmeanfield.experiments.identity import hashed, without_sizes
from ikmeanfield.experiments.paths import in_effect
from ikmeanfield.experiments.settings import applied, is_setting, unit
from ikmeanfield.experiments.simulation import InputShape, MeanField, Simulation
from ikmeanfield.experiments.transitions import Continuation, Transitions
from ikmeanfield.files import replacing
from ikmeanfield.inputs import Current
from ikmeanfield.parts import NETWORK, TRANSITIONS, mean_field
from ikmeanfield.schema import ConfigError, Validated, explain


@dataclass(frozen=True)
class Product:
    """A file from which figures are drawn.

    Attributes
    ----------
    path
        Its place in the experiment's folder.
    command
        The command of `ikmeanfield` that makes it from the plan.
    tree
        Whether it holds a DataTree; else a Dataset.
    """

    path: str
    command: str
    tree: bool = False


class Run(Validated):
    """One network at one grid point."""

    sweep: Label
    values: dict[str, Value]
    """Values along the axes of the sweep, by path."""
    replicate: int
    key: str
    """Hash of everything that determines the run except the base seed."""
    seed: int
    """Seed of this run, from the base seed and the key."""
    circuit: Circuit
    """The circuit with all values in place."""
    settings: dict[str, Value]
    """The experiment's settings in effect that a sweep may vary, by path."""

    def __str__(self) -> str:
        """The run as a user knows it."""
        values = ", ".join(f"{path} = {value}" for path, value in self.values.items())
        return f"{self.sweep}: {values}, replicate {self.replicate} (key {self.key})"

    def coordinate(self, path: str) -> Value:
        """The value of a parameter or setting in effect; an open truncation is the one in use.

        None if there is no such value: for every population (``*.size``) where they differ.
        """
        if is_setting(path):
            return self.settings[path]
        return in_effect(self.circuit, path)

    def unit(self, path: str) -> str:
        """The unit of what a path names."""
        return unit(path) if is_setting(path) else self.circuit.unit(path)


class RunTable(Validated):
    """What the plans of all kinds of experiments share."""

    experiment: Label
    seed: int
    portable: bool
    parameters: list[str]
    """Paths of all parameters that vary in any sweep."""
    runs_per_job: int
    runs: list[Run]

    @property
    def batches(self) -> list[list[Run]]:
        """The runs in chunks of `runs_per_job`, in order."""
        size = self.runs_per_job
        return [self.runs[i : i + size] for i in range(0, len(self.runs), size)]

    def identity(self, part: str, run: Run) -> str:
        """What determines a run's share of a part (see `parts`)."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The plan as it is stored."""
        return self.model_dump_json() + "\n"

    @property
    def digest(self) -> str:
        """Hash of the whole plan."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def products(self) -> dict[str, Product]:
        """What figures of this experiment are drawn from, by name."""
        return {"summary": Product("summary.nc", "summarise")}

    def keys_of(self, product: str) -> str | None:
        """The attribute ``keys`` by which a product is known as this plan's, if it has one."""
        if product == "summary":
            return " ".join(f"{run.key}:{run.seed}" for run in self.runs)
        return None

    def write(self, path: str | Path) -> None:
        """Store as JSON, at once or not at all."""
        with replacing(path) as temporary:
            temporary.write_text(self.text, encoding="utf-8")


class Plan(RunTable):
    """Networks simulated and compared with mean fields: everything the stages need to know."""

    simulation: Simulation
    input: dict[Name, InputShape]
    meanfield: dict[Label, MeanField]

    def simulation_of(self, run: Run) -> Simulation:
        """The settings in effect in a run."""
        return applied(self.simulation, "simulation", run.settings)

    def input_of(self, run: Run) -> dict[str, InputShape]:
        """The inputs of a run by population."""
        return {
            name: applied(shape, f"input.{name}", run.settings)
            for name, shape in self.input.items()
        }

    def currents_of(self, run: Run) -> dict[str, Current]:
        """The input currents of a run by population."""
        return {name: shape.current() for name, shape in self.input_of(run).items()}

    def identity(self, part: str, run: Run) -> str:
        """What determines a run's network, or a mean field of it."""
        if part == NETWORK:
            return f"{run.key}:{run.seed}"
        return self.meanfield_key(part.removeprefix(mean_field("")), run)

    def meanfield_key(self, name: str, run: Run) -> str:
        """Hash of what determines a mean field; networks that share it share the solution."""
        return hashed(
            {
                "circuit": without_sizes(run.circuit),
                "input": {name: shape.identity() for name, shape in self.input_of(run).items()},
                "duration": self.simulation.duration,
                "sample": self.simulation.sample,
                "record": self.simulation.record,
                "meanfield": self.meanfield[name].model_dump(),
            }
        )


class TransitionPlan(RunTable):
    """Transitions of networks beside bifurcations of the mean field."""

    transitions: Transitions
    continuation: Continuation
    circuit: Circuit
    """The circuit from which the sweeps depart."""

    @property
    def products(self) -> dict[str, Product]:
        """What figures of this experiment are drawn from, by name."""
        return {
            **super().products,
            "plane": Product("continuation/plane.nc", "plane", tree=True),
            "diagrams": Product("continuation/diagrams.nc", "plane", tree=True),
            "traces": Product("traces.nc", "traces", tree=True),
        }

    def keys_of(self, product: str) -> str | None:
        """As above; plane and diagrams are made together."""
        keys = {"plane": "plane_key", "diagrams": "plane_key", "traces": "traces_key"}
        return getattr(self, keys[product]) if product in keys else super().keys_of(product)

    def transitions_of(self, run: Run) -> Transitions:
        """The settings in effect in a run."""
        return applied(self.transitions, "transitions", run.settings)

    def identity(self, part: str, run: Run) -> str:
        """What determines the transitions of a run's network, or the points of its mean field."""
        if part == TRANSITIONS:
            return f"{run.key}:{run.seed}"
        return self.continuation_key(run)

    def continuation_key(self, run: Run) -> str:
        """Hash of what determines the folds and Hopf points at one grid point."""
        settings = self.continuation.model_dump(exclude={"second_bounds", "diagrams", "traces"})
        return hashed({"circuit": without_sizes(run.circuit), "continuation": settings})

    @property
    def plane_key(self) -> str:
        """Hash of what determines the plane and the diagrams."""
        settings = self.continuation.model_dump(exclude={"traces"})
        return hashed({"circuit": without_sizes(self.circuit), "continuation": settings})

    @property
    def traces_key(self) -> str:
        """Hash of what determines the traces."""
        continuation = self.continuation.model_dump(include={"second", "reset_correction", "form",
                                                             "traces"})  # fmt: skip
        networks = self.transitions.model_dump(include={"population", "step", "thresholds"})
        return hashed(
            {
                "circuit": self.circuit.model_dump(),
                "continuation": continuation,
                "networks": networks,
                "seed": self.seed,
            }
        )


def store_plans(plans: Iterable[RunTable], folder: str | Path) -> str:
    """Store plans together as ``<folder>/<hash of them all>/<experiment>.json``.

    The name follows the content, so that nothing is ever overwritten with something else.

    Returns
    -------
    str
        The folder of these plans.
    """
    plans = list(plans)
    digests = "".join(plan.digest for plan in plans)
    place = Path(folder) / hashlib.sha256(digests.encode()).hexdigest()[:16]
    for plan in plans:
        path = place / f"{plan.experiment}.json"
        if not path.exists() or path.read_text(encoding="utf-8") != plan.text:
            plan.write(path)
    return str(place)


def read_plan(path: str | Path) -> Plan | TransitionPlan:
    """Read a plan that `RunTable.write` stored; refuse anything else by name."""
    try:
        content = Path(path).read_bytes()
        kind = TransitionPlan if _has_transitions(content) else Plan
        return kind.model_validate_json(content)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})"
        raise ConfigError(msg) from None
    except ValidationError as error:
        raise explain(
            error, f"{path}: damaged or foreign plan; remove it and run again: "
        ) from None


def _has_transitions(content: bytes) -> bool:
    """Whether the plan is one of transitions; of what is no plan, validation tells the reason."""
    try:
        data = json.loads(content)
    except ValueError:
        return False
    return isinstance(data, dict) and "transitions" in data
