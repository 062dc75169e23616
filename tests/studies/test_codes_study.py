"""The study of codes: networks that differ, and networks with noise, presented with patterns."""

import numpy as np
import pytest

from ikmeanfield.circuit import regular_spiking
from ikmeanfield.spiking import Network
from ikmeanfield.studies.codes import Codes, halves
from ikmeanfield.theories.mean_field import MeanField
from stored import computed

SETTINGS = {
    "kind": "codes", "population": "rs", "amplitude": 10.0, "inputs": 4, "trials": 6, "folds": 3,
    "gap": 50.0, "window": 100.0, "settle": 200.0, "shown": 20,
    "thresholds": "quantiles",
}  # fmt: skip
CIRCUIT = {
    "rs.size": 200, "rs.threshold_width": 0.0, "rs.law": "lorentzian", "rs.recovery": "population",
    "rs.peak_potential": 1e5, "rs.reset_potential": -1e5, "rs.input_current": 60.0,
}  # fmt: skip
STRENGTH = 10.0


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    def sweep(name):
        return {"axes": [{"parameter": name, "values": [STRENGTH]}], "replicates": 2}

    experiment = {
        "circuit": {"preset": "regular_spiking", "set": CIRCUIT},
        "studies": {"codes": SETTINGS},
        "sweeps": {
            "heterogeneous": sweep("rs.current_width"), "noisy": sweep("rs.cauchy_noise")
        },
    }  # fmt: skip
    return computed(tmp_path_factory.mktemp("codes"), experiment)["codes"].summary


def test_both_kinds_of_network_fire_at_the_rate_of_their_mean_field(summary):
    """Oracle: the mean field without patterns, at its steady state; 200 neurons, 5 %.

    Patterns of mean zero move the rate by less than that.
    """
    theory = MeanField(regular_spiking().replace({**CIRCUIT, "rs.current_width": STRENGTH}), False)
    rate = theory.integrate(duration=1000.0, sample=10.0)["firing_rate"].values[0, -1]
    np.testing.assert_allclose(summary["rate"], rate, rtol=0.05)


def test_only_neurons_that_differ_have_a_stable_code(summary):
    """Oracle: equal neurons correlate by the pattern alone, neurons that differ do without it."""
    own, noisy = (
        summary.isel(run=summary["sweep"].values == sweep) for sweep in ("heterogeneous", "noisy")
    )
    assert own["trial_correlation"].min() > 0.8
    assert noisy["trial_correlation"].max() < 0.4
    assert own["accuracy"].min() >= 0.6  # chance is 0.25
    assert (summary["dimension"] < 24).all()  # the number of presentations
    assert summary["count"].dims == ("run", "neuron", "trial")
    assert summary["count"].shape == (4, 20, 6)


def test_counts_are_those_of_the_rate(summary):
    """Oracle: the population's own rate times the window, for a study of all its neurons."""
    study = Codes.model_validate({**SETTINGS, "shown": 200})
    circuit = regular_spiking().replace({**CIRCUIT, "rs.current_width": STRENGTH})
    counts, rates = study._presented(circuit, seed=3)
    assert counts.shape == (4, 6, 200)
    assert counts.mean() == pytest.approx(rates.mean() * study.window / 1000, rel=1e-6)
    assert int(Network(circuit).thresholds["rs"].size) == counts.shape[2]


def test_counts_under_noise_do_not_depend_on_the_step():
    """Oracle: a sixth of the step, at which kicks are shorter; within four standard errors.

    Means and variances over trials of single neurons' counts, averaged over neurons and inputs.
    """
    found = []
    for sample in (1.0, 0.05):  # steps of 1/3 and 0.05 ms
        study = Codes.model_validate({**SETTINGS, "sample": sample})
        circuit = regular_spiking().replace({**CIRCUIT, "rs.cauchy_noise": 20.0})
        counts = study._presented(circuit, seed=5)[0]
        each = np.array([counts.mean(axis=(1, 2)), counts.var(axis=1, ddof=1).mean(axis=1)])
        found.append((each.mean(axis=1), each.std(axis=1, ddof=1) / np.sqrt(study.inputs)))
    (long, error), (short, its) = found
    assert (np.abs(long - short) < 4 * np.hypot(error, its)).all()
    assert (np.hypot(error, its) < 0.1 * long).all()


def test_patterns_have_no_mean_and_differ():
    """Oracle: the definition; an odd number of neurons too."""
    rng = np.random.default_rng(1)
    one, two = halves(rng, 1000), halves(rng, 1000)
    np.testing.assert_array_equal(np.sort(one), np.repeat([-1.0, 1.0], 500))
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(1000)
    assert abs(halves(rng, 7).mean()) < 1e-15


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"folds": 7}, "at most trials = 6"),
        ({"gap": 50.5}, "gap = 50.5 ms must be a whole multiple"),
        ({"inputs": 1}, "greater than or equal to 2"),
    ],
)
def test_wrong_settings_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        Codes.model_validate({**SETTINGS, **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"population": "fs"}, "population: no 'fs'; there are rs"),
        ({"neurons": 300}, "neurons: got 300, but rs.size = 200"),
        ({"neurons": 30, "shown": 40}, "shown: got 40, but 30 neurons are analysed"),
    ],
)
def test_what_does_not_fit_the_circuit_is_refused(tmp_path, changes, words):
    experiment = {
        "circuit": {"preset": "regular_spiking", "set": CIRCUIT},
        "studies": {"codes": {**SETTINGS, **changes}},
        "sweeps": {"one": {"axes": [{"parameter": "rs.current_width", "values": [1.0]}]}},
    }
    with pytest.raises(ValueError, match=words):
        computed(tmp_path, experiment)
