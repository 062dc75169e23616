"""Theories of a circuit: one protocol, one registry, one package per theory.

    settings = MeanFieldSettings(reset_correction=False)
    theory = settings.build(circuit)              # or MeanField(circuit, reset_correction=False)
    theory.integrate(duration=1000.0, sample=1.0)
    theory.problem()                              # for `ikmeanfield.continuation`

This package is light to import: a theory's kernels and solvers load when it is built.
"""

from typing import Annotated

from ikmeanfield.registry import Registry
from ikmeanfield.schema import ChosenByKind
from ikmeanfield.theories.mean_field.settings import MeanFieldSettings
from ikmeanfield.theories.protocol import (
    QUESTIONS,
    DomainError,
    Question,
    StateLimit,
    Theory,
    TheoryFactory,
    TheorySettings,
    UnansweredError,
    require,
)
from ikmeanfield.theories.stationary.settings import StationarySettings

THEORIES: Registry[type[TheorySettings]] = Registry("theory", {})
"""Settings of every theory by its kind. A plug-in calls ``THEORIES.register(kind, settings)``."""

THEORIES.register("mean_field", MeanFieldSettings)
THEORIES.register("stationary", StationarySettings)

TheoryChoice = Annotated[TheorySettings, ChosenByKind(THEORIES, default="mean_field")]
"""A field of a configuration that holds the settings of one theory, chosen by its ``kind``."""

__all__ = [
    "QUESTIONS",
    "THEORIES",
    "DomainError",
    "MeanFieldSettings",
    "Question",
    "StateLimit",
    "StationarySettings",
    "Theory",
    "TheoryChoice",
    "TheoryFactory",
    "TheorySettings",
    "UnansweredError",
    "require",
]
