"""Claims about peak and reset: each verdict is reached on made-up summaries."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from made_up import BOTH, MadeUp, judged, plan_of

RESETS = np.repeat([-80.0, -70.0, -60.0, -55.0], 3)
SETTINGS = SimpleNamespace(asked=lambda plan: list(BOTH))


def predictions(distance, excess):
    """Distances of the corrected field, and rates of networks above the uncorrected one."""
    noise = np.tile([-0.01, 0.0, 0.01], 4)
    own = np.asarray(distance, float) + noise
    own = np.stack([own, np.ones(12)], axis=1)[..., None]
    rate = np.stack([np.zeros(12), -(np.asarray(excess, float) + noise)], axis=1)[..., None]
    return MadeUp(
        xr.Dataset(
            {
                "rmse_synaptic_activation": (("run", "theory", "synapse"), own),
                "difference_mean": (("run", "theory", "population"), rate),
                "rs_reset_potential": ("run", RESETS),
            },
            {"theory": list(BOTH)},
        ),
        plan_of(BOTH, **{"rs_resting_potential": -60.0}),
        SETTINGS,
    )


@pytest.mark.parametrize(
    ("above", "below", "verdict"),
    [(0.5, 0.2, "holds"), (0.2, 0.5, "does not hold"), (0.301, 0.3, "cannot be decided")],
)
def test_the_correction_near_rest(above, below, verdict):
    """Oracle: distances that were made up, at resets from rest on and below it."""
    source = predictions(np.where(RESETS >= -60, above, below), 1.0)
    (found,) = judged("correction_near_rest", source)
    assert found.verdict == verdict
    assert found.value == pytest.approx(above / below)


@pytest.mark.parametrize(
    ("excess", "verdict"),
    [(1.0, "holds"), (-1.0, "does not hold"), (np.where(RESETS > -65, 1.0, -1.0), "holds in part"),
     (0.0, "cannot be decided")],
)  # fmt: skip
def test_rates_with_near_resets(excess, verdict):
    """Oracle: differences of the rates that were made up."""
    (found,) = judged("near_resets_raise_rates", predictions(1.0, excess))
    assert found.verdict == verdict


def circuit(overlap=(0.5, 0.5), predicted=(1.0, 1.0), found=1.0):
    """Scores of both regions at a far and a near reset: with the correction, and without."""
    rows = [
        (region, reset, name)
        for region in ("bistable", "oscillatory")
        for reset in (-1000.0, -60.0)
        for name in BOTH
    ]
    dims = ("score",)

    def by_theory(values):
        return [
            np.atleast_1d(values[list(BOTH).index(name)])[-1 if region == "bistable" else 0]
            for region, _, name in rows
        ]

    return MadeUp(
        xr.Dataset(
            {
                "scored_region": (dims, [region for region, _, _ in rows]),
                "scored_all_reset_potential": (dims, [reset for _, reset, _ in rows]),
                "scored_theory": (dims, [name for _, _, name in rows]),
                "score_overlap": (dims, by_theory(overlap)),
                "score_predicted_area": (dims, by_theory(predicted)),
                "score_found_area": (dims, np.full(len(rows), found)),
            }
        ),
        plan_of(BOTH),
    )


@pytest.mark.parametrize(
    ("overlap", "verdict"),
    [((0.4, 0.6), "holds"), ((0.6, 0.4), "does not hold"), (([0.6, 0.4], 0.5), "holds in part"),
     ((np.nan, np.nan), "cannot be decided")],
)  # fmt: skip
def test_far_resets(overlap, verdict):
    """Oracle: overlaps with the correction and without it that were made up."""
    (found,) = judged("far_reset_needs_no_correction", circuit(overlap))
    assert found.verdict == verdict


def test_no_reset_is_far():
    """Oracle: a criterion that no reset meets."""
    (found,) = judged("far_reset_needs_no_correction", circuit(), farthest=-5000.0)
    assert found.verdict == "cannot be decided"


@pytest.mark.parametrize(
    ("area", "found_area", "verdict"),
    [(1.5, 1.0, "holds"), (0.8, 1.0, "does not hold"), ([1.5, 0.8], 1.0, "holds in part"),
     (0.5, 0.0, "holds"), (0.0, 0.0, "cannot be decided")],
)  # fmt: skip
def test_areas_of_regions(area, found_area, verdict):
    """Oracle: areas that were made up; no prediction can be larger than nothing by a ratio."""
    (found,) = judged("correction_overestimates", circuit(predicted=(area, 9.0), found=found_area))
    assert found.verdict == verdict
