"""The figure of sizes shows every draw, and the limit as N grows."""

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.figures import sizes
from ikmeanfield.figures.save import FigureError

SIZES = np.repeat([1000, 2000, 4000], 4)
OWN = np.tile([-1.0, 1.0], 6) / np.sqrt(SIZES) * 10


def predictions():
    """Rates with errors of 2 Hz (corrected) and 5 Hz (plain) as N → ∞."""
    error = np.stack([2 + OWN, 5 + OWN], axis=1)[..., None]
    return xr.Dataset(
        {
            "difference_mean": (("run", "theory", "population"), error),
            "rs_size": ("run", SIZES),
        },
        {"theory": ["corrected", "plain"]},
    )


@pytest.fixture
def content():
    rows = [(run, name, limit) for name, limit in (("plain", -1.0), ("exact", 0.0))
            for run in range(SIZES.size)]  # fmt: skip
    dims = ("transition",)
    transitions = xr.Dataset(
        {
            "rs_size": ("run", SIZES),
            "transition_run_number": (dims, [run for run, *_ in rows]),
            "held_difference": (dims, [-limit - OWN[run] for run, _, limit in rows]),
        },
        {
            "kind_of": (dims, ["fold"] * len(rows)),
            "side_of": (dims, ["upper"] * len(rows)),
            "theory_of": (dims, [name for _, name, _ in rows]),
        },
        {"source": "a test", "processor": "none"},
    )
    return {
        "summaries": [transitions, predictions(), predictions()],
        "roles": {"plain": "uncorrected", "corrected": "corrected", "exact": "exact"},
        "given": [10.0, 2.0, -60.0],
    }


def test_every_draw_and_the_limits_are_drawn(content):
    """Oracle: errors that were made up around −1 and 0 pA, and 2 and 5 Hz."""
    figure = sizes.draw(**content)
    assert len(figure.axes) == 3
    for axes, limits in zip(figure.axes, ([1, None], [2, 5], [2, 5]), strict=True):
        single = [line for line in axes.lines if line.get_linestyle() == "None"]
        drawn = np.concatenate([line.get_ydata() for line in single if len(line.get_xdata()) > 1])
        assert drawn.size == 2 * SIZES.size
        assert (drawn > 0).all()
        for limit, bar in zip(limits, axes.containers, strict=True):
            if limit is None:  # the bound of a limit of zero: two standard errors
                error = 10 * np.sqrt(4 / 3) / np.sqrt(SIZES.sum())
                assert 2 * error < bar.lines[0].get_ydata()[0] < 8 * error
            else:
                assert bar.lines[0].get_ydata()[0] == pytest.approx(limit)
        assert axes.get_legend() is not None


def test_the_caption_tells_limits_and_scatter(content):
    """Oracle: a standard deviation of 10·√(4/3)/√N, that is 0.115 at N = 10,000."""
    text = sizes.caption(**content)
    assert "upper fold, uncorrected: -1 ±" in text
    assert "rate at one width, corrected: +2 ±" in text
    assert "standard deviation between 4 draws 0.12 Hz at N = 10,000" in text
    assert "κ = 10 pA" in text
    assert "v_0 = -60 mV" in text


def test_single_draws_are_drawn_without_a_limit(content):
    """Oracle: one size has no limit."""
    content["summaries"] = [one.copy(deep=True) for one in content["summaries"]]
    for one in content["summaries"]:
        one["rs_size"][:] = 1000
    figure = sizes.draw(**content)
    assert not any(axes.containers for axes in figure.axes)
    assert " as N → ∞; standard" not in sizes.caption(**content)


def test_nothing_to_compare_is_refused(content):
    """Oracle: summaries without theories."""
    first, second, third = content["summaries"]
    empty = [first.isel(transition=[]), second.isel(theory=[]), third.isel(theory=[])]
    with pytest.raises(FigureError, match="sizes needs theories"):
        sizes.draw(empty, {})
