"""The laws by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ikmeanfield.heterogeneity.law import Law

LAWS: dict[str, type[Law]] = {}
"""Every law by the name under which a population refers to it."""

DEFAULT_LAW = "truncated_lorentzian"
"""The law of a population that names none."""
