"""The overview, read back from the figure: what is drawn is what the summary holds."""

import json

import numpy as np
import pytest
import xarray as xr
from matplotlib.collections import QuadMesh

from ikmeanfield.analysis.diagrams import bifurcation_plane, equilibrium_diagram, to_tree
from ikmeanfield.analysis.replicates import mean_over_replicates
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.figures import overview
from ikmeanfield.figures.grids import axes_of
from ikmeanfield.figures.save import FigureError, save
from ikmeanfield.theories import MeanFieldSettings
from stored import MadeUp

FIELDS, POPULATIONS = ("corrected", "uncorrected"), ("rs", "fs")
CONFIG = {
    "circuit": {"rs.size": 40, "fs.size": 10},
    "theories": {
        "corrected": {"kind": "mean_field", "reset_correction": True, "form": "paper"},
        "uncorrected": {"kind": "mean_field", "reset_correction": False, "form": "absolute"},
    },
}


def coordinate(values, path, units):
    return ("run", np.asarray(values), {"long_name": path, "units": units})


def summary(rows, names, replicates=2):
    """A summary of one sweep; `rows` are grid points, `names` path and unit of each column."""
    runs = [row for row in rows for _ in range(replicates)]
    shape = (len(runs), len(FIELDS), len(POPULATIONS))
    rng = np.random.default_rng(1)
    dims = ("run", "theory", "population")
    columns = list(zip(*runs, strict=True))
    time = np.arange(0.5, 300.0)
    data = xr.Dataset(
        {
            "difference_mean": (dims, rng.normal(size=shape)),
            "difference_mean_error": (dims, rng.random(shape)),
            "rate_mean": (("run", "population"), rng.random(shape[::2])),
            "rate_mean_error": (("run", "population"), rng.random(shape[::2])),
            "trace_network": (("trace", "population", "trace_time"), rng.random((2, 2, 300))),
            "trace_current": (("trace", "population", "trace_time"), rng.random((2, 2, 300))),
            "trace_prediction": (
                ("trace", "theory", "population", "trace_time"), rng.random((2, 2, 2, 300))
            ),
            "trace_run": ("trace", [0, len(runs) - 1]),
        },
        {
            "sweep": ("run", ["grid"] * len(runs)), "trace_time": time,
            "theory": list(FIELDS), "population": list(POPULATIONS),
        },
    )  # fmt: skip
    for (path, units), values in zip(names, columns, strict=True):
        name = path.replace("*", "all").replace(".", "_")
        data = data.assign_coords({name: coordinate(values, path, units)})
    paths = [path for path, _ in names]
    data.attrs = {
        "experiment": "mine", "discard": 50.0, "duration": 300.0, "scheme": "exact", "step": 0.1,
        "thresholds": "random", "seed": 3, "source": "test", "processor": "test",
        "config": json.dumps({**CONFIG, "parameters": paths}),
    }  # fmt: skip
    return data


ADAPTATION, SCHEME = ("rs.adaptation", "pA"), ("networks.scheme", "1")
PEAK, RESET = ("*.peak_potential", "mV"), ("*.reset_potential", "mV")


def grid():
    return summary([(k, s) for k in (1.0, 2.0, 5.0) for s in ("exact", "euler")],
                   [ADAPTATION, SCHEME])  # fmt: skip


def test_axes_are_told_from_what_moves_together():
    # Oracle: three pairs times two values, by construction; a constant column is no axis.
    pairs = [(1000.0, -1000.0), (50.0, -100.0), (50.0, -60.0)]
    rows = [(*pair, k, 7.0) for pair in pairs for k in (1.0, 2.0)]
    data = summary(rows, [PEAK, RESET, ADAPTATION, ("rs.leakage", "nS/mV")])
    names = ["all_peak_potential", "all_reset_potential", "rs_adaptation", "rs_leakage"]
    found = axes_of(data, names)
    assert [axis.names for axis in found] == [tuple(names[:2]), ("rs_adaptation",)]
    assert found[0].values == tuple(pairs)
    assert found[0].ticks == ["1000, -1000", "50, -100", "50, -60"]
    assert "every peak potential (mV)" in found[0].label
    np.testing.assert_array_equal(found[1].place(data), [0, 0, 1, 1] * 3)


