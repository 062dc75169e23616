"""Fig. 7: what is drawn and told, read back, against the data that went in."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.diagrams import bifurcation_plane, to_tree
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.figures import fig7
from ikmeanfield.figures.fig7_maps import Map, Plane, agreement, maps, protocol
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


class Stored:
    """Planes as a study has stored them, in this order of their fixed values."""

    def __init__(self, second, *fixed):
        first = f"{second.partition('.')[0]}.input_current"
        self.settings = SimpleNamespace(
            parameter=first, second=second, bounds=[0.0, 60.0], second_bounds=[0.5, 4.0]
        )
        self.trees = [xr.DataTree(children={"curves": to_tree(branches())}) for _ in fixed]
        for tree, values in zip(self.trees, fixed, strict=True):
            tree.attrs = values

    def each(self):
        return [(None, tree) for tree in self.trees]


def held(regions, second="rs_threshold_width", **fixed):
    """A map whose network and mean field have these regions, row by row."""
    network, predicted = (np.array(rows) for rows in regions)
    found = xr.Dataset(
        {"region": (("run", "model", "current"), np.stack([network, predicted], axis=1))},
        {"model": MODELS, "current": np.arange(network.shape[1]) * 10.0,
         second: ("run", 1.0 + np.arange(len(network)))},
        {"size": "4000", "hold": 500.0},
    )  # fmt: skip
    return Map(plane(second, **fixed), found)


@pytest.fixture
def content(hysteresis, responses):
    every = [
        Stored("fs.threshold_width", *({"rs_adaptation": kappa} for kappa in (100.0, 10.0))),
        Stored(
            "rs.threshold_width",
            *({"rs_adaptation": kappa, "fs_threshold_width": fs}
              for kappa in (100.0, 10.0) for fs in (2.0, 0.2)),
        ),
    ]  # fmt: skip
    circuit = [
        one for source, sweep in zip(every, ("fs_width", "rs_width"), strict=True)
        for one in maps(source, of_sweep(hysteresis, sweep), "rs")
    ]  # fmt: skip
    flat = ([[0, 1, 3]] * 2, [[0, 1, 1]] * 2)
    return {
        "circuit": circuit, "hysteresis": hysteresis, "responses": responses,
        "series": [
            series("fs_threshold_width", [0.2, 0.8]), series("rs_adaptation", [10.0, 100.0])
        ],
        "alone": [
            *(held(flat, rs_adaptation=kappa) for kappa in (10.0, 100.0)),
            *(held(flat, f"{name}_threshold_width") for name in ("fs", "lts")),
        ],
        "types": [held(flat, lts_threshold_width=width) for width in (0.1, 0.6, 1.8)],
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


def test_types_alone_and_coupled_have_maps_of_their_networks(content):
    """Oracle: the regions that were put in; the mean field's differ from them."""
    figure = fig7.draw(**content)
    maps = [axes for axes in figure.axes if axes.collections and axes.get_title()]
    alone, types = maps[6:10], maps[10:]
    assert [axes.get_title() for axes in alone] == [
        r"RS alone, $\kappa$ = 10 pA", r"RS alone, $\kappa$ = 100 pA", "FS alone", "LTS alone"
    ]  # fmt: skip
    assert [axes.get_title() for axes in types] == [
        rf"$\Delta_\mathrm{{lts}}$ = {width} mV" for width in (0.1, 0.6, 1.8)
    ]
    for axes in (*alone, *types):
        shown = axes.collections[0].get_array().reshape(2, 3)
        np.testing.assert_array_equal(shown, [[0, 1, 3]] * 2)
        assert axes.get_xlim() == (0.0, 20.0)
        assert axes.get_ylim() == (1.0, 2.0)


def test_agreement_counts_cells_of_the_map():
    """Oracle: cells counted by hand; six of eight agree, and of four that oscillate two do."""
    regions = ([[0, 2, 3, 3], [0, 1, 3, 1]], [[0, 2, 3, 3], [0, 1, 1, 3]])
    (line,) = agreement("RS alone", [held(regions, rs_adaptation=10.0)])
    assert line == (
        "regions of RS alone over Δ_rs, κ = 10 pA: same in 75% of the map; "
        "bistable in 12% (network) and 12% (mean field), overlap 1.00; "
        "oscillating in 38% (network) and 38% (mean field), overlap 0.50"
    )
    (line,) = agreement("FS alone", [held(([[0, 1]], [[0, 1]]), "fs_threshold_width")])
    assert line.endswith("bistable nowhere; oscillating nowhere")


def test_protocols_that_differ_are_told_apart():
    """Oracle: the shapes that were put in."""
    shown = [held(([[0, 1, 1]] * count, [[0, 1, 1]] * count)) for count in (2, 3)]
    assert protocol(shown) == (
        "4000 neurons per population, held for 500 ms at each of 3 levels, 2 or 3 widths"
    )


def test_planes_without_networks_are_left_out(hysteresis):
    """Oracle: no network was simulated at κ = 50 pA."""
    planes = Stored("fs.threshold_width", {"rs_adaptation": 50.0}, {"rs_adaptation": 100.0})
    (shown,) = maps(planes, of_sweep(hysteresis, "fs_width"), "rs")
    assert shown.plane.values == {"rs_adaptation": 100.0}
    assert shown.held["fs_threshold_width"].values.tolist() == [0.5, 1.0]


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
    assert "networks of B: 4000 neurons per population, held for 500 ms at each" in text
    assert "regions of RS and FS over Δ_rs, κ = 100 pA, Δ_fs = 2 mV: same in 100% of" in text
    assert "regions of LTS alone over Δ_lts: same in 67% of the map" in text
    assert "regions of RS, FS and LTS over Δ_rs, Δ_lts = 0.6 mV: same in 67% of the map" in text
