"""Diagrams in one parameter: equilibria, their special points, the cycles born at Hopf points."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.circuit import Circuit, unit_of
from ikmeanfield.continuation import (
    Branch,
    ContinuationOptions,
    CycleOptions,
    SpecialPoint,
    Termination,
    continue_cycles,
    continue_equilibria,
)
from ikmeanfield.continuation.cycles import STEPS
from ikmeanfield.theories.mean_field import MeanField
from ikmeanfield.theories.parameters import free_parameters
from ikmeanfield.theories.protocol import Theory, TheoryFactory, require

from .borders import border_side

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.continuation import Problem

#: Two states are the same when no component differs by more than this share of its typical size.
SAME = 1e-6
#: A branch ends at the border of the domain when it would be outside this share of its extent on:
#: differences reach out so far, so that it cannot come closer.
REACH = 5e-3
#: Ends of branches that are where they were asked to be.
REGULAR_ENDS = ("bound", "start", "closed", "hopf")
KINDS = {"LP": "fold", "HB": "hopf"}


class DiagramError(RuntimeError):
    """A diagram could not be computed; the message says what failed where."""


def equilibrium_diagram(
    circuit: Circuit,
    parameter: str,
    low: float,
    high: float,
    *,
    theory: TheoryFactory = MeanField,
    cycles: bool = True,
    options: ContinuationOptions | None = None,
    cycle_options: CycleOptions | None = None,
) -> dict[str, Branch]:
    """Equilibria of a theory in one parameter, and the cycles born at their Hopf points.

    Parameters
    ----------
    circuit
        Populations, synapses and parameters.
    parameter
        The free parameter, a path of the circuit such as ``"rs.input_current"``.
    low, high
        Where the diagram begins and ends.
    theory
        What makes the theory of the circuit: its class, such as `MeanField`, or its settings,
        such as ``MeanFieldSettings(reset_correction=False)``.
    cycles
        Whether to follow limit cycles.
    options, cycle_options
        Steps and tolerances; bounds on `parameter` are set here.

    Returns
    -------
    dict of Branch
        ``"equilibria"`` (with a number where there are several branches), found from the state
        of rest at either end; ``"cycles_1"``, ``"cycles_2"``, ... in the order of their Hopf
        points. A branch of cycles between two Hopf points is followed once.

    Raises
    ------
    DomainError
        When the theory is not defined for the circuit. Where a branch leaves the theory's domain
        or one of its limits later, it ends there with the reason ``"domain"``.
    UnansweredError
        When the theory does not give equilibria, or cycles where they are asked for.
    DiagramError
        When no equilibrium is found at either end.
    """
    model = theory(circuit)
    require(model, "equilibria", *(("cycles",) if cycles else ()))
    options = options or ContinuationOptions()
    options = replace(options, bounds={**options.bounds, parameter: (low, high)})
    branches = equilibria(model, model.problem(), parameter, within_theory(options, model))
    named = "equilibria" if len(branches) == 1 else "equilibria_{}"
    found = {named.format(k): branch for k, branch in enumerate(branches, 1)}
    if not cycles:
        return found
    bounds = options.bounds
    ends: list[SpecialPoint] = []
    number = 0
    for branch in branches:
        for point in branch.points("HB"):
            if any(same_point(point, end, parameter) for end in ends):
                continue
            start = model.problem().at(point.parameters)
            orbits = continue_cycles(
                start,
                point,
                parameter,
                replace(STEPS, bounds=bounds, progress=options.progress),
                cycle_options,
            )
            orbits = with_domain(orbits, model)
            ends += [p for p in orbits.points("HB") if p.row == len(orbits) - 1]
            number += 1
            found[f"cycles_{number}"] = orbits
    return found


def equilibria(
    model: Theory, problem: Problem, parameter: str, options: ContinuationOptions
) -> list[Branch]:
    """Branches of equilibria between the bounds, from the state of rest at either end.

    Raises
    ------
    DiagramError
        When there is no start at either end.
    """
    found: list[Branch] = []
    reasons = []
    for value, direction in zip(options.bounds[parameter], ("forward", "backward"), strict=True):
        here = problem.at({parameter: value})
        rest = model.initial_state()
        branch = continue_equilibria(here, rest, parameter, options)
        branch = with_domain(with_meaning(branch, model), model)
        if len(branch) == 0:
            p = free_parameters(model).all(here.vector())
            why = model.outside_domain(rest, p) or branch.ends[0].message
            reasons.append(f"from {parameter} = {value:g} {direction}: {why}")
        elif not any(_holds(other, branch, value) for other in found):
            found.append(branch)
        if found and found[0].ends[1].reason == found[0].ends[0].reason == "bound":
            at = found[0][parameter][[0, -1]]
            if at.min() < at.max():  # it joins the two ends
                break
    if not found:
        msg = f"no equilibria of the {model.title} found: {'; '.join(reasons)}\n{model.circuit}"
        raise DiagramError(msg)
    return found


def _holds(branch: Branch, other: Branch, value: float) -> bool:
    """Whether an end of `other` at a value of the parameter is an end of `branch` as well."""
    size = np.maximum(np.abs(branch.states).max(axis=0), 1e-12)
    for row in (0, -1):
        for end in (0, -1):
            here = branch.parameters[row, 0] == other.parameters[end, 0] == value
            gap = np.abs(branch.states[row] - other.states[end]) / size
            if here and gap.max() < SAME:
                return True
    return False


def within_theory(options: ContinuationOptions, model: Theory) -> ContinuationOptions:
    """The same options, kept to where the theory holds and to the points that it tells.

    Its limits of its variables join the bounds, and of the kinds of special points only those are
    looked for that its eigenvalues tell.
    """
    limits = {name: (limit.low, limit.high) for name, limit in model.limits.items()}
    told, asked = model.bifurcations, options.detect
    detect = asked if told is None else told if asked is None else told & asked
    return replace(options, bounds={**limits, **options.bounds}, detect=detect)


def with_meaning(branch: Branch, model: Theory) -> Branch:
    """Explain the ends of a branch that lie at a limit of the theory (see `within_theory`)."""
    ends = tuple(_explained(end, model) for end in branch.ends)
    return replace(branch, ends=(ends[0], ends[1]))


def _explained(end: Termination, model: Theory) -> Termination:
    limit = next((limit for name, limit in model.limits.items() if name in end.message), None)
    if end.reason != "bound" or limit is None:
        return end
    return Termination("domain", limit.meaning)


def with_domain(branch: Branch, model: Theory) -> Branch:
    """Explain the ends of a branch that lie at the border of the theory's domain."""
    ends = list(branch.ends)
    for row, end in ((0, 0), (-1, 1)):
        if ends[end].reason in REGULAR_ENDS or len(branch) < 2:
            continue
        why = _beyond(branch, model, row)
        if why:
            ends[end] = Termination(
                "domain", f"the branch leaves the domain of the {model.title}: {why}"
            )
    return replace(branch, ends=(ends[0], ends[1]))


