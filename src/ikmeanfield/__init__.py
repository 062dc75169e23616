"""Networks of heterogeneous Izhikevich neurons and their mean field.

The names below are imported when they are first used, so that ``import ikmeanfield`` costs
nothing and a command loads only what it needs.
"""

from __future__ import annotations

from ikmeanfield.lazy import importer

__version__ = "0.1.0"

_HOMES = {
    "Circuit": "circuit",
    "Population": "circuit",
    "Synapse": "circuit",
    "regular_spiking": "circuit",
    "truncated": "circuit",
    "excitatory_inhibitory": "circuit",
    "bursting": "circuit",
    "bursting_pair": "circuit",
    "constant": "inputs",
    "steps": "inputs",
    "ramp": "inputs",
    "sinusoid": "inputs",
    "pulses": "inputs",
    "white": "inputs",
    "ornstein_uhlenbeck": "inputs",
    "simulate": "spiking",
    "integrate": "theories.mean_field",
    "MeanField": "theories.mean_field",
    "open_experiment": "jobs.open",
    "show_progress": "progress",
    "continuation": "continuation",
    "plot": "plot",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604  (all of them are strings)

__getattr__ = importer(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
