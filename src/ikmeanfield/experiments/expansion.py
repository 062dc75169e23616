"""Expansion of an experiment into a plan: every grid point checked, with key and seed."""

from __future__ import annotations

from functools import partial
from typing import Any

from ikmeanfield.circuit import Circuit
from ikmeanfield.experiments.config import Config, Experiment
from ikmeanfield.experiments.feasible import (
    check_continuation,
    check_input,
    check_plane,
    check_step,
    checked,
    shown,
)
from ikmeanfield.experiments.grid import Point
from ikmeanfield.experiments.identity import dumped, hashed, seed_of
from ikmeanfield.experiments.paths import spread
from ikmeanfield.experiments.plan import Plan, Run, TransitionPlan
from ikmeanfield.schema import ConfigError


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
    runs: list[Run] = []
    parameters: dict[str, None] = {}
    for sweep_name, sweep in experiment.sweeps.items():
        place = f"{where}.sweeps.{sweep_name}"
        seen: set[str] = set()
        parameters.update(dict.fromkeys(sweep.paths))
        for point in sweep.points():
            values = {**sweep.set, **point}
            circuit = checked(place, partial(_moved, base, values))
            check_step(experiment, circuit, f"{place} at {shown(point)}")
            check_plane(experiment, base, circuit, f"{place} at {shown(point)}")
            for replicate in range(sweep.replicates):
                key = _key(experiment, replicate, circuit)
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


def _moved(base: Circuit, values: Point) -> Circuit:
    return base.replace(spread(base, values))


def _key(experiment: Experiment, replicate: int, circuit: Circuit) -> str:
    if experiment.transitions is not None:
        settings = experiment.transitions.model_dump()
        identity = {"circuit": circuit.model_dump(), "transitions": settings}
        return hashed({**identity, "replicate": replicate})
    assert experiment.simulation is not None
    return hashed(
        {
            "circuit": circuit.model_dump(),
            "input": dumped(experiment.input),
            "simulation": experiment.simulation.model_dump(exclude={"discard"}),
            "replicate": replicate,
        }
    )
