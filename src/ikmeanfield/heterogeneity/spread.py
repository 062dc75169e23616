"""Which parameters differ between the neurons of a population, and how neurons get their values.

Parameters that differ independently are paired independently. With random draws they are drawn
one after the other. With quantiles, neuron i has the i-th quantile of the first parameter that
differs; of any other it has the quantile whose rank is that of the fractional part of (i + ½)α
among all neurons. α is an irrational of each parameter's own: (√5 − 1)/2 for the background
current, √2, √3, √7, √11, ... for the conductances, the synapses in the population's order. These
are rationally independent (√5 is taken), so the points fill the unit cube evenly, with a
discrepancy of order (ln N)/N in any two of its coordinates (Kuipers & Niederreiter, Uniform
Distribution of Sequences, 1974, ch. 2.3), and what is paired does not depend on a seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count, islice
from math import inf, isqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.heterogeneity.registry import LAWS

if TYPE_CHECKING:
    from ikmeanfield.circuit import Population
    from ikmeanfield.heterogeneity.law import Draw, Law

FloatArray = NDArray[np.float64]

CURRENT = "input_current"
"""What `laws` calls the background current."""

GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Differences:
    """How the neurons of a population differ: one entry per neuron, or none.

    Attributes
    ----------
    threshold
        Spiking thresholds in mV.
    current
        Background currents in pA, as differences from the input current; empty if all are zero.
    conductance
        Conductances in nS as differences from the synapse's, by the names of the synapses whose
        conductances differ.
    """

    threshold: FloatArray
    current: FloatArray
    conductance: Mapping[str, FloatArray]

    @property
    def nbytes(self) -> int:
        """Memory held in bytes."""
        conductances = sum(values.nbytes for values in self.conductance.values())
        return self.threshold.nbytes + self.current.nbytes + conductances


def half_ranges(population: Population) -> dict[str, float]:
    """The half-range in effect of everything that may differ, by the field that may give it."""
    truncates = LAWS[population.law].truncates
    limit = population.current_truncation
    found = {
        "truncation": population.half_range,
        "current_truncation": inf if limit is None else limit,
    }
    for name, synapse in population.synapses.items():
        limit = synapse.conductance_truncation
        if limit is None:
            limit = synapse.conductance if truncates else inf
        found[f"{name}.conductance_truncation"] = limit
    return found


def laws(population: Population) -> dict[str, Law]:
    """The law of each parameter that differs between the neurons of a population, by its name.

    The threshold is always among them; ``input_current`` (the background current) and
    ``<synapse>.conductance`` are if their width is not zero.
    """
    law, limits = LAWS[population.law], half_ranges(population)
    found = {
        "threshold": law(population.threshold, population.threshold_width, limits["truncation"])
    }
    if population.current_width > 0:
        found[CURRENT] = law(
            population.input_current, population.current_width, limits["current_truncation"]
        )
    for name, synapse in population.synapses.items():
        if synapse.conductance_width > 0:
            limit = limits[f"{name}.conductance_truncation"]
            found[f"{name}.conductance"] = law(
                synapse.conductance, synapse.conductance_width, limit
            )
    return found


def differences(
    populations: Mapping[str, Population], draw: Draw, rng: np.random.Generator
) -> dict[str, Differences]:
    """Give every neuron its parameters.

    Parameters
    ----------
    populations
        By name.
    draw
        See `Law.sample`.
    rng
        Source of random draws: first of all populations' thresholds, then of what else differs.

    Returns
    -------
    dict of Differences
        By population; neurons in ascending order of their thresholds, or, where all have the same,
        of the first other parameter that differs.
    """
    thresholds = {
        name: laws(population)["threshold"].sample(population.size, draw, rng)
        for name, population in populations.items()
    }
    return {
        name: _of_population(population, thresholds[name], draw, rng)
        for name, population in populations.items()
    }


def _of_population(
    population: Population, threshold: FloatArray, draw: Draw, rng: np.random.Generator
) -> Differences:
    size, spread = population.size, laws(population)
    ordered = population.threshold_width > 0
    values: dict[str, FloatArray] = {}
    names = [CURRENT, *(f"{name}.conductance" for name in population.synapses)]
    for name, turn in zip(names, _turns(len(names)), strict=True):
        if name in spread:
            law = replace(spread[name], center=0.0)
            if not ordered:
                values[name] = law.sample(size, draw, rng)
            elif draw == "random":
                values[name] = law.quantile(rng.random(size))
            else:
                values[name] = law.quantile((_ranks(size, turn) + 0.5) / size)
            ordered = True
    current = values.pop(CURRENT, np.zeros(0))
    if population.current_slope != 0 and population.threshold_width > 0:
        shared = population.current_slope * (threshold - population.threshold)
        current = shared + current if current.size else shared
    return Differences(
        threshold, current, {name.rpartition(".")[0]: each for name, each in values.items()}
    )


def _ranks(size: int, turn: float) -> NDArray[np.int64]:
    """Ranks of the fractional parts of (i + ½)·turn, i = 0, 1, ..., size − 1."""
    ranks = np.empty(size, dtype=np.int64)
    ranks[np.argsort((np.arange(size) + 0.5) * turn % 1.0, kind="stable")] = np.arange(size)
    return ranks


def _turns(number: int) -> list[float]:
    """Rationally independent irrationals: that of the golden ratio, then roots of primes."""
    return [GOLDEN, *islice(_roots(), number - 1)]


def _roots() -> Iterator[float]:
    for n in count(2):
        if n != 5 and all(n % d for d in range(2, isqrt(n) + 1)):
            yield n**0.5
