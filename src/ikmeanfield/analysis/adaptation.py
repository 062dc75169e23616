"""Content of Fig. 1: fold and Hopf points by current and adaptation, ramps, their marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ikmeanfield.analysis.diagrams import bifurcation_plane, fold_and_hopf_points
from ikmeanfield.circuit import Circuit
from ikmeanfield.inputs import ramp
from ikmeanfield.meanfield import Form, integrate
from ikmeanfield.spiking import DEFAULT_STEP, Scheme, simulate

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.continuation import Branch
    from ikmeanfield.thresholds import Draw

CURRENT, ADAPTATION = "input_current", "adaptation"
#: Range of currents (pA) and of adaptation (pA) within which the plane is traced.
CURRENTS, ADAPTATIONS = (0.0, 100.0), (0.0, 130.0)

BISTABLE_RAMP = ((0.0, 20.0), (1000.0, 20.0), (3000.0, 50.0), (5000.0, 20.0))
"""Panel D: up and down across both folds at κ = 25 pA; pairs (ms, pA)."""
OSCILLATORY_RAMP = ((0.0, 40.0), (1000.0, 40.0), (5000.0, 70.0))
"""Panel E: up across both Hopf points at κ = 100 pA."""

MODELS = ("mean field", "network", "network, global u")
"""The three models whose ramps are compared."""
POINT_NUMBERS = ("current", "lower", "upper", "noise")


def adaptation_plane(
    circuit: Circuit, population: str = "rs", *, reset_correction: bool = False,
    form: Form = "paper",
) -> dict[str, Branch]:  # fmt: skip
    """Panel A: folds and Hopf points by input current and adaptation; see `bifurcation_plane`."""
    free = (f"{population}.{CURRENT}", f"{population}.{ADAPTATION}")
    return bifurcation_plane(
        circuit, free, (CURRENTS, ADAPTATIONS), reset_correction=reset_correction, form=form
    )


def fold_and_hopf_currents(
    circuit: Circuit, population: str = "rs", *, reset_correction: bool = False,
    form: Form = "paper",
) -> xr.Dataset:  # fmt: skip
    """Fold and Hopf currents of the mean field at the circuit's own adaptation.

    The Dataset of `fold_and_hopf_points`; `check_points` compares it with `adaptation_plane`.
    """
    return fold_and_hopf_points(
        circuit, f"{population}.{CURRENT}", *CURRENTS, at=f"{population}.{ADAPTATION}",
        reset_correction=reset_correction, form=form,
    )  # fmt: skip


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
    reset_correction: bool = False,
    form: Form = "paper",
) -> xr.Dataset:
    """Panels D and E: the mean field and two networks along the same ramp of the current.

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
    reset_correction, form
        Of the mean field, see `MeanField`.

    Returns
    -------
    xarray.Dataset
        `synaptic_activation` (of the population's first synapse), `recovery` and `firing_rate`
        by `model` (see `MODELS`) and time, and `input_current` by time.
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
    field = integrate(
        circuit, given, duration=duration, sample=sample, reset_correction=reset_correction,
        form=form,
    )  # fmt: skip
    synapse = next(iter(circuit.populations[population].synapses))
    chosen = [
        run.sel(population=population, synapse=f"{population}.{synapse}", drop=True)
        for run in (field, *networks.values())
    ]
    joined = xr.concat(chosen, "model", join="exact", combine_attrs="drop")
    joined = joined.drop_vars("membrane_potential").assign_coords(model=list(MODELS))
    time = joined["time"].values
    attributes: dict[str, str | float | int] = {
        "adaptation": float(circuit.get(f"{population}.{ADAPTATION}")),
        "population": population,
        "size": int(circuit.get(f"{population}.size") if size is None else size),
        "scheme": scheme,
        "step": DEFAULT_STEP[scheme] if step is None else float(step),
        "thresholds": thresholds,
        "seed": seed,
        "sample": sample,
        "reset_correction": "on" if reset_correction else "off",
        "form": form,
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


def network_points(
    found: Mapping[float, xr.Dataset], attributes: Mapping[str, str | float] | None = None
) -> xr.Dataset:
    """Join what detectors found at several values of the adaptation.

    Parameters
    ----------
    found
        By adaptation in pA: Datasets along `point` with `kind` (``"fold"``, ``"hopf"``), `method`
        (``"ramp"``, ``"held"``), `direction` (``"up"``, ``"down"``), `current`, `lower`, `upper`
        and `noise` (pA).
    attributes
        Attributes of the Dataset: how the points were found.

    Returns
    -------
    xarray.Dataset
        The same along `point`, `method` named `detector`, with the coordinate `kappa`.
    """
    import xarray as xr  # noqa: PLC0415

    parts = []
    for kappa, points in found.items():
        kept = points[["kind", "method", "direction", *POINT_NUMBERS]].rename(method="detector")
        for name in ("kind", "detector", "direction"):  # of one type, also where there is no point
            kept[name] = kept[name].astype(str)
        column = np.full(points.sizes["point"], float(kappa))
        attribute = {"units": "pA", "long_name": "adaptation"}
        parts.append(kept.assign_coords(kappa=("point", column, attribute)))
    joined = xr.concat(parts, "point", combine_attrs="drop")
    return joined.assign_attrs(attributes or {})


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
