"""Heterogeneity of neurons: which parameters differ within a population, and by which law.

    laws(population)["threshold"].sample(1000, "quantiles", rng)

A law is added as a subclass of `Law` and one line below; a plug-in calls
``LAWS.register(name, law)`` instead. A population then names the law in its field `law`. The
registry itself lives in a module of its own, so that a circuit can check the name of a law without
depending on the laws.
"""

from ikmeanfield.heterogeneity.fitting import Fit, closest_lorentzian, with_lorentzians
from ikmeanfield.heterogeneity.gaussian import TruncatedGaussian
from ikmeanfield.heterogeneity.law import Draw, Law
from ikmeanfield.heterogeneity.lorentzian import Lorentzian, TruncatedLorentzian
from ikmeanfield.heterogeneity.registry import DEFAULT_LAW, LAWS
from ikmeanfield.heterogeneity.spread import Differences, differences, half_ranges, laws

LAWS.register("truncated_lorentzian", TruncatedLorentzian)
LAWS.register("lorentzian", Lorentzian)
LAWS.register("truncated_gaussian", TruncatedGaussian)

__all__ = [
    "DEFAULT_LAW",
    "LAWS",
    "Differences",
    "Draw",
    "Fit",
    "Law",
    "Lorentzian",
    "TruncatedGaussian",
    "TruncatedLorentzian",
    "closest_lorentzian",
    "differences",
    "half_ranges",
    "laws",
    "with_lorentzians",
]
