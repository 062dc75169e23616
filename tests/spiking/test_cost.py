"""No allocation inside the time loop, and few bytes per neuron."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from neurons import both, coupled
from numba.core.runtime import _nrt_python, rtsys

from ikmeanfield.inputs import ramp
from ikmeanfield.spiking import Network
from ikmeanfield.spiking.recording import watch


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_the_time_loop_allocates_nothing(scheme: str) -> None:
    """Oracle: numba's own counters: as many allocations for ten times the steps."""
    network = Network(
        both(rs_size=600, fs_size=600, rs_input_current=100.0), scheme=scheme, step=0.1
    )  # type: ignore[arg-type]
    inputs = {"fs": ramp([(0, 20.0), (1000, 90.0)])}
    _nrt_python.memsys_enable_stats()
    try:
        counts = []
        for duration in (500.0, 500.0, 5000.0):  # fifty calls of the kernel each
            before = rtsys.get_allocation_stats()
            data = network.run(inputs, duration=duration, sample=duration, spikes={"rs": [0, 1]})
            after = rtsys.get_allocation_stats()
            counts.append(after.alloc - before.alloc)
            assert after.alloc - before.alloc == after.free - before.free
            assert float(data.firing_rate.sum()) > 0
    finally:
        _nrt_python.memsys_disable_stats()
    assert counts[0] > 0  # the counters do count
    assert counts[1] == counts[2]


def test_python_allocates_by_sample_and_not_by_step() -> None:
    """Oracle: tracemalloc; inputs are computed piece by piece, so many more steps need no more."""
    network = Network(coupled(size=50), step=0.1)
    inputs = {"rs": ramp([(0, 20.0), (10_000, 90.0)])}
    peaks = []
    for duration in (500.0, 500.0, 20_000.0):
        tracemalloc.start()
        network.run(inputs, duration=duration, sample=duration / 10)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.5 * peaks[1] + 10_000


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_bytes_per_neuron(scheme: str) -> None:
    """Oracle: the sum of the sizes of every array a network holds, with all spikes watched."""
    size = 20_000
    network = Network(coupled(size=size), scheme=scheme)  # type: ignore[arg-type]
    arrays = {id(a): a for a in network.snapshot()[1]} | {id(a): a for a in network._cells}
    arrays |= {id(a): a for a in network._various}
    arrays |= {id(a): a for a in network.thresholds.values()}
    arrays |= {id(a): a for a in network._synapses}
    watched = watch(network.circuit, {"rs": range(size)})
    total = sum(a.nbytes for a in arrays.values()) + watched.nbytes
    assert total / size < 200 / 2
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    held = Network(coupled(size=size), scheme=scheme)  # type: ignore[arg-type]
    held.run(duration=1.0, sample=1.0)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert peak / size < 200
    assert np.isfinite(held.potentials("rs")).all()
