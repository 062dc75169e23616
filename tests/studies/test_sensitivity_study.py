"""The study of sensitivity: networks beside the mean field that is exact for them.

Oracle: with one recovery variable per population and the reset at infinity, networks approach the
mean field as they grow; slow input moves the rate by its slope.
"""

import numpy as np
import pytest

from ikmeanfield.analysis.linear_response import LinearResponse
from ikmeanfield.experiments import expand, parse
from ikmeanfield.studies.sensitivity import Sensitivity
from ikmeanfield.theories.mean_field import MeanField
from stored import computed

SETTINGS = {
    "kind": "sensitivity", "modulated": "rs", "standard_deviation": 2.0,
    "correlation_times": [5.0, 50.0], "duration": 4000.0, "settle": 500.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    experiment = {
        "circuit": {
            "preset": "regular_spiking",
            "set": {"rs.size": 2000, "rs.adaptation": 100.0, "rs.recovery": "population",
                    "rs.threshold_width": 2.0},
        },
        "theories": {"plain": {"kind": "mean_field", "reset_correction": False}},
        "studies": {"sensitivity": SETTINGS},
        "sweeps": {"levels": {"axes": [{"parameter": "rs.input_current", "values": [60.0]}]}},
    }  # fmt: skip
    return computed(tmp_path_factory.mktemp("sensitivity"), experiment)["sensitivity"]


def test_the_network_tells_as_much_as_the_mean_field(study):
    """Oracle: the mean field, whose noise is that of Poisson neurons; networks have less."""
    summary = study.summary.isel(run=0).sel(population="rs")
    network, theory = (summary.sel(model=m) for m in ("network", "plain"))
    np.testing.assert_allclose(network["rate"], theory["rate"], rtol=0.2)
    np.testing.assert_allclose(network["gain"], theory["gain"], rtol=0.25)
    assert (network["information"] > theory["information"] * 0.8).all()
    assert (theory["d_prime"] > 0.3).all()
    assert (network["d_prime"] > 0.3).all()


def test_the_gain_of_the_mean_field_is_that_of_its_linearisation(study):
    """Oracle: (iω − A)⁻¹b at the steady state, between 2 and 30 Hz."""
    summary = study.summary.isel(run=0, correlation_time=0).sel(population="rs", model="plain")
    theory = MeanField(study.plan.runs[0].circuit, reset_correction=False)
    here = LinearResponse.settled(theory, {"rs": 60.0}, 3000.0)
    band = (summary["frequency"] <= 30.0).values
    frequency = summary["frequency"].values[band]
    expected = np.abs(here.transfer("rs", "rs.firing_rate", frequency))
    ratio = summary["filter_gain"].values[band] / expected
    assert np.median(ratio) == pytest.approx(1.0, abs=0.15)


def test_results_are_in_the_table(study):
    """Oracle: two models and two correlation times of one run."""
    header, *rows = (study.all.folder / "sensitivity/sensitivities.csv").read_text().splitlines()
    assert "information" in header
    assert len(rows) == 4


def test_sizes_count_for_what_theories_show():
    """Oracle: two sizes of a network are two results of either model."""
    experiment = {
        "circuit": {"preset": "regular_spiking"},
        "theories": {"plain": {"kind": "mean_field", "reset_correction": False}},
        "studies": {"sensitivity": SETTINGS},
        "sweeps": {"sizes": {"axes": [{"parameter": "rs.size", "values": [100, 200]}]}},
    }
    plan = expand(parse({"seed": 1, "experiments": {"sizes": experiment}}), "sizes")
    items = list(plan.studies["sensitivity"].items(plan, "sensitivity"))
    assert len({item.key for item in items}) == 4
    assert len({item.seed for item in items}) == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"correlation_times": [0.0]}, "must be positive"),
        ({"interval": 40.0}, "longer than window = 50 ms"),
        ({"duration": 1000.0}, "2000 ms or longer"),
        ({"highest": 500.0}, "frequencies below 500 Hz"),
        ({"segment": 500.5}, "segment"),
    ],
)
def test_wrong_settings_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        Sensitivity.model_validate({**SETTINGS, **changes})
