"""What each of the mean field's three assumptions contributes to the error of its folds.

The exact theory has the assumptions off, the mean field has all of them on. The change of a
fold's current when one is switched on depends on which others are on already, so it is averaged
over all orders of switching (Shapley values); the three averages add up to the whole error.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations, product
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import ikmeanfield.continuation as co
from ikmeanfield.circuit import Circuit
from ikmeanfield.datasets.store import UNDEFINED
from ikmeanfield.theories.mean_field import MeanField
from ikmeanfield.theories.protocol import DomainError
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
    theory: Stationary | MeanField,
    parameter: str,
    bounds: tuple[float, float],
    start: FloatArray | None = None,
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


def fold_attribution(circuit: Circuit, parameter: str, bounds: tuple[float, float]) -> xr.Dataset:
    """Split the mean field's error of both folds by assumption.

    Parameters
    ----------
    circuit
        The circuit.
    parameter, bounds
        Free parameter and its range, as in `folds`.

    Returns
    -------
    xarray.Dataset
        ``fold`` (combination of the three switches, fold) in pA; ``contribution`` (assumption,
        fold): Shapley values in pA; ``error`` (fold): all assumptions on less all off;
        ``corrected`` (fold): folds of the mean field with the reset correction. NaN where one of
        the folds involved does not exist.
    """
    import xarray as xr  # noqa: PLC0415 - takes a second to import

    table = fold_currents(circuit, parameter, bounds)
    fold = np.array(list(table.values())).reshape(2, 2, 2, 2)
    known = {"units": Circuit.unit(parameter), UNDEFINED: "where there is no such fold"}
    return xr.Dataset(
        {
            "fold": (
                (*ASSUMPTIONS, "fold_kind"), fold,
                {**known, "long_name": f"{parameter} at a fold"},
            ),
            "contribution": (
                ("assumption", "fold_kind"), shapley(table, len(ASSUMPTIONS)),
                {**known, "long_name": "share of an assumption in the error (Shapley value)"},
            ),
            "error": (
                "fold_kind", fold[1, 1, 1] - fold[0, 0, 0],
                {**known, "long_name": "error of the mean field's fold"},
            ),
            "corrected": (
                "fold_kind", corrected_folds(circuit, parameter, bounds),
                {**known, "long_name": f"{parameter} at a fold of the corrected mean field"},
            ),
        },
        {
            **{
                name: (name, [0, 1], {"long_name": name.replace("_", " "), "units": "1"})
                for name in ASSUMPTIONS
            },
            "assumption": ("assumption", list(ASSUMPTIONS), {"long_name": "assumption"}),
            "fold_kind": ("fold_kind", list(FOLDS), {"long_name": "which fold"}),
        },
        {"model": "stationary theory", "free_parameter": parameter},
    )  # fmt: skip


def corrected_folds(circuit: Circuit, parameter: str, bounds: tuple[float, float]) -> FloatArray:
    """`folds` of the mean field with the reset correction; NaN where it is not defined."""
    try:
        return folds(MeanField(circuit), parameter, bounds)
    except DomainError:
        return np.full(2, np.nan)
