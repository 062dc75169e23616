"""Connectivity: from which neurons of a population the neurons of another receive input.

    Ring(probability=0.2, exponent=1.5).inputs(1000, 1000, rng)    # CSR: targets × sources

A connectivity is added as a subclass of `Connectivity` and one line below; a plug-in calls
``CONNECTIVITIES.register(name, connectivity)`` instead. A synapse then names it in its field
`connectivity`. As with laws of heterogeneity, the registry lives in a module of its own.
"""

from ikmeanfield.connectivity.connectivity import AllToAll, Connectivity
from ikmeanfield.connectivity.random import Random
from ikmeanfield.connectivity.registry import ALL_TO_ALL, CONNECTIVITIES
from ikmeanfield.connectivity.ring import Ring

CONNECTIVITIES.register(ALL_TO_ALL, AllToAll)
CONNECTIVITIES.register("random", Random)
CONNECTIVITIES.register("ring", Ring)

__all__ = ["ALL_TO_ALL", "CONNECTIVITIES", "AllToAll", "Connectivity", "Random", "Ring"]
