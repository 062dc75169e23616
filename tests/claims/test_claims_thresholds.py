"""Claims about draws of thresholds: each verdict is reached on made-up summaries."""

import numpy as np
import pytest
import xarray as xr

from made_up import MadeUp, judged

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
                "spectrum": (("run", "population", "frequency"), spectrum[:, None]),
                "sweep": ("run", np.array(["width", "cutoff"])[sweep]),
                "networks_thresholds": ("run", np.array(draws)[draw]),
                "rs_threshold_width": ("run", VALUES[place]),
                "rs_truncation": ("run", VALUES[place]),
            },
            {"frequency": frequency},
        ).set_coords("networks_thresholds")
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
    (found,) = judged("equal_thresholds_reverse_variance", MadeUp(source.summary.isel(run=random)))
    assert "not decided: equal steps" in found.where


@pytest.mark.parametrize(
    ("narrow", "low", "verdict"), [(3.0, 0.5, "holds"), (1.0, 1.0, "does not hold")]
)
def test_shapes_of_spectra(narrow, low, verdict):
    """Oracle: exponential spectra whose decay differs or not, with a wobble between replicates."""
    (found,) = judged("spectra_differ", networks(-1, 1, narrow, low, noise=0.2))
    assert found.verdict == verdict
