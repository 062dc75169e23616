"""The laws by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ikmeanfield.registry import Registry

if TYPE_CHECKING:
    from ikmeanfield.heterogeneity.law import Law

LAWS: Registry[type[Law]] = Registry("law", {})
"""Every law by the name under which a population refers to it."""

DEFAULT_LAW = "truncated_lorentzian"
"""The law of a population that names none."""
