"""Expansion of an experiment into a flat table of runs, chunked into batches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from ikmeanfield.circuit import Circuit
from ikmeanfield.experiments.checks import Value
from ikmeanfield.experiments.config import Config, Experiment, InputShape, MeanField, Simulation
from ikmeanfield.experiments.grid import Point
from ikmeanfield.experiments.transitions import Continuation, Transitions
from ikmeanfield.files import replacing
from ikmeanfield.inputs import Current
from ikmeanfield.parts import NETWORK, TRANSITIONS, mean_field
from ikmeanfield.schema import ConfigError, Validated, explain
from ikmeanfield.stepping import check_step


class Run(Validated):
    """One network at one grid point."""

    sweep: str
    values: dict[str, Value]
    """Values along the axes of the sweep, by path."""
    replicate: int
    key: str
    """Hash of everything that determines the run except the base seed."""
    seed: int
    """Seed of this run, from the base seed and the key."""
    circuit: Circuit
    """The circuit with all values in place."""

    def __str__(self) -> str:
        """The run as a user knows it."""
        values = ", ".join(f"{path} = {value}" for path, value in self.values.items())
        return f"{self.sweep}: {values}, replicate {self.replicate} (key {self.key})"

    def coordinate(self, path: str) -> Value:
        """The value of a parameter in effect; a truncation left open is the one in use."""
        value: Value = self.circuit.get(path)
        population, _, parameter = path.partition(".")
        if value is None and parameter == "truncation":
            return self.circuit.populations[population].half_range
        return value


class RunTable(Validated):
    """What the plans of all kinds of experiments share."""

    experiment: str
    seed: int
    portable: bool
    parameters: list[str]
    """Paths of all parameters that vary in any sweep."""
    runs_per_job: int
    runs: list[Run]

    @cached_property
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

    def write(self, path: str | Path) -> None:
        """Store as JSON, at once or not at all."""
        with replacing(path) as temporary:
            temporary.write_text(self.text, encoding="utf-8")


class Plan(RunTable):
    """Networks simulated and compared with mean fields: everything the stages need to know."""

    simulation: Simulation
    input: dict[str, InputShape]
    meanfield: dict[str, MeanField]

    @property
    def currents(self) -> dict[str, Current]:
        """The input currents by population."""
        return {name: shape.current() for name, shape in self.input.items()}

    def identity(self, part: str, run: Run) -> str:
        """What determines a run's network, or a mean field of it."""
        if part == NETWORK:
            return f"{run.key}:{run.seed}"
        return self.meanfield_key(part.removeprefix(mean_field("")), run)

    def meanfield_key(self, name: str, run: Run) -> str:
        """Hash of what determines a mean field; networks that share it share the solution."""
        return _hash(
            {
                "circuit": _without_sizes(run.circuit),
                "input": _dump(self.input),
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

    def identity(self, part: str, run: Run) -> str:
        """What determines the transitions of a run's network, or the points of its mean field."""
        if part == TRANSITIONS:
            return f"{run.key}:{run.seed}"
        return self.continuation_key(run)

    def continuation_key(self, run: Run) -> str:
        """Hash of what determines the folds and Hopf points at one grid point."""
        settings = self.continuation.model_dump(exclude={"second_bounds", "diagrams", "traces"})
        return _hash({"circuit": _without_sizes(run.circuit), "continuation": settings})

    @property
    def plane_key(self) -> str:
        """Hash of what determines the plane and the diagrams."""
        settings = self.continuation.model_dump(exclude={"traces"})
        return _hash({"circuit": _without_sizes(self.circuit), "continuation": settings})

    @property
    def traces_key(self) -> str:
        """Hash of what determines the traces."""
        continuation = self.continuation.model_dump(include={"second", "reset_correction", "form",
                                                             "traces"})  # fmt: skip
        networks = self.transitions.model_dump(include={"population", "step", "thresholds"})
        return _hash(
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


def expand(config: Config, name: str) -> Plan | TransitionPlan:
    """All runs of an experiment, every grid point checked.

    Raises
    ------
    ConfigError
        Names the sweep, the grid point and what is wrong with it.
    """
    experiment = config.experiments[name]
    where = f"experiments.{name}"
    base = _checked(f"{where}.circuit", experiment.circuit.build)
    _check_input(experiment, base, where)
    _check_continuation(experiment, base, where)
    runs: list[Run] = []
    parameters: dict[str, None] = {}
    for sweep_name, sweep in experiment.sweeps.items():
        place = f"{where}.sweeps.{sweep_name}"
        seen: set[str] = set()
        parameters.update(dict.fromkeys(sweep.paths))
        for point in sweep.points():
            values = {**sweep.set, **point}
            circuit = _checked(place, base.replace, values)
            _check_step(experiment, circuit, f"{place} at {_shown(point)}")
            _check_plane(experiment, base, circuit, f"{place} at {_shown(point)}")
            for replicate in range(sweep.replicates):
                key = _key(experiment, replicate, circuit)
                if key in seen:
                    msg = f"{place}: the grid holds the point {_shown(point)} twice"
                    raise ConfigError(msg)
                seen.add(key)
                runs.append(
                    Run(
                        sweep=sweep_name,
                        values=point,
                        replicate=replicate,
                        key=key,
                        seed=_seed(config.seed, key),
                        circuit=circuit,
                    )
                )
    table: dict[str, Any] = {
        "experiment": name,
        "seed": config.seed,
        "portable": config.portable,
        "parameters": list(parameters),
        "runs_per_job": config.runs_per_job,
        "runs": runs,
    }
    if experiment.simulation is None:
        assert experiment.transitions is not None
        assert experiment.continuation is not None
        return TransitionPlan(
            **table, transitions=experiment.transitions, continuation=experiment.continuation,
            circuit=base,
        )  # fmt: skip
    return Plan(
        **table, simulation=experiment.simulation, input=dict(experiment.input),
        meanfield=dict(experiment.meanfield),
    )  # fmt: skip


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


def _key(experiment: Experiment, replicate: int, circuit: Circuit) -> str:
    if experiment.transitions is not None:
        settings = experiment.transitions.model_dump()
        identity = {"circuit": circuit.model_dump(), "transitions": settings}
        return _hash({**identity, "replicate": replicate})
    assert experiment.simulation is not None
    return _hash(
        {
            "circuit": circuit.model_dump(),
            "input": _dump(experiment.input),
            "simulation": experiment.simulation.model_dump(exclude={"discard"}),
            "replicate": replicate,
        }
    )


def _seed(base: int, key: str) -> int:
    """A seed below 2⁶³ from the base seed and a run's key, wherever the run stands."""
    state = np.random.SeedSequence([base, int(key, 16)]).generate_state(1, np.uint64)
    return int(state[0]) >> 1


def _hash(identity: dict[str, Any]) -> str:
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _dump(shapes: dict[str, InputShape]) -> dict[str, Any]:
    return {name: shape.model_dump() for name, shape in shapes.items()}


def _without_sizes(circuit: Circuit) -> dict[str, Any]:
    """The circuit's parameters that a mean field knows: all but the numbers of neurons."""
    data = circuit.model_dump()
    for population in data["populations"].values():
        del population["size"]
    return data


def _shown(point: Point) -> str:
    return ", ".join(f"{path} = {value}" for path, value in point.items())


def _checked(where: str, build: Any, *args: Any) -> Circuit:
    try:
        circuit: Circuit = build(*args)
    except ConfigError as error:
        lines = str(error).splitlines()
        raise ConfigError("\n".join(f"{where}: {line}" for line in lines)) from None
    return circuit


def _check_input(experiment: Experiment, circuit: Circuit, where: str) -> None:
    for name in experiment.input:
        if name not in circuit.populations:
            known = ", ".join(circuit.populations)
            msg = f"{where}.input.{name}: no such population; the circuit has {known}"
            raise ConfigError(msg)


def _check_step(experiment: Experiment, circuit: Circuit, where: str) -> None:
    settings = experiment.simulation or experiment.transitions
    assert settings is not None
    key = "simulation" if experiment.simulation else "transitions"
    try:
        check_step(circuit, settings.step)
    except ValueError as error:
        msg = f"{where}: {key}.{error}"
        raise ConfigError(msg) from None


def _check_continuation(experiment: Experiment, circuit: Circuit, where: str) -> None:
    """The populations and parameters that the settings name, and the values they give."""
    transitions, settings = experiment.transitions, experiment.continuation
    if transitions is None or settings is None:
        return
    if transitions.population not in circuit.populations:
        known = ", ".join(circuit.populations)
        msg = f"{where}.transitions.population: no population {transitions.population!r}; "
        raise ConfigError(f"{msg}the circuit has {known}")
    place = f"{where}.continuation"
    for path, bounds in (
        (settings.parameter, settings.bounds),
        (settings.second, settings.second_bounds),
    ):
        for bound in bounds:
            _checked(place, circuit.replace, {path: bound})
    for value in [*settings.diagrams, *(trace.at for trace in settings.traces)]:
        _check_second(settings, value, place)


def _check_plane(experiment: Experiment, base: Circuit, circuit: Circuit, where: str) -> None:
    """Refuse a grid point through which the plane of the experiment does not pass."""
    settings = experiment.continuation
    if settings is None:
        return
    _check_second(settings, circuit.get(settings.second), where)
    free = {path: base.get(path) for path in (settings.parameter, settings.second)}
    if _without_sizes(circuit.replace(free)) != _without_sizes(base):
        msg = (
            f"{where}: the plane holds for one circuit; a sweep may move {settings.second} and "
            "sizes only"
        )
        raise ConfigError(msg)


def _check_second(settings: Continuation, value: Any, where: str) -> None:
    low, high = settings.second_bounds
    if not low <= value <= high:
        msg = f"{where}: {settings.second} = {value:g} is outside second_bounds {low:g} to {high:g}"
        raise ConfigError(msg)
