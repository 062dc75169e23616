"""Claims about draws of thresholds: each verdict is reached on made-up summaries."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from made_up import MadeUp, judged, plan_of

VALUES = np.arange(1.0, 7.0)


def networks(random, equal, narrow=1.0, low=1.0, noise=0.0):
    """Variances that rise (1) or fall (−1) with both parameters, for either kind of draw.

    Spectra are ∝ exp(−f/40 Hz), tilted by the given powers at the smallest width and cutoff.
    """
    draws = ["random", "quantiles"]
    axes = np.meshgrid(np.arange(2), np.arange(2), np.arange(VALUES.size), np.arange(3))
    draw, sweep, place, replicate = (a.ravel() for a in axes)
    sign = np.where(draw == 0, random, equal)
    variance = 50 + sign * VALUES[place] + 0.01 * replicate
    frequency = np.linspace(0.0, 300.0, 61)
    power = np.where(place == 0, np.where(sweep == 0, narrow, low), 1.0)
    wobble = 1 + noise * np.sin(frequency[None] / 7 + replicate[:, None])
    spectrum = np.exp(-frequency[None] * power[:, None] / 40) * wobble
    return MadeUp(
        xr.Dataset(
            {
                "rate_variance": (("run", "population"), variance[:, None]),
                "rate_mean": (("run", "population"), np.full((variance.size, 1), 40.0)),
                "spectrum": (("run", "population", "frequency"), spectrum[:, None]),
                "sweep": ("run", np.array(["width", "cutoff"])[sweep]),
                "networks_thresholds": ("run", np.array(draws)[draw]),
                "rs_threshold_width": ("run", VALUES[place]),
                "rs_truncation": ("run", VALUES[place]),
            },
            {"frequency": frequency},
        ).set_coords("networks_thresholds"),
        plan_of(rs_size=10000),
        SimpleNamespace(sample=0.1),
    )


@pytest.mark.parametrize(
    ("random", "equal", "verdict"),
    [(-1, 1, "holds"), (1, -1, "does not hold"), (-1, -1, "holds in part")],
)
def test_variance_by_kind_of_draw(random, equal, verdict):
    """Oracle: variances that rise or fall as made up."""
    (found,) = judged("equal_thresholds_reverse_variance", networks(random, equal))
    assert found.verdict == verdict


def test_variance_of_one_kind_of_draw_decides_in_part():
    """Oracle: what is said of quantiles cannot be decided without them."""
    source = networks(-1, 1)
    random = source.summary["networks_thresholds"] == "random"
    source.summary = source.summary.isel(run=random)
    (found,) = judged("equal_thresholds_reverse_variance", source)
    assert "not decided: equal steps" in found.where


@pytest.mark.parametrize(
    ("narrow", "low", "verdict"), [(3.0, 0.5, "holds"), (1.0, 1.0, "does not hold")]
)
def test_shapes_of_spectra(narrow, low, verdict):
    """Oracle: exponential spectra whose decay differs or not, with a wobble between replicates."""
    (found,) = judged("spectra_differ", networks(-1, 1, narrow, low, noise=0.2))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("times", "verdict"),
    [((1.5, 1.4), "holds"), ((1.0, 0.9), "does not hold"), ((1.5, 1.0), "holds in part"),
     ((1.1, 1.1), "cannot be decided")],
)  # fmt: skip
def test_variance_and_synchrony(times, verdict):
    """Oracle: rates from Poisson counts of 10,000 neurons at 40 Hz in 0.1 ms, drawn here.

    Their variance is 40 Hz²; that of the networks is as many times this as made up.
    """
    counts = np.random.default_rng(1).poisson(40.0, 200_000) / (10_000 * 1e-4)
    assert counts.var() == pytest.approx(40.0, rel=0.02)
    source = networks(-1, 1)
    wide = source.summary["rs_threshold_width"] > 3
    equal = source.summary["networks_thresholds"] == "quantiles"
    wobble = np.resize(np.linspace(-0.05, 0.05, 9), wide.size)
    factor = np.where(source.summary["sweep"] == "width", *times)
    factor = np.where(wide | equal, 9.0, factor + wobble)  # these do not count
    source.summary["rate_variance"] = (("run", "population"), 40.0 * factor[:, None])
    (found,) = judged("variance_is_synchrony", source)
    assert found.verdict == verdict
