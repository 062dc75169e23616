"""A law of one's own is one class and one registration; what others make of it."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.random import default_rng
from scipy import stats

from ikmeanfield import MeanField, integrate
from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.heterogeneity import LAWS, Law, Lorentzian, laws
from ikmeanfield.schema import ConfigError
from ikmeanfield.spiking import Network
from ikmeanfield.theories import DomainError, MeanFieldSettings


@dataclass(frozen=True)
class Uniform(Law):
    """Equally probable between center ± width."""

    def quantile(self, probability):
        p = np.asarray(probability, dtype=float)
        return self.center + self.width * (2 * p - 1)


@pytest.fixture
def uniform(monkeypatch) -> Circuit:
    monkeypatch.setitem(LAWS._things, "uniform", Uniform)
    return regular_spiking().replace(
        {"rs.law": "uniform", "rs.threshold_width": 3.0, "rs.size": 500}
    )


def test_a_registered_law_reaches_the_network(uniform):
    """Oracle: midpoints of 500 equal parts of [-43, -37], and the Kolmogorov-Smirnov test."""
    midpoints = Network(uniform).thresholds["rs"]
    np.testing.assert_allclose(midpoints, np.linspace(-43, -37, 1001)[1::2], rtol=1e-14)
    drawn = Network(uniform, thresholds="random", seed=3).thresholds["rs"]
    assert stats.kstest(drawn, stats.uniform(-43.0, 6.0).cdf).pvalue > 0.01
    assert drawn.min() >= -43
    assert drawn.max() <= -37


@pytest.mark.parametrize(
    "ask",
    [MeanField, MeanFieldSettings().check, lambda c: integrate(c, duration=1.0, sample=1.0)],
    ids=["MeanField", "settings", "integrate"],
)
def test_the_mean_field_refuses_a_law_without_a_pole(uniform, ask):
    with pytest.raises(DomainError, match=r"rs: law = 'uniform' .* pole .* lorentzian"):
        ask(uniform)


def test_an_unknown_law_is_refused_with_those_there_are():
    with pytest.raises(ConfigError, match=r"rs.law: got 'normal'; .*truncated_lorentzian"):
        regular_spiking().replace({"rs.law": "normal"})


def test_the_default_law_changes_neither_stored_circuits_nor_keys():
    """Oracle: before populations had laws, no stored circuit had the field."""
    circuit = regular_spiking()
    assert "law" not in circuit.model_dump_json()
    assert "law" not in circuit.identity()["populations"]["rs"]
    other = circuit.replace({"rs.law": "lorentzian"})
    assert other.identity()["populations"]["rs"]["law"] == "lorentzian"
    assert Circuit.model_validate_json(other.model_dump_json()) == other
    assert other.replace({"rs.law": "truncated_lorentzian"}) == circuit


def test_the_mean_field_is_the_same_for_both_lorentzians():
    circuit = regular_spiking()
    other = circuit.replace({"rs.law": "lorentzian"})
    settings = MeanFieldSettings()
    assert not settings.knows("rs.law")
    assert settings.identity(circuit) == settings.identity(other)
    settings.check(other)


def test_the_whole_lorentzian():
    """Oracle: scipy's Cauchy distribution."""
    circuit = regular_spiking().replace({"rs.law": "lorentzian", "rs.threshold_width": 2.0})
    law = laws(circuit.populations["rs"])["threshold"]
    assert law == Lorentzian(-40.0, 2.0)
    whole = stats.cauchy(-40.0, 2.0)
    p = np.linspace(0.001, 0.999, 101)
    np.testing.assert_allclose(law.quantile(p), whole.ppf(p), rtol=1e-12)
    x = np.linspace(-300.0, 300.0, 601)
    np.testing.assert_allclose(law.pdf(x), whole.pdf(x), rtol=1e-12)
    np.testing.assert_allclose(law.cdf(x), whole.cdf(x), rtol=1e-12)
    drawn = law.sample(20_000, "random", default_rng(5))
    assert stats.kstest(drawn, whole.cdf).pvalue > 0.01


def test_a_law_that_is_not_truncated_takes_no_truncation():
    circuit = regular_spiking().replace({"rs.law": "lorentzian"})
    with pytest.raises(ConfigError, match=r"truncation = 5 mV means nothing to the law"):
        circuit.replace({"rs.truncation": 5.0})
    circuit.replace({"rs.threshold": -70.0})  # only a truncated law must stay above rest
