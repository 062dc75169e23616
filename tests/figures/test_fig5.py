"""Fig. 5: what is drawn and told, read back, against the data that went in."""

from functools import cache

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.diagrams import bifurcation_plane, to_tree
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.figures import fig5
from ikmeanfield.theories import MeanFieldSettings

KAPPAS = [10.0, 30.0, 60.0, 100.0]
SWEEPS = {
    "kappa": ("rs_adaptation", KAPPAS),
    "width": ("rs_threshold_width", [0.5, 1.0]),
    "cutoff": ("rs_truncation", [10.0, 20.0]),
    "reset": ("rs_reset_potential", [-60.0, -100.0]),
}
SHARES = np.array([0.11, -0.01, 1.85])
"""Contributions to the upper fold at the first grid point, in the order of the assumptions."""


@cache
def plane():
    branches = bifurcation_plane(
        regular_spiking(), ("rs.input_current", "rs.adaptation"), ((0.0, 100.0), (0.0, 130.0)),
        scans=3, theory=MeanFieldSettings(reset_correction=False),
    )  # fmt: skip
    return to_tree(branches)


@pytest.fixture
def summary():
    """Folds that rise with the grid point; at κ = 100 the mean field has none."""
    sweep = [name for name, (_, values) in SWEEPS.items() for _ in values]
    count = len(sweep)
    fold = np.zeros((count, 2, 2, 2, 2))
    for run in range(count):
        for place in np.ndindex(2, 2, 2):
            fold[(run, *place)] = np.array([38.0, 24.0]) + run + np.dot(place, SHARES)
    fold[KAPPAS.index(100.0), 1, 1, 1] = np.nan
    contribution = np.broadcast_to(SHARES[:, None], (count, 3, 2)).copy()
    contribution[KAPPAS.index(100.0)] = np.nan
    error = fold[:, 1, 1, 1] - fold[:, 0, 0, 0]
    coordinates = {"sweep": ("run", sweep)}
    for name, (path, values) in SWEEPS.items():
        column = np.full(count, 1.0)
        column[np.array(sweep) == name] = values
        coordinates[path] = ("run", column)
    names = ("infinite_reset", "full_lorentzian", "shared_recovery")
    return xr.Dataset(
        {
            "fold": (("run", *names, "fold_kind"), fold),
            "contribution": (("run", "assumption", "fold_kind"), contribution),
            "error": (("run", "fold_kind"), error),
            "corrected": (("run", "fold_kind"), fold[:, 0, 0, 0] + 0.25),
        },
        {**coordinates, "assumption": list(names), "fold_kind": ["upper", "lower"]},
        {"source": "test", "processor": "test"},
    )


@pytest.fixture
def points():
    """At every κ one fold held still, 0.1 pA above the exact upper fold, and one on the ramp."""
    held = [38.1 + place for place in range(len(KAPPAS))]
    count = len(held)
    values = np.array([*held, *(current + 1.0 for current in held)])
    return xr.Dataset(
        {
            "kind": ("point", ["fold"] * 2 * count),
            "detector": ("point", ["held"] * count + ["ramp"] * count),
            "current": ("point", values),
            "lower": ("point", values - 0.05),
            "upper": ("point", values + 0.05),
            "noise": ("point", np.full(2 * count, 0.02)),
        },
        {"kappa": ("point", KAPPAS * 2)},
        {"size": 200},
    )


def drawn(axes):
    return [np.column_stack(line.get_data()).astype(float) for line in axes.get_lines()]


def holds(axes, expected):
    return any(
        line.shape == expected.shape and np.allclose(line, expected, equal_nan=True)
        for line in drawn(axes)
    )


def test_the_plane_shows_exact_folds_and_networks(summary, points):
    axes = fig5.draw(plane(), points, summary).axes[0]
    for first in (38.0, 24.0):
        assert holds(axes, np.column_stack([first + np.arange(4), KAPPAS]))
    assert "(pA)" in axes.get_xlabel()
    ramp = points.isel(point=slice(4, 8))
    assert holds(axes, np.column_stack([ramp["current"], ramp["kappa"]]))


def test_contributions_and_errors_are_drawn_over_their_sweeps(summary, points):
    axes = fig5.draw(plane(), points, summary).axes
    letters = {text.get_text() for panel in axes for text in panel.texts}
    assert letters == set("ABCDE")
    widths = np.array([0.5, 1.0])
    panels = [panel for panel in axes if holds(panel, np.column_stack([widths, [1.85, 1.85]]))]
    assert len(panels) == 2  # upper and lower fold
    total = np.column_stack([widths, np.full(2, SHARES.sum())])
    assert all(holds(panel, total) for panel in panels)
    resets = np.column_stack([[-100.0, -60.0], [0.25, 0.25]])
    assert any(holds(panel, resets) for panel in axes)


def test_the_caption_counts_what_it_tells(summary, points):
    text = fig5.caption(plane(), points, summary)
    assert "the networks of 200 neurons" in text
    assert "4 folds of held networks lie 0.1 pA (median; at most 0.1 pA)" in text
    assert "κ = 10 pA: upper fold +1.95 pA (one u for all +1.85, infinite reset +0.11" in text
    assert "κ = 60 pA" in text  # the last at which the mean field has folds
    assert "κ = 100 pA" not in text
