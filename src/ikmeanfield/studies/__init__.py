"""Kinds of studies: what an experiment can do at its grid points, or with all of them.

A kind is one module with one class derived from `Study`, and one line below. A plug-in calls
``KINDS.register(name, kind)`` instead.
"""

from typing import TYPE_CHECKING

from ikmeanfield.registry import Registry

if TYPE_CHECKING:
    from ikmeanfield.studies.study import Study

KINDS: "Registry[type[Study]]" = Registry(
    "kind of study",
    {
        "networks": "ikmeanfield.studies.networks:Networks",
        "predictions": "ikmeanfield.studies.predictions:Predictions",
        "diagrams": "ikmeanfield.studies.diagrams:Diagrams",
        "rates": "ikmeanfield.studies.rates:Rates",
        "transitions": "ikmeanfield.studies.transitions:Transitions",
        "ramps": "ikmeanfield.studies.ramps:Ramps",
        "points": "ikmeanfield.studies.points:Points",
        "planes": "ikmeanfield.studies.planes:Planes",
        "traces": "ikmeanfield.studies.traces:Traces",
        "attribution": "ikmeanfield.studies.attribution:Attribution",
        "onsets": "ikmeanfield.studies.onsets:Onsets",
        "oscillations": "ikmeanfield.studies.oscillations:Oscillations",
        "responses": "ikmeanfield.studies.responses:Responses",
        "hysteresis": "ikmeanfield.studies.hysteresis:Hysteresis",
        "codes": "ikmeanfield.studies.codes:Codes",
        "encoding": "ikmeanfield.studies.encoding:Encoding",
        "decoding": "ikmeanfield.studies.decoding:Decoding",
        "sensitivity": "ikmeanfield.studies.sensitivity:Sensitivity",
        "stability": "ikmeanfield.studies.stability:Stability",
        "escapes": "ikmeanfield.studies.escapes:Escapes",
        "entrainment": "ikmeanfield.studies.entrainment:Entrainment",
    },
)
"""Every kind of study, by name."""

__all__ = ["KINDS"]
