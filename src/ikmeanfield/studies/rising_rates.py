"""Rates while a current rises, of theories and of networks, out of stored studies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.analysis.transfer_curves import bistable_width, nonlinearity, rising
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.studies.compared import NETWORK, by_recovery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import xarray as xr

    from ikmeanfield.continuation import Branch
    from ikmeanfield.jobs.results import StudyResults

FloatArray = NDArray[np.float64]

WIDTH, RECOVERY, SWEEP = "rs_threshold_width", "rs_recovery", "width"
RATE = "rs.firing_rate"


@dataclass(frozen=True)
class RisingRate:
    """The rate of excitatory neurons while their input current rises.

    Attributes
    ----------
    model
        A theory or network, as `by_recovery` names them.
    width
        Of the thresholds, in mV.
    current, rate
        In pA and Hz, shape (points,).
    bistable
        Range of currents in pA with two steady states.
    """

    model: str
    width: float
    current: FloatArray
    rate: FloatArray
    bistable: float

    @cached_property
    def nonlinearity(self) -> float:
        """Largest distance from the best line, over the range of rates."""
        return nonlinearity(self.current, self.rate)


def of_branch(model: str, width: float, branch: Branch) -> RisingRate:
    """The rate along a branch of equilibria, from rest."""
    current, rate = rising(branch, RATE)
    return RisingRate(model, width, current, 1000.0 * rate, bistable_width(branch))


def of_networks(hysteresis: xr.Dataset) -> list[RisingRate]:
    """The rates of networks that were held at levels of the current."""
    runs = of_sweep(hysteresis, SWEEP).sel(population="rs")
    found = []
    for model, own in by_recovery(runs, RECOVERY):
        if not model.startswith(NETWORK):
            continue
        for place, width in enumerate(own[WIDTH].values.tolist()):
            one = own.isel(run=place)
            rate = one["rate_mean"].sel(direction="up").values
            found.append(RisingRate(model, width, one["current"].values, rate, float(one["width"])))
    return found


def rising_rates(diagrams: StudyResults, hysteresis: StudyResults) -> Sequence[RisingRate]:
    """The rates of all models and widths, from diagrams of theories and levels of networks."""
    plan = diagrams.plan
    found = []
    for item, tree in diagrams.each():
        circuit = plan.runs[item.runs[0]].circuit
        model = item.label
        if plan.theories[model].knows("rs.recovery"):
            form = circuit.populations["rs"].recovery
            model += ", own u" if form == "neuron" else ", one u"
        width = float(circuit.populations["rs"].threshold_width)
        found.append(of_branch(model, width, from_tree(tree)["equilibria"]))
    return [*found, *of_networks(hysteresis.summary)]


def ends_by_model(
    rates: Sequence[RisingRate],
) -> Iterator[tuple[str, RisingRate, RisingRate]]:
    """Every model with its rates at the narrowest and at the widest distribution."""
    for model in dict.fromkeys(one.model for one in rates):
        own = sorted((one for one in rates if one.model == model), key=lambda one: one.width)
        yield model, own[0], own[-1]
