"""The truncated Lorentzian against scipy's Cauchy distribution, cut off and renormalised."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from scipy import stats
from scipy.integrate import quad

from ikmeanfield.circuit import excitatory_inhibitory, truncated
from ikmeanfield.heterogeneity import TruncatedLorentzian, laws

CASES = [(-40.0, 1.0, 20.0), (-40.0, 0.01, 20.0), (-40.0, 5.0, 5.0), (0.0, 3.0, 40.0)]


def cauchy(center: float, width: float, half_range: float) -> tuple:
    """The untruncated distribution and the probability it puts inside the range."""
    whole = stats.cauchy(center, width)
    return whole, whole.cdf(center + half_range) - whole.cdf(center - half_range)


@pytest.mark.parametrize("case", CASES)
def test_density_and_distribution(case: tuple[float, float, float]) -> None:
    """Oracle: scipy.stats.cauchy divided by its probability inside the range; zero outside."""
    law = TruncatedLorentzian(*case)
    center, _, half = case
    whole, inside = cauchy(*case)
    x = np.linspace(center - half + 1e-9, center + half - 1e-9, 401)
    np.testing.assert_allclose(law.pdf(x), whole.pdf(x) / inside, rtol=1e-12)
    expected = (whole.cdf(x) - whole.cdf(center - half)) / inside
    np.testing.assert_allclose(law.cdf(x), expected, rtol=1e-9, atol=1e-12)
    outside = np.array([center - half - 1e-6, center + half + 1e-6, -1e6, 1e6])
    np.testing.assert_array_equal(law.pdf(outside), 0)
    np.testing.assert_allclose(law.cdf(outside), [0, 1, 0, 1], atol=1e-15)


@pytest.mark.parametrize("case", CASES)
def test_density_integrates_to_the_distribution(case: tuple[float, float, float]) -> None:
    """Oracle: adaptive quadrature of the density."""
    law = TruncatedLorentzian(*case)
    center, width, half = case
    for to in (center - 0.6 * half, center - width / 2, center, center + 0.3 * half, center + half):
        points = [p for p in (center - width, center, center + width) if p < to]
        value, _ = quad(law.pdf, center - half, to, points=points or None, limit=200)
        assert value == pytest.approx(float(law.cdf(to)), abs=1e-9)


@given(st.floats(0, 1), st.floats(1e-3, 1e3), st.floats(1e-2, 1e3))
@settings(deadline=None, derandomize=True)
def test_quantile_inverts_the_distribution(p: float, width: float, half_range: float) -> None:
    """Oracle: cdf(quantile(p)) = p, every quantile inside the range, the ends at its borders."""
    law = TruncatedLorentzian(-40.0, width, half_range)
    value = float(law.quantile(p))
    slack = 1e-9 * half_range + 1e-12
    assert abs(value + 40) <= half_range + slack
    # Rounding of the threshold against the centre, seen through the density.
    assert float(law.cdf(value)) == pytest.approx(p, abs=1e-9 + 1e-13 / min(width, half_range))
    assert float(law.quantile(0)) == pytest.approx(-40 - half_range, abs=slack)
    assert float(law.quantile(1)) == pytest.approx(-40 + half_range, abs=slack)


def test_quantiles_split_the_range_into_equal_probabilities() -> None:
    """Oracle: untruncated Cauchy quantiles at probabilities mapped into the range."""
    case = (-40.0, 2.0, 15.0)
    whole, inside = cauchy(*case)
    got = TruncatedLorentzian(*case).sample(100, "quantiles", default_rng(0))
    p = whole.cdf(-55.0) + inside * (np.arange(100) + 0.5) / 100
    np.testing.assert_allclose(got, whole.ppf(p), rtol=1e-10)
    assert np.all(np.diff(got) > 0)
    np.testing.assert_allclose(got + got[::-1], -80.0, atol=1e-9)  # symmetric about the centre


def test_random_draws_follow_the_law() -> None:
    """Oracle: Kolmogorov-Smirnov test against the truncated scipy distribution, fixed seed."""
    case = (-40.0, 2.0, 15.0)
    whole, inside = cauchy(*case)
    got = TruncatedLorentzian(*case).sample(20_000, "random", default_rng(7))

    def law(x: np.ndarray) -> np.ndarray:
        return np.clip((whole.cdf(x) - whole.cdf(-55.0)) / inside, 0, 1)

    assert stats.kstest(got, law).pvalue > 0.01
    assert np.all(np.diff(got) >= 0)
    assert got.min() >= -55 - 1e-9
    assert got.max() <= -25 + 1e-9


def test_random_draws_depend_on_the_generator_alone() -> None:
    """Oracle: equal seeds, equal bytes; quantiles ignore the generator."""
    law = TruncatedLorentzian(-40.0, 1.0, 20.0)
    one, same, other = (law.sample(50, "random", default_rng(s)) for s in (3, 3, 4))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()
    for seed in (3, 4):
        got = law.sample(50, "quantiles", default_rng(seed))
        assert got.tobytes() == law.sample(50, "quantiles", default_rng(0)).tobytes()


@pytest.mark.parametrize("draw", ["quantiles", "random"])
def test_width_zero_puts_every_threshold_at_the_centre(draw: str) -> None:
    got = TruncatedLorentzian(-40.0, 0.0, 20.0).sample(5, draw, default_rng(0))  # type: ignore[arg-type]
    np.testing.assert_array_equal(got, -40.0)


def test_one_neuron_lies_at_the_centre() -> None:
    """Oracle: the median of a symmetric law."""
    got = TruncatedLorentzian(-40.0, 3.0, 20.0).sample(1, "quantiles", default_rng(0))
    assert got == pytest.approx([-40.0], abs=1e-12)


def test_the_law_of_a_population() -> None:
    """Oracle: φ = v̄_θ − v_r unless given (Eq. 40)."""
    rs = truncated().populations["rs"]
    assert laws(rs)["threshold"] == TruncatedLorentzian(-40.0, 2.0, 40.0)
    given_ = truncated().replace({"rs.truncation": 7.5}).populations["rs"]
    assert laws(given_)["threshold"] == TruncatedLorentzian(-40.0, 2.0, 7.5)
    fs = excitatory_inhibitory().populations["fs"]
    assert laws(fs)["threshold"] == TruncatedLorentzian(-40.0, 0.3, 15.0)


def test_an_unknown_draw_is_refused() -> None:
    law = TruncatedLorentzian(-40.0, 1.0, 20.0)
    with pytest.raises(ValueError, match=r"draw = 'sobol'; allowed are 'quantiles' and 'random'"):
        law.sample(5, "sobol", default_rng(0))  # type: ignore[arg-type]
