"""Fig. 7: what is drawn and told, read back, against the data that went in."""

from functools import cache

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.diagrams import bifurcation_plane
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.figures import fig7
from ikmeanfield.figures.fig7_panels import Plane
from ikmeanfield.studies.hysteresis import REGIONS
from ikmeanfield.studies.responses import meaningful
from ikmeanfield.theories import MeanFieldSettings

CURRENTS = np.array([0.0, 25.0, 50.0])
FREQUENCIES = np.array([1.0, 10.0, 100.0])
POPULATIONS = ["rs", "fs"]
MODELS = ["network", "mean_field"]


@cache
def branches():
    return bifurcation_plane(
        regular_spiking(), ("rs.input_current", "rs.threshold_width"), ((0.0, 60.0), (0.5, 4.0)),
        scans=2, theory=MeanFieldSettings(reset_correction=False),
    )  # fmt: skip


def plane(second, **values):
    first = f"{second.partition('_')[0]}.input_current"
    return Plane(branches(), values, first, second, ((0.0, 60.0), (0.5, 4.0)))


@pytest.fixture
def hysteresis():
    """Regions that count up along the runs, and widths that equal the run's number."""
    rows = [("fs_width", kappa, width, 1.0) for kappa in (10.0, 100.0) for width in (0.5, 1.0)]
    rows += [
        ("rs_width", kappa, fs, width)
        for kappa in (10.0, 100.0) for fs in (0.2, 2.0) for width in (1.0, 3.0)
    ]  # fmt: skip
    sweep, kappa, fs, rs = (list(column) for column in zip(*rows, strict=True))
    count = len(rows)
    region = (np.arange(count)[:, None] + np.arange(3)) % len(REGIONS)
    shape = (count, 2, 2, 3)
    dims = ("run", "model", "population", "current")
    width = np.broadcast_to(np.arange(count, dtype=float)[:, None, None], (count, 2, 2))
    return xr.Dataset(
        {
            "region": (dims, np.broadcast_to(region[:, None, None], shape)),
            "width": (("run", "model", "population"), width),
        },
        {
            "sweep": ("run", sweep), "rs_adaptation": ("run", kappa),
            "fs_threshold_width": ("run", fs), "rs_threshold_width": ("run", rs),
            "model": MODELS, "population": POPULATIONS, "current": CURRENTS,
        },
        {"source": "made up", "processor": "none"},
    )  # fmt: skip


@pytest.fixture
def responses():
    """A gain that peaks at 10 Hz; the network of the first run is not linear."""
    runs = [(30.0, 0.1), (30.0, 0.4), (30.0, 1.6), (60.0, 0.1)]
    dims = ("run", "model", "population", "frequency")
    gain = np.tile(np.array([1.0, 3.0, 0.1]), (4, 2, 1, 1))
    half = gain.copy()
    half[0] *= 2
    scalar = ("run", "model", "population")
    growth = np.full((4, 2, 1), -5.0)
    growth[3] = 7.0
    return xr.Dataset(
        {
            "gain": (dims, gain), "half_gain": (dims, half), "gain_error": (dims, gain / 10),
            "coherence": (dims, np.full(gain.shape, 0.9)), "growth": (scalar, growth),
            "resonance": (scalar, np.full((4, 2, 1), 10.0)),
            "resonance_gain": (scalar, np.full((4, 2, 1), 3.0)),
        },
        {
            "fs_input_current": ("run", [current for current, _ in runs]),
            "fs_threshold_width": ("run", [width for _, width in runs]),
            "model": MODELS, "population": ["rs"], "frequency": FREQUENCIES,
        },
    )  # fmt: skip


def series(name, values):
    time = np.arange(0.0, 3000.0, 10.0)
    rate = np.zeros((2, 2, 1, time.size)) + np.array([10.0, 20.0])[:, None, None, None]
    return xr.Dataset(
        {"firing_rate": (("run", "model", "population", "time"), rate)},
        {name: ("run", values), "model": MODELS, "population": ["rs"], "time": time},
    )


@pytest.fixture
def content(hysteresis, responses):
    maps = [plane("fs_threshold_width", rs_adaptation=kappa) for kappa in (10.0, 100.0)]
    maps += [
        plane("rs_threshold_width", rs_adaptation=kappa, fs_threshold_width=fs)
        for kappa in (10.0, 100.0) for fs in (0.2, 2.0)
    ]  # fmt: skip
    return {
        "maps": maps, "hysteresis": hysteresis, "responses": responses,
        "series": [
            series("fs_threshold_width", [0.2, 0.8]), series("rs_adaptation", [10.0, 100.0])
        ],
        "alone": [plane(f"{name}_threshold_width") for name in ("rs", "rs", "fs", "lts")],
        "types": [plane("rs_threshold_width", lts_threshold_width=w) for w in (0.1, 0.6, 1.8)],
    }  # fmt: skip


def test_maps_show_the_regions_of_their_own_networks(content):
    """Oracle: regions counted up along the runs, picked out here by hand."""
    figure = fig7.draw(**content)
    meshes = [axes.collections[0] for axes in figure.axes[:6]]
    region = content["hysteresis"]["region"].sel(model="network", population="rs").values
    expected = [region[[0, 1]], region[[4, 5]], region[[6, 7]],
                region[[2, 3]], region[[8, 9]], region[[10, 11]]]  # fmt: skip
    for mesh, rows in zip(meshes, expected, strict=True):
        np.testing.assert_array_equal(mesh.get_array().reshape(2, 3), rows)
    titles = [axes.get_title() for axes in figure.axes[:6]]
    assert titles[0] == r"$\kappa$ = 10 pA"
    assert "100" in titles[3]
    assert r"$\Delta_\mathrm{fs}$ = 2 mV" in titles[5]


def test_resonances_without_meaning_are_not_drawn(responses):
    """Oracle: the first network was made nonlinear, and the last steady state unstable."""
    assert meaningful(responses.sel(population="rs"), "network").tolist() == [
        False, True, True, True
    ]  # fmt: skip
    assert meaningful(responses.sel(population="rs"), "mean_field").tolist() == [
        True, True, True, False
    ]  # fmt: skip


def test_the_caption_tells_the_numbers(content):
    text = fig7.caption(**content)
    assert "resonance at I_fs = 30 pA: Δ_fs = 0.1 mV: mean field 10 Hz, gain × 3;" in text
    assert "resonance at I_fs = 60 pA" not in text
    assert "bistable range, κ = 10 pA, Δ_fs = 2 mV, Δ_rs = 1 mV: network 6 pA" in text
    assert "oscillating levels, κ = 10 pA, Δ_fs = 0.5 mV: network 0%" in text
    assert "oscillating levels, κ = 10 pA, Δ_fs = 0.2 mV, Δ_rs = 1 mV: network 0%" in text
