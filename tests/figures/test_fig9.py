"""Fig. 9 A to C: what is drawn and told, read back, against the data that went in."""

import numpy as np
import pytest
import xarray as xr
from test_fig9_rings import decoding, encoding, folds  # noqa: F401 - what D to F are drawn from

from ikmeanfield.analysis.by_value import SWEEPS, by_strength
from ikmeanfield.figures import fig9

STRENGTHS = (1.0, 10.0, 40.0)


def runs():
    """Sweep, width, noise and replicate of twelve runs: two of each strength of either sweep."""
    rows = [
        (sweep, value if sweep == "heterogeneous" else 0.0, value if sweep == "noisy" else 0.0, rep)
        for sweep in SWEEPS for value in STRENGTHS for rep in (0, 1)
    ]  # fmt: skip
    sweep, width, noise, replicate = (list(column) for column in zip(*rows, strict=True))
    return {
        "sweep": ("run", sweep), "rs_current_width": ("run", width),
        "rs_cauchy_noise": ("run", noise), "replicate": ("run", replicate),
    }  # fmt: skip


@pytest.fixture
def content(encoding, folds, decoding):  # noqa: F811 - fixtures
    rng = np.random.default_rng(1)
    number = np.arange(12.0)
    codes = xr.Dataset(
        {
            "trial_correlation": ("run", number / 12),
            "accuracy": ("run", 1 - number / 24),
            "dimension": ("run", 50 + number),
            "count": (("run", "neuron", "trial"), rng.poisson(5.0, (12, 7, 4))),
        },
        runs(),
        {"inputs": 8, "source": "made up", "processor": "none"},
    )
    distances = xr.Dataset(
        {
            "rmse_firing_rate": (("run", "theory", "population"), 1 + number[:, None, None]),
            "noise_firing_rate": (("run", "population"), np.full((12, 1), 0.5)),
        },
        {**runs(), "theory": ["mean_field"], "population": ["rs"]},
    )
    time = np.arange(250.0, 1500.0, 1.0)
    rate = np.empty((2, 2, 1, time.size))
    rate[:, 0] = np.array([20.0, 23.0])[:, None, None]  # networks
    rate[:, 1] = 21.0 + (time > 750)
    series = xr.Dataset(
        {"firing_rate": (("run", "model", "population", "time"), rate)},
        {
            "sweep": ("run", ["heterogeneous", "noisy"]), "rs_current_width": ("run", [10.0, 0.0]),
            "rs_cauchy_noise": ("run", [0.0, 10.0]), "model": ["network", "mean_field"],
            "population": ["rs"], "time": time,
        },
    )  # fmt: skip
    return {
        "series": series, "distances": distances, "codes": codes, "encoding": encoding,
        "folds": folds, "decoding": decoding,
    }  # fmt: skip


def test_means_are_those_of_the_replicates_of_a_sweep(content):
    """Oracle: values counted up along the runs, two replicates of each strength."""
    found = by_strength(content["codes"], "noisy", "dimension")
    np.testing.assert_array_equal(found.strength, STRENGTHS)
    np.testing.assert_allclose(found.mean, [56.5, 58.5, 60.5])
    np.testing.assert_allclose(found.deviation, np.sqrt(0.5))
    np.testing.assert_allclose(found.error, 0.5)
    unknown = content["codes"].copy(deep=True)
    unknown["dimension"][{"run": slice(-3, None)}] = np.nan
    left = by_strength(unknown, "noisy", "dimension")
    np.testing.assert_allclose(left.mean, [56.5, 58.0, np.nan])
    assert np.isnan(left.deviation[1:]).all()


def test_panels_show_the_data(content):
    """Oracle: the made-up values, read back from lines, points and images."""
    figure = fig9.draw(**content)
    rates, distance, own, noisy, correlation, accuracy, dimension = figure.axes[:7]
    network = rates.lines[0].get_ydata()
    assert (network == 20.0).all()
    assert network.size == 250  # windows of 5 ms
    assert set(rates.lines[2].get_ydata()) == {21.0, 22.0}
    points = distance.containers[0].lines[0].get_ydata()
    np.testing.assert_allclose(points, [1.5, 3.5, 5.5])
    counts = content["codes"]["count"].values
    for axes, run in ((own, 2), (noisy, 8)):  # the first run at 10 pA
        image = np.asarray(axes.images[0].get_array())
        assert image.shape == (7, 4)
        assert (np.diff(image.mean(axis=1)) >= 0).all()
        assert image.sum() == counts[run].sum()
    np.testing.assert_allclose(correlation.containers[1].lines[0].get_ydata(),
                               np.array([6.5, 8.5, 10.5]) / 12)  # fmt: skip
    assert accuracy.lines[-1].get_ydata()[0] == pytest.approx(1 / 8)
    np.testing.assert_allclose(dimension.containers[0].lines[0].get_ydata(), [50.5, 52.5, 54.5])


def test_the_caption_tells_the_numbers(content):
    text = fig9.caption(**content)
    assert "(heterogeneity 10 pA, noise 10 pA) differ by 3 Hz" in text
    assert "noise: 1 pA: 7.5 Hz (0.5 Hz)" in text
    assert "decoding accuracy: heterogeneity 0.979 at 1 pA, 0.812 at 40 pA; noise 0.729" in text
