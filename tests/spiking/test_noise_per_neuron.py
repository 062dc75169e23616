"""Noise that is independent in every neuron: its laws, its mean field, its orders."""

from __future__ import annotations

import cmath

import numpy as np
import pytest
from scipy import stats

from ikmeanfield.circuit import Circuit, regular_spiking
from ikmeanfield.spiking import Network, noise
from ikmeanfield.theories.mean_field import MeanField


def circuit(**changes) -> Circuit:
    """Equal neurons that share one recovery variable."""
    base = {"rs.threshold_width": 0.0, "rs.law": "lorentzian", "rs.recovery": "population"}
    return regular_spiking().replace(base | {f"rs.{name}": v for name, v in changes.items()})


def alone(**changes) -> Circuit:
    """Neurons without synapses and recovery: the quadratic neuron with noise."""
    data = circuit(recovery_coupling=0.0, adaptation=0.0, **changes).model_dump()
    data["populations"]["rs"]["synapses"] = {}
    return Circuit.model_validate(data)


def drawn(network: Network, step: int) -> np.ndarray:
    """The noise in a step of all neurons of the first population, in pA."""
    size = network.potentials("rs").size
    forces = noise.stirred(0, 0, step, np.zeros(size), np.empty(size), network._various)
    return forces / network._recovery_scale[0]


@pytest.mark.parametrize("scheme", ["exact", "euler"])
@pytest.mark.parametrize(
    ("field", "law"),
    [
        ("cauchy_noise", lambda step: stats.cauchy(scale=7.0)),
        ("gaussian_noise", lambda step: stats.norm(scale=7.0 / np.sqrt(step))),
    ],
)
def test_means_over_a_step_follow_their_law(scheme, field, law):
    """Oracle: scipy's distributions, by the test of Kolmogorov and Smirnov."""
    for step in (0.4, 0.1):
        network = Network(alone(size=100_000, **{field: 7.0}), scheme=scheme, step=step, seed=4)
        values = np.array([drawn(network, n) for n in (0, 1, 12345)])
        assert stats.kstest(values.ravel(), law(step).cdf).pvalue > 1e-3
        ranks = np.array([stats.rankdata(row) for row in values])
        shifted = [*np.corrcoef(ranks)[np.triu_indices(3, 1)],
                   np.corrcoef(ranks[0, 1:], ranks[0, :-1])[0, 1]]  # fmt: skip
        assert np.abs(shifted).max() < 4 / np.sqrt(values.shape[1])


def test_a_kick_is_cut_off_where_it_would_carry_a_neuron_from_reset_to_peak():
    """Oracle: the charge C (v_p − v_0), with a strength at which nearly all kicks are larger."""
    population = alone().populations["rs"]
    network = Network(alone(size=1000, cauchy_noise=1e12), step=0.4)
    largest = population.capacitance * 2000.0 / 0.4
    np.testing.assert_allclose(np.abs(drawn(network, 0)), largest, rtol=1e-12)
    network.advance(duration=40.0, sample=0.4)  # and runs go on


def pole_of(potentials: np.ndarray) -> complex:
    """The pole w of a Lorentzian, from the mean of 1/(v − ζ), which is 1/(w − ζ)."""
    below = -60.0 - 30.0j
    return below + 1 / np.mean(1 / (potentials - below))


@pytest.mark.parametrize("step", [0.1, 0.4, 1.6])
def test_a_lorentzian_of_neurons_stays_one_at_any_step(step):
    """Oracle: the Riccati equation of W with the current I + iΓ, in closed form.

    Both the potential and the mean of the noise over a step enter by a map that is analytic in the
    upper half-plane, so the poles of their laws are carried by it. 200,000 neurons, 8 ms.
    """
    size, strength, current, duration = 200_000, 30.0, 60.0, 8.0
    given = alone(size=size, cauchy_noise=strength, input_current=current, peak_potential=1e6,
                  reset_potential=-1e6)  # fmt: skip
    network = Network(given, step=step, seed=1)
    first = -55.0 + 4.0j
    spread = np.tan(np.pi * (np.random.default_rng(5).random(size) - 0.5))
    network.set_state(potentials={"rs": first.real + first.imag * spread})
    network.advance(duration=duration, sample=duration)
    p = given.populations["rs"]
    middle = (p.resting_potential + p.threshold) / 2
    q = (current + 1j * strength) / p.leakage - ((p.threshold - p.resting_potential) / 2) ** 2
    root = cmath.sqrt(q)
    tangent = cmath.tan(p.leakage * duration / p.capacitance * root)
    W = first - middle
    expected = middle + root * (W + root * tangent) / (root - W * tangent)
    assert abs(pole_of(network.potentials("rs")) - expected) < 4 * abs(expected - middle) / np.sqrt(
        size
    )


@pytest.fixture(scope="module")
def rates():
    """Means and standard errors of the rates of coupled networks, and the mean field's rate."""
    found = {}
    for name, more in (("noise", {"cauchy_noise": 20.0}), ("spread", {"current_width": 20.0})):
        given = circuit(size=8000, input_current=60.0, peak_potential=1e5, reset_potential=-1e5,
                        **more)  # fmt: skip
        network = Network(given, thresholds="quantiles", seed=2)
        series = network.advance(duration=1500.0, sample=100.0)["firing_rate"][0, 5:]
        found[name] = series.mean(), series.std(ddof=1) / np.sqrt(series.size)
        theory = MeanField(given, reset_correction=False).integrate(duration=1500.0, sample=100.0)
        found[f"{name} theory"] = theory["firing_rate"].values[0, -1]
    return found