def test_a_map_holds_the_means_over_replicates():
    # Oracle: the mean by hand of the two runs at each grid point.
    data = grid()
    figure = overview.draw(data)
    meshes = {
        axes.get_title("left"): mesh.get_array()
        for axes in all_axes(figure) for mesh in axes.collections if isinstance(mesh, QuadMesh)
    }  # fmt: skip
    maps = {title: values for title, values in meshes.items() if "corrected" in title}
    assert len(maps) == 4
    for p, population in enumerate(POPULATIONS):
        for m, field in enumerate(FIELDS):
            runs = data["difference_mean"].values[:, m, p]
            by_hand = runs.reshape(3, 2, 2).mean(axis=-1)
            np.testing.assert_allclose(maps[f"{population}\n{field}"], by_hand)


def test_lines_hold_means_and_errors_along_one_axis():
    data = summary([(5.0,), (1.0,), (2.0,)], [ADAPTATION])
    axes = next(a for a in all_axes(overview.draw(data)) if a.get_title() == "rs" and a.containers)
    assert axes.get_xlabel() == "rs adaptation (pA)"
    for m, container in enumerate(axes.containers):
        line = container.lines[0]
        by_hand = data["difference_mean"].values[:, m, 0].reshape(3, 2).mean(axis=-1)
        np.testing.assert_array_equal(line.get_xdata(), [1.0, 2.0, 5.0])
        np.testing.assert_allclose(line.get_ydata(), by_hand[[1, 2, 0]])


def test_errors_are_those_of_replicates_or_of_time_whichever_is_larger():
    # Oracle: by hand. Two runs 1 and 3 scatter by 1; their own errors of 4 leave √32/2 in the mean.
    mean, place = np.array([1.0, 3.0, 1.0, 3.0, 7.0]), np.array([0, 0, 1, 1, 2])
    found = mean_over_replicates(mean, np.array([0.1, 0.1, 4.0, 4.0, 0.5]), place, 4)
    np.testing.assert_allclose(found[0], [2.0, 2.0, 7.0, np.nan])
    np.testing.assert_allclose(found[1], [1.0, np.sqrt(32) / 2, 0.5, np.nan])


def test_traces_are_drawn_with_their_grid_values():
    data = grid()
    panels = {a.get_title(): a for a in all_axes(overview.draw(data)) if a.get_title()}
    axes = panels["rs adaptation 5 pA\nnetworks scheme euler"]
    lines = {line.get_label(): line.get_ydata() for line in axes.get_lines()}
    np.testing.assert_array_equal(lines["network"], data["trace_network"].values[1, 0])
    np.testing.assert_array_equal(lines["uncorrected"], data["trace_prediction"].values[1, 1, 0])


def test_without_mean_fields_the_rate_is_shown():
    names = [n for n in grid().data_vars if str(n).startswith(("difference", "trace_prediction"))]
    data = grid().drop_vars([*names, "theory"])
    figure = overview.draw(data)
    mesh = next(
        mesh for a in all_axes(figure) if a.get_title("left") == "rs\n"
        for mesh in a.collections if isinstance(mesh, QuadMesh)
    )  # fmt: skip
    by_hand = data["rate_mean"].values[:, 0].reshape(3, 2, 2).mean(axis=-1)
    np.testing.assert_allclose(mesh.get_array(), by_hand)
    assert "Mean firing rate of the network" in overview.caption(data)


def test_sweeps_without_predictions_are_shown_beside_those_with_them():
    data = summary([(5.0,), (1.0,)], [ADAPTATION])
    names = [n for n in data.data_vars if str(n).startswith(("difference", "trace"))]
    other = data.drop_vars([*names, "theory"]).assign_coords(sweep=("run", ["alone"] * 4))
    networks = xr.concat([data.drop_vars([*names, "theory"]), other], "run")
    alone = overview._unpredicted(networks, data)
    axes = {a.get_title(): a for a in all_axes(overview.draw(data, alone=alone)) if a.containers}
    assert list(axes) == ["grid: rs", "grid: fs", "alone: rs", "alone: fs"]
    (container,) = axes["alone: fs"].containers
    by_hand = data["rate_mean"].values[:, 1].reshape(2, 2).mean(axis=-1)
    np.testing.assert_allclose(container.lines[0].get_ydata(), by_hand[::-1])
    assert "the network's mean rate" in overview.caption(data, alone=alone)


def test_more_than_two_axes_are_refused():
    rows = [(k, s, w) for k in (1.0, 2.0) for s in ("exact", "euler") for w in (1.0, 2.0)]
    data = summary(rows, [ADAPTATION, SCHEME, ("rs.threshold_width", "mV")])
    with pytest.raises(FigureError, match="at most two axes; the sweep grid has 3"):
        overview.draw(data)


