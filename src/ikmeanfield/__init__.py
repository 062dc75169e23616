"""Networks of heterogeneous Izhikevich neurons and their mean field.

The names below are imported when they are first used, so that ``import ikmeanfield`` costs
nothing and a command loads only what it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "Circuit": "ikmeanfield.circuit",
    "Population": "ikmeanfield.circuit",
    "Synapse": "ikmeanfield.circuit",
    "regular_spiking": "ikmeanfield.circuit",
    "truncated": "ikmeanfield.circuit",
    "excitatory_inhibitory": "ikmeanfield.circuit",
    "bursting": "ikmeanfield.circuit",
    "bursting_pair": "ikmeanfield.circuit",
    "constant": "ikmeanfield.inputs",
    "steps": "ikmeanfield.inputs",
    "ramp": "ikmeanfield.inputs",
    "sinusoid": "ikmeanfield.inputs",
    "pulses": "ikmeanfield.inputs",
    "white": "ikmeanfield.inputs",
    "ornstein_uhlenbeck": "ikmeanfield.inputs",
    "simulate": "ikmeanfield.spiking",
    "integrate": "ikmeanfield.theories.mean_field",
    "MeanField": "ikmeanfield.theories.mean_field",
    "open_experiment": "ikmeanfield.jobs.open",
    "show_progress": "ikmeanfield.progress",
}
_PACKAGES = ("continuation", "plot")

__all__ = ["__version__", *_HOME, *_PACKAGES]  # noqa: PLE0604  (all of them are strings)


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
