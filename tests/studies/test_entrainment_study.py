"""The study of entrainment, on a mean field whose rhythm and locking are known.

Oracles: periods and 1:1 locking at 3.5 pA in steps of 0.25 Hz from an independent integration
(LSODA, outside this package): 333 ms and 2.50 to 3.50 Hz at Δ_v = 0.1 mV, 260 ms and 3.25 to
4.75 Hz at 1.0 mV.
"""

import numpy as np
import pytest

from ikmeanfield.studies.entrainment import Entrainment
from stored import computed

pytestmark = pytest.mark.long

PERIODS = {0.1: 333.0, 1.0: 260.0}
LOCKED = {0.1: (2.5, 3.5), 1.0: (3.25, 4.75)}
KINDS = {0.1: 1, 1.0: 2}
FREQUENCIES = np.arange(2.25, 5.01, 0.25)
SETTINGS = {
    "kind": "entrainment", "population": "rs", "amplitudes": [3.5, 5.0],
    "frequencies": FREQUENCIES.tolist(), "every_amplitude": 2, "every_frequency": 3, "edges": 3.5,
    "duration": 24000.0, "discard": 8000.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    experiment = {
        "circuit": {
            "preset": "regular_spiking",
            "set": {
                "rs.size": 300, "rs.recovery": "population", "rs.adaptation": 100.0,
                "rs.input_current": 55.0,
            },
        },
        "theories": {
            "plain": {"kind": "mean_field", "reset_correction": False, "form": "absolute"}
        },
        "studies": {"entrainment": SETTINGS},
        "sweeps": {
            "width": {"axes": [{"parameter": "rs.threshold_width", "values": list(PERIODS)}]}
        },
    }  # fmt: skip
    return computed(tmp_path_factory.mktemp("entrainment"), experiment)["entrainment"]


@pytest.fixture(scope="module")
def summary(study):
    return study.summary


def test_the_free_rhythm_has_the_known_period(summary):
    """Oracle: periods from another solver, given to the millisecond."""
    periods = 1000.0 / summary["free_frequency"].sel(model="plain").values
    np.testing.assert_allclose(periods, list(PERIODS.values()), atol=1.0)


@pytest.mark.parametrize(("run", "width"), list(enumerate(LOCKED)))
def test_the_mean_field_is_locked_where_it_is_known_to_be(summary, run, width):
    """Oracle: the known ranges; coherence is high inside."""
    low, high = LOCKED[width]
    own = summary.isel(run=run).sel(model="plain", amplitude=3.5)
    np.testing.assert_array_equal(own["locked"], (low <= FREQUENCIES) & (high >= FREQUENCIES))
    assert (own["locked_low"], own["locked_high"]) == (low, high)
    assert float(own["locked_width"]) == pytest.approx(high - low + 0.25)
    assert (own["coherence"].values[own["locked"].values == 1] > 0.95).all()


@pytest.mark.parametrize(("run", "width"), list(enumerate(LOCKED)))
def test_continuation_ends_between_the_last_locked_and_the_first_unlocked_drive(
    summary, run, width
):
    """Oracle: the same ranges, by integration in time; the kinds of points are its own."""
    own = summary.isel(run=run).sel(model="plain", amplitude=3.5)
    low, high = own["edge"].values
    assert LOCKED[width][0] - 0.25 < low < LOCKED[width][0]
    assert LOCKED[width][1] < high < LOCKED[width][1] + 0.25
    assert (own["edge_kind"] == KINDS[width]).all()


def test_curves_pass_between_locked_and_unlocked_drives(summary):
    """Oracle: integration in time at another amplitude, 5 pA, where edges lie on the curves."""
    own = summary.sel(model="plain", amplitude=5.0)
    for run in range(len(LOCKED)):
        here = own.isel(run=run)
        low, high = here["edge"].values
        inside = (low < FREQUENCIES) & (high > FREQUENCIES)
        np.testing.assert_array_equal(here["locked"], inside)
        assert 0 < inside.sum() < inside.size


def test_the_curves_are_in_the_summary_and_in_a_table(study):
    """Oracle: the lower edge at 3.5 pA, found in frequency alone; networks have no curve."""
    summary = study.summary
    rows = list(study.settings.rows("curves", None, "", summary))
    assert len(rows) == summary.sizes["point"]
    assert {row["model"] for row in rows} == {"plain"}
    for run, width in enumerate(LOCKED):
        mine = [row for row in rows if row["rs_threshold_width"] == width]
        low = float(summary["edge"].isel(run=run).sel(model="plain", amplitude=3.5, side="low"))
        near = [row for row in mine if row["curve"] == 0 and abs(row["amplitude"] - 3.5) < 5e-3]
        assert min(abs(row["frequency"] - low) for row in near) < 2e-3
        assert {row["point"] for row in mine} >= {"", "end"}
    wide = [row for row in rows if row["rs_threshold_width"] == 1.0]
    assert {row["kind"] for row in wide} >= {"LPC", "TR"}
    assert "R1" in {row["point"] for row in wide if row["kind"] == "TR"}


def test_networks_are_driven_at_every_third_frequency(summary):
    """Oracle: the mean field; the truncation of thresholds moves the rhythm by a few per cent."""
    network = summary.sel(model="network", amplitude=3.5)
    assert (np.isfinite(network["winding"]).sum("frequency") == 4).all()
    assert np.isnan(network["edge"]).all()
    plain = summary.sel(model="plain")
    np.testing.assert_allclose(network["free_frequency"], plain["free_frequency"], rtol=0.06)
    driven = network.isel(frequency=[3, 6])  # 3.0 Hz is in the first tongue, 3.75 in the second
    assert [int(driven["locked"][0, 0]), int(driven["locked"][1, 1])] == [1, 1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"frequencies": [1.0, 2.0, 4.0]}, "evenly spaced"),
        ({"amplitudes": [2.0, 1.0]}, "ascend"),
        ({"amplitudes": [0.0, 1.0]}, "positive"),
        ({"discard": 24000.0}, "shorter than the duration"),
        ({"sample": 7.0}, "duration"),
    ],
)
def test_wrong_settings_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        Entrainment.model_validate({**SETTINGS, **changes})
