"""Expansion of an experiment into a plan: all grid points, checked, and all work in batches."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar, get_args

from ikmeanfield.circuit import Circuit
from ikmeanfield.experiments.batches import batch_id, batches_of
from ikmeanfield.experiments.config import Config, Experiment
from ikmeanfield.experiments.grid import Point
from ikmeanfield.experiments.paths import coordinate_name, spread
from ikmeanfield.experiments.plan import Plan, run_lines
from ikmeanfield.experiments.run import Run
from ikmeanfield.experiments.settings import experiment_at, in_effect_at, is_setting
from ikmeanfield.schema import MOST, ConfigError
from ikmeanfield.stepping import Scheme
from ikmeanfield.studies.cost import Cost, start
from ikmeanfield.studies.study import Item

Built = TypeVar("Built")

LARGEST_MIB = 4096.0
"""Largest memory of a batch's results in MiB, which limits batches besides their time."""


def expand_all(config: Config) -> dict[str, Plan]:
    """The plans of all experiments by name; one error lists what is wrong with any of them."""
    problems, plans = list[str](), {}
    for name in config.experiments:
        try:
            plans[name] = expand(config, name)
        except ConfigError as error:
            problems.append(str(error))
    if problems:
        raise ConfigError("\n".join(problems))
    return plans


def expand(config: Config, name: str) -> Plan:
    """The plan of an experiment, every grid point checked.

    Raises
    ------
    ConfigError
        Naming the sweep, the grid point and what is wrong with it.
    """
    experiment, where = config.experiments[name], f"experiments.{name}"
    base = _built(experiment, where)
    _check_experiment(experiment, base, where)
    runs = _runs(experiment, base, where)
    parameters = list(dict.fromkeys(p for s in experiment.sweeps.values() for p in s.paths))
    _check_names(parameters, where)
    plan = Plan(
        experiment=name, seed=config.seed, portable=config.portable, circuit=base,
        input=experiment.input, theories=experiment.theories, studies=experiment.studies,
        sweeps=list(experiment.sweeps),
        grid=hashlib.sha256(run_lines(runs).encode()).hexdigest()[:16], parameters=parameters,
        batches={}, engines={}, runs=runs, work=[],
    )  # fmt: skip
    return _with_work(plan, config)


class _Problems:
    """Problems that are collected from many places and reported together."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def tried(self, where: str, build: Callable[[], Built]) -> Built | None:
        """The built object; if building fails, None, and the problem is noted with its place."""
        try:
            return build()
        except ConfigError as error:
            self.lines += [f"{where}: {line}" for line in str(error).splitlines()]
            return None

    def report(self) -> None:
        """Raise a ConfigError with all problems, if there are any."""
        if self.lines:
            more = [f"and {len(self.lines) - MOST} further problems"]
            raise ConfigError("\n".join(self.lines[:MOST] + more * (len(self.lines) > MOST)))


def _check_experiment(experiment: Experiment, base: Circuit, where: str) -> None:
    """Refuse inputs and studies that do not fit the experiment and its circuit."""
    problems = _Problems()
    for population in experiment.input:
        if population not in base.populations:
            known = ", ".join(base.populations)
            problems.lines.append(
                f"{where}.input.{population}: no such population; the circuit has {known}"
            )
    for label, study in experiment.studies.items():
        problems.tried(f"{where}.studies.{label}", partial(study.check, experiment, base))
    problems.report()


def _runs(experiment: Experiment, base: Circuit, where: str) -> list[Run]:
    """All runs of an experiment, checked."""
    problems, runs = _Problems(), list[Run]()
    for sweep_name, sweep in experiment.sweeps.items():
        place = f"{where}.sweeps.{sweep_name}"
        seen: set[str] = set()
        for number, point in enumerate(sweep.points()):
            if len(problems.lines) > MOST:
                problems.report()
            here = f"{place} at {_shown(point)}"
            values = {**sweep.set, **point}
            own = {path: v for path, v in values.items() if not is_setting(path, experiment)}
            circuit = problems.tried(place, partial(_moved, base, own))
            varied = problems.tried(here, partial(experiment_at, experiment, values))
            if circuit is None or varied is None:
                continue
            for label, study in varied.studies.items():
                if study.sweeps is None or sweep_name in study.sweeps:
                    problems.tried(f"{here}: {label}", partial(study.check_run, varied, circuit))
            settings = in_effect_at(varied)
            state = f"{circuit.model_dump_json()}{settings}"
            if state in seen:
                problems.lines.append(f"{place}: the grid holds the point {_shown(point)} twice")
            seen.add(state)
            runs += [
                Run(
                    sweep=sweep_name, number=number, values=point, replicate=replicate,
                    circuit=circuit, settings=settings,
                )
                for replicate in range(sweep.replicates)
            ]  # fmt: skip
    problems.report()
    return runs


def _moved(base: Circuit, values: Point) -> Circuit:
    return base.replace(spread(base, values))


def _with_work(plan: Plan, config: Config) -> Plan:
    """The plan with the work of all studies, in batches of about equal predicted time."""
    batches: dict[str, dict[str, Cost]] = {}
    engines: dict[str, list[str]] = {}
    work: list[list[Item]] = []
    for name, study in plan.studies.items():
        items = _distinct(study.items(plan, name))
        effective = [plan.study_of(name, item) for item in items]
        costs = [one.cost(plan, item) for one, item in zip(effective, items, strict=True)]
        called = {engine for one in effective for engine in one.engines()}
        called |= {plan.theories[t].engine for one in effective for t in one.asked(plan)}
        engines[name] = sorted(called)
        first = start(len(plan.runs), theory=not called <= set(get_args(Scheme)))
        if config.runs_per_job is not None:
            largest, weights = float(config.runs_per_job), [1.0] * len(items)
        else:
            largest, weights = config.seconds_per_job, [cost.seconds for cost in costs]
        weights = [
            max(weight, largest * cost.kept / LARGEST_MIB)
            for weight, cost in zip(weights, costs, strict=True)
        ]
        batches[name] = {}
        for batch in batches_of([item.id for item in items], weights, largest):
            mine = [items[place] for place in batch]
            identity = batch_id(name, [_described(plan, item) for item in mine])
            batches[name][identity] = sum((costs[place] for place in batch), first)
            work.append(mine)
    return plan.model_copy(update={"batches": batches, "engines": engines, "work": work})


def _distinct(items: Iterator[Item]) -> list[Item]:
    """The items, with those of the same key and label merged into one that has all their runs."""
    found: dict[tuple[str, str], Item] = {}
    for item in items:
        known = found.setdefault((item.id, item.label), item)
        if known is not item:
            known.runs += item.runs
    return list(found.values())


def _described(plan: Plan, item: Item) -> str:
    """An item with everything that its file says about it."""
    run = plan.runs[item.runs[0]] if item.runs else ""
    return f"{item.id} {item.label} {run}"


def _check_names(paths: list[str], where: str) -> None:
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


def _shown(point: Point) -> str:
    """A grid point in words, for messages."""
    return ", ".join(f"{path} = {value}" for path, value in point.items())


def _built(experiment: Experiment, where: str) -> Circuit:
    problems = _Problems()
    circuit = problems.tried(f"{where}.circuit", experiment.circuit.build)
    problems.report()
    assert circuit is not None
    return circuit
