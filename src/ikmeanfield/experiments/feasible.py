"""What an experiment is refused for once its circuits are known."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from ikmeanfield import stepping
from ikmeanfield.circuit import Circuit
from ikmeanfield.experiments.config import Experiment
from ikmeanfield.experiments.grid import Point
from ikmeanfield.experiments.transitions import Continuation
from ikmeanfield.limits import BATCH, at_most
from ikmeanfield.parts import coordinate_name
from ikmeanfield.schema import ConfigError

Built = TypeVar("Built")


def shown(point: Point) -> str:
    """A grid point as a user knows it."""
    return ", ".join(f"{path} = {value}" for path, value in point.items())


def checked(where: str, build: Callable[[], Built]) -> Built:
    """Build something; what is wrong with it is told with the place it was asked for."""
    try:
        return build()
    except ConfigError as error:
        lines = str(error).splitlines()
        raise ConfigError("\n".join(f"{where}: {line}" for line in lines)) from None


def check_batch(experiment: Experiment, runs: int, where: str) -> None:
    """Refuse batches that would not fit into memory."""
    settings = experiment.simulation
    if settings is None:
        return
    samples = runs * settings.duration / settings.sample * len(settings.record)
    try:
        at_most(samples, BATCH, f"samples in a batch of {runs} runs", "lower runs_per_job")
    except ValueError as error:
        msg = f"{where}.simulation: {error}"
        raise ConfigError(msg) from None


def check_names(paths: list[str], where: str) -> None:
    """Refuse two paths that would have one name in the data."""
    names: dict[str, str] = {}
    for path in paths:
        name = coordinate_name(path)
        if name in names:
            msg = (
                f"{where}.sweeps: {names[name]} and {path} would both be called {name}; rename one"
            )
            raise ConfigError(msg)
        names[name] = path


def check_input(experiment: Experiment, circuit: Circuit, where: str) -> None:
    """Refuse an input into a population that is not there."""
    for name in experiment.input:
        if name not in circuit.populations:
            known = ", ".join(circuit.populations)
            msg = f"{where}.input.{name}: no such population; the circuit has {known}"
            raise ConfigError(msg)


def check_step(experiment: Experiment, circuit: Circuit, where: str) -> None:
    """Refuse a step that is too long for the circuit."""
    settings = experiment.simulation or experiment.transitions
    assert settings is not None
    key = "simulation" if experiment.simulation else "transitions"
    try:
        stepping.check_step(circuit, settings.step)
    except ValueError as error:
        msg = f"{where}: {key}.{error}"
        raise ConfigError(msg) from None


def check_continuation(experiment: Experiment, circuit: Circuit, where: str) -> None:
    """The populations and parameters that the settings name, and the values they give."""
    transitions, settings = experiment.transitions, experiment.continuation
    if transitions is None or settings is None:
        return
    for key in ("population", "observed"):
        name = getattr(transitions, key)
        if name is not None and name not in circuit.populations:
            known = ", ".join(circuit.populations)
            msg = f"{where}.transitions.{key}: no population {name!r}; the circuit has {known}"
            raise ConfigError(msg)
    place = f"{where}.continuation"
    for path, bounds in (
        (settings.parameter, settings.bounds),
        (settings.second, settings.second_bounds),
    ):
        for bound in bounds:
            checked(place, partial(circuit.replace, {path: bound}))
    for value in [*settings.diagrams, *(trace.at for trace in settings.traces)]:
        _check_second(settings, value, place)


def check_plane(experiment: Experiment, base: Circuit, circuit: Circuit, where: str) -> None:
    """Refuse a grid point that no plane of its mean fields holds."""
    settings = experiment.continuation
    if settings is None:
        return
    _check_second(settings, circuit.get(settings.second), where)
    if circuit.get(settings.parameter) != base.get(settings.parameter):
        msg = f"{where}: {settings.parameter} is followed by `continuation`; no sweep may move it"
        raise ConfigError(msg)


def _check_second(settings: Continuation, value: Any, where: str) -> None:
    low, high = settings.second_bounds
    if not low <= value <= high:
        msg = f"{where}: {settings.second} = {value:g} is outside second_bounds {low:g} to {high:g}"
        raise ConfigError(msg)
