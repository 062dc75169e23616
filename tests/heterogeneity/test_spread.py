"""What differs between neurons besides their thresholds, and how values are paired."""

import itertools

import numpy as np
import pytest
from numpy.random import default_rng
from scipy import stats

from ikmeanfield.circuit import Circuit, excitatory_inhibitory, regular_spiking
from ikmeanfield.heterogeneity import TruncatedGaussian, differences, laws
from ikmeanfield.schema import ConfigError
from ikmeanfield.spiking import Network

EVERYTHING = {
    "rs.size": 4001,
    "rs.law": "lorentzian",
    "rs.current_width": 12.0,
    "rs.ampa.conductance_width": 0.2,
}


def drawn(changes: dict, draw: str = "quantiles", seed: int = 0):
    circuit = regular_spiking().replace(changes)
    return differences(circuit.populations, draw, default_rng(seed))["rs"]  # type: ignore[arg-type]


def test_unused_fields_change_neither_stored_circuits_nor_keys():
    """Oracle: before these fields existed, no stored circuit had them."""
    fields = ("current_width", "current_truncation", "current_slope")
    synaptic = ("conductance_width", "conductance_truncation")
    circuit = regular_spiking()
    stored = circuit.identity()["populations"]["rs"]
    assert not {*fields} & {*stored}
    assert not {*synaptic} & {*stored["synapses"]["ampa"]}
    values = dict(zip((*fields, *synaptic), (3.0, 40.0, -1.0, 0.1, 0.5), strict=True))
    paths = {f"rs.ampa.{k}" if k in synaptic else f"rs.{k}": v for k, v in values.items()}
    for path, value in paths.items():
        other = circuit.replace({path: value})
        assert other.identity() != circuit.identity()
        assert Circuit.model_validate_json(other.model_dump_json()) == other
        assert other.replace({path: circuit.get(path)}).identity() == circuit.identity()


def test_each_parameter_has_its_law():
    """Oracle: centres, widths and half-ranges as the fields' descriptions say."""
    circuit = regular_spiking().replace(
        {"rs.input_current": 7.0, "rs.current_width": 3.0, "rs.ampa.conductance_width": 0.1}
    )
    found = laws(circuit.populations["rs"])
    assert list(found) == ["threshold", "input_current", "ampa.conductance"]
    assert [(x.center, x.width, x.half_range) for x in found.values()] == [
        (-40.0, 1.0, 20.0), (7.0, 3.0, np.inf), (1.0, 0.1, 1.0),
    ]  # fmt: skip
    limited = circuit.replace({"rs.current_truncation": 9.0, "rs.ampa.conductance_truncation": 0.3})
    found = laws(limited.populations["rs"])
    assert found["input_current"].half_range == 9.0
    assert found["ampa.conductance"].half_range == 0.3
    assert list(laws(regular_spiking().populations["rs"])) == ["threshold"]


@pytest.mark.parametrize(
    ("path", "shown"),
    [("rs.current_truncation", "5 pA"), ("rs.ampa.conductance_truncation", "5 nS")],
)
def test_a_law_that_is_not_truncated_takes_no_truncation(path, shown):
    circuit = regular_spiking().replace({"rs.law": "lorentzian"})
    with pytest.raises(ConfigError, match=f"truncation = {shown} means nothing to the law"):
        circuit.replace({path: 5.0})


@pytest.mark.parametrize("draw", ["quantiles", "random"])
def test_values_follow_their_laws_whatever_else_differs(draw):
    """Oracle: scipy's Cauchy distributions; quantiles are the midpoints, each exactly once."""
    neurons = drawn(EVERYTHING, draw, seed=4)
    columns = {
        (-40.0, 1.0): neurons.threshold,
        (0.0, 12.0): neurons.current,
        (0.0, 0.2): neurons.conductance["ampa"],
    }
    for (center, width), values in columns.items():
        law = stats.cauchy(center, width)
        if draw == "quantiles":
            midpoints = law.ppf((np.arange(4001) + 0.5) / 4001)
            np.testing.assert_allclose(np.sort(values), midpoints, rtol=1e-9, atol=1e-9)
        else:
            assert stats.kstest(values, law.cdf).pvalue > 0.01
    assert (np.diff(neurons.threshold) > 0).all()


