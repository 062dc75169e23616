"""Locate the transitions of one network, on a ramp and at constant current."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, get_args

import numpy as np

from ikmeanfield.analysis.transitions.constant_current import (
    RampStates,
    search_at_constant_current,
)
from ikmeanfield.analysis.transitions.oscillations import search_gradual_boundaries
from ikmeanfield.analysis.transitions.points import SEARCHES, Kind, Point
from ikmeanfield.analysis.transitions.ramp_hints import find_jump, find_oscillations
from ikmeanfield.analysis.transitions.ramp_run import RampRecording, RampSettings, record_ramp
from ikmeanfield.analysis.transitions.ramp_troughs import (
    ADAPTATION,
    TroughSettings,
    ramp_points,
)
from ikmeanfield.analysis.transitions.searches import ACTIVITIES, SearchResult, SearchSettings
from ikmeanfield.analysis.transitions.system import NetworkSystem
from ikmeanfield.arguments import number, one_of, refuse
from ikmeanfield.circuit import Circuit, checked_circuit
from ikmeanfield.heterogeneity import Draw
from ikmeanfield.progress import reporting
from ikmeanfield.spiking import Network
from ikmeanfield.stepping import Precision, whole_ratio

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
    search: SearchSettings | None = None,
    hold: Sequence[Kind] = ("fold", "hopf"),
    step: float | None = None,
    precision: Precision = "double",
    thresholds: Draw = "quantiles",
    seed: int = 0,
    window: float = 4.0,
    interval: float = 5.0,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Locate where a network changes state, on a ramp and at constant current.

    Parameters
    ----------
    circuit, population
        The network, and the population that receives the current.
    low, high
        Range of the current in pA.
    observed
        Population whose firing rate tells states apart at constant current; by default the driven
        one. Choose the one whose rate changes most: in the excitatory–inhibitory circuit that is
        the excitatory one, although the inhibitory one is driven. Oscillations that begin without
        a jump are searched in the driven population.
    ramp, troughs, search
        Settings of the ramp, of the paper's detector, and of the searches at constant current.
    hold
        Kinds of points to locate at constant current, which takes more network time than the ramp.
    step, precision, thresholds, seed
        See `Network`.
    window
        Time in ms over which spikes are counted.
    interval
        Sampling interval in ms of the ramp in the result.
    progress
        Called with the fraction done. Without it, progress is shown in a terminal or a notebook
        (see `ikmeanfield.show_progress`).

    Returns
    -------
    xarray.Dataset
        Along ``point``: kind, direction, method, side, and current, lower, upper, noise in pA (see
        `Point`). Along ``time``: the recorded ramp. Along ``sought`` (see `SEARCHES`): ``status``,
        the outcome of each search at constant current (see `Status`); ``network_time``, what it
        took, by ``activity`` (see `ACTIVITIES`); and ``fruitless_time``, the whole of this if the
        search ended without a point, else zero (both in ms of network time). ``cost``: network
        time of all runs, in durations of the ramp.

    Raises
    ------
    TypeError, ValueError
        If an argument is not understood; the message names it.
    SimulationError
        If the network's state diverges.
    """
    ramp = RampSettings() if ramp is None else ramp
    search = SearchSettings() if search is None else search
    observed = population if observed is None else observed
    _check_range(circuit, population, observed, low, high)
    total = 1.0 + (search.budget if hold else 0.0)
    with reporting("locating transitions") as task:
        report = progress or task.update
        network = Network(circuit, step=step, precision=precision, thresholds=thresholds, seed=seed)
        _check_settings(ramp, troughs, search, hold)
        whole_ratio(window, ramp.sample, "window", "ramp.sample")
        whole_ratio(interval, ramp.sample, "interval", "ramp.sample")
        ramp = ramp.sampled_every(network.step)
        recording = record_ramp(
            network, population, low, high, ramp, window, observed,
            lambda part: report(part / total),
        )  # fmt: skip
        points = ramp_points(recording.time, recording.recovery, recording.current, troughs)
        system = NetworkSystem(
            network, population, low, window, search.budget * ramp.duration,
            lambda spent: report((1.0 + spent / ramp.duration) / total), observed,
        )  # fmt: skip
        result = SearchResult(status=dict.fromkeys(SEARCHES, "not searched"))
        if hold:
            hints = (
                find_jump(recording, ramp, up=True, steepest=search.steepest),
                find_jump(recording, ramp, up=False, steepest=search.steepest),
            )
            states = RampStates(recording.saved, recording.turn, (high - low) / ramp.rise)
            result = search_at_constant_current(system, states, hints, search, hold)
            jumps = [hint.current for hint in hints if hint is not None]
            gradual = None
            if "hopf" in hold and not result.oscillates:
                gradual = find_oscillations(recording, ramp, search.oscillates, jumps)
            if gradual is not None:
                system.observed = population
                search_gradual_boundaries(result, system, recording.saved, gradual, search)
            points += result.points
        report(1.0)
    data = points_dataset(points, recording, interval)
    data["cost"] = (
        (), 1.0 + system.spent / ramp.duration,
        {"units": "1", "long_name": "network time of all runs, in durations of the ramp"},
    )  # fmt: skip
    data = data.merge(searches_dataset(result))
    data.attrs = {
        "population": population,
        "step": network.step,
        "precision": precision,
        "thresholds": thresholds,
        "seed": seed,
        **{f"ramp_{key}": value for key, value in asdict(ramp).items()},
    }
    return data


