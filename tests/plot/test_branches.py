"""Bifurcation diagrams and planes: what is drawn, read back, against the branches."""

from functools import cache

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

import ikmeanfield as ik
from ikmeanfield import continuation as co
from ikmeanfield.analysis.diagrams import bifurcation_plane, equilibrium_diagram
from ikmeanfield.theories import MeanFieldSettings

UNCORRECTED = MeanFieldSettings(reset_correction=False)

CURRENT, ADAPTATION = "rs.input_current", "rs.adaptation"
ACTIVATION = "rs.ampa.synaptic_activation"


@cache
def diagram(kappa=100.0):
    circuit = ik.regular_spiking().replace({ADAPTATION: kappa})
    return equilibrium_diagram(circuit, CURRENT, 0.0, 80.0, theory=UNCORRECTED)


@cache
def plane():
    return bifurcation_plane(
        ik.regular_spiking(), (CURRENT, ADAPTATION), ((0.0, 100.0), (0.0, 130.0)), scans=3,
        theory=UNCORRECTED,
    )  # fmt: skip


def labelled(ax, label):
    return [line for line in ax.lines if line.get_label() == label]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_stable_parts_are_solid_and_unstable_ones_dashed():
    branch = diagram(25.0)["equilibria"]
    ax = ik.plot.bifurcation_diagram(branch, ACTIVATION)
    drawn = labelled(ax, "equilibrium")
    first, second = (point.row for point in branch.points("LP"))
    parts = [slice(0, first + 1), slice(first, second + 1), slice(second, None)]
    for line, rows in zip(drawn, parts, strict=True):
        np.testing.assert_array_equal(line.get_xdata(), branch[CURRENT][rows])
        np.testing.assert_array_equal(line.get_ydata(), branch[ACTIVATION][rows])
        inner = branch.stable[rows][1:-1]
        assert (inner == (line.get_linestyle() == "-")).all()
    assert {line.get_linestyle() for line in drawn} == {"-", "--"}
    assert ax.get_xlabel() == "rs input current $I$ (pA)"
    assert ax.get_ylabel() == "rs ampa activation $s$"
    assert legend(ax) == ["stable equilibrium", "unstable equilibrium", "fold"]


def test_special_points_have_their_marks_and_rates_are_in_hertz():
    branches = diagram()
    ax = ik.plot.bifurcation_diagram(branches)
    hopf = branches["equilibria"].points("HB")
    marks = labelled(ax, "HB")
    assert {mark.get_marker() for mark in marks} == {"o"}
    places = {(float(mark.get_xdata()[0]), float(mark.get_ydata()[0])) for mark in marks}
    rate = branches["equilibria"]["rs.firing_rate"]
    assert len(hopf) == 2
    for point in hopf:
        assert (point.parameters[CURRENT], 1000 * rate[point.row]) in places
    assert ax.get_ylabel() == "rs firing rate $r$ (Hz)"


def test_cycles_show_their_extrema():
    branches = diagram()
    (cycles,) = [branch for branch in branches.values() if branch.kind == "cycle"]
    ax = ik.plot.bifurcation_diagram(branches, ACTIVATION)
    column = cycles.variables.index(ACTIVATION)
    drawn = [line.get_ydata() for line in labelled(ax, "cycle")]
    for name in ("minimum", "maximum"):
        values = cycles.extra[name][1][:, column]
        assert any(np.array_equal(values, line) for line in drawn)
    assert "stable limit cycle" in legend(ax)
    assert "unstable limit cycle" not in legend(ax)


def test_a_column_is_drawn_of_those_that_have_it():
    branches = diagram()
    ax = ik.plot.bifurcation_diagram(branches, "period")
    (cycles,) = [branch for branch in branches.values() if branch.kind == "cycle"]
    assert not labelled(ax, "equilibrium")
    np.testing.assert_array_equal(labelled(ax, "cycle")[0].get_ydata(), cycles["period"])


def test_two_diagrams_share_axes_and_legend():
    ax = ik.plot.bifurcation_diagram(diagram(), ACTIVATION, label="κ = 100 pA")
    ik.plot.bifurcation_diagram(diagram(25.0), ACTIVATION, ax=ax, color="C1", label="κ = 25 pA")
    shown = legend(ax)
    assert {"κ = 100 pA", "κ = 25 pA", "κ = 25 pA, unstable", "fold", "Hopf"} <= set(shown)
    assert len(set(shown)) == len(shown)


def test_a_guess_is_hollow():
    point = co.SpecialPoint("LP", {"p": 0.0}, np.zeros(1), status="guess", row=0)
    ones = np.ones(2)
    branch = co.Branch(
        "equilibrium", ("y",), ("p",), {}, np.zeros((2, 1)), np.array([[0.0], [1.0]]),
        np.zeros((2, 1), dtype=complex), {"stable": ones}, special=(point,),
    )  # fmt: skip
    (mark,) = labelled(ik.plot.bifurcation_diagram(branch), "LP")
    assert mark.get_markerfacecolor() == "white"


def test_a_plane_shows_curves_regions_and_points():
    """Oracle: AUTO-07p's cusp; the branches' own rows."""
    ax = ik.plot.parameter_plane(plane(), bounds=((20.0, 75.0), (10.0, 120.0)))
    curves = [branch for branch in plane().values() if branch.kind in {"fold", "hopf"}]
    drawn = labelled(ax, "fold") + labelled(ax, "hopf")
    for curve in curves:
        assert any(np.array_equal(curve.parameters, line.get_xydata()) for line in drawn)
    (cusp,) = labelled(ax, "CP")
    assert cusp.get_xdata()[0] == pytest.approx(46.8962287043)
    assert cusp.get_ydata()[0] == pytest.approx(81.5553382941)
    fills = [c for c in ax.collections if isinstance(c, PolyCollection) and c.get_paths()]
    assert {fill.get_label() for fill in fills} == {"region 0", "region 2"}
    assert (ax.get_xlim(), ax.get_ylim()) == ((20.0, 75.0), (10.0, 120.0))
    assert ax.get_ylabel() == r"rs adaptation $\kappa$ (pA)"
    assert {"Hopf", "fold", "oscillating", "bistable", "cusp"} <= set(legend(ax))


def test_curves_alone_have_no_regions():
    curves = [branch for branch in plane().values() if branch.kind == "fold"]
    ax = ik.plot.parameter_plane(curves)
    assert not any(fill.get_paths() for fill in ax.collections)
    assert legend(ax)[0] == "fold"
    assert "Hopf" not in legend(ax)
    places = np.concatenate([curve.parameters for curve in curves])
    assert ax.get_xlim() == (places[:, 0].min(), places[:, 0].max())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ik.plot.bifurcation_diagram(plane()), ValueError, "parameter_plane"),
        (lambda: ik.plot.bifurcation_diagram([]), ValueError, "no branch"),
        (lambda: ik.plot.bifurcation_diagram(None), TypeError, "expected a Branch"),
        (lambda: ik.plot.bifurcation_diagram([1]), TypeError, "expected a Branch"),
        (lambda: ik.plot.bifurcation_diagram(diagram(), "rate"), ValueError, "'rate'.*rs.recovery"),
        (lambda: ik.plot.parameter_plane(diagram()), ValueError, "curves of folds"),
        (lambda: ik.plot.parameter_plane(plane(), bounds=(1, 2)), ValueError, r"bounds = \(1, 2\)"),
    ],
)
def test_wrong_arguments_are_refused_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call()
