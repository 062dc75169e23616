"""Fig. 8 A to D: what is drawn and told, read back, against the data that went in."""

from functools import cache

import numpy as np
import pytest
from matplotlib.figure import Figure

from dynamics import Study as MadeUp
from dynamics import diagrams, hysteresis, modes, oscillations, sensitivity, stability
from ikmeanfield.analysis.diagrams import bifurcation_plane
from ikmeanfield.analysis.eigenvalue_changes import relative_changes
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.figures import fig8, fig8_linearity, fig8_sensitivity, fig8_synchrony
from ikmeanfield.figures.fig7_maps import Plane
from ikmeanfield.figures.fig8_synchrony import Map, crossings
from ikmeanfield.studies.rising_rates import rising_rates
from ikmeanfield.theories import MeanFieldSettings

SWING = [50.0, 30.0, 10.0, 0.0]
BOUNDS = ((30.0, 80.0), (0.1, 2.0))


@cache
def plane():
    """Curves of the mean field that panels A and B are about."""
    branches = bifurcation_plane(
        regular_spiking().replace({"rs.adaptation": 100.0}),
        ("rs.input_current", "rs.threshold_width"), BOUNDS, scans=2,
        theory=MeanFieldSettings(reset_correction=False),
    )  # fmt: skip
    return Plane(branches, {}, "rs.input_current", "rs_threshold_width", BOUNDS)


def synchrony():
    """Networks with u_i do not oscillate, those with one u and the mean field do."""
    import xarray as xr

    summary = xr.concat(
        [oscillations(sweep, [level], [0.0] * 4, SWING, SWING)
         for sweep, level in (("high", 60.0), ("low", 50.0))], "run",
    )  # fmt: skip
    regions = oscillations("map", [45.0, 50.0, 60.0], [0.0] * 4, SWING, SWING)
    forms = regions["rs_recovery"].values
    modes_of_one = stability("exact_high", 60.0, [0] * 4, [2, 2, 0, 0])
    maps = {
        form: Map(
            regions.isel(run=forms == form).sel(population="rs"), plane(), [],
            modes_of_one.isel(run=modes_of_one["rs_recovery"].values == form),
        )
        for form in ("neuron", "population")
    }  # fmt: skip
    maps["circuit"] = Map(maps["population"].networks, plane())
    return {"oscillations": summary.sel(population="rs"), "maps": maps}