@pytest.mark.parametrize("draw", ["quantiles", "random"])
def test_what_is_independent_is_paired_independently(draw):
    """Oracle: expected counts of independent ranks in 10 × 10 boxes, and no rank correlation."""
    neurons = drawn(EVERYTHING, draw, seed=1)
    columns = [neurons.threshold, neurons.current, neurons.conductance["ampa"]]
    ranks = [np.argsort(np.argsort(values)) for values in columns]
    for a, b in itertools.combinations(ranks, 2):
        counts = np.histogram2d(a, b, bins=10)[0]
        expected = 4001 / 100
        if draw == "quantiles":  # evener than chance, by which a count would stray by 6.3
            assert abs(counts - expected).max() < 6.0
            assert abs(stats.spearmanr(a, b).statistic) < 0.005
        else:
            assert stats.chisquare(counts.ravel()).pvalue > 0.01


def test_currents_that_follow_the_threshold():
    """Oracle: η = c (v_θ − v̄_θ), neuron by neuron, plus what is independent of it."""
    alone = drawn({"rs.size": 501, "rs.current_slope": -2.5})
    np.testing.assert_allclose(alone.current, -2.5 * (alone.threshold + 40.0), rtol=1e-12)
    spread = {"rs.size": 501, "rs.current_width": 4.0}
    both = drawn({**spread, "rs.current_slope": -2.5})
    np.testing.assert_allclose(both.current - alone.current, drawn(spread).current, atol=1e-9)


def test_neurons_with_one_threshold_are_in_order_of_what_differs():
    """Oracle: order, and quantiles of the Cauchy distribution."""
    neurons = drawn({"rs.size": 99, "rs.threshold_width": 0.0, "rs.current_width": 2.0})
    midpoints = stats.cauchy(0.0, 2.0).ppf((np.arange(99) + 0.5) / 99)
    np.testing.assert_allclose(neurons.current, midpoints, rtol=1e-9, atol=1e-9)
    assert set(neurons.threshold) == {-40.0}


def test_a_further_spread_leaves_the_others_as_they_were():
    """Oracle: the network without it: thresholds of all populations keep their random draws."""
    circuit = excitatory_inhibitory().replace({"rs.size": 50, "fs.size": 60})
    more = circuit.replace({"rs.current_width": 5.0, "rs.gaba.conductance_width": 0.1})
    for draw in ("quantiles", "random"):
        plain, varied = (Network(c, thresholds=draw, seed=3) for c in (circuit, more))
        for name in circuit.populations:
            np.testing.assert_array_equal(plain.thresholds[name], varied.thresholds[name])
        assert plain.neurons["rs"].current.size == 0
        assert list(varied.neurons["rs"].conductance) == ["gaba"]


@pytest.mark.parametrize("half_range", [0.5, 4.0, np.inf])
def test_the_truncated_gaussian(half_range):
    """Oracle: scipy's truncated normal distribution; half its density at a half-width."""
    law = TruncatedGaussian(-40.0, 2.0, half_range)
    sigma = 2.0 / np.sqrt(2 * np.log(2))
    given = stats.truncnorm(-half_range / sigma, half_range / sigma, -40.0, sigma)
    p = np.array([0.0, 1e-9, 1e-4, 0.2, 0.5, 0.77, 0.9999, 1.0][int(np.isinf(half_range)) : -1])
    np.testing.assert_allclose(law.quantile(p), given.ppf(p), rtol=1e-10)
    x = np.linspace(-47.013, -33.0, 141)
    np.testing.assert_allclose(law.pdf(x), given.pdf(x), rtol=1e-10, atol=1e-300)
    if half_range > 2:
        assert law.pdf(-38.0) == pytest.approx(law.pdf(-40.0) / 2)
    drawn = law.sample(20_000, "random", default_rng(2))
    assert stats.kstest(drawn, given.cdf).pvalue > 0.01
    assert abs(drawn + 40).max() <= half_range
    np.testing.assert_array_equal(TruncatedGaussian(3.0, 0.0, 1.0).quantile([0.1, 0.9]), [3.0, 3.0])
