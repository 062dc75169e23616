"""The mean field of a circuit: vector field, Jacobian, reset correction, integration in time.

Names are imported when first used, since compiled kernels are slow to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ikmeanfield.lazy import importer

if TYPE_CHECKING:
    from ikmeanfield.theories.mean_field.domain import ResetAccuracyWarning, ResetDomainError
    from ikmeanfield.theories.mean_field.integration import IntegrationError, integrate
    from ikmeanfield.theories.mean_field.model import MeanField
    from ikmeanfield.theories.mean_field.reset import adjusted_current, firing_rate
    from ikmeanfield.theories.mean_field.settings import Form, MeanFieldSettings

__all__ = [
    "Form",
    "IntegrationError",
    "MeanField",
    "MeanFieldSettings",
    "ResetAccuracyWarning",
    "ResetDomainError",
    "adjusted_current",
    "firing_rate",
    "integrate",
]

_HOMES = {
    "Form": "settings",
    "IntegrationError": "integration",
    "MeanField": "model",
    "MeanFieldSettings": "settings",
    "ResetAccuracyWarning": "domain",
    "ResetDomainError": "domain",
    "adjusted_current": "reset",
    "firing_rate": "reset",
    "integrate": "integration",
}

__getattr__ = importer(__name__, _HOMES)