def lines(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


def test_synchrony_shows_every_model_and_map():
    """Oracle: swings that were made up, and widths at which squares are black."""
    content = synchrony()
    figure = Figure(figsize=(7, 3.5), layout="constrained")
    fig8_synchrony.draw(figure.subfigures(1, 1), **content)
    panels = [axes for axes in figure.axes if axes.get_xlabel()]
    (one,) = lines(panels[0], "network, one u")
    np.testing.assert_allclose(one.get_ydata(), SWING)
    (own,) = lines(panels[0], "network, own u")
    np.testing.assert_allclose(own.get_ydata(), 0.0)
    assert not lines(panels[1], "network, own u")  # no frequency where nothing oscillates
    (frequency,) = lines(panels[1], "mean_field")
    assert np.isfinite(frequency.get_ydata()).sum() == 3
    mesh = panels[7].collections[0]
    assert mesh.get_array().reshape(4, 3)[:, 1].tolist() == SWING
    (grows,) = lines(panels[7], "grows")
    assert grows.get_ydata().tolist() == [0.1, 0.5]
    assert [t.get_text() for axes in panels for t in axes.texts] == ["A", "B"]
    for axes in (panels[4], panels[9]):
        shares = [line.get_ydata().tolist() for line in axes.get_lines()]
        assert shares == 3 * [pytest.approx([20.0, 70.0, 10.0])] + 3 * [pytest.approx([0, 40, 60])]
        assert [line.get_label() for line in axes.get_lines()][3:] == ["0.1 mV", "1 mV", "2 mV"]


def test_findings_of_synchrony_are_the_data_in_words():
    """Oracle: the mean field's Hopf points at 60 pA lie near 1.3 mV; made-up windows."""
    words = "\n".join(fig8_synchrony.findings(**synchrony()))
    assert "60 pA, network, own u: no oscillation at any width" in words
    assert "50 pA, mean_field: oscillates for Δ_v = 0.1 to 1 mV, swing 50 to 10 Hz" in words
    assert "60 pA, network, one u: 5, 50 and 95 % of intervals below 100, 1e+03 and 1e+03" in words
    assert "exact theory (population): the asynchronous state is unstable in 2 of 4 places" in words
    (line,) = [line for line in words.splitlines() if "60 pA: Hopf points of the mean" in line]
    assert 1.0 < float(line.split()[-2]) < 1.5
    assert "(A)" in fig8_synchrony.caption(**synchrony())


def test_crossings():
    """Oracle: a straight line through (0, 0) and (2, 4)."""
    assert crossings(np.array([0.0, 2.0]), np.array([0.0, 4.0]), 0.5) == [1.0]
    assert crossings(np.array([0.0, 2.0]), np.array([0.0, 4.0]), 3.0) == []


def test_sensitivity_shows_where_values_are_largest():
    """Oracle: values that were made up, with a peak at 0.5 mV."""
    data = sensitivity([1.0, 3.0, 2.0, 1.5]).sel(population="rs")
    figure = Figure(figsize=(7, 1.8), layout="constrained")
    fig8_sensitivity.draw(figure.subfigures(1, 1), data)
    assert len(figure.axes) == 4
    for axes in figure.axes:
        for model in fig8_sensitivity.MARKERS:
            shown = lines(axes, model)
            assert len(shown) == 2  # two currents
            assert shown[0].get_ydata().tolist() == [1.0, 3.0, 2.0, 1.5]
    words = list(fig8_sensitivity.findings(data))
    assert len(words) == 12
    assert all("gain 1, largest 3 at 0.5 mV, then 1.5" in line for line in words)
    assert "45 pA and 60 pA" in fig8_sensitivity.caption(data)


@pytest.fixture(scope="module")
def linearity():
    rates = rising_rates(diagrams(1.5, -3.0), MadeUp(hysteresis(25.0, 0.0)))
    return {"rates": rates, "changes": relative_changes(modes(40.0, 10.0))}


def test_linearity_shows_curves_scores_and_changes(linearity):
    """Oracle: the distance of folds in closed form, and changes that were made up."""
    figure = Figure(figsize=(7, 1.8), layout="constrained")
    fig8_linearity.draw(figure.subfigures(1, 1), **linearity)
    rates, deviation, bistable, changes = figure.axes
    assert len(rates.get_legend().get_texts()) == 2
    for model in fig8_linearity.LOOKS:
        (line,) = lines(deviation, model)
        assert line.get_xdata().tolist() == [0.1, 4.0]
        assert line.get_ydata()[0] > line.get_ydata()[1]
    (line,) = lines(bistable, "mean_field")
    np.testing.assert_allclose(line.get_ydata(), [10 * 4 / 3 * 1.5**1.5, 0.0], rtol=1e-4)
    assert len(changes.get_lines()) == 3
    for line in changes.get_lines():
        np.testing.assert_allclose(line.get_ydata(), [40.0, 10.0], rtol=1e-9)
    words = "\n".join(fig8_linearity.findings(**linearity))
    assert "network, own u, Δ_v = 0.1 mV" in words
    assert "|∂λ/∂ln rs_adaptation|: 40 1/s at 0.1 mV, 10 1/s at 4 mV" in words
    assert "30, 50 pA" in fig8_linearity.caption(**linearity)


def test_rows_of_panels_are_composed_in_order(monkeypatch, linearity):
    """Oracle: the letters of the panels, and the order in which experiments are handed out."""
    rows = {
        "synchrony": fig8_synchrony, "sensitivity": fig8_sensitivity, "linearity": fig8_linearity
    }  # fmt: skip
    monkeypatch.setattr(fig8, "ROWS", rows)
    content = {
        "synchrony": synchrony(),
        "sensitivity": {"sensitivity": sensitivity([1.0, 3.0, 2.0, 1.5]).sel(population="rs")},
        "linearity": linearity,
    }
    figure = fig8.draw(content)
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert [text for text in texts if len(text) == 1] == ["A", "B", "C", "D"]
    words = fig8.caption(content)
    assert words.index("(A)") < words.index("(C)") < words.index("(D)") < words.index("- 60 pA")

    handed = []
    for module in rows.values():
        monkeypatch.setattr(module, "arrange", lambda given: handed.append(list(given)) or {})
    fig8.arrange([0, 1, 2, 3])
    assert handed == [[0, 1], [2], [3]]
