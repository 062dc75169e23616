"""Fig. 8: how heterogeneity shapes the dynamics of a population, claim by claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from ikmeanfield.figures import (
    fig8_barriers,
    fig8_entrainment,
    fig8_linearity,
    fig8_sensitivity,
    fig8_synchrony,
)
from ikmeanfield.plot.paper_style import DOUBLE_COLUMN, style
from ikmeanfield.sources import Sources

TAKES = [
    {
        "oscillations": {
            "kind": "oscillations",
            "sweeps": ["high", "low"],
            "settings": {"networks": True},
        },
        "regions": {"kind": "oscillations", "sweeps": ["map"], "settings": {"networks": True}},
        "planes": {
            "kind": "planes",
            "settings": {"parameter": "rs.input_current", "second": "rs.threshold_width"},
        },
        "stability": {"kind": "stability", "optional": True},
        "onsets": {"kind": "onsets", "settings": {"near": [49.3, 2.1]}, "optional": True},
        "upper_onsets": {"kind": "onsets", "settings": {"near": [60.7, 6.0]}, "optional": True},
        "own_onsets": {"kind": "onsets", "settings": {"near": [45.5, 3.7]}, "optional": True},
    },
    {
        "regions": {"kind": "oscillations", "sweeps": ["map"], "settings": {"networks": True}},
        "planes": {
            "kind": "planes",
            "settings": {"parameter": "rs.input_current", "second": "rs.threshold_width"},
        },
    },
    {"sensitivity": {"kind": "sensitivity", "settings": {"networks": True}}},
    {
        "diagrams": {
            "kind": "diagrams",
            "sweeps": ["width"],
            "settings": {"parameter": "rs.input_current"},
        },
        "hysteresis": {
            "kind": "hysteresis",
            "sweeps": ["width"],
            "settings": {"population": "rs", "networks": True},
        },
        "modes": {"kind": "responses", "sweeps": ["current", "coupling", "adaptation"]},
    },
    {
        "escapes": {"kind": "escapes", "sweeps": ["width"], "settings": {"networks": True}},
        "escapes_of_sizes": {
            "kind": "escapes",
            "sweeps": ["sizes"],
            "settings": {"thresholds": "random", "networks": True},
        },
    },
    {
        "tongues": {
            "kind": "entrainment",
            "sweeps": ["tongue"],
            "settings": {"networks": True},
        },
        "widths": {"kind": "entrainment", "sweeps": ["width"], "settings": {"networks": True}},
    },
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""

ROWS = {
    "synchrony": fig8_synchrony,
    "sensitivity": fig8_sensitivity,
    "linearity": fig8_linearity,
    "barriers": fig8_barriers,
    "entrainment": fig8_entrainment,
}
"""The modules that draw one or more rows of panels each, from above.

Each takes the next `EXPERIMENTS` of the experiments and is `HEIGHT` inches high. Its function
``arrange(experiments)`` gives the keyword arguments of ``draw(place, …)``, which draws into a
SubFigure, of ``caption(…)``, which describes the panels in a few sentences, and of
``findings(…)``, which yields what they show in lines with numbers.
"""

Content = Mapping[str, Mapping[str, Any]]
"""For every module of `ROWS` by name: the keyword arguments of its functions."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Content]:
    """What `draw` and `caption` take."""
    left = list(experiments)
    content = {}
    for name, rows in ROWS.items():
        content[name] = rows.arrange(left[: rows.EXPERIMENTS])
        del left[: rows.EXPERIMENTS]
    return {"content": content}


def draw(content: Content) -> Figure:
    """Draw all panels.

    Parameters
    ----------
    content
        As `arrange` gives it.
    """
    heights = [rows.HEIGHT for rows in ROWS.values()]
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, sum(heights)))
        places = figure.subfigures(len(ROWS), 1, height_ratios=heights, squeeze=False)[:, 0]
        for place, (name, rows) in zip(places, ROWS.items(), strict=True):
            rows.draw(place, **content[name])
    return figure


def caption(content: Content) -> str:
    """The caption, with the findings in numbers."""
    words = [rows.caption(**content[name]) for name, rows in ROWS.items()]
    lines = [line for name, rows in ROWS.items() for line in rows.findings(**content[name])]
    made = content["synchrony"]["oscillations"].attrs
    return (
        "# Fig. 8. How heterogeneity shapes dynamics\n\n"
        + " ".join(words)
        + "\n\n"
        + "".join(f"- {line}\n" for line in lines)
        + f"- made by {made.get('source')} on {made.get('processor')}\n"
    )
