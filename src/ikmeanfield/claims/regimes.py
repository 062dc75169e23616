"""At which adaptations networks and theories are bistable, and at which they oscillate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ikmeanfield.claims.folds import KAPPA

FOUND = ("found", "wide")
"""Outcomes of a search at constant current that found a point."""
UNKNOWN = ("not searched", "not resolved")
"""Outcomes that leave open whether there is one."""
NETWORK = "network"

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Regimes:
    """What one model does at each adaptation.

    Attributes
    ----------
    kappa
        Adaptations in pA, rising.
    bistable
        Whether it has two folds there.
    oscillates
        Whether it has a border of oscillations there.
    """

    kappa: NDArray[np.float64]
    bistable: Flags
    oscillates: Flags


def regimes(transitions: xr.Dataset, points: xr.Dataset) -> dict[str, Regimes]:
    """Regimes of ``network`` at constant current, and of every theory by name.

    Networks are left out where a search was not made or not resolved and nothing else was found.
    A theory oscillates where stable cycles arise from a Hopf point (l1 < 0).

    Parameters
    ----------
    transitions, points
        Summaries of a study of transitions, and of the points that it is compared with.
    """
    theory = transitions["theory_of"].values
    status = transitions["held_status"].values
    first = theory == theory[0] if theory.size else np.zeros(0, bool)
    runs = transitions["transition_run_number"].values.astype(int)
    kind, side = (transitions[name].values for name in ("kind_of", "side_of"))
    kappa = transitions[KAPPA].values.astype(float)
    own = first & np.isin(status, FOUND)
    found = {
        NETWORK: _regimes(kappa, runs[own], kind[own], side[own], first & np.isin(status, UNKNOWN),
                          runs)
    }  # fmt: skip
    kappa = points[KAPPA].values.astype(float)
    gentle = (points["kind"].values == "fold") | (points["l1"].values < 0)
    for name in dict.fromkeys(theory.tolist()):
        own = (points["theory"].values == name) & gentle
        runs, kind, side = (points[n].values[own] for n in ("run_number", "kind", "side"))
        if name:
            found[str(name)] = _regimes(kappa, runs.astype(int), kind, side)
    return found


def _regimes(
    kappa: NDArray[np.float64],
    runs: NDArray[np.int64],
    kind: NDArray[np.str_],
    side: NDArray[np.str_],
    unknown: Flags | None = None,
    searches: NDArray[np.int64] | None = None,
) -> Regimes:
    """Regimes by the runs, kinds and sides of what was found, and by searches without outcome."""
    bistable, oscillates, doubtful = (np.zeros(kappa.size, bool) for _ in range(3))
    for run in range(kappa.size):
        here = runs == run
        bistable[run] = len(set(side[here & (kind == "fold")].tolist())) == 2
        oscillates[run] = (here & (kind == "hopf")).any()
        if unknown is not None:
            open_search = bool((unknown & (searches == run)).any())
            doubtful[run] = open_search and not (bistable[run] or oscillates[run])
    order = np.argsort(kappa, kind="stable")
    order = order[~doubtful[order]]
    return Regimes(kappa[order], bistable[order], oscillates[order])


def border(kappa: NDArray[np.float64], there: Flags) -> tuple[float, float, float]:
    """The value up to which something is there.

    Parameters
    ----------
    kappa
        Rising values.
    there
        Whether it is there, at each of them.

    Returns
    -------
    border, uncertainty, share
        The middle between the two values that best divide the one from the other, half their
        distance, and the share of values that are on their side. NaN if it is there nowhere or
        everywhere, or if there are no values.
    """
    if there.size == 0 or there.all() or not there.any():
        return float("nan"), float("nan"), float("nan")
    before = np.cumsum(there)[:-1]
    after = (~there).sum() - np.cumsum(~there)[:-1]
    cut = int(np.argmax(before + after))
    low, high = float(kappa[cut]), float(kappa[cut + 1])
    return (low + high) / 2, (high - low) / 2, float((before + after)[cut] / there.size)
