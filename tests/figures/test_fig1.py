"""Fig. 1: what is drawn, read back from the figure, against the data that went in."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
import xarray as xr
from matplotlib.collections import PolyCollection

from ikmeanfield.analysis.diagrams import bifurcation_plane, equilibrium_diagram, to_tree
from ikmeanfield.analysis.traces import MODELS, with_marks
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.figures import fig1
from ikmeanfield.figures.save import FigureError, save
from ikmeanfield.plot.network_points import POINTS
from ikmeanfield.theories import MeanFieldSettings

CURRENT, ADAPTATION = "rs.input_current", "rs.adaptation"


@dataclass
class Mark:
    kind: str
    direction: str
    current: float


@cache
def plane():
    branches = bifurcation_plane(
        regular_spiking(), (CURRENT, ADAPTATION), ((0.0, 100.0), (0.0, 130.0)), scans=3,
        theory=MeanFieldSettings(reset_correction=False),
    )  # fmt: skip
    return to_tree(branches, {"source": "test"})


@cache
def line(kappa):
    circuit = regular_spiking().replace({ADAPTATION: kappa})
    return to_tree(
        equilibrium_diagram(
            circuit, CURRENT, 0.0, 80.0, theory=MeanFieldSettings(reset_correction=False)
        )
    )


def traces(kappa):
    time = np.arange(1.0, 5001.0)
    current = 20 + 30 * (1 - np.abs(time - 2500) / 2500)
    shape = (3, len(time))
    data = xr.Dataset(
        {name: (("model", "time"), np.ones(shape)) for name in ("synaptic_activation", "recovery")},
        {"model": list(MODELS), "time": time},
        {"adaptation": kappa, "size": 200, "scheme": "exact", "step": 0.2, "seed": 7},
    )
    return data.assign(input_current=("time", current))


def found(kappa):
    kinds = ["fold", "fold", "fold", "hopf"] if kappa < 50 else ["hopf"] * 4
    methods = ["ramp", "held", "held", "held"] if kappa < 50 else ["ramp", "ramp", "held", "held"]
    current = np.array([41.0, 39.0, 30.0, 45.0])
    bracket = [np.nan if m == "ramp" else 0.5 for m in methods]
    return xr.Dataset(
        {
            "kind": ("point", kinds), "detector": ("point", methods),
            "direction": ("point", ["up", "down"] * 2), "current": ("point", current),
            "lower": ("point", current - bracket), "upper": ("point", current + bracket),
            "noise": ("point", np.full(4, 0.25)),
        },
        {"kappa": ("point", np.full(4, kappa))},
    )  # fmt: skip


@cache
def points():
    joined = xr.concat([found(kappa) for kappa in (25.0, 100.0)], "point")
    return joined.assign_attrs(size=200, scheme="exact", seed=7)


def labelled(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


def test_the_plane_shows_what_was_found():
    axes = fig1.draw(plane()).axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((20.0, 75.0), (10.0, 120.0))
    assert len(labelled(axes, "fold")) == 1
    assert len(labelled(axes, "hopf")) == 2
    # oracle: AUTO-07p's cusp; one generalized Hopf point and two Bogdanov-Takens points
    (cusp,) = labelled(axes, "CP")
    assert cusp.get_xdata()[0] == pytest.approx(46.8962287043)
    assert cusp.get_ydata()[0] == pytest.approx(81.5553382941)
    assert len(labelled(axes, "BT")) == 2
    assert len(labelled(axes, "GH")) == 1


@pytest.mark.parametrize(
    ("point", "region"),
    [
        ((38, 25), 2), ((30, 15), 2), ((55, 100), 0), ((48, 75), 0), ((60, 25), None),
        ((40, 110), None),
    ],
)  # fmt: skip
def test_fills_lie_where_the_network_is_bistable_or_has_no_stable_equilibrium(point, region):
    # oracle: the paper's Fig. 1A and the equilibria's stability (see the tests of diagrams)
    axes = fig1.draw(plane()).axes[0]
    inside = {
        fill.get_label()
        for fill in axes.collections
        if isinstance(fill, PolyCollection)
        and any(path.contains_point(point) for path in fill.get_paths())
    }
    assert inside == ({f"region {region}"} if region is not None else set())


def test_every_point_of_the_network_is_drawn_with_its_bar():
    axes = fig1.draw(points=points()).axes[0]
    drawn = {
        (kind, detector): sum(
            len(line.get_xdata())
            for line in axes.get_lines()
            if (line.get_marker(), line.get_color()) == (marker, color)
        )
        for (kind, detector), (marker, color, _) in POINTS.items()
    }
    expected = {("fold", "ramp"): 1, ("hopf", "ramp"): 2, ("fold", "held"): 2, ("hopf", "held"): 3}
    assert drawn == expected
    bars = [bar for container in axes.containers for bar in container[2][0].get_segments()]
    assert len(bars) == 5
    # half a bracket of 0.5 pA and the noise of 0.25 pA on either side
    widths = [bar[1, 0] - bar[0, 0] for bar in bars]
    np.testing.assert_allclose(widths, 1.5)


def test_exact_folds_are_thin_lines_in_the_plane():
    """The study's points come run by run; each side is one line of rising adaptation."""
    summary = xr.Dataset(
        {
            "kind": ("point", ["fold"] * 4), "side": ("point", ["upper", "lower"] * 2),
            "value": ("point", [40.0, 30.0, 38.0, 24.0]),
            "run_number": ("point", [0, 0, 1, 1]),
        },
        {"rs_adaptation": ("run", [30.0, 10.0])},
    )  # fmt: skip
    exact = fig1._exact_folds(summary)
    axes = fig1.draw(plane(), exact=exact).axes[0]
    found = [line for line in axes.get_lines() if line.get_linewidth() == 0.7]
    drawn = [np.column_stack(line.get_data()).tolist() for line in found]
    assert drawn == [[[38.0, 10.0], [40.0, 30.0]], [[24.0, 10.0], [30.0, 30.0]]]
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert "fold, exact theory" in texts
    assert "Thin dark lines" in fig1.caption(plane(), exact=exact)


