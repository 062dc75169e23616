"""The study of oscillations on circuits whose period, extrema and spikes are known.

Oracles: the mean field's periods from an independent integration (an LSODA calculation outside
this package), and means that an ordinary run of the same network records.
"""

import numpy as np
import pytest

from ikmeanfield.circuit import regular_spiking
from ikmeanfield.studies.oscillations import Oscillations
from stored import computed

PERIODS = {0.3: 302.0, 1.0: 260.0}
"""Free period in ms of RS neurons at κ = 100 pA, I = 55 pA, by Δ_v in mV."""


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    experiment = {
        "circuit": {
            "preset": "regular_spiking",
            "set": {"rs.size": 2000, "rs.adaptation": 100.0, "rs.input_current": 55.0,
                    "rs.recovery": "population"},
        },
        "theories": {"plain": {"kind": "mean_field", "reset_correction": False}},
        "studies": {
            "oscillations": {
                "kind": "oscillations", "duration": 3000.0, "discard": 1000.0, "sample": 1.0,
                "thresholds": "quantiles", "neurons": 200, "within": [-2000.0, 2000.0],
            },
            "networks": {
                "kind": "networks", "duration": 3000.0, "discard": 1000.0, "sample": 1.0,
                "thresholds": "quantiles", "record": ["firing_rate", "recovery"],
            },
        },
        "sweeps": {"widths": {"axes": [{"parameter": "rs.threshold_width", "values": [0.3, 1.0]}]}},
    }  # fmt: skip
    return computed(tmp_path_factory.mktemp("oscillations"), experiment)


def test_the_theory_oscillates_with_the_known_period(studies):
    """Oracle: periods from another solver, given to the millisecond."""
    summary = studies["oscillations"].summary.sel(population="rs", model="plain")
    periods = 1000.0 / summary["frequency"].values
    np.testing.assert_allclose(periods, list(PERIODS.values()), atol=1.0)
    assert (summary["oscillates"] == 1).all()
    assert (summary["irregularity"] < 0.01).all()
    assert np.isnan(summary["synchrony"]).all()


def test_the_network_oscillates_beside_it(studies):
    """Oracle: the mean field; the truncation of thresholds moves the network a few per cent."""
    summary = studies["oscillations"].summary.sel(population="rs")
    network, theory = (summary.sel(model=m) for m in ("network", "plain"))
    np.testing.assert_allclose(network["frequency"], theory["frequency"], rtol=0.1)
    np.testing.assert_allclose(network["recovery_highest"], theory["recovery_highest"], rtol=0.2)
    assert ((network["synchrony"] > 0.05) & (network["synchrony"] < 1)).all()
    assert (network["interval"] < 1000.0 / network["rate_mean"] * 1.5).all()


def test_intervals_fill_the_time(studies):
    """Oracle: pooled intervals are one over the rate on average; bins are 12 % wide."""
    summary = studies["oscillations"].summary.sel(population="rs")
    network = summary.sel(model="network")
    np.testing.assert_allclose(network["interval_share"].sum("interval_bin"), 1.0)
    mean = (network["interval_share"] * network["interval_bin"]).sum("interval_bin")
    np.testing.assert_allclose(mean, 1000.0 / network["rate_mean"], rtol=0.15)
    assert np.isnan(summary["interval_share"].sel(model="plain")).all()


def test_a_range_that_holds_all_neurons_gives_the_plain_mean(studies):
    """Oracle: u is shared, so every neuron has the population's."""
    summary = studies["oscillations"].summary.sel(population="rs", model="network")
    np.testing.assert_allclose(summary["recovery_within"], summary["recovery_mean"], rtol=1e-6)


def test_a_range_leaves_the_series_as_they_are():
    """Oracle: the run in one piece, to the bit; the range is looked at between samples."""
    circuit = regular_spiking().replace({"rs.size": 150, "rs.input_current": 55.0})
    settings = {"kind": "oscillations", "duration": 60.0, "discard": 20.0, "thresholds": "random"}
    plain, _ = Oscillations(**settings)._simulated(circuit, {}, seed=3)
    looked, found = Oscillations(**settings, within=[-65.0, 0.0])._simulated(circuit, {}, seed=3)
    assert plain["firing_rate"].max() > 0
    for name in ("time", "firing_rate", "recovery"):
        np.testing.assert_array_equal(looked[name], plain[name])
    assert np.isfinite(found["recovery_within"]).all()


def test_means_are_those_that_networks_record(studies):
    """Oracle: the study of networks, with the same quantiles."""
    summary = studies["oscillations"].summary.sel(population="rs", model="network")
    recorded = studies["networks"].summary["rate_mean"].sel(population="rs")
    np.testing.assert_allclose(summary["rate_mean"], recorded, rtol=1e-6)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"discard": 3000.0}, "must be shorter than the duration"),
        ({"within": [5.0, -5.0]}, "the first value must be below the second"),
        ({"sample": 0.7}, "duration"),
    ],
)
def test_wrong_settings_are_refused(changes, words):
    settings = {"kind": "oscillations", "duration": 3000.0, "sample": 1.0, **changes}
    with pytest.raises(ValueError, match=words):
        Oscillations.model_validate(settings)