def test_noise_and_spread_have_one_mean_field(rates):
    """Oracle: the equations with Δ_η; to the bit, because Γ enters as Δ_η."""
    assert rates["noise theory"] == rates["spread theory"]


@pytest.mark.parametrize("name", ["noise", "spread"])
def test_networks_with_noise_or_a_spread_have_the_rate_of_the_mean_field(rates, name):
    """Oracle: the mean field with Δ_η, exact for far peaks and N → ∞; 8000 neurons."""
    mean, error = rates[name]
    assert abs(mean - rates[f"{name} theory"]) < max(4 * error, 0.01 * mean)


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_a_resting_neuron_fluctuates_as_its_linearisation(scheme):
    """Oracle: C dv = −g v dt + σ dW with g = k (v_θ − v_r), whose variance is σ²/(2gC).

    With noise held over a step of a = gh/C that is σ²/(2gC) · tanh(a/2)/(a/2) where steps are
    exact, and σ²/(2gC)/(1 − a/2) for Euler's. Fluctuations are 0.1 mV, so that v is nearly linear.
    """
    given = alone(size=20_000, gaussian_noise=3.3)
    p = given.populations["rs"]
    g = p.leakage * (p.threshold - p.resting_potential)
    for step in (0.5, 2.0):
        network = Network(given, scheme=scheme, step=step, seed=8)
        network.advance(duration=60.0, sample=60.0)
        found = network.potentials("rs").var()
        a = g * step / p.capacitance
        factor = np.tanh(a / 2) / (a / 2) if scheme == "exact" else 1 / (1 - a / 2)
        expected = 3.3**2 / (2 * g * p.capacitance) * factor
        assert found == pytest.approx(expected, rel=4 * np.sqrt(2 / p.size))


def test_gaussian_noise_is_of_strong_order_one():
    """Oracle: Euler-Maruyama at 1/32 of the step, on the Brownian path between the same means."""
    errors = []
    for step in (0.8, 0.4, 0.2):
        network = Network(alone(size=2000, gaussian_noise=150.0, input_current=20.0), step=step,
                          seed=9)  # fmt: skip
        errors.append(_strong_error(network, round(8.0 / step), 32))
    assert 1.6 < errors[0] / errors[1] < 2.5
    assert 1.6 < errors[1] / errors[2] < 2.5


def _strong_error(network: Network, steps: int, parts: int) -> float:
    """Root mean square distance to a fine path, over the neurons that are far from a spike."""
    p = network.circuit.populations["rs"]
    rng = np.random.default_rng(1)
    h = network.step / parts
    v = np.full(p.size, p.resting_potential)
    worst = v.copy()
    for n in range(steps):
        mean = drawn(network, n)
        fine = p.gaussian_noise / np.sqrt(h) * rng.standard_normal((parts, p.size))
        fine += mean - fine.mean(axis=0)
        for kick in fine:
            drive = p.leakage * (v - p.resting_potential) * (v - p.threshold)
            v = v + h / p.capacitance * (drive + p.input_current + kick)
        worst = np.maximum(worst, v)
    network.advance(duration=steps * network.step, sample=network.step)
    calm = worst < p.threshold
    assert calm.mean() > 0.5
    return float(np.sqrt(np.mean((network.potentials("rs") - v)[calm] ** 2)))


@pytest.mark.parametrize("scheme", ["exact", "euler"])
def test_a_run_may_be_cut_and_repeated(scheme):
    """Oracle: the run in one piece, to the bit; another seed gives another path."""
    given = circuit(size=300, cauchy_noise=10.0, gaussian_noise=5.0, input_current=60.0,
                    recovery="neuron")  # fmt: skip
    step = 0.2 if scheme == "exact" else 0.05
    whole = Network(given, scheme=scheme, step=step, seed=1)
    whole.advance(duration=30.0, sample=1.0)
    cut = Network(given, scheme=scheme, step=step, seed=1)
    cut.advance(duration=10.0, sample=1.0)
    here = cut.snapshot()
    for _ in range(2):
        cut.restore(here)
        for _ in range(4):
            cut.advance(duration=5.0, sample=1.0)
        np.testing.assert_array_equal(whole.potentials("rs"), cut.potentials("rs"))
    other = Network(given, scheme=scheme, step=step, seed=2)
    other.advance(duration=30.0, sample=1.0)
    assert np.abs(whole.potentials("rs") - other.potentials("rs")).max() > 1.0


def test_a_pattern_adds_to_all_currents():
    """Oracle: the input current, for a pattern that is the same for all; and none again."""
    given = circuit(size=50, current_width=5.0, cauchy_noise=2.0, input_current=40.0)
    one, two = Network(given, seed=3), Network(given, seed=3)
    one.set_pattern({"rs": np.full(50, 20.0)})
    one.advance(duration=40.0, sample=1.0)
    two.advance({"rs": 60.0}, duration=40.0, sample=1.0)
    np.testing.assert_allclose(one.potentials("rs"), two.potentials("rs"), rtol=1e-9)
    one.set_pattern({})
    one.advance(duration=40.0, sample=1.0)
    two.advance(duration=40.0, sample=1.0)
    np.testing.assert_allclose(one.potentials("rs"), two.potentials("rs"), rtol=1e-6)
    with pytest.raises(ValueError, match=r"currents\['rs'\].*shape \(50,\)"):
        one.set_pattern({"rs": np.zeros(3)})
    with pytest.raises(ValueError, match="no population 'fs'"):
        one.set_pattern({"fs": np.zeros(50)})
