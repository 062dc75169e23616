"""What a page shows of a grid point: courses of networks and theories along a current or in time.

A course is one quantity of one model: its lowest and highest value, and perhaps its mean, along an
axis. Long series in time are shown by the extrema in a number of windows, so that no oscillation
is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.studies.series import input_currents

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.jobs.results import Results

    FloatArray = NDArray[np.float64]

TIME = "time (ms)"
NETWORK = "network"
"""The name of networks among the models."""


@dataclass(frozen=True)
class Course:
    """One quantity of one model at a grid point.

    Attributes
    ----------
    panel
        Name of the quantity with its unit.
    axis
        Name of the axis with its unit.
    model
        ``network``, or the name of a theory.
    direction
        ``rising`` or ``falling`` current; empty in time.
    x, low, high
        The axis, and the range of the quantity there; `x` is the middle of a window.
    mean
        The mean; None if it is not known.
    """

    panel: str
    axis: str
    model: str
    direction: str
    x: FloatArray
    low: FloatArray
    high: FloatArray
    mean: FloatArray | None = None


def courses(results: Results, study: str, run: int, count: int) -> Iterator[Course]:
    """The courses that a study has stored for a run; none if the study is not done there.

    Parameters
    ----------
    results, study, run
        The experiment, the study's name, and the number of the run.
    count
        Largest number of windows of a series.
    """
    kind = results.plan.studies[study].kind
    if kind not in SHOWN or run not in dict(results.plan.runs_of(study)):
        return
    yield from SHOWN[kind](results, study, run, count)


def _ramps(results: Results, study: str, run: int, count: int) -> Iterator[Course]:
    """Theories along the ramp of networks."""
    settings: Any = results.plan.studies[study]
    networks: Any = results.plan.studies[settings.transitions]
    for theory in settings.asked(results.plan):
        yield from _along(networks, theory, results.result(study, run, theory), count)


def _transitions(results: Results, study: str, run: int, count: int) -> Iterator[Course]:
    """A network along the ramp on which its transitions are located."""
    settings: Any = results.plan.studies[study]
    yield from _along(settings, NETWORK, results.result(study, run), count)


def _along(ramp: Any, model: str, data: Any, count: int) -> Iterator[Course]:
    """The series of one model on the two slopes of a ramp."""
    time, current = data["time"].values, data["input_current"].values
    top = ramp.settle + ramp.rise
    slopes = {"rising": (time > ramp.settle) & (time <= top), "falling": time > top}
    for name, words in (("synaptic_activation", "synaptic activation"), ("recovery", "recovery")):
        if name not in data:
            continue
        for direction, here in slopes.items():
            yield Course(
                f"{words}{_unit(data[name])}", "input current (pA)", model, direction,
                windows(current[here], count)[2], *windows(data[name].values[here], count)[:2],
            )  # fmt: skip


def _levels(results: Results, study: str, run: int, count: int) -> Iterator[Course]:
    """Rates of all models at currents that are held, rising and falling."""
    settings: Any = results.plan.studies[study]
    for model in settings.models(results.plan):
        data = results.result(study, run, model)
        for population in data["population"].values.tolist():
            own = data.sel(population=population)
            for direction, word in (("up", "rising"), ("down", "falling")):
                here = own.sel(direction=direction)
                yield Course(
                    f"{population} firing rate (Hz)", "input current (pA)", model, word,
                    here["current"].values, here["rate_lowest"].values,
                    here["rate_highest"].values, here["rate_mean"].values,
                )  # fmt: skip


def _networks(results: Results, study: str, run: int, count: int) -> Iterator[Course]:
    """Firing rates of a network in time, and its input."""
    data = results.result(study, run)
    yield from _in_time(NETWORK, data, count)
    time = data["time"].values
    populations = results.plan.runs[run].circuit.populations
    for population, current in zip(populations, input_currents(results.plan, run, time),
                                   strict=True):  # fmt: skip
        low, high, _ = windows(current, count)
        axis = windows(time, count)[2]
        yield Course(f"{population} input current (pA)", TIME, "input", "", axis, low, high)


def _predictions(results: Results, study: str, run: int, count: int) -> Iterator[Course]:
    """Firing rates of theories in time."""
    for theory in results.plan.studies[study].asked(results.plan):
        yield from _in_time(theory, results.result(study, run, theory), count)


def _in_time(model: str, data: Any, count: int) -> Iterator[Course]:
    time = windows(data["time"].values, count)[2]
    for population in data["population"].values.tolist():
        rate = data["firing_rate"].sel(population=population).values
        yield Course(
            f"{population} firing rate (Hz)", TIME, model, "", time, *windows(rate, count)[:2]
        )


SHOWN: Mapping[str, Callable[[Results, str, int, int], Iterator[Course]]] = {
    "transitions": _transitions,
    "ramps": _ramps,
    "hysteresis": _levels,
    "networks": _networks,
    "predictions": _predictions,
}
"""Kinds of studies with courses, by name."""


def windows(values: FloatArray, most: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Lowest, highest and mean value in at most so many windows of about equal length."""
    values = np.asarray(values, dtype=float)
    count = min(most, values.size)
    starts = np.arange(count) * values.size // count
    lengths = np.diff([*starts, values.size])
    return (
        np.minimum.reduceat(values, starts),
        np.maximum.reduceat(values, starts),
        np.add.reduceat(values, starts) / lengths,
    )


def _unit(variable: Any) -> str:
    unit = variable.attrs.get("units", "1")
    return "" if unit == "1" else f" ({unit})"
