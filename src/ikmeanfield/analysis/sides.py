"""Points of a network beside the mean field's: which belongs to which.

Along a rising current a network leaves its lower branch at the fold with the higher current, along
a falling one its upper branch at that with the lower; oscillations have a lower and an upper
border, in either direction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SIDES = (
    ("fold", "up", "upper"),
    ("fold", "down", "lower"),
    ("hopf", "up", "lower"),
    ("hopf", "up", "upper"),
    ("hopf", "down", "upper"),
    ("hopf", "down", "lower"),
)
"""All transitions that are compared: kind, direction of the current, side."""


def bifurcation_sides(kinds: Sequence[str], currents: FloatArray) -> dict[tuple[str, str], float]:
    """The mean field's lowest and highest current by kind and side; NaN where there is none.

    A single Hopf point below all folds is a lower border of oscillations, any other an upper one;
    of a single fold both sides are the same.
    """
    found = {}
    chosen = {
        kind: np.sort([c for k, c in zip(kinds, currents, strict=True) if k == kind])
        for kind in ("fold", "hopf")
    }
    for kind, values in chosen.items():
        found[kind, "lower"] = float(values[0]) if values.size else nan
        found[kind, "upper"] = float(values[-1]) if values.size else nan
    if chosen["hopf"].size == 1:
        below = chosen["fold"].size and chosen["hopf"][0] < chosen["fold"][0]
        found["hopf", "upper" if below else "lower"] = nan
    return found


def network_sides(
    kinds: Sequence[str], directions: Sequence[str], currents: FloatArray,
    bifurcations: dict[tuple[str, str], float],
) -> dict[tuple[str, str, str], int]:  # fmt: skip
    """Which of the points that one detector found stands for which of `SIDES`, by its number.

    Of several borders of oscillations in one direction the outermost two count; a single one
    belongs to the nearest side of the mean field, and to the lower one where it has none.
    """
    found = {}
    for kind, direction, side in SIDES:
        rows = [
            row
            for row, (k, d) in enumerate(zip(kinds, directions, strict=True))
            if (k, d) == (kind, direction)
        ]
        if not rows:
            continue
        rows.sort(key=lambda row: float(currents[row]))
        if kind == "hopf" and len(rows) == 1:
            gaps = {
                other: abs(bifurcations["hopf", other] - float(currents[rows[0]]))
                for other in ("lower", "upper")
            }
            known = {other: gap for other, gap in gaps.items() if np.isfinite(gap)}
            if side != min(known, key=lambda other: known[other], default="lower"):
                continue
        found[kind, direction, side] = rows[0] if side == "lower" else rows[-1]
    return found


SEARCHES = {
    ("fold", "up", "upper"): "edge_up",
    ("fold", "down", "lower"): "edge_down",
    ("hopf", "up", "lower"): "lower_up",
    ("hopf", "up", "upper"): "upper_up",
    ("hopf", "down", "upper"): "upper_down",
    ("hopf", "down", "lower"): "lower_down",
}
"""Which search at constant current looks for which of `SIDES`. What the search for an edge finds
may turn out to be a border of oscillations: then there is no fold."""
CLOSE = ("found", "wide")


def held_statuses(
    lower: FloatArray, upper: FloatArray, searches: Mapping[str, str], mark: float
) -> list[str]:
    """What became of the search at constant current for each of `SIDES`.

    Parameters
    ----------
    lower, upper
        Ends of the intervals of the points that stand for them; NaN where there is none.
    searches
        What became of each search, by its name.
    mark
        A point whose interval is at most twice this wide is found, any other ``"wide"``.
    """
    statuses = []
    for place, side in enumerate(SIDES):
        half = (upper[place] - lower[place]) / 2
        if np.isfinite(half):
            statuses.append("found" if half <= mark * (1 + 1e-9) else "wide")
        else:
            status = searches[SEARCHES[side]]
            statuses.append("none" if status in CLOSE else status)
    return statuses


def counterparts(ramp: FloatArray, statuses: Sequence[str]) -> list[str]:
    """Whether a point on the ramp is one at constant current too: yes, no, unknown, or empty."""
    answers = {"found": "yes", "wide": "yes", "not resolved": "unknown"}
    return [
        answers.get(status, "no") if np.isfinite(value) else ""
        for value, status in zip(ramp, statuses, strict=True)
    ]
