"""The adjusted current I* and the rate of a single neuron."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from decimals import PI, arctan
from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking
from ikmeanfield.theories.mean_field import (
    ResetAccuracyWarning,
    ResetDomainError,
    adjusted_current,
    firing_rate,
)
from ikmeanfield.theories.mean_field.equations import reset_correction


def literal_shift(mu: float, alpha: float, k: float, v_p: float, v_0: float) -> float:
    """I* − I = π² k μ/(4 γ²) − k μ/4 with γ of Eq. 31, in 50 digits."""
    with localcontext() as context:
        context.prec = 50
        m, a, K, P, Z = (Decimal(x) for x in (mu, alpha, k, v_p, v_0))
        gamma = arctan((2 * P - a / K) / m.sqrt()) - arctan((2 * Z - a / K) / m.sqrt())
        return float(PI**2 * K * m / (4 * gamma**2) - K * m / 4)


@settings(max_examples=150, deadline=None)
@given(
    st.floats(-14, 5), st.floats(0.3, 2), st.floats(-55, 0), st.floats(30, 1000),
    st.floats(-1000, -60),
)  # fmt: skip
def test_correction_has_full_precision(exponent, k, vertex, v_p, v_0) -> None:
    """Oracle: Eq. 34 as printed, in decimal arithmetic of 50 digits, μ from 1e-14 to 1e5 mV²."""
    mu, alpha = 10.0**exponent, 2 * k * vertex
    shift, _, _ = reset_correction(mu, alpha, k, v_p, v_0)
    assert shift == pytest.approx(literal_shift(mu, alpha, k, v_p, v_0), rel=1e-12)


@settings(max_examples=100, deadline=None)
@given(
    st.floats(-4, 4), st.floats(0.3, 2), st.floats(-55, 0), st.floats(30, 1000),
    st.floats(-1000, -60),
)  # fmt: skip
def test_derivatives_of_the_correction(exponent, k, vertex, v_p, v_0) -> None:
    """Oracle: differences of Eq. 34 in decimal arithmetic, which lose no digits that matter."""
    mu, alpha = 10.0**exponent, 2 * k * vertex
    _, by_mu, by_alpha = reset_correction(mu, alpha, k, v_p, v_0)
    h = 1e-4 * mu
    up, down = (reset_correction(mu + x, alpha, k, v_p, v_0)[0] for x in (h, -h))
    assert by_mu == pytest.approx((up - down) / (2 * h), rel=1e-6)
    h = 1e-3
    up, down = (literal_shift(mu, alpha + x, k, v_p, v_0) for x in (h, -h))
    assert by_alpha == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-9 * mu)


def test_adjusted_current_is_continuous_monotone_and_at_least_the_current(narrow_reset) -> None:
    """Oracle: properties stated after Eq. 34; μ = 0 at I = k (v_θ − v_r)²/4 = 70 pA here."""
    population = narrow_reset.populations["rs"]
    I = np.concatenate((np.linspace(0, 200, 2001), 70 + np.logspace(-12, 0, 100)))  # noqa: E741
    I.sort()
    shifted = adjusted_current(population, I)
    assert (shifted >= I).all()
    assert (shifted[I <= 70] == I[I <= 70]).all()
    assert (np.diff(shifted)[np.diff(I) > 0] > 0).all()
    just_above = I[(I > 70) & (I < 70 + 1e-9)]
    np.testing.assert_allclose(adjusted_current(population, just_above), just_above, rtol=1e-14)


def test_adjusted_current_makes_the_rates_equal() -> None:
    """Oracle: the definition of I*: r_∞(I*) = r(I), with u, s and threshold of the neuron."""
    population = (
        excitatory_inhibitory()
        .replace({"fs.peak_potential": 40.0, "fs.reset_potential": -60.0})
        .populations["fs"]
    )
    state = {
        "recovery": 3.0,
        "synaptic_activation": {"ampa": np.array([[0.1], [0.9]]), "gaba": 0.4},
        "threshold": -38.0,
    }
    I = np.linspace(0, 300, 61)  # noqa: E741
    shifted = adjusted_current(population, I, **state)
    assert shifted.shape == (2, 61)
    finite = firing_rate(population, I, **state)
    infinite = firing_rate(population, shifted, infinite_reset=True, **state)
    np.testing.assert_allclose(infinite, finite, rtol=1e-10, atol=1e-6)
    assert (finite[:, -1] > 10).all()


@pytest.mark.parametrize("reset", [(50.0, -100.0), (40.0, -65.0), (1000.0, -1000.0)])
@pytest.mark.parametrize(("I", "u", "s"), [(90.0, 0.0, 0.0), (200.0, 12.0, 0.5), (71.0, 0.0, 0.0)])
def test_single_neuron_rate(I, u, s, reset) -> None:  # noqa: E741
    """Oracle: Eq. 1 with u and s frozen, integrated from v_0 to the event v = v_p."""
    population = (
        regular_spiking()
        .replace({"rs.peak_potential": reset[0], "rs.reset_potential": reset[1]})
        .populations["rs"]
    )
    k, C = population.leakage, population.capacitance

    def neuron(t: float, v: np.ndarray) -> np.ndarray:
        return (k * (v + 60) * (v + 40) - u + I - s * v) / C

    def spike(t: float, v: np.ndarray) -> float:
        return float(v[0]) - reset[0]

    spike.terminal = True  # type: ignore[attr-defined]
    run = solve_ivp(
        neuron, (0, 1e5), [reset[1]], method="DOP853", events=spike, rtol=1e-11, atol=1e-10
    )
    rate = firing_rate(population, I, recovery=u, synaptic_activation={"ampa": s})
    assert float(rate) == pytest.approx(1e3 / run.t_events[0][0], rel=1e-8)


def test_rate_without_reset_and_below_threshold() -> None:
    """Oracle: Eq. 32 by hand, √(k (I − 70 pA))/(π C), and silence where μ ≤ 0."""
    population = regular_spiking().populations["rs"]
    rate = firing_rate(population, [60.0, 70.0, 110.0], infinite_reset=True)
    np.testing.assert_allclose(rate, [0, 0, 1e3 * np.sqrt(0.7 * 40) / (np.pi * 100)])


def test_messages() -> None:
    """Oracle: what a user needs in order to act: population, α/(2k) and v_0."""
    population = regular_spiking().replace({"rs.reset_potential": -55.0}).populations["rs"]
    with pytest.warns(ResetAccuracyWarning, match="less accurate"):
        adjusted_current(population, 80.0)
    outside = population.model_copy(update={"reset_potential": -45.0})
    match = r"rs: .*alpha/\(2k\) = -50 mV, reset_potential = -45 mV"
    with pytest.raises(ResetDomainError, match=match), pytest.warns(ResetAccuracyWarning):
        adjusted_current(outside, 80.0, name="rs")
    with pytest.raises(ResetDomainError, match=match):
        firing_rate(outside, 80.0, name="rs")
    with pytest.raises(ValueError, match="no synapse 'nmda'; the population has ampa"):
        firing_rate(population, 80.0, synaptic_activation={"nmda": 1.0})
