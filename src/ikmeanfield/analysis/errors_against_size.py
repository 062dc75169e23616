"""Errors of theories against networks of different sizes and draws."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ikmeanfield.analysis.finite_size import SizeScaling, size_scaling

SIZE = "rs_size"


@dataclass(frozen=True)
class ErrorsOfDraws:
    """Errors of one theory against networks of several sizes and draws.

    Attributes
    ----------
    what, theory, unit
        Which quantity, of which theory, in which unit.
    error, size
        Theory less network, and the number of neurons, of every network.
    """

    what: str
    theory: str
    unit: str
    error: NDArray[np.float64]
    size: NDArray[np.float64]

    def scaling(self) -> SizeScaling | None:
        """What is due to the size of the networks, and what remains as it grows."""
        return size_scaling(self.error, self.size)


def errors_of_folds(transitions: xr.Dataset, side: str = "upper") -> Iterator[ErrorsOfDraws]:
    """Errors of a fold of every theory, against networks held at constant current.

    Parameters
    ----------
    transitions
        Summary of a study of transitions that is compared with theories.
    side
        ``upper`` or ``lower``.
    """
    theories = transitions["theory_of"].values
    fold = (transitions["kind_of"].values == "fold") & (transitions["side_of"].values == side)
    for theory in dict.fromkeys(theories.tolist()):
        rows = np.flatnonzero(fold & (theories == theory))
        runs = transitions["transition_run_number"].values[rows].astype(int)
        yield ErrorsOfDraws(
            f"{side} fold", str(theory), "pA", -transitions["held_difference"].values[rows],
            transitions[SIZE].values[runs].astype(float),
        )  # fmt: skip


def errors_of_rates(predictions: xr.Dataset, what: str) -> Iterator[ErrorsOfDraws]:
    """Errors of every theory's rate, averaged over time.

    Parameters
    ----------
    predictions
        Summary of a study of predictions.
    what
        What the quantity is called.
    """
    error = predictions["difference_mean"].isel(population=0)
    size = predictions[SIZE].values.astype(float)
    for theory in predictions["theory"].values.tolist():
        yield ErrorsOfDraws(what, theory, "Hz", error.sel(theory=theory).values, size)


def errors_of_studies(
    summaries: Sequence[xr.Dataset], without: Container[str] = ()
) -> list[ErrorsOfDraws]:
    """Errors at one adaptation, at one width of the thresholds, and at one reset potential.

    Parameters
    ----------
    summaries
        Of transitions, as for `errors_of_folds`, and of two studies of predictions.
    without
        Names of theories whose folds are left out.
    """
    transitions, width, reset = summaries
    folds = [errors for errors in errors_of_folds(transitions) if errors.theory not in without]
    rates = errors_of_rates(width, "rate at one width"), errors_of_rates(reset, "rate at one reset")
    return [*folds, *rates[0], *rates[1]]
