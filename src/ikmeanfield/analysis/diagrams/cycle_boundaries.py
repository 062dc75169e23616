"""Curves in a plane of two parameters at which limit cycles appear or end, beside Hopf points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ikmeanfield.circuit import Circuit
from ikmeanfield.continuation import (
    Branch,
    ContinuationOptions,
    Problem,
    SpecialPoint,
    continue_cycle_bifurcation,
    continue_cycles,
    continue_folds,
    continue_homoclinics,
)
from ikmeanfield.continuation.cycles import STEPS
from ikmeanfield.theories.mean_field import MeanField
from ikmeanfield.theories.protocol import TheoryFactory, require

from .line import equilibria, same_point, within_theory

Pair = tuple[float, float]

CLOSE = 0.02
"""A point this share of the plane's extent away from a curve's rows lies on that curve."""


def cycle_boundaries(
    circuit: Circuit,
    parameters: tuple[str, str],
    bounds: tuple[Pair, Pair],
    at: Sequence[float],
    *,
    theory: TheoryFactory = MeanField,
    options: ContinuationOptions = STEPS,
) -> dict[str, Branch]:
    """Folds of cycles, homoclinic orbits and SNICs in two parameters.

    At a few values of the second parameter, limit cycles are followed in the first from every Hopf
    point. Each fold of cycles and each homoclinic orbit met there starts a curve, unless it lies
    on one already. Where a curve of homoclinic orbits ends at a fold of equilibria (NCS), the
    saddle-nodes on an invariant circle that take over are followed along the curve of folds, as
    far as cycles at one of the values end in one.

    Parameters
    ----------
    circuit
        Populations, synapses and parameters.
    parameters
        The two free parameters, paths of the circuit.
    bounds
        Lower and upper bound of each.
    at
        Values of the second parameter at which cycles are followed.
    theory
        As for `equilibrium_diagram`.
    options
        Steps and tolerances of the curves; the bounds are set here.

    Returns
    -------
    dict of Branch
        ``"cycle_fold_1"``, …, ``"homoclinic_1"``, … and ``"snic_1"``, ….
    """
    first, second = parameters
    model = theory(circuit)
    require(model, "equilibria", "cycles")
    problem = model.problem()
    both = replace(options, bounds={**options.bounds, first: bounds[0], second: bounds[1]})
    extent = np.array([np.ptp(bounds[0]), np.ptp(bounds[1])])
    found: dict[str, Branch] = {}
    snics: list[SpecialPoint] = []
    for value in at:
        for point in _limits_of_cycles(problem, model, first, bounds[0], {second: value}):
            if point.kind == "SNIC":
                snics.append(point)
                continue
            kind, follow = {
                "LPC": ("cycle_fold", continue_cycle_bifurcation),
                "HOM": ("homoclinic", continue_homoclinics),
            }[point.kind]
            known = [branch for name, branch in found.items() if name.startswith(kind)]
            if any(_holds(branch, point, parameters, extent) for branch in known):
                continue
            branch = follow(problem, point, parameters, both)
            if len(branch):
                found[f"{kind}_{len(known) + 1}"] = branch
    return found | _snics(problem, found, snics, parameters, both)


def _limits_of_cycles(
    problem: Problem, model: object, parameter: str, bounds: Pair, at: dict[str, float]
) -> Iterator[SpecialPoint]:
    """Folds of cycles, homoclinic orbits and SNICs on the branches from all Hopf points."""
    here = problem.at(at)
    line = ContinuationOptions(bounds={parameter: bounds})
    branches = equilibria(model, here, parameter, within_theory(line, model))  # type: ignore[arg-type]
    reached: list[SpecialPoint] = []
    for hopf in (point for branch in branches for point in branch.points("HB")):
        if any(same_point(hopf, other, parameter) for other in reached):
            continue
        cycles = continue_cycles(here, hopf, parameter, replace(STEPS, bounds={parameter: bounds}))
        reached += cycles.points("HB")
        yield from cycles.points("LPC", "HOM", "SNIC")


def _holds(
    branch: Branch, point: SpecialPoint, parameters: tuple[str, str], extent: np.ndarray
) -> bool:
    """Whether a point lies on a curve, as far as the rows of the curve tell."""
    here = np.array([point.parameters[name] for name in parameters])
    gaps = np.abs(branch.parameters - here) / extent
    return bool((gaps.max(axis=1) < CLOSE).any())


def _snics(
    problem: Problem,
    found: dict[str, Branch],
    snics: Sequence[SpecialPoint],
    parameters: tuple[str, str],
    options: ContinuationOptions,
) -> dict[str, Branch]:
    """Curves of SNICs: folds of equilibria from where homoclinic orbits meet them."""
    second = parameters[1]
    corners = [
        point for name, branch in found.items() if name.startswith("homoclinic")
        for point in branch.points("NCS")
    ]  # fmt: skip
    made: dict[str, Branch] = {}
    for corner in corners:
        start = corner.parameters[second]
        beyond = [point.parameters[second] for point in snics]
        for side in (max, min):
            reach = side([start, *beyond])
            if reach == start:
                continue
            low, high = min(start, reach), max(start, reach)
            bounds = {**options.bounds, second: (low, high)}
            plain = ContinuationOptions(bounds=bounds, ds_max=options.ds_max)
            branch = continue_folds(problem, corner, parameters, plain)
            if len(branch) > 1:
                made[f"snic_{len(made) + 1}"] = branch
    return made
