"""Fig. 5: what is drawn and told, read back, against the data that went in."""

from functools import cache

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.diagrams import bifurcation_plane, to_tree
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.figures import fig5
from ikmeanfield.figures.fig5_data import CIRCUIT_VARIED
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


@pytest.fixture
def content(summary, points):
    """Everything that is drawn; the circuit has a network between two of its widths."""
    widths = np.array([0.4, 0.8, 1.2])
    resets = [(1000.0, -1000.0), (50.0, -100.0)]
    runs = [(width, *reset) for reset in resets for width in widths]
    upper = np.array([width * 10.0 for width, *_ in runs])
    fold = np.zeros((len(runs), 3, 2))
    for theory, shift in enumerate((0.0, -1.0, -3.0)):
        fold[:, theory] = np.column_stack([50.0 + upper + shift, np.full(len(runs), 50.0)])
    varied = dict(
        zip(CIRCUIT_VARIED, (("run", list(c)) for c in zip(*runs, strict=True)), strict=True)
    )
    circuit = xr.Dataset(
        {"fold": (("run", "theory", "fold_kind"), fold)},
        {**varied, "theory": ["exact", "corrected", "uncorrected"],
         "fold_kind": ["upper", "lower"]},
    )  # fmt: skip
    networks = xr.Dataset(
        {"bistable": ("run", [6.5, np.nan])},
        {name: ("run", [value] * 2) for name, value in zip(CIRCUIT_VARIED, (0.6, 50.0, -100.0),
                                                          strict=True)},
    )  # fmt: skip
    current = np.linspace(20.0, 80.0, 5)
    transfer = [
        xr.Dataset({"rate": ("current", current * width)}, {"current": current},
                   {"theory": theory, "width": width})
        for width in (0.5, 2.0) for theory in ("exact", "uncorrected", "corrected")
    ]  # fmt: skip
    uncoupled = xr.Dataset(
        {"rate_mean": (("run", "population"), [[12.0], [34.0]])},
        {"rs_input_current": ("run", [40.0, 60.0])},
    )
    onsets = xr.Dataset({
        "value": ("point", [46.1, 41.9]), "second": ("point", [100.0, 80.0]),
        "frequency": ("point", [3.9, 2.7]),
    })  # fmt: skip
    return {
        "plane": plane(), "points": points, "summary": summary, "transfer": transfer,
        "circuit": circuit, "circuit_networks": networks, "onsets": onsets, "uncoupled": uncoupled,
    }  # fmt: skip


def drawn(axes):
    return [np.column_stack(line.get_data()).astype(float) for line in axes.get_lines()]


def holds(axes, expected):
    return any(
        line.shape == expected.shape and np.allclose(line, expected, equal_nan=True)
        for line in drawn(axes)
    )


def test_the_plane_shows_exact_folds_onsets_and_networks(content, points):
    axes = fig5.draw(**content).axes[0]
    for first in (38.0, 24.0):
        assert holds(axes, np.column_stack([first + np.arange(4), KAPPAS]))
    assert holds(axes, np.array([[46.1, 100.0], [41.9, 80.0]]))
    assert "(pA)" in axes.get_xlabel()
    ramp = points.isel(point=slice(4, 8))
    assert holds(axes, np.column_stack([ramp["current"], ramp["kappa"]]))


def test_contributions_and_errors_are_drawn_over_their_sweeps(content):
    axes = fig5.draw(**content).axes
    letters = {text.get_text() for panel in axes for text in panel.texts}
    assert letters == set("ABCDE")
    widths = np.array([0.5, 1.0])
    panels = [panel for panel in axes if holds(panel, np.column_stack([widths, [1.85, 1.85]]))]
    assert len(panels) == 2  # upper and lower fold
    total = np.column_stack([widths, np.full(2, SHARES.sum())])
    assert all(holds(panel, total) for panel in panels)
    resets = np.column_stack([[-100.0, -60.0], [0.25, 0.25]])
    assert any(holds(panel, resets) for panel in axes)


def test_the_circuit_is_drawn_over_resets_and_widths(content):
    """The error of the upper fold is that of the made-up theories; the network lies at 6.5 pA."""
    panels = {axes.get_title(): axes for axes in fig5.draw(**content).axes}
    resets = panels[r"E–I, $\Delta_\mathrm{fs}$ = 0.8 mV"]
    for error in (-1.0, -3.0):
        assert holds(resets, np.array([[0.0, error], [1.0, error]]))
    widths = panels["E–I, 50, −100 mV"]
    assert holds(widths, np.array([[0.4, 4.0], [0.8, 8.0], [1.2, 12.0]]))
    assert any((line[:1] == [[0.6, 6.5]]).all() for line in drawn(widths) if len(line) == 2)


def test_transfer_functions_are_drawn_with_networks(content):
    axes = next(a for a in fig5.draw(**content).axes if a.get_title() == "$s$ = 0")
    current = np.linspace(20.0, 80.0, 5)
    for width in (0.5, 2.0):
        assert holds(axes, np.column_stack([current, current * width]))
    assert holds(axes, np.array([[40.0, 12.0], [60.0, 34.0]]))
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["0.5 mV", "2 mV"]


def test_it_is_drawn_without_what_is_optional(content):
    content |= {"onsets": None, "uncoupled": None}
    assert len(fig5.draw(**content).axes) == 12
    assert "Hopf points:" not in fig5.caption(**content)


def test_the_caption_counts_what_it_tells(content):
    text = fig5.caption(**content)
    assert "the networks of 200 neurons" in text
    assert "4 folds of held networks lie 0.1 pA (median; at most 0.1 pA)" in text
    assert "κ = 10 pA: upper fold +1.95 pA (one u for all +1.85, infinite reset +0.11" in text
    assert "κ = 60 pA" in text  # the last at which the mean field has folds
    assert "κ = 100 pA" not in text.replace("3.9 Hz at κ = 100 pA", "")
    assert "exact Hopf points: 46.10 pA and 3.9 Hz at κ = 100 pA, 41.90 pA and 2.7 Hz" in text
    assert "bistable intervals of 1 held networks of the circuit differ from the exact" in text
    assert "the exact theory's by 0.5 pA" in text
    assert "the uncorrected theory's by 3.5 pA" in text
