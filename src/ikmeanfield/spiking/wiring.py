"""The arrays of sparse networks: which neurons a spike reaches, and what each neuron receives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.connectivity import CONNECTIVITIES
from ikmeanfield.heterogeneity import Differences
from ikmeanfield.spiking.layout import Variety, offsets

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

EDGES = 2**31 - 1
"""Largest number of connections of one network; more take tens of GB."""


class Wiring(NamedTuple):
    """Connections of a sparse network, and scratch of a step.

    Every synapse has an activation per neuron of its target; those of synapse j are
    ``start[j]`` to ``start[j + 1]`` of one array. A *path* is a synapse with one of its source
    populations; what enters the neurons of path q is ``place[q]`` to ``place[q + 1]``.
    """

    start: IntArray  # (synapses + 1,)
    synapse: IntArray  # (paths,)
    source: IntArray  # (paths,) population
    dense: NDArray[np.int64]  # (paths,) 1: every spike reaches all neurons
    first: IntArray  # (paths,) of the source's first neuron in `pointer`
    place: IntArray  # (paths + 1,)
    gain: FloatArray  # (entries,) J over the number of inputs
    pointer: IntArray  # of every source neuron's first entry in `targets`, path by path
    targets: NDArray[np.uint32]  # the entries that its spikes reach
    everyone: IntArray  # (neurons,) their numbers
    current: FloatArray  # these and all to `key` as in `layout.Variety`; never empty
    force: FloatArray
    field: FloatArray
    noisy: IntArray
    cauchy: FloatArray
    gaussian: FloatArray
    largest: FloatArray
    key: NDArray[np.uint64]
    held: FloatArray  # (activations,)
    entering: FloatArray  # (entries, 2) unit jumps at the end of a step, and their averages


def shuffled(
    neurons: Mapping[str, Differences], rng: np.random.Generator
) -> dict[str, Differences]:
    """The neurons of every population in random order: places do not follow thresholds."""
    found = {}
    for name, each in neurons.items():
        order = rng.permutation(each.threshold.size)
        found[name] = replace(
            each,
            threshold=each.threshold[order],
            current=each.current[order] if each.current.size else each.current,
            conductance={key: values[order] for key, values in each.conductance.items()},
        )
    return found


def stirred_by(wiring: Wiring, various: Variety) -> Wiring:
    """The same connections between neurons with these currents and this noise of their own."""
    currents = various.current if various.current.size else np.zeros(wiring.everyone.size)
    return wiring._replace(
        current=currents, noisy=various.noisy, cauchy=various.cauchy, gaussian=various.gaussian,
        largest=various.largest, key=various.key,
    )  # fmt: skip


def wire(circuit: Circuit, rng: np.random.Generator) -> Wiring:
    """Draw the connections of a circuit; neurons have no currents and no noise yet.

    Raises
    ------
    ValueError
        If there are more than `EDGES` connections.
    """
    names = list(circuit.populations)
    offset = offsets(circuit)
    sizes = np.diff(offset)
    rows = [
        (names.index(name), synapse)
        for name, population in circuit.populations.items()
        for synapse in population.synapses.values()
    ]
    paths = [
        (j, target, names.index(source), synapse, weight)
        for j, (target, synapse) in enumerate(rows)
        for source, weight in synapse.weights.items()
    ]
    place = np.cumsum([0, *(sizes[target] for _, target, _, _, _ in paths)], dtype=np.int64)
    first, gain = np.zeros(len(paths), dtype=np.int64), np.zeros(int(place[-1]))
    pointers: list[IntArray] = []
    reached: list[NDArray[np.uint32]] = []
    edges, known = 0, 0
    for q, (_, target, source, synapse, weight) in enumerate(paths):
        block = slice(int(place[q]), int(place[q + 1]))
        first[q] = known
        if not synapse.sparse:
            gain[block] = weight / sizes[source]
            continue
        kind = CONNECTIVITIES[synapse.connectivity]
        law = kind(synapse.connection_probability, synapse.distance_exponent)
        counts = law.inputs(int(sizes[target]), int(sizes[source]), rng)
        degree = np.asarray(counts.sum(axis=1), dtype=float).ravel()
        gain[block] = np.divide(weight, degree, out=np.zeros_like(degree), where=degree > 0)
        by_source = counts.tocsc()
        ends = np.cumsum(np.asarray(counts.sum(axis=0), dtype=np.int64).ravel())
        pointers.append(edges + np.concatenate([[0], ends]))
        entries = np.repeat(by_source.indices, by_source.data).astype(np.uint32)
        reached.append(entries + np.uint32(place[q]))
        edges += int(ends[-1])
        known += int(sizes[source]) + 1
        if edges > EDGES:
            name = f"{names[target]} from {names[source]}"
            msg = f"the connections of {name} make {edges} in all, more than {EDGES}: take fewer"
            raise ValueError(msg)
    start = np.cumsum([0, *(sizes[target] for target, _ in rows)], dtype=np.int64)
    return Wiring(
        start=start,
        synapse=np.array([j for j, *_ in paths], dtype=np.int64),
        source=np.array([source for _, _, source, _, _ in paths], dtype=np.int64),
        dense=np.array([not synapse.sparse for *_, synapse, _ in paths], dtype=np.int64),
        first=first,
        place=place,
        gain=gain,
        pointer=np.concatenate([*pointers, np.zeros(0, dtype=np.int64)]),
        targets=np.concatenate([*reached, np.zeros(0, dtype=np.uint32)]),
        everyone=np.arange(offset[-1]),
        current=np.zeros(int(offset[-1])),
        force=np.zeros(int(offset[-1])),
        field=np.zeros(int(offset[-1])),
        noisy=np.zeros(len(names), dtype=np.int64),
        cauchy=np.zeros(len(names)),
        gaussian=np.zeros(len(names)),
        largest=np.zeros(len(names)),
        key=np.zeros(1, dtype=np.uint64),
        held=np.zeros(int(start[-1])),
        entering=np.zeros((int(place[-1]), 2)),
    )