def test_kinds_and_detectors_differ_in_shape_and_not_by_colour_alone():
    assert len({marker for marker, _, _ in POINTS.values()}) == len(POINTS)


def test_lines_are_solid_where_stable_and_dotted_where_not():
    _, weak, strong, *_ = fig1.draw(lines=[line(25.0), line(100.0)]).axes
    styles = [part.get_linestyle() for part in labelled(weak, "equilibrium")]
    assert [style == "-" for style in styles] == [True, False, True]
    assert len(labelled(weak, "cycle")) == 0
    assert len(labelled(weak, "LP")) == 2
    assert len(labelled(strong, "cycle")) == 2
    assert len(labelled(strong, "HB")) == 2
    assert weak.get_title() == r"$\kappa$ = 25 pA"


def test_traces_show_three_models_and_the_marks():
    marked = with_marks(traces(25.0), [Mark("fold", "up", 35.0), Mark("fold", "down", 26.0)])
    # oracle: the triangle's own formula
    np.testing.assert_allclose(marked["mark_time"], [1250.0, 4500.0], atol=1.0)
    axes = fig1.draw(traces=[marked, traces(100.0)]).axes[3:6]
    for stack in axes[:2]:
        assert [item.get_label() for item in stack.get_lines()][:3] == list(MODELS)
        assert len(stack.get_lines()) == 5
    assert len(axes[2].get_lines()) == 1 + 4
    assert axes[0].get_xlim() == (0.0, 5.0)


def test_a_mark_that_the_ramp_never_reaches_is_left_out():
    marked = with_marks(traces(25.0), [Mark("fold", "up", 60.0)])
    assert marked.sizes["mark"] == 0


def test_what_is_absent_leaves_its_panel_empty(tmp_path):
    figure = fig1.draw()
    assert len(figure.axes) == 9
    letters = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert letters == {*"ABCDE", "not computed"}
    save(figure, fig1.caption(), tmp_path / "fig1")
    assert (tmp_path / "fig1.pdf").stat().st_size > 1000


def test_more_than_two_lines_are_refused():
    with pytest.raises(FigureError, match="two panels for lines; got 3"):
        fig1.draw(lines=[line(25.0)] * 3)


def test_the_same_data_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        save(fig1.draw(plane(), [line(100.0)]), "", tmp_path / name / "fig1")
    for suffix in ("pdf", "png"):
        first, second = (tmp_path / n / f"fig1.{suffix}" for n in ("a", "b"))
        assert first.read_bytes() == second.read_bytes()


def test_the_caption_says_how_it_was_made():
    text = fig1.caption(plane(), [line(25.0)], [traces(25.0)], points())
    for words in ("size 200", "scheme exact", "step 0.2", "seed 7", "source test", "ramp's lag"):
        assert words in text
    assert "Crosses" not in fig1.caption(plane())
