"""Figures from made-up summaries: they are drawn, stable to the byte and say their units."""

import json

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr

from ikmeanfield.figures import fig4
from ikmeanfield.figures.save import FigureError, save


@pytest.fixture
def summary():
    width = [0.5, 1.0, 2.0, 4.0]
    cutoff = [40.0, 30.0, 10.0, 5.0]
    sweeps = ["width"] * 4 + ["cutoff"] * 4 + ["width_spectra"] * 4 + ["cutoff_spectra"] * 4
    frequency = np.linspace(0, 5000, 2049)
    shape = (16, 1, 1)
    rng = np.random.default_rng(0)
    dims = ("run", "theory", "population")
    names = ("mean", "mean_error", "variance", "variance_error", "block")
    variables = {f"difference_{name}": (dims, rng.random(shape)) for name in names}
    variables["spectrum"] = (("run", "population", "frequency"), rng.random((16, 1, 2049)))
    return xr.Dataset(
        variables,
        {
            "sweep": ("run", sweeps),
            "rs_threshold_width": ("run", (width + [2.0] * 4) * 2),
            "rs_truncation": ("run", ([40.0] * 4 + cutoff) * 2),
            "population": ["rs"], "theory": ["corrected"], "frequency": frequency,
        },
        {
            "scheme": "exact", "step": 0.1, "thresholds": "random", "seed": 3, "sample": 0.1,
            "duration": 600.0, "discard": 100.0, "source": "test", "processor": "test",
            "config": json.dumps({
                "circuit": {"rs.size": 200, "rs.threshold": -40.0},
                "theories": {"corrected": {"kind": "mean_field", "reset_correction": True}},
            }),
        },
    )  # fmt: skip


def test_fig4_has_its_panels_with_units(summary):
    figure = fig4.draw(summary)
    letters = {text.get_text() for axes in figure.axes for text in axes.texts}
    assert letters == set("ABCDE")
    for axes in figure.axes:
        labels = axes.get_xlabel() + axes.get_ylabel()
        assert "(" in labels, f"no unit in {labels!r}"
    reversed_axes = [axes for axes in figure.axes if axes.xaxis_inverted()]
    assert any(r"\phi" in axes.get_xlabel() for axes in reversed_axes)


@pytest.mark.long
def test_figures_are_stable_to_the_byte(summary, tmp_path):
    for name in ("a", "b"):
        save(fig4.draw(summary), fig4.caption(summary), tmp_path / name / "fig4")
    for suffix in ("pdf", "png", "csv", "md"):
        first, second = (tmp_path / n / f"fig4.{suffix}" for n in ("a", "b"))
        assert first.read_bytes() == second.read_bytes()
    assert b"/Type3" not in (tmp_path / "a/fig4.pdf").read_bytes()


def test_drawing_leaves_the_users_settings_alone(summary):
    before = dict(mpl.rcParams)
    fig4.draw(summary)
    assert dict(mpl.rcParams) == before


def test_a_summary_without_a_sweep_is_refused_by_name(summary):
    with pytest.raises(FigureError, match="cutoff_spectra"):
        fig4.draw(summary.isel(run=slice(0, 12)))


def test_the_caption_tells_how_it_was_made(summary):
    text = fig4.caption(summary)
    for words in ("N = 200", "`exact`", "0.1 ms", "seed 3", "thresholds random"):
        assert words in text
