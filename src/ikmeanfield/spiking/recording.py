"""What a run of a network keeps: series of population means, and spikes of chosen neurons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.datasets import synapse_labels
from ikmeanfield.spiking.flow import MAX_SPIKES
from ikmeanfield.spiking.layout import Records, SpikeLog, offsets
from ikmeanfield.stepping import RECORDABLE

if TYPE_CHECKING:
    import xarray as xr

FloatArray = NDArray[np.float64]
Spikes = tuple[NDArray[np.int64], FloatArray]
"""Neurons that spiked, counted over all populations, and when they did, in ms."""


def checked_series(record: object) -> Sequence[str]:
    """The names of the series to record: those given, or all of them."""
    if record is None:
        return RECORDABLE
    if isinstance(record, str) or not isinstance(record, Sequence):
        msg = f"record = {record!r}: expected a list of names, of {', '.join(RECORDABLE)}"
        raise TypeError(msg)
    for name in record:
        if name not in RECORDABLE:
            msg = f"record names {name!r}; allowed are {', '.join(RECORDABLE)}"
            raise ValueError(msg)
    return record


def empty_records(circuit: Circuit, samples: int, record: Sequence[str]) -> Records:
    """Room for the samples of a run; none for series that are not recorded."""
    populations, activations = len(circuit.populations), len(synapse_labels(circuit))

    def room(name: str, rows: int) -> FloatArray:
        return np.zeros((rows, samples) if name in record else (0, 0))

    return Records(
        spikes=np.zeros((populations, samples), dtype=np.int64),
        potential=room("membrane_potential", populations),
        recovery=room("recovery", populations),
        activation=room("synaptic_activation", activations),
    )


def watch(circuit: Circuit, spikes: Mapping[str, Sequence[int]]) -> NDArray[np.int64]:
    """Number the neurons whose spikes are kept (see `SpikeLog.watched`)."""
    if not isinstance(spikes, Mapping):
        msg = (
            f"spikes = {spikes!r}: expected a mapping from populations to the indices of "
            'neurons, such as {"rs": range(10)}'
        )
        raise TypeError(msg)
    if not spikes:
        return np.zeros(0, dtype=np.int64)
    offset = dict(zip(circuit.populations, offsets(circuit), strict=False))
    watched = np.full(offsets(circuit)[-1], -1, dtype=np.int64)
    for name, neurons in spikes.items():
        if name not in circuit.populations:
            known = ", ".join(circuit.populations)
            msg = f"spikes asked of population {name!r}; the circuit has {known}"
            raise ValueError(msg)
        size = circuit.populations[name].size
        try:
            if isinstance(neurons, range):
                chosen = np.arange(neurons.start, neurons.stop, neurons.step, dtype=np.int64)
            else:
                chosen = np.fromiter((index(i) for i in neurons), dtype=np.int64)
        except TypeError:
            msg = (
                f"spikes asked of neurons {neurons!r} in population {name!r}; expected a "
                "sequence of whole numbers, such as range(10)"
            )
            raise TypeError(msg) from None
        if chosen.size and (chosen.min() < 0 or chosen.max() >= size):
            msg = f"spikes asked of neurons outside 0 … {size - 1} in population {name!r}"
            raise ValueError(msg)
        watched[offset[name] + chosen] = offset[name] + chosen
    return watched


def empty_log(watched: NDArray[np.int64]) -> SpikeLog:
    """Room for the spikes of the watched neurons."""
    reserve = int(np.count_nonzero(watched >= 0)) * MAX_SPIKES
    room = 2 * reserve + (100_000 if reserve else 0)
    return SpikeLog(
        watched=watched,
        neuron=np.zeros(room, dtype=np.int64),
        time=np.zeros(room),
        filled=np.zeros(1, dtype=np.int64),
        reserve=reserve,
    )


def physical(
    circuit: Circuit,
    scales: tuple[FloatArray, FloatArray, FloatArray],
    records: Records,
    record: Sequence[str],
    window: float,
) -> dict[str, FloatArray]:
    """The recorded series in physical units.

    Parameters
    ----------
    circuit
        What is simulated.
    scales
        Scale of v, its origin, and scale of u in every population.
    records, record
        The samples in the scheme's own scaling, and the names of the series to return.
    window
        Sampling interval in ms, over which spikes were counted.
    """
    sizes = np.array([[p.size] for p in circuit.populations.values()])
    v_scale, origin, u_scale = (values[:, None] for values in scales)
    series: dict[str, FloatArray] = {}
    with np.errstate(all="ignore"):
        if "firing_rate" in record:
            series["firing_rate"] = records.spikes / (sizes * (window / 1000.0))
        if "membrane_potential" in record:
            series["membrane_potential"] = records.potential / v_scale + origin
        if "recovery" in record:
            series["recovery"] = records.recovery / u_scale
        if "synaptic_activation" in record:
            series["synaptic_activation"] = records.activation
    return series


def with_spikes(dataset: xr.Dataset, circuit: Circuit, found: Sequence[Spikes]) -> xr.Dataset:
    """Add the spikes of watched neurons to the dataset of a run, in order of time."""
    neurons = np.concatenate([n for n, _ in found] or [np.zeros(0, dtype=np.int64)])
    times = np.concatenate([t for _, t in found] or [np.zeros(0)])
    order = np.lexsort((neurons, times))
    neurons, times = neurons[order], times[order]
    offset = offsets(circuit)
    population = np.searchsorted(offset, neurons, side="right") - 1
    names = np.array(list(circuit.populations))
    return dataset.assign(
        spike_time=("spike", times, {"units": "ms", "long_name": "time of a spike"}),
        spike_neuron=(
            "spike",
            neurons - offset[population],
            {"units": "1", "long_name": "neuron, counted by threshold in its population"},
        ),
        spike_population=("spike", names[population], {"long_name": "population"}),
    )