def diagram(kappa, field):
    circuit = regular_spiking().replace({"rs.adaptation": kappa})
    theory = MeanFieldSettings(reset_correction=field == "corrected")
    branches = equilibrium_diagram(
        circuit, "rs.input_current", 0.0, 80.0, theory=theory, cycles=False
    )
    return to_tree(branches, {"circuit": circuit.model_dump_json()})


def test_diagrams_show_the_rate_in_hertz_at_named_grid_points():
    trees = [(field, diagram(kappa, field)) for kappa in (5.0, 25.0) for field in FIELDS]
    stored = {"transitions": MadeUp(grid()), "diagrams": MadeUp(trees=trees)}
    content = overview.arrange([stored])
    figure = overview.draw(**content)
    axes = next(a for a in all_axes(figure) if a.get_title() == "rs adaptation 25 pA")
    assert axes.get_ylabel() == ""
    heights = [line.get_ydata() for line in axes.get_lines() if line.get_label() == "equilibrium"]
    state = trees[2][1]["equilibria"]["state"].sel(variable="rs.firing_rate").values
    assert max(y.max() for y in heights) == pytest.approx(1000 * state.max())
    assert "Equilibria" in overview.caption(**content)


def test_diagrams_in_different_parameters_have_rows_and_axes_of_their_own():
    circuit = regular_spiking()
    weights = equilibrium_diagram(
        circuit, "rs.ampa.weights.rs", 0.0, 20.0, theory=MeanFieldSettings(), cycles=False
    )
    other = to_tree(weights, {"circuit": circuit.model_dump_json()})
    trees = [("mean field", diagram(5.0, "corrected")), ("mean field", other)]
    stored = {"transitions": MadeUp(grid()), "diagrams": MadeUp(trees=trees)}
    drawn = [a for a in all_axes(overview.draw(**overview.arrange([stored]))) if a.get_lines()]
    assert [a.get_xlabel() for a in drawn][-2:] == ["rs input current (pA)", "rs ampa weights rs"]
    assert drawn[-2].get_xlim() != drawn[-1].get_xlim()


def test_every_plane_holds_the_points_of_its_networks():
    branches = bifurcation_plane(
        regular_spiking(), ("rs.input_current", "rs.adaptation"), ((0.0, 100.0), (0.0, 130.0)),
        scans=2, theory=MeanFieldSettings(reset_correction=False),
    )  # fmt: skip
    current = np.array([41.0, 42.0, 30.0])
    data = xr.Dataset(
        {
            "kind": ("point", ["fold", "fold", "hopf"]),
            "detector": ("point", ["ramp", "held", "ramp"]),
            **dict.fromkeys(("current", "lower", "upper"), ("point", current)),
            "noise": ("point", np.zeros(3)), "run_number": ("point", [0, 1, 1]),
        },
        {"rs_adaptation": coordinate([10.0, 60.0], "rs.adaptation", "pA")},
        {
            "experiment": "mine", "step": 0.2, "thresholds": "quantiles", "seed": 1,
            "source": "test", "processor": "test", "config": json.dumps({"parameters": []}),
        },
    )  # fmt: skip
    # One plane for each reset potential, as the study stores them.
    data = data.assign_coords(rs_reset_potential=coordinate([-90.0, -80.0], "x", "mV"))
    trees = []
    for value in (-90.0, -80.0):
        tree = xr.DataTree(children={"curves": to_tree(branches)})
        tree.attrs = {"key": "a", "label": "mine", "rs_reset_potential": value}
        trees.append(("mine", tree))
    content = overview.arrange([{"transitions": MadeUp(data), "planes": MadeUp(trees=trees)}])
    found = {axes.get_title(): points_in(axes) for axes in all_axes(overview.draw(**content))}
    assert found["mine, rs reset potential = -90"] == {(41.0, 10.0)}
    assert found["mine, rs reset potential = -80"] == {(42.0, 60.0), (30.0, 60.0)}


def points_in(axes):
    """Where the markers of networks stand."""
    lines = [line for line in axes.get_lines() if line.get_marker() in {"x", "+", "^"}]
    return {(float(x), float(y)) for line in lines for x, y in line.get_xydata()}


@pytest.mark.long
def test_the_overview_is_stable_to_the_byte(tmp_path):
    data = grid()
    for name in ("a", "b"):
        save(overview.draw(data), "caption", tmp_path / name)
    for suffix in ("pdf", "png"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_the_caption_tells_how_it_was_made():
    text = overview.caption(grid())
    for words in ("mine", "rs: N = 40", "`exact`", "reset_correction False", "form absolute"):
        assert words in text


def all_axes(figure):
    """The axes of a figure and of its subfigures."""
    return [*figure.axes, *(axes for box in figure.subfigs for axes in all_axes(box))]