def _beyond(branch: Branch, model: Theory, row: int) -> str:
    """Why the theory is not defined a little beyond one end of a branch; empty where it is."""
    states = [branch.states]
    if branch.kind == "cycle":
        states = [branch.extra[name][1] for name in ("minimum", "maximum")]
    for columns in states:
        path = np.hstack([columns, branch.parameters])
        ahead = path[row] - path[1 if row == 0 else row - 1]
        extent = np.maximum(np.ptp(path, axis=0), 1e-12 * np.maximum(np.abs(path[row]), 1.0))
        furthest = np.abs(ahead / extent).max()
        if not furthest > 0:
            continue
        beyond = path[row] + REACH / furthest * ahead
        parameters = {**branch.parameters_at(row), branch.free[0]: float(beyond[-1])}
        p = free_parameters(model).all(model.problem().vector(**parameters))
        why = model.outside_domain(beyond[:-1], p)
        if why:
            return why
    return ""


def same_point(a: SpecialPoint, b: SpecialPoint, *free: str) -> bool:
    """Whether two special points agree in their state and their free parameters."""
    size = np.maximum(np.maximum(np.abs(a.state), np.abs(b.state)), 1e-12)
    if (np.abs(a.state - b.state) / size).max() > SAME:
        return False
    pairs = [(a.parameters[name], b.parameters[name]) for name in free]
    return all(abs(x - y) <= SAME * max(abs(x), abs(y), 1e-12) for x, y in pairs)


