"""Fig. 8 E and F: what is drawn and told, read back, against the data that went in."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from ikmeanfield.figures import fig8_barriers, fig8_entrainment
from stored import MadeUp

MODELS = ["network", "exact", "mean_field"]
WIDTHS = np.array([0.5, 1.0, 2.0, 3.0])
SIGMA = np.array([100.0, 50.0, 25.0])


@pytest.fixture
def escapes():
    """Times exp(V/σ²) with barriers V that fall as 1/Δ_v; nothing in time is known of ``exact``."""
    dims = ("run", "model", "state", "intensity")
    barrier = np.broadcast_to(1e4 / WIDTHS[:, None, None], (4, 3, 2)).copy()
    barrier[:, 1] = np.nan
    times = 100.0 * np.exp(barrier[..., None] / SIGMA**2)
    scalar = dims[:3]
    return xr.Dataset(
        {
            "mean_time": (dims, times), "mean_time_low": (dims, times / 2),
            "mean_time_high": (dims, 2 * times), "escapes": (dims, 0 * times + 7),
            "trials": (dims, 0 * times + 40), "observed": (dims, 7 * times),
            "barrier": (scalar, barrier), "barrier_error": (scalar, barrier / 10),
            "pulse": (scalar, barrier / 100), "kick": (scalar, barrier / 1e4),
            "linear_kick": (scalar, barrier / 2e4), "noise_limit": (scalar, barrier / 50),
        },
        {
            "model": MODELS, "state": ["low", "high"], "intensity": SIGMA,
            "rs_threshold_width": ("run", WIDTHS),
        },
        {"size": "1000", "limit": 4000.0, "least": 300.0, "pulse": 20.0},
    )  # fmt: skip


@pytest.fixture
def sizes():
    """Escapes of the smaller networks near one fold only."""
    runs = [(n, p) for n in (200, 1000) for p in (0.5, 0.98)]
    escapes = np.array([[0, 0], [3, 0], [0, 0], [0, 0]], float)[:, :, None]
    mean = np.where(escapes > 0, 2000.0, np.nan)
    dims = ("run", "state", "intensity")
    return xr.Dataset(
        {
            "mean_time": (dims, mean), "mean_time_low": (dims, np.full((4, 2, 1), 1000.0)),
            "escapes": (dims, escapes), "observed": (dims, np.full((4, 2, 1), 6000.0)),
        },
        {
            "state": ["low", "high"], "intensity": [0.0],
            "rs_size": ("run", [n for n, _ in runs]), "position": ("run", [p for _, p in runs]),
        },
    )  # fmt: skip


def test_barriers_are_drawn_as_they_are(escapes, sizes):
    """Oracle: the made-up law of barriers and times."""
    figure = Figure()
    fig8_barriers.draw(figure.subfigures(1, 1), escapes, sizes)
    low, _, barrier, pulse, _, quiet = figure.axes if figure.axes else figure.subfigs[0].axes
    line = low.lines[0].get_xydata()
    np.testing.assert_allclose(line[:, 0], 1e4 / SIGMA**2)
    np.testing.assert_allclose(np.log(10 * line[:, 1]), line[:, 0] / 0.5)
    np.testing.assert_allclose(barrier.lines[0].get_ydata(), 1 / WIDTHS)
    np.testing.assert_allclose(pulse.lines[0].get_ydata(), 100 / WIDTHS)
    drawn = [np.asarray(one.get_ydata(), float) for one in quiet.lines]
    assert 2.0 in np.concatenate(drawn)  # the escape that was seen, in s
    text = " ".join(fig8_barriers.findings(escapes, sizes))
    assert "barrier 2 10⁴ pA² ms at Δ_v = 0.5 mV and 0.333 at 3 mV" in text
    assert "3 escapes in 48 s" in text
    told = fig8_barriers.caption(escapes, sizes)
    assert "200 to 1000 neurons" in told
    assert "up to 40 trials each, cut after 4 s" in told
    assert fig8_barriers.theory_of(escapes) == "mean_field"


@pytest.fixture
def locking():
    """Two widths, two amplitudes, three frequencies; networks at the outer frequencies only."""
    dims = ("run", "model", "amplitude", "frequency")
    coherence = np.linspace(0.1, 0.9, 24).reshape(2, 2, 2, 3)
    coherence[:, 0, :, 1] = np.nan
    locked = (np.nan_to_num(coherence) > 0.5).astype(int)
    edge = np.full((2, 2, 2, 2), np.nan)
    edge[:, 1] = [[[3.0, 4.9], [2.5, 5.5]], [[2.4, 3.6], [2.2, 3.8]]]
    ranges = dims[:3]
    points = {
        "curve": [0, 0, 1, 1, 0, 0], "curve_kind": [2, 2, 1, 1, 1, 1],
        "curve_frequency": [2.5, 3.0, 3.0, 3.1, 2.2, 2.6],
        "curve_amplitude": [3.5, 1, 1, 9, 3.5, 0],
        "curve_side": [0, 0, 0, 0, 0, 0], "curve_mark": [10, 2, 0, 10, 0, 0],
        "curve_run": [0, 0, 0, 0, 1, 1], "curve_model": [1] * 6,
    }  # fmt: skip
    return xr.Dataset(
        {
            "coherence": (dims, coherence), "locked": (dims, locked),
            "locked_low": (ranges, np.full((2, 2, 2), 2.5)),
            "locked_high": (ranges, np.full((2, 2, 2), 3.5)),
            "locked_width": (ranges, np.full((2, 2, 2), 1.0)),
            "edge": (("run", "model", "amplitude", "side"), edge),
            "edge_kind": (("run", "model", "amplitude", "side"), np.full((2, 2, 2, 2), 1)),
            **{name: ("point", np.array(values, float)) for name, values in points.items()},
        },
        {
            "model": ["network", "mean_field"], "amplitude": [1.0, 3.5],
            "frequency": [2.0, 3.0, 4.0], "side": ["low", "high"],
            "rs_threshold_width": ("run", [1.0, 0.1]), "sweep": ("run", ["tongue"] * 2),
        },
        {"size": "2000", "within": 0.01, "even": 0.01, "duration": 24000.0, "discard": 8000.0},
    )  # fmt: skip


def test_tongues_are_drawn_as_they_are(locking):
    """Oracle: coherences, locked points, edges and curves that were made up, widest first."""
    widths = locking.isel(amplitude=[1]).assign_coords(sweep=("run", ["width"] * 2))
    content = fig8_entrainment.arrange([{"tongues": MadeUp(locking), "widths": MadeUp(widths)}])
    figure = Figure()
    fig8_entrainment.draw(figure.subfigures(1, 1), **content)
    axes = figure.axes if figure.axes else figure.subfigs[0].axes
    narrow, wide, across, by_width, by_amplitude = axes[:5]
    image = narrow.collections[0].get_array()
    np.testing.assert_allclose(
        np.ravel(image), locking["coherence"].isel(run=1).sel(model="mean_field").values.ravel()
    )
    dots = sum(len(c.get_offsets()) for c in narrow.collections[1:])
    assert dots == 4  # networks at two amplitudes and two frequencies
    np.testing.assert_allclose(narrow.lines[0].get_xydata(), [[2.2, 3.5], [2.6, 0.0]])
    torus, resonance, fold, none = wide.lines
    np.testing.assert_allclose(torus.get_xydata(), [[2.5, 3.5], [3.0, 1.0]])
    np.testing.assert_allclose(resonance.get_xydata(), [[3.0, 1.0]])
    np.testing.assert_allclose(fold.get_xydata(), [[3.0, 1.0], [3.1, 9.0]])
    assert not len(none.get_xydata())
    np.testing.assert_allclose(across.lines[0].get_xydata(), [[2.2, 0.1], [2.5, 1.0]])
    np.testing.assert_allclose(by_width.lines[0].get_xydata(), [[0.1, 1.6], [1.0, 3.0]])
    np.testing.assert_allclose(by_amplitude.lines[0].get_xydata(), [[1.0, 1.2], [3.5, 1.6]])
    text = " ".join(fig8_entrainment.findings(**content))
    assert "at 1 pA: 1.20 Hz at Δ_v = 0.1 mV, 1.90 Hz at Δ_v = 1 mV" in text
    assert "1:1 resonance on a curve of torus points at Δ_v = 1 mV: 3.000 Hz, 1.00 pA" in text
    assert "mean field, locked one to one at 3.5 pA: 2.5 to 3.5 Hz at 0.1 mV" in text
    told = fig8_entrainment.caption(**content)
    assert "networks of 2000 neurons" in told
    assert "number 1 within 0.01 and periods even within 1%, over 16 s" in told
