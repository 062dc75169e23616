"""The connectivities by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ikmeanfield.registry import Registry

if TYPE_CHECKING:
    from ikmeanfield.connectivity.connectivity import Connectivity

CONNECTIVITIES: Registry[type[Connectivity]] = Registry("connectivity", {})
"""Every connectivity by the name under which a synapse refers to it."""

ALL_TO_ALL = "all_to_all"
"""The connectivity of a synapse that names none."""