def fold_and_hopf_points(
    circuit: Circuit,
    parameter: str,
    low: float,
    high: float,
    *,
    at: str,
    theory: TheoryFactory = MeanField,
    options: ContinuationOptions | None = None,
) -> xr.Dataset:
    """Folds and Hopf points of a theory in one parameter, as one row per point.

    Parameters
    ----------
    circuit, parameter, low, high, theory, options
        As for `equilibrium_diagram`.
    at
        The circuit's other parameter of interest; its value becomes a coordinate.

    Returns
    -------
    xarray.Dataset
        Along `point`, in the order of the branch: `kind` (``"fold"`` or ``"hopf"``), `value` of
        the parameter, `stable_rest` (1 where all eigenvalues but the critical ones are stable, so
        that a stable equilibrium takes part; else 0), `period` (ms) and `l1` of Hopf
        points, `residual`, `side` (see `border_side`), and the coordinate `second`, the value of
        `at`.
    """
    diagram = equilibrium_diagram(
        circuit, parameter, low, high, theory=theory, cycles=False, options=options
    )
    points = [point for branch in diagram.values() for point in branch.points(*KINDS)]
    found = points_dataset(points, (parameter, at), float(circuit.get(at)))
    sides = [border_side(branch, p) for branch in diagram.values() for p in branch.points(*KINDS)]
    label = {"long_name": "which border it is of what exists on one side only"}
    return found.assign(side=("point", np.array(sides, dtype="U5"), label))


def points_dataset(points: list[SpecialPoint], free: tuple[str, str], second: float) -> xr.Dataset:
    """Store folds and Hopf points of one diagram as `fold_and_hopf_points` describes."""
    import xarray as xr  # noqa: PLC0415 - takes a second

    parameter, at = free
    unit = unit_of

    def column(values: list[float], long_name: str, units: str) -> tuple[str, object, object]:
        return (
            "point",
            np.array(values, dtype=float),
            {"long_name": long_name, "units": units},
        )

    nan = float("nan")
    kinds = np.array([KINDS[p.kind] for p in points], dtype="U4")
    return xr.Dataset(
        {
            "kind": ("point", kinds, {"long_name": "kind of bifurcation"}),
            "value": column([p.parameters[parameter] for p in points], parameter, unit(parameter)),
            "stable_rest": column(
                [float(rest_stable(p)) for p in points], "1 where a stable equilibrium takes part",
                "1",
            ),
            "period": column([p.data.get("period", nan) for p in points], "period", "ms"),
            "l1": column([p.data.get("l1", nan) for p in points], "Lyapunov coefficient", "1"),
            "residual": column([p.residual for p in points], "residual in scaled terms", "1"),
        },
        {"second": column([second] * len(points), at, unit(at))},
        {"parameter": parameter, "second_parameter": at},
    )  # fmt: skip


def rest_stable(point: SpecialPoint) -> bool:
    """Whether all eigenvalues but the critical ones have negative real parts."""
    critical = 1 if point.kind == "LP" else 2
    order = np.argsort(np.abs(point.eigenvalues.real))
    return bool((point.eigenvalues.real[order[critical:]] < 0).all())
