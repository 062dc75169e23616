"""Which parameters differ between the neurons of a population."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ikmeanfield.heterogeneity.registry import LAWS

if TYPE_CHECKING:
    from ikmeanfield.circuit import Population
    from ikmeanfield.heterogeneity.law import Law


def laws(population: Population) -> dict[str, Law]:
    """The law of each parameter that differs between the neurons of a population, by its name."""
    law = LAWS[population.law]
    return {
        "threshold": law(population.threshold, population.threshold_width, population.half_range)
    }
