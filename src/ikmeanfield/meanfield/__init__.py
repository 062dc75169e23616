"""The mean field of a circuit: vector field, Jacobian, reset correction, integration in time.

Names are imported when first used, since compiled kernels are slow to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ikmeanfield.meanfield.domain import ResetAccuracyWarning, ResetDomainError
    from ikmeanfield.meanfield.integration import IntegrationError, integrate
    from ikmeanfield.meanfield.model import Form, MeanField
    from ikmeanfield.meanfield.reset import adjusted_current, firing_rate

__all__ = [
    "Form",
    "IntegrationError",
    "MeanField",
    "ResetAccuracyWarning",
    "ResetDomainError",
    "adjusted_current",
    "firing_rate",
    "integrate",
]

_HOMES = {
    "Form": "model",
    "IntegrationError": "integration",
    "MeanField": "model",
    "ResetAccuracyWarning": "domain",
    "ResetDomainError": "domain",
    "adjusted_current": "reset",
    "firing_rate": "reset",
    "integrate": "integration",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
