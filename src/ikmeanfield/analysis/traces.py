"""A theory and networks along the same ramp of the current, and marks on it (Fig. 1D, E)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ikmeanfield.circuit import Circuit
from ikmeanfield.inputs import ramp
from ikmeanfield.spiking import Scheme, default_step, simulate
from ikmeanfield.theories.mean_field import MeanField
from ikmeanfield.theories.protocol import TheoryFactory, require

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.heterogeneity import Draw

CURRENT, ADAPTATION = "input_current", "adaptation"

MODELS = ("mean field", "network", "network, global u")
"""The models whose ramps are compared, where the theory is the mean field."""


def ramp_traces(
    circuit: Circuit,
    points: Iterable[tuple[float, float]],
    *,
    population: str = "rs",
    size: int | None = None,
    sample: float = 1.0,
    step: float | None = None,
    scheme: Scheme = "exact",
    thresholds: Draw = "quantiles",
    seed: int = 0,
    theory: TheoryFactory = MeanField,
) -> xr.Dataset:
    """A theory and two networks along the same ramp of the current.

    Parameters
    ----------
    circuit
        A circuit; one of its populations receives the ramp.
    points
        The ramp as pairs (time in ms, current in pA), linear between them; the last is the end.
    population
        The population that receives the ramp, and whose means are recorded.
    size
        Neurons of every population's network; the circuit's own where None.
    sample
        Interval between samples in ms.
    step, scheme, thresholds, seed
        Of the networks, see `simulate`.
    theory
        What makes the theory of the circuit: its class, such as `MeanField`, or its settings,
        such as ``MeanFieldSettings(reset_correction=False)``.

    Returns
    -------
    xarray.Dataset
        `synaptic_activation` (of the population's first synapse), `recovery` and `firing_rate`
        by `model` (the theory's title and the two networks, as in `MODELS`) and time, and
        `input_current` by time.
    """
    import xarray as xr  # noqa: PLC0415 - takes a second

    corners = [(float(t), float(value)) for t, value in points]
    current = ramp(corners)
    given, duration = {population: current}, corners[-1][0]
    networks = {}
    for name, recovery in zip(MODELS[1:], ("neuron", "population"), strict=True):
        values: dict[str, object] = {f"{p}.recovery": recovery for p in circuit.populations}
        if size is not None:
            values |= {f"{p}.size": size for p in circuit.populations}
        networks[name] = simulate(
            circuit.replace(values), given, duration=duration, sample=sample, step=step,
            scheme=scheme, thresholds=thresholds, seed=seed,
        )  # fmt: skip
    model = theory(circuit)
    require(model, "series")
    predicted = model.integrate(given, duration=duration, sample=sample)
    synapse = next(iter(circuit.populations[population].synapses))
    chosen = [
        run.sel(population=population, synapse=f"{population}.{synapse}", drop=True)
        for run in (predicted, *networks.values())
    ]
    joined = xr.concat(chosen, "model", join="exact", combine_attrs="drop")
    joined = joined.drop_vars("membrane_potential").assign_coords(model=[model.title, *MODELS[1:]])
    time = joined["time"].values
    attributes: dict[str, str | float | int] = {
        "adaptation": float(circuit.get(f"{population}.{ADAPTATION}")),
        "population": population,
        "size": int(circuit.get(f"{population}.size") if size is None else size),
        "scheme": scheme,
        "step": default_step(scheme, sample) if step is None else float(step),
        "thresholds": thresholds,
        "seed": seed,
        "sample": sample,
        **model.attributes,
    }
    return joined.assign(
        input_current=("time", current(time), {"units": "pA", "long_name": "input current"})
    ).assign_attrs(attributes)


class Located(Protocol):
    """What is marked on a trace: a point that a detector found there."""

    @property
    def kind(self) -> str:
        """``"fold"`` or ``"hopf"``."""

    @property
    def direction(self) -> str:
        """``"up"`` or ``"down"``: which part of the ramp."""

    @property
    def current(self) -> float:
        """In pA."""


def with_marks(traces: xr.Dataset, found: Iterable[Located]) -> xr.Dataset:
    """Add to traces the points located on them, by the time at which the ramp passes each.

    Variables along `mark`: `mark_time` (ms), `mark_current` (pA) and `mark_kind`.
    """
    time, current = traces["time"].values, traces["input_current"].values
    turn = int(np.argmax(current))
    times, currents, kinds = [], [], []
    for point in found:
        part = slice(None, turn + 1) if point.direction == "up" else slice(turn, None)
        beyond = current[part] >= point.current
        if point.direction == "down":
            beyond = current[part] <= point.current
        if not beyond.any():
            continue
        times.append(float(time[part][np.argmax(beyond)]))
        currents.append(point.current)
        kinds.append(point.kind)
    return traces.assign(
        mark_time=("mark", np.array(times), {"units": "ms", "long_name": "time of a point"}),
        mark_current=("mark", np.array(currents), {"units": "pA", "long_name": "its current"}),
        mark_kind=("mark", np.array(kinds, dtype="U4"), {"long_name": "its kind"}),
    )
