"""Panels D to F of Fig. 9: what is drawn and told, read back, against the data that went in."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from ikmeanfield.figures import fig9_rings
from ikmeanfield.plot.paper_style import style

WIDTHS = (0.01, 0.1, 1.0, 2.0)
FRACTIONS = (0.1, 0.25)
CURRENTS = (45.0, 55.0, 70.0)
DRAWS = 3


@pytest.fixture
def encoding():
    """Errors that equal the width plus the fraction, and profiles that equal the width's place."""
    width = np.repeat(WIDTHS, DRAWS)
    jitter = np.tile([-0.1, 0.0, 0.1], len(WIDTHS))
    error = (width + jitter)[:, None] + np.array(FRACTIONS)
    dims = ("run", "fraction")
    profile = np.broadcast_to(np.repeat(np.arange(4.0), DRAWS)[:, None, None], (12, 2, 10))
    return xr.Dataset(
        {
            "error": (dims, error), "misfit": (dims, error / 10), "outside": (dims, 2 * error),
            "profile": (("run", "fraction", "place"), profile),
        },
        {
            "rs_threshold_width": ("run", width), "replicate": ("run", np.tile(range(DRAWS), 4)),
            "fraction": list(FRACTIONS), "place": np.linspace(0.05, 0.95, 10),
        },
    )  # fmt: skip


@pytest.fixture
def decoding():
    """Errors that equal the current over 100 plus the width; kernels without variance at 45 pA."""
    current, width, draw = (
        each.ravel() for each in np.meshgrid(CURRENTS, WIDTHS, [-0.1, 0.0, 0.1], indexing="ij")
    )
    error = (current / 100 + width + draw)[:, None] + np.array([0.0, 1.0])
    time = np.arange(2.5, 250.1, 2.5)
    target = np.stack([np.exp(-((time - 150) ** 2) / 450), np.sin(time / 20)])
    return xr.Dataset(
        {
            "error": (("run", "function"), error),
            "dimension": ("run", 10 * width + draw),
            "kernel_variance": ("run", np.where(current == 45.0, 1e-33, np.exp(-width + draw))),
            "rate_lowest": ("run", np.zeros(width.size)),
            "rate_highest": ("run", current + draw),
            "target": (("run", "function", "time"), np.broadcast_to(target, (36, 2, 100))),
            "readout": (("run", "function", "time"), width[:, None, None] * target),
        },
        {
            "rs_input_current": ("run", current), "rs_threshold_width": ("run", width),
            "replicate": ("run", np.tile(range(3), 12)), "function": ["bump", "product"],
            "time": time,
        },
    )  # fmt: skip


@pytest.fixture
def folds():
    """Folds at 10 pA plus the width and 40 pA minus it; one theory has none at the last width."""
    ends = {"lower": (10.0, 1.0), "upper": (40.0, -1.0)}
    rows = [
        (theory, run, side, ends[side][0] + ends[side][1] * WIDTHS[run // DRAWS])
        for theory in ("mean_field", "exact") for run in range(12) for side in ("upper", "lower")
        if theory == "exact" or run < 9
    ]  # fmt: skip
    theory, run, side, value = (list(column) for column in zip(*rows, strict=True))
    return xr.Dataset(
        {
            "theory": ("point", theory), "run_number": ("point", run), "side": ("point", side),
            "value": ("point", value), "kind": ("point", ["fold"] * len(rows)),
        },
        {"rs_threshold_width": ("run", np.repeat(WIDTHS, DRAWS))},
    )  # fmt: skip


def panels(count):
    return [Figure().add_subplot() for _ in range(count)]


def curves(axes):
    """Curves of an axis with markers, as arrays."""
    drawn = [line for line in axes.lines if line.get_marker() not in {"None", None, ""}]
    return [np.asarray(line.get_ydata(), float) for line in drawn]


def test_bumps(encoding, folds):
    """Oracle: means over the draws, which are made up to be known."""
    with style():
        drawn = panels(4)
        fig9_rings.draw_encoding(drawn, encoding, folds)
    image = drawn[0].collections[0].get_array().reshape(4, 10)
    np.testing.assert_allclose(image, np.broadcast_to(np.arange(4.0)[:, None], (4, 10)))
    for values, fraction in zip(curves(drawn[2]), FRACTIONS, strict=True):
        np.testing.assert_allclose(values, np.array(WIDTHS) + fraction)
    field_low, field_high, exact_low, exact_high, held = (
        np.asarray(line.get_ydata(), float) for line in drawn[3].lines
    )
    np.testing.assert_allclose(exact_low, 10.0 + np.array(WIDTHS))
    np.testing.assert_allclose(exact_high, 40.0 - np.array(WIDTHS))
    np.testing.assert_allclose(field_low[:3], exact_low[:3])
    assert np.isnan([field_low[3], field_high[3]]).all()
    assert (held == 30.0).all()
    edges = sorted(line.get_xdata()[0] for line in drawn[0].lines)
    np.testing.assert_allclose(edges, [0.375, 0.625], atol=1e-3)


def test_functions_and_kernels(decoding):
    """Oracle: errors, dimensions and swings that are made up to be known, by current."""
    with style():
        four, three = panels(4), panels(3)
        fig9_rings.draw_functions(four, decoding)
        fig9_rings.draw_kernels(three, decoding)
    for axes, more in zip(four[2:], (0.0, 1.0), strict=True):
        for values, current in zip(curves(axes), CURRENTS, strict=True):
            np.testing.assert_allclose(values, np.array(WIDTHS) + current / 100 + more)
    for values in curves(three[0]):
        np.testing.assert_allclose(values, 10 * np.array(WIDTHS))
    silent, *others = curves(three[1])
    assert np.isnan(silent).all()
    for values in others:
        np.testing.assert_allclose(values, -np.array(WIDTHS), atol=1e-12)
    for values, current in zip(curves(three[2]), CURRENTS, strict=True):
        np.testing.assert_allclose(values, current)
    grey, narrow, wide = four[0].lines
    np.testing.assert_allclose(narrow.get_ydata(), 0.01 * np.asarray(grey.get_ydata()))
    np.testing.assert_allclose(wide.get_ydata(), np.asarray(grey.get_ydata()))


def test_findings_name_the_smallest_error(encoding, folds, decoding):
    """Oracle: where the made-up errors are smallest, and Student's t for three draws, 4.303."""
    lines = list(fig9_rings.encoding_findings(encoding))
    assert lines[0].startswith("10% stimulated, error, smallest at 0.01 mV: 0.01 mV: 0.11 ± 0.25")
    assert list(fig9_rings.fold_findings(folds)) == [
        "bistable currents, mean field: 0.01 mV: 10.01 to 39.99 pA; 2 mV: nowhere",
        "bistable currents, exact: 0.01 mV: 10.01 to 39.99 pA; 2 mV: 12.00 to 38.00 pA",
    ]
    told = list(fig9_rings.decoding_findings(decoding))
    assert "45 pA, dimension: 0.01 mV: 0.1 ± 0.25; 2 mV: 20 ± 0.25" in told
    text = fig9_rings.text(encoding, decoding)
    for words in ("3 draws", "for 0.01, 0.1 and 1 mV", "Δ_v = 0.01 and 1 mV"):
        assert words in text
    text = fig9_rings.text(
        encoding.isel(run=slice(3, None)), decoding.isel(run=slice(None, None, 4))
    )
    assert "for 0.1 and 1 mV" in text
