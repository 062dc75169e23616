"""The Lorentzian that stands for a law without a pole."""

import numpy as np
import pytest
from scipy import stats

from ikmeanfield.circuit import regular_spiking
from ikmeanfield.heterogeneity import (
    Lorentzian,
    TruncatedGaussian,
    closest_lorentzian,
    with_lorentzians,
)
from ikmeanfield.theories import DomainError
from ikmeanfield.theories.mean_field import MeanField, MeanFieldSettings

GAUSSIAN = {"rs.law": "truncated_gaussian", "rs.current_width": 5.0}


def test_the_closest_lorentzian_to_a_gaussian():
    """Oracle: a scan of widths with scipy's distribution functions on a fine grid of values."""
    law = TruncatedGaussian(-40.0, 2.0)
    sigma = 2.0 / np.sqrt(2 * np.log(2))
    x = np.linspace(-40.0, 40.0, 8001)
    widths = np.linspace(0.4, 0.7, 601) * sigma
    given = stats.norm(0.0, sigma).cdf(x)
    distances = [np.abs(stats.cauchy(0.0, w).cdf(x) - given).max() for w in widths]
    fit = closest_lorentzian(law)
    assert fit.width == pytest.approx(widths[np.argmin(distances)], rel=2e-3)
    assert fit.distance == pytest.approx(min(distances), rel=5e-3)
    assert fit.width / sigma == pytest.approx(0.505, abs=5e-4)
    assert fit.distance == pytest.approx(0.058, abs=5e-4)


def test_a_lorentzian_is_its_own():
    """Oracle: the law itself, at no distance; a law without width has none."""
    fit = closest_lorentzian(Lorentzian(3.0, 1.7))
    assert fit.width == pytest.approx(1.7, rel=1e-6)
    assert fit.distance < 1e-6
    assert closest_lorentzian(TruncatedGaussian(3.0, 0.0)) == (0.0, 0.0)


def test_a_mean_field_takes_the_closest_lorentzian_if_asked_to():
    """Oracle: the mean field and the key of the circuit with these Lorentzians written out."""
    circuit = regular_spiking().replace(GAUSSIAN | {"rs.truncation": 15.0})
    with pytest.raises(DomainError, match="`fit_laws: true` takes the closest"):
        MeanFieldSettings().check(circuit)
    settings = MeanFieldSettings(fit_laws=True)
    settings.check(circuit)
    widths = {
        "rs.threshold_width": closest_lorentzian(TruncatedGaussian(-40.0, 1.0, 15.0)).width,
        "rs.current_width": closest_lorentzian(TruncatedGaussian(0.0, 5.0)).width,
    }
    written_out = regular_spiking().replace({"rs.law": "lorentzian", **widths})
    assert with_lorentzians(circuit) == written_out
    assert settings.build(circuit) == MeanField(written_out)
    assert settings.identity(circuit) == MeanFieldSettings().identity(written_out)


def test_where_all_laws_have_a_pole_the_option_changes_nothing():
    """Oracle: the circuit and the key without it."""
    circuit = regular_spiking()
    assert with_lorentzians(circuit) is circuit
    asked = MeanFieldSettings(fit_laws=True).identity(circuit)
    assert asked == MeanFieldSettings().identity(circuit)
