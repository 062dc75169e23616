"""Expansion of an experiment into a plan: every grid point checked, with key and seed."""

from __future__ import annotations

from functools import partial
from typing import Any

from ikmeanfield.circuit import Circuit
from ikmeanfield.experiments.checks import Value
from ikmeanfield.experiments.config import Config, Experiment
from ikmeanfield.experiments.diagrams import check_beside, check_domain
from ikmeanfield.experiments.feasible import (
    check_batch,
    check_continuation,
    check_input,
    check_names,
    check_plane,
    check_step,
    checked,
    shown,
)
from ikmeanfield.experiments.grid import Point
from ikmeanfield.experiments.identity import hashed, seed_of
from ikmeanfield.experiments.paths import spread
from ikmeanfield.experiments.plan import Plan, TransitionPlan
from ikmeanfield.experiments.run_table import Run
from ikmeanfield.experiments.settings import effective, is_setting, varied
from ikmeanfield.schema import ConfigError, Validated


def expand(config: Config, name: str) -> Plan | TransitionPlan:
    """All runs of an experiment, every grid point checked.

    Raises
    ------
    ConfigError
        Names the sweep, the grid point and what is wrong with it.
    """
    experiment = config.experiments[name]
    where = f"experiments.{name}"
    base = checked(f"{where}.circuit", experiment.circuit.build)
    check_input(experiment, base, where)
    check_continuation(experiment, base, where)
    check_beside(experiment, base, where)
    runs: list[Run] = []
    parameters: dict[str, None] = {}
    for sweep_name, sweep in experiment.sweeps.items():
        place = f"{where}.sweeps.{sweep_name}"
        seen: set[str] = set()
        parameters.update(dict.fromkeys(sweep.paths))
        for number, point in enumerate(sweep.points()):
            hold = _holds(experiment, number)
            here = f"{place} at {shown(point)}"
            values = {**sweep.set, **point}
            circuit = checked(place, partial(_moved, base, values))
            variant = checked(here, partial(_varied, experiment, values))
            check_step(variant, circuit, here)
            check_plane(experiment, base, circuit, here)
            check_domain(experiment, circuit, here)
            for replicate in range(sweep.replicates):
                key = _key(variant, replicate, circuit, hold=hold)
                if key in seen:
                    msg = f"{place}: the grid holds the point {shown(point)} twice"
                    raise ConfigError(msg)
                seen.add(key)
                runs.append(
                    Run(
                        sweep=sweep_name,
                        values=point,
                        replicate=replicate,
                        key=key,
                        seed=seed_of(config.seed, key),
                        circuit=circuit,
                        settings=_settings(variant),
                        hold=hold,
                    )
                )
    check_names(list(parameters), where)
    return _plan(config, name, base, list(parameters), runs)


def _plan(
    config: Config, name: str, base: Circuit, parameters: list[str], runs: list[Run]
) -> Plan | TransitionPlan:
    experiment = config.experiments[name]
    table: dict[str, Any] = {
        "experiment": name,
        "seed": config.seed,
        "portable": config.portable,
        "parameters": parameters,
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
    check_batch(experiment, min(config.runs_per_job, len(runs)), f"experiments.{name}")
    return Plan(
        **table, simulation=experiment.simulation, input=dict(experiment.input),
        meanfield=dict(experiment.meanfield), diagrams=experiment.diagrams,
        response=experiment.response,
    )  # fmt: skip


def _moved(base: Circuit, values: Point) -> Circuit:
    own = {path: value for path, value in values.items() if not is_setting(path)}
    return base.replace(spread(base, own))


def _varied(experiment: Experiment, values: Point) -> Experiment:
    """The experiment with the settings of a grid point."""
    simulation, transitions = experiment.simulation, experiment.transitions
    changes: dict[str, Any] = {
        "simulation": simulation and varied(simulation, "simulation", values),
        "transitions": transitions and varied(transitions, "transitions", values),
        "input": {
            name: varied(shape, f"input.{name}", values) for name, shape in experiment.input.items()
        },
    }
    return experiment.model_copy(update=changes)


def _settings(experiment: Experiment) -> dict[str, Value]:
    """All settings that a sweep may vary, by path."""
    sections: dict[str, Validated | None] = {
        "simulation": experiment.simulation,
        "transitions": experiment.transitions,
        **{f"input.{name}": shape for name, shape in experiment.input.items()},
    }
    return {
        path: value
        for section, model in sections.items()
        if model is not None
        for path, value in effective(model, section).items()
    }


def _holds(experiment: Experiment, number: int) -> bool:
    """Whether the network at a grid point of a sweep, counted from 0, is held still."""
    every = experiment.transitions.hold_every if experiment.transitions is not None else 0
    return every > 0 and number % every == 0


def _key(experiment: Experiment, replicate: int, circuit: Circuit, *, hold: bool) -> str:
    if experiment.transitions is not None:
        settings = experiment.transitions.model_dump(exclude={"hold_every"})
        identity = {"circuit": circuit.identity(), "transitions": settings, "hold": hold}
        return hashed({**identity, "replicate": replicate})
    assert experiment.simulation is not None
    return hashed(
        {
            "circuit": circuit.identity(),
            "input": {name: shape.identity() for name, shape in experiment.input.items()},
            "simulation": experiment.simulation.model_dump(exclude={"discard"}),
            "replicate": replicate,
        }
    )
