"""The study of escapes, on networks and mean fields whose folds are known.

Oracles: the folds of the mean field at κ = 10 pA by AUTO-07p, and the statistics of exponential
times, which `tests/analysis/test_escape_times.py` holds against closed forms.
"""

import numpy as np
import pytest

from ikmeanfield.schema import ConfigError
from ikmeanfield.studies.escapes import Escapes
from stored import computed

FOLDS = {0.5: (20.943, 44.511), 1.0: (23.621, 40.671)}
WIDTHS = (0.5, 1.0, 2.5)
NO_EPISODE = -np.log(0.05)

SETTINGS = {
    "kind": "escapes", "population": "rs", "bounds": [0.0, 100.0], "position": 0.5,
    "intensities": [150.0, 100.0], "trials": 8, "limit": 800.0, "wait": 1000.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    experiment = {
        "circuit": {
            "preset": "regular_spiking", "set": {"rs.size": 200, "rs.recovery": "population"},
        },
        "theories": {
            "plain": {"kind": "mean_field", "reset_correction": False, "form": "absolute"},
            "exact": {"kind": "stationary", "shared_recovery": True},
        },
        "studies": {
            "escapes": {
                **SETTINGS, "reference": "exact", "sweeps": ["width"],
            },
            "quiet": {
                **SETTINGS, "intensities": [0.0], "trials": 3, "settle": 400.0,
                "thresholds": "random", "theories": ["exact"], "sweeps": ["place"],
            },
        },
        "sweeps": {
            "width": {"axes": [{"parameter": "rs.threshold_width", "values": list(WIDTHS)}]},
            "place": {"axes": [{"parameter": "quiet.position", "values": [0.25, 0.75]}]},
        },
    }  # fmt: skip
    return computed(tmp_path_factory.mktemp("escapes"), experiment)


def test_models_are_held_in_the_middle_between_the_folds(studies):
    """Oracle: the folds by AUTO-07p; networks lie lower, as truncated thresholds let them."""
    summary = studies["escapes"].summary.sel(model="plain")
    for run, width in enumerate(WIDTHS[:2]):
        middle = np.mean(FOLDS[width])
        np.testing.assert_allclose(summary["current"].isel(run=run), middle, atol=1e-3)
    assert (summary["gap"] > 0).all()
    np.testing.assert_allclose(abs(summary["activation"] - summary["saddle"]), summary["gap"])
    network = studies["escapes"].summary["current"].sel(model="network")
    assert (network < summary["current"]).all()


def test_pulses_and_times_fall_with_the_width(studies):
    """Oracle: the two states of the mean field merge in a cusp at Δ_v = 3.7345 mV."""
    summary = studies["escapes"].summary
    for model in ("plain", "network"):
        pulse = summary["pulse"].sel(model=model).values
        assert (np.diff(pulse, axis=0) < 0).all()
    plain = summary.sel(model="plain")
    assert (np.diff(plain["linear_kick"].values, axis=0) < 0).all()
    weak = plain["mean_time"].sel(intensity=100.0).values
    assert (weak[-1] < weak[0]).all()


def test_mean_times_are_the_time_observed_over_the_escapes(studies):
    """Oracle: the estimator of right-censored exponential times."""
    summary = studies["escapes"].summary
    for name in ("escapes", "trials", "observed"):
        assert (summary[name].fillna(1) >= 0).all()
    known = summary.where(summary["escapes"] > 0)
    ratio = (known["mean_time"] * known["escapes"] / known["observed"]).values
    np.testing.assert_allclose(ratio[np.isfinite(ratio)], 1.0)
    assert (summary["trials"].fillna(8) == 8).all()


def test_networks_without_noise_stay_where_they_are(studies):
    """Oracle: exp(−S/T) = 0.05 at the bound for no escape in the time S."""
    summary = studies["quiet"].summary.sel(model="network")
    assert (summary["escapes"] == 0).all()
    observed = summary["observed"].values
    np.testing.assert_allclose(observed, 3 * 800.0)
    np.testing.assert_allclose(summary["mean_time_low"].values, observed / NO_EPISODE)
    exact = studies["quiet"].summary.sel(model="exact")
    low, high = exact["current"].values
    assert low < high
    assert (exact["gap"] > 0).all()
    assert np.isnan(exact["pulse"]).all()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"intensities": [50.0, 100.0]}, "must fall"),
        ({"intensities": [50.0, -1.0]}, "none below 0"),
        ({"bounds": [50.0, 10.0]}, "first value must be below"),
        ({"limit": 800.1}, "limit"),
        ({"position": 1.5}, "position"),
    ],
)
def test_wrong_settings_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        Escapes.model_validate({**SETTINGS, **changes})


def test_a_current_that_a_sweep_moves_cannot_be_placed(tmp_path):
    experiment = {
        "circuit": {"preset": "regular_spiking"},
        "theories": {"plain": {"kind": "mean_field"}},
        "studies": {"escapes": SETTINGS},
        "sweeps": {"current": {"axes": [{"parameter": "rs.input_current", "values": [30.0]}]}},
    }
    with pytest.raises((ConfigError, ValueError), match=r"the sweep current may not vary it"):
        computed(tmp_path, experiment)
