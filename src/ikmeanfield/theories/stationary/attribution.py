"""What each of the mean field's three assumptions contributes to the error of its folds.

The exact theory has the assumptions off, the mean field has all of them on. The change of a
fold's current when one is switched on depends on which others are on already, so it is averaged
over all orders of switching (Shapley values); the three averages add up to the whole error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations, product
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import ikmeanfield.continuation as co
from ikmeanfield.circuit import Circuit
from ikmeanfield.theories.stationary.model import Stationary

if TYPE_CHECKING:
    import xarray as xr

FloatArray = NDArray[np.float64]

ASSUMPTIONS = ("infinite_reset", "full_lorentzian", "shared_recovery")
"""The switches of `Stationary`, in the order of its fields."""

FOLDS = ("upper", "lower")
"""Upper: the highest current with rest-like activity; lower: the lowest with high activity."""

#: Folds are solved for to the last digit, so the way to them may be taken in large steps.
_COARSE: dict[str, Any] = {"ds_max": 0.2, "max_turn": 30.0}


def shapley(values: Mapping[tuple[bool, ...], FloatArray], players: int) -> FloatArray:
    """Shapley values of a function of switches.

    Parameters
    ----------
    values
        The function's value for every combination of switches.
    players
        Number of switches.

    Returns
    -------
    ndarray
        One row per switch; their sum is the value with all on less the one with all off.
    """
    off = (False,) * players
    total = np.zeros((players, *np.shape(values[off])))
    for order in permutations(range(players)):
        state = list(off)
        for player in order:
            before = values[tuple(state)]
            state[player] = True
            total[player] += np.asarray(values[tuple(state)]) - before
    return total / factorial(players)


def folds(
    theory: Stationary, parameter: str, bounds: tuple[float, float], start: FloatArray | None = None
) -> FloatArray:
    """The upper and the lower fold of the branch that begins at the lower bound.

    Parameters
    ----------
    theory
        The theory of a circuit.
    parameter
        The free parameter, such as ``rs.input_current``.
    bounds
        Its range; the branch starts from rest at the lower end.
    start
        A state near the equilibrium there, by default rest.

    Returns
    -------
    ndarray
        Two values of the parameter; NaN where the branch has no pair of folds.
    """
    problem = theory.problem().at({parameter: bounds[0]})
    options = co.ContinuationOptions(
        bounds={parameter: bounds}, direction="forward", detect=frozenset({"LP"}), **_COARSE
    )
    guess = theory.initial_state() if start is None else start
    state = co.find_equilibrium(problem, guess)
    branch = co.continue_equilibria(problem, state, parameter, options)
    found = [point.parameters[parameter] for point in branch.points("LP")]
    return np.array(found[:2]) if len(found) >= 2 else np.full(2, np.nan)


def fold_currents(
    circuit: Circuit, parameter: str, bounds: tuple[float, float]
) -> dict[tuple[bool, ...], FloatArray]:
    """`folds` of a circuit for every combination of the assumptions."""
    return {
        (reset, tails, shared): folds(
            Stationary(
                circuit, infinite_reset=reset, full_lorentzian=tails, shared_recovery=shared
            ),
            parameter,
            bounds,
        )
        for reset, tails, shared in product((False, True), repeat=len(ASSUMPTIONS))
    }


def fold_attribution(
    circuits: Iterable[Circuit],
    parameter: str,
    bounds: tuple[float, float],
    axis: tuple[str, Sequence[float]],
) -> xr.Dataset:
    """Split the mean field's error of both folds by assumption, for a series of circuits.

    Parameters
    ----------
    circuits
        One per value of the axis.
    parameter, bounds
        Free parameter and its range, as in `folds`.
    axis
        The path of the parameter in which the circuits differ, and its values.

    Returns
    -------
    xarray.Dataset
        ``fold`` (axis, combination of the three switches, fold) in pA; ``contribution`` (axis,
        assumption, fold): Shapley values in pA; ``error`` (axis, fold): all assumptions on less
        all off. NaN where one of the folds involved does not exist.
    """
    import xarray as xr  # noqa: PLC0415 - takes a second to import

    path, values = axis
    tables = [fold_currents(circuit, parameter, bounds) for circuit in circuits]
    fold = np.array([list(table.values()) for table in tables])
    fold = fold.reshape(len(tables), 2, 2, 2, 2)
    parts = np.array([shapley(table, len(ASSUMPTIONS)) for table in tables])
    unit = Circuit.unit(parameter)
    return xr.Dataset(
        {
            "fold": (
                (path, *ASSUMPTIONS, "fold_kind"), fold,
                {"units": unit, "long_name": f"{parameter} at a fold"},
            ),
            "contribution": (
                (path, "assumption", "fold_kind"), parts,
                {"units": unit, "long_name": "share of an assumption in the error (Shapley value)"},
            ),
            "error": (
                (path, "fold_kind"), fold[:, 1, 1, 1] - fold[:, 0, 0, 0],
                {"units": unit, "long_name": "error of the mean field's fold"},
            ),
        },
        {
            path: (path, np.asarray(values, dtype=float), {"units": Circuit.unit(path)}),
            **{name: (name, [0, 1], {"long_name": name.replace("_", " ")}) for name in ASSUMPTIONS},
            "assumption": ("assumption", list(ASSUMPTIONS)),
            "fold_kind": ("fold_kind", list(FOLDS)),
        },
        {"model": "stationary theory", "free_parameter": parameter},
    )  # fmt: skip