def _check_settings(
    ramp: RampSettings,
    troughs: TroughSettings,
    search: SearchSettings,
    hold: Sequence[Kind],
) -> None:
    """Refuse settings that are not what `locate` takes."""
    for key, given, kind in (
        ("ramp", ramp, RampSettings), ("troughs", troughs, TroughSettings),
        ("search", search, SearchSettings),
    ):  # fmt: skip
        if not isinstance(given, kind):
            refuse(key, given, f"{kind.__name__} or None", TypeError)
    if isinstance(hold, str) or not isinstance(hold, Sequence):
        refuse("hold", hold, "a list of kinds of points, such as ['fold', 'hopf']", TypeError)
    for wanted in hold:
        one_of("hold", wanted, get_args(Kind))


def _check_range(circuit: Circuit, population: str, observed: str, low: float, high: float) -> None:
    """Refuse populations that the circuit does not have, and currents that are no range."""
    names = checked_circuit(circuit).populations
    one_of("population", population, names)
    one_of("observed", observed, names)
    if number("low", low) >= number("high", high):
        refuse("low", low, f"a current below high = {high!r}")


def searches_dataset(result: SearchResult) -> xr.Dataset:
    """Return the outcome of every search, and the network time it took, as a Dataset."""
    import xarray as xr  # noqa: PLC0415

    status = np.array([result.status[name] for name in SEARCHES])
    time = np.array([[result.time[s][a] for a in ACTIVITIES] for s in SEARCHES])
    without = ~np.isin(status, ("found", "wide"))
    return xr.Dataset(
        {
            "status": ("sought", status, {"long_name": "outcome of the search"}),
            "network_time": (
                ("sought", "activity"), time,
                {"units": "ms", "long_name": "network time of the search"},
            ),
            "fruitless_time": (
                "sought", np.where(without, time.sum(axis=1), 0.0),
                {"units": "ms", "long_name": "network time of a search without a result"},
            ),
        },
        {
            "sought": ("sought", list(SEARCHES), {"long_name": "search at constant current"}),
            "activity": ("activity", list(ACTIVITIES), {"long_name": "purpose of a run"}),
        },
    )  # fmt: skip


LABELS = {
    "kind": "fold, or boundary of oscillations (hopf)",
    "direction": "whether the current rises or falls",
    "method": "on the ramp, or held at constant current",
    "side": "whether it is a lower or an upper boundary, where that is known",
}
NUMBERS = {
    "current": "current at which the network changes state",
    "lower": "lower end of the interval that contains it",
    "upper": "upper end of the interval that contains it",
    "noise": "half-width over which fluctuations blur it, for fixed thresholds",
}


def points_dataset(
    points: Sequence[Point], recording: RampRecording, interval: float
) -> xr.Dataset:
    """Return the points, and the ramp every `interval` ms, as a Dataset.

    The times do not depend on the network's step: between samples, series are interpolated
    linearly.
    """
    import xarray as xr  # noqa: PLC0415

    def column(name: str) -> np.ndarray:
        values = [getattr(point, name) for point in points]
        return np.array(values, dtype=str if name in LABELS else float)

    count = int(recording.time[-1] / interval * (1 + 1e-9))
    time = interval * np.arange(1, count + 1)

    series = {
        "input_current": (recording.current, "pA", "input current"),
        "recovery": (recording.recovery, "pA", "recovery variable, population mean"),
        "synaptic_activation": (recording.activation, "1", "synaptic activation"),
    }
    return xr.Dataset(
        {
            **{k: ("point", column(k), {"long_name": text}) for k, text in LABELS.items()},
            **{
                k: ("point", column(k), {"units": "pA", "long_name": text})
                for k, text in NUMBERS.items()
            },
            **{
                k: (
                    "time",
                    np.interp(time, recording.time, values),
                    {"units": unit, "long_name": text},
                )
                for k, (values, unit, text) in series.items()
            },
        },
        {"time": ("time", time, {"units": "ms", "long_name": "time"})},
    )
