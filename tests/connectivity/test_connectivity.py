"""Connectivities: how many inputs neurons have, from where, and what circuits accept."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ikmeanfield.circuit import regular_spiking
from ikmeanfield.connectivity import AllToAll, Random, Ring
from ikmeanfield.schema import ConfigError
from ikmeanfield.theories import THEORIES

SPARSE = {"rs.ampa.connectivity": "ring", "rs.ampa.connection_probability": 0.2}


def test_random_connections_are_independent_with_their_probability():
    """Oracle: the binomial law of the numbers of inputs, and of outputs."""
    size, p = 800, 0.1
    counts = Random(p).inputs(size, size, np.random.default_rng(1)).toarray()
    assert set(np.unique(counts)) == {0, 1}
    for axis in (0, 1):
        degrees = counts.sum(axis=axis)
        assert abs(degrees.mean() - p * size) < 4 * np.sqrt(p * (1 - p))
        assert degrees.var() == pytest.approx(p * (1 - p) * size, rel=0.25)
    assert counts.diagonal().mean() == pytest.approx(p, abs=0.05)


def test_large_random_networks_are_drawn_in_parts():
    """Oracle: the mean number of inputs, 3,000 · 3,000 pairs being more than one part."""
    counts = Random(0.05).inputs(3000, 3000, np.random.default_rng(2))
    assert counts.sum() / 3000**2 == pytest.approx(0.05, abs=3e-4)


def test_certain_connections_are_all_to_all():
    """Oracle: a matrix of ones."""
    rng = np.random.default_rng(3)
    assert (Random(1.0).inputs(7, 5, rng) != AllToAll().inputs(7, 5, rng)).nnz == 0


@pytest.mark.parametrize("exponent", [0.0, 0.75, 1.5])
def test_distances_on_a_ring_follow_their_law(exponent):
    """Oracle: d^−a normalised by hand; a χ² test of the distances, and as many on either side."""
    size, p = 600, 0.2
    counts = Ring(p, exponent).inputs(size, size, np.random.default_rng(4)).tocoo()
    signed = (counts.col - counts.row + size // 2) % size - size // 2
    found = np.bincount(np.abs(signed), counts.data, size // 2 + 1)
    assert found.sum() == size * round(p * size)
    assert found[0] == 0
    law = np.arange(1, size // 2 + 1) ** -exponent
    expected = law / law.sum() * found.sum()
    assert stats.chisquare(found[1:], expected).pvalue > 1e-3
    inner = np.abs(signed) < size // 2  # the opposite neuron is on neither side
    right = counts.data[inner & (signed > 0)].sum()
    left = counts.data[inner & (signed < 0)].sum()
    assert abs(right - left) < 4 * np.sqrt(right + left)


def test_rings_of_different_sizes_lie_beside_each_other():
    """Oracle: the angle between a neuron and the mean direction of its inputs, about zero."""
    counts = Ring(0.1, 1.5).inputs(50, 400, np.random.default_rng(5)).toarray()
    angles = 2 * np.pi * np.arange(400) / 400
    direction = np.angle(counts @ np.exp(1j * angles))
    offset = np.angle(np.exp(1j * (direction - 2 * np.pi * np.arange(50) / 50)))
    assert np.abs(offset).max() < 0.6
    assert abs(offset.mean()) < 0.1


def test_circuits_without_sparse_synapses_are_stored_as_before():
    """Oracle: the names of the fields that stored circuits had before there was connectivity."""
    stored = regular_spiking().identity()["populations"]["rs"]["synapses"]["ampa"]
    assert set(stored) == {"conductance", "reversal_potential", "synaptic_time", "weights"}
    ring = regular_spiking().replace(SPARSE)
    assert ring.sparse
    assert not regular_spiking().sparse
    assert ring.identity()["populations"]["rs"]["synapses"]["ampa"]["connectivity"] == "ring"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rs.ampa.connection_probability": 0.5}, "connection_probability = 0.5 means nothing"),
        (
            {"rs.ampa.connectivity": "random", "rs.ampa.distance_exponent": 1.0},
            "distance_exponent = 1 means nothing to the connectivity 'random'",
        ),
        ({"rs.ampa.connectivity": "line"}, "allowed are all_to_all, random, ring"),
        ({**SPARSE, "rs.ampa.conductance_width": 0.1}, "conductances can differ only"),
        ({**SPARSE, "rs.ampa.connection_probability": 0.0}, "greater than 0"),
    ],
)
def test_what_a_synapse_cannot_have_is_refused_in_words(changes, words):
    """Oracle: the message names the parameter and what is allowed."""
    with pytest.raises(ConfigError, match=words):
        regular_spiking().replace(changes)


@pytest.mark.parametrize("kind", ["mean_field", "stationary"])
def test_theories_of_large_networks_do_not_know_connections(kind):
    """Oracle: the same key with and without them."""
    theory = THEORIES[kind]()
    circuit = regular_spiking()
    assert theory.identity(circuit) == theory.identity(circuit.replace(SPARSE))
