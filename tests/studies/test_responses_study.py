"""The study of linear responses: networks beside the mean field that is exact for them.

Oracle: with one recovery variable per population and the reset at infinity, networks approach the
mean field as they grow, up to the truncation of thresholds.
"""

import numpy as np
import pytest

from ikmeanfield.spiking import Network
from ikmeanfield.studies.responses import Responses
from stored import computed


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    experiment = {
        "circuit": {
            "preset": "excitatory_inhibitory",
            "set": {"*.size": 4000, "fs.input_current": 30.0, "rs.input_current": 50.0,
                    "rs.threshold_width": 0.5},
        },
        "theories": {"plain": {"kind": "mean_field", "reset_correction": False}},
        "studies": {
            "responses": {
                "kind": "responses", "modulated": "rs", "observed": ["rs"],
                "frequencies": [1.0, 5.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0],
                "amplitude": 0.3, "segments": 12,
            },
        },
        "sweeps": {"widths": {"axes": [{"parameter": "fs.threshold_width", "values": [0.4]}]}},
    }  # fmt: skip
    return computed(tmp_path_factory.mktemp("responses"), experiment)


def test_the_network_answers_as_the_mean_field_does(studies):
    """Oracle: the mean field, which truncated thresholds damp less at the resonance."""
    summary = studies["responses"].summary.isel(run=0).sel(population="rs")
    network, theory = (summary.sel(model=m) for m in ("network", "plain"))
    slow, strong = summary["frequency"] <= 15.0, theory["gain"] > 0.2 * theory["gain"].max()
    np.testing.assert_allclose(network["gain"][slow], theory["gain"][slow], rtol=0.12)
    np.testing.assert_allclose(network["gain"][strong], theory["gain"][strong], rtol=0.4)
    turn = np.angle(np.exp(1j * (network["phase"] - theory["phase"])))
    assert np.abs(turn[(summary["frequency"] <= 10.0).values]).max() < 0.06


def test_doubling_the_amplitude_changes_no_gain(studies):
    """Oracle: linearity."""
    network = studies["responses"].summary.isel(run=0).sel(population="rs", model="network")
    clear = network["coherence"] > 0.5
    assert clear.sum() >= 5
    deviation = np.abs(network["half_gain"] - network["gain"])[clear]
    assert (deviation < 4 * np.sqrt(5) * network["gain_error"][clear]).all()


def test_the_slowest_gain_is_the_slope_of_the_rate(studies):
    """Oracle: rates of networks at currents 1 pA apart, and the same for the mean field."""
    here = studies["responses"]
    circuit = here.plan.runs[0].circuit
    rates = [
        Network(circuit).run({"rs": 50.0 + d}, duration=4000.0, sample=1.0)["firing_rate"]
        .sel(population="rs")[1000:].mean()
        for d in (-0.5, 0.5)
    ]  # fmt: skip
    gain = here.summary.isel(run=0, frequency=0).sel(population="rs", model="network")["gain"]
    assert float(gain) == pytest.approx(float(rates[1] - rates[0]), rel=0.08)


def test_the_resonance_is_in_the_table(studies):
    """Oracle: the frequencies that were asked for, and the maximum of the gain."""
    summary = studies["responses"].summary.isel(run=0).sel(population="rs")
    theory = summary.sel(model="plain")
    assert 10.0 <= float(summary["resonance"].sel(model="network")) <= 20.0
    assert 12.0 <= float(theory["resonance"]) <= 20.0
    assert float(theory["growth"]) < 0 < float(theory["quality"])
    table = studies["responses"].all.folder / "responses/resonances.csv"
    header, *rows = table.read_text().splitlines()
    assert "resonance_gain" in header
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"frequencies": [0.0, 1.0]}, "must be positive"),
        ({"sample": 3.0}, "settle"),
        ({"segments": 1}, "greater than or equal to 2"),
    ],
)
def test_wrong_settings_are_refused(changes, words):
    settings = {"kind": "responses", "modulated": "rs", "frequencies": [5.0], **changes}
    with pytest.raises(ValueError, match=words):
        Responses.model_validate(settings)
