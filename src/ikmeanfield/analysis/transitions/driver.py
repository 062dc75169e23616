"""Both detectors on one circuit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.analysis.transitions.course import (
    Course,
    RampSettings,
    hint,
    record_ramp,
    ripple,
)
from ikmeanfield.analysis.transitions.plant import NetworkPlant
from ikmeanfield.analysis.transitions.points import SOUGHT, Kind, Point, Status
from ikmeanfield.analysis.transitions.ramp import ADAPTATION, TroughSettings, ramp_points
from ikmeanfield.analysis.transitions.search import (
    HeldSettings,
    held_points,
    soft_borders,
)
from ikmeanfield.circuit import Circuit
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.spiking import Network

if TYPE_CHECKING:
    import xarray as xr

Progress = Callable[[float], None]


def locate(
    circuit: Circuit,
    population: str,
    low: float,
    high: float,
    *,
    observed: str | None = None,
    ramp: RampSettings | None = None,
    troughs: TroughSettings = ADAPTATION,
    held: HeldSettings | None = None,
    hold: Sequence[Kind] = ("fold", "hopf"),
    step: float | None = None,
    thresholds: Draw = "quantiles",
    seed: int = 0,
    window: float = 4.0,
    keep: float = 5.0,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Find where a network changes state, on a ramp and at constant current.

    Parameters
    ----------
    circuit, population
        The network, and which population's input current is driven.
    low, high
        Range of the current in pA.
    observed
        The population whose firing rate tells states apart when held; by default the driven one.
        Choose the one whose rate changes most: in the excitatory–inhibitory circuit the excitatory
        one, though the inhibitory one is driven. Oscillations that begin without a jump are sought
        in the driven population.
    ramp, troughs, held
        The ramp, the paper's detector, and the detector at constant current.
    hold
        Which kinds of points to look for with the latter, which costs more than the ramp; it
        finds borders of oscillations only where these begin at the fold of a state at rest.
    step, thresholds, seed
        See `Network`.
    window
        Time in ms over which spikes are counted.
    keep
        Interval in ms of the recorded ramp in the result.
    progress
        Called with the fraction done.

    Returns
    -------
    xarray.Dataset
        Along `point`: kind, direction, method, current, lower, upper, noise (pA). Along `time`:
        the recorded ramp. Along `sought` (see `SOUGHT`): `status`, what became of each search
        at constant current (see `Status`). `cost` is the neuron-steps of everything, in ramps.
    """
    ramp = ramp or RampSettings()
    held = held or HeldSettings()
    tell = progress or (lambda fraction: None)
    total = 1.0 + (held.budget if hold else 0.0)
    network = Network(circuit, step=step, thresholds=thresholds, seed=seed)
    course = record_ramp(
        network,
        population,
        low,
        high,
        ramp,
        window,
        observed or population,
        lambda part: tell(part / total),
    )
    points = ramp_points(course.time, course.recovery, course.current, troughs)
    plant = NetworkPlant(
        network, population, low, window, held.budget * ramp.duration,
        lambda spent: tell((1.0 + spent / ramp.duration) / total), observed,
    )  # fmt: skip
    hints = (
        hint(course, ramp, up=True, steepest=held.steepest),
        hint(course, ramp, up=False, steepest=held.steepest),
    )
    status: dict[str, Status] = dict.fromkeys(SOUGHT, "not searched")
    if hold:
        found = held_points(plant, course.saved, course.turn, hints, held)
        jumps = [hinted.current for hinted in hints if hinted is not None]
        soft = ripple(course, ramp, held.oscillates, jumps) if "hopf" in hold else None
        if soft is not None and not found.oscillates:
            plant.observed = population
            soft_borders(found, plant, course.saved, soft, held)
        points += [point for point in found.points if point.kind in hold]
        status = found.status
    tell(1.0)
    cost = 1.0 + plant.spent / ramp.duration
    data = points_dataset(points, course, round(keep / ramp.sample))
    data["cost"] = ((), cost, {"units": "1", "long_name": "neuron-steps of all runs, in ramps"})
    data["status"] = (
        ("sought",), np.array([status[name] for name in SOUGHT]),
        {"long_name": "what became of the search at constant current"},
    )  # fmt: skip
    data = data.assign_coords(
        sought=("sought", list(SOUGHT), {"long_name": "what is sought at constant current"})
    )
    data.attrs = {
        "population": population,
        "step": network.step,
        "thresholds": thresholds,
        "seed": seed,
        **{f"ramp_{key}": value for key, value in asdict(ramp).items()},
    }
    return data


TEXTS = {
    "kind": "fold, or border of oscillations (hopf)",
    "direction": "whether the current rises or falls",
    "method": "on the ramp, or held at constant current",
    "side": "which border it is, where that is known",
}


def points_dataset(points: Sequence[Point], course: Course, stride: int) -> xr.Dataset:
    """Points and every `stride`-th sample of the ramp as a Dataset."""
    import xarray as xr  # noqa: PLC0415

    def column(name: str) -> np.ndarray:
        values = [getattr(point, name) for point in points]
        return np.array(values, dtype=str if name in TEXTS else float)

    def thin(values: np.ndarray) -> np.ndarray:
        return values[stride - 1 :: stride].copy()  # a view would keep the whole ramp in memory

    numbers = {
        "current": "current at which the network changes state",
        "lower": "lower end of the interval that holds it",
        "upper": "upper end of the interval that holds it",
        "noise": "half-width over which fluctuations blur it, its thresholds given",
    }
    series = {
        "input_current": (course.current, "pA", "input current"),
        "recovery": (course.recovery, "pA", "recovery variable, population mean"),
        "synaptic_activation": (course.activation, "1", "synaptic activation"),
    }
    return xr.Dataset(
        {
            **{k: ("point", column(k), {"long_name": v}) for k, v in TEXTS.items()},
            **{
                k: ("point", column(k), {"units": "pA", "long_name": v}) for k, v in numbers.items()
            },
            **{
                k: ("time", thin(v), {"units": unit, "long_name": name})
                for k, (v, unit, name) in series.items()
            },
        },
        {"time": ("time", thin(course.time), {"units": "ms", "long_name": "time"})},
    )
