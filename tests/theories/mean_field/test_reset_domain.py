"""The adjusted current over random neurons: its properties, its precision, where it is defined."""

from __future__ import annotations

import subprocess
import sys
import warnings
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from decimals import PI, arctan
from ikmeanfield.analysis.diagrams import equilibrium_diagram
from ikmeanfield.circuit import Population, Synapse, regular_spiking
from ikmeanfield.experiments import expand, parse
from ikmeanfield.schema import ConfigError
from ikmeanfield.spiking import Network
from ikmeanfield.theories.mean_field import (
    MeanField,
    ResetAccuracyWarning,
    ResetDomainError,
    adjusted_current,
    firing_rate,
    integrate,
)

pytestmark = pytest.mark.filterwarnings(
    "ignore::ikmeanfield.theories.mean_field.ResetAccuracyWarning"
)


@st.composite
def neurons(draw) -> tuple[Population, dict[str, float]]:
    """A neuron anywhere in the domain, v_0 above v_r included, with u and s it is held at."""
    v_r = draw(st.floats(-90, -50))
    v_t = v_r + draw(st.floats(2, 60))
    k, g, s = draw(st.floats(0.2, 2)), draw(st.floats(0, 2)), draw(st.floats(0, 3))
    vertex = 0.5 * (v_r + v_t)
    v_0 = vertex - draw(st.floats(0.1, 1000))
    v_p = vertex + g * s / (2 * k) + draw(st.floats(0.1, 1000))
    synapse = Synapse(
        conductance=g, reversal_potential=draw(st.floats(-80, 20)), synaptic_time=1e12,
        weights={"rs": 0.0},
    )  # fmt: skip
    population = Population(
        size=1, capacitance=draw(st.floats(20, 200)), leakage=k, resting_potential=v_r,
        threshold=v_t, threshold_width=0.0, recovery_time=1e12, recovery_coupling=0.0,
        adaptation=0.0, peak_potential=v_p, reset_potential=v_0, synapses={"ampa": synapse},
    )  # fmt: skip
    return population, {"u": draw(st.floats(-50, 50)), "s": s}


def mu_in_fractions(population: Population, I: float, u: float, s: float) -> Fraction:  # noqa: E741
    """μ of Eq. 29 without any rounding, from the same floating-point parameters."""
    k, v_r, v_t = map(
        Fraction, (population.leakage, population.resting_potential, population.threshold)
    )
    synapse = population.synapses["ampa"]
    gs = Fraction(synapse.conductance) * Fraction(s)
    alpha = k * (v_r + v_t) + gs
    drive = k * v_r * v_t + gs * Fraction(synapse.reversal_potential) - Fraction(u) + Fraction(I)
    return (4 * k * drive - alpha**2) / k**2


def onset(population: Population, u: float, s: float) -> float:
    """The current at which μ = 0, to rounding: μ grows as 4 I/k."""
    return float(-mu_in_fractions(population, 0.0, u, s) * Fraction(population.leakage) / 4)


def doubled_vertex(population: Population, s: float) -> Fraction:
    """α/k: twice the potential at which dv/dt is least."""
    gs = Fraction(population.synapses["ampa"].conductance) * Fraction(s)
    potentials = Fraction(population.resting_potential) + Fraction(population.threshold)
    return potentials + gs / Fraction(population.leakage)


def shift_in_decimals(population: Population, mu: Fraction, v: Fraction) -> Fraction:
    """I* − I of Eqs. 31 and 34 as printed, in 50 digits, from an exact μ and v = α/k."""
    if mu <= 0:
        return Fraction(0)
    with localcontext() as context:
        context.prec = 50
        root = (Decimal(mu.numerator) / Decimal(mu.denominator)).sqrt()
        ends = [
            2 * Fraction(x) - v for x in (population.peak_potential, population.reset_potential)
        ]
        upper, lower = (Decimal(x.numerator) / Decimal(x.denominator) / root for x in ends)
        gamma = arctan(upper) - arctan(lower)
        K = Decimal(population.leakage)
        return Fraction(K * root**2 / 4 * (PI**2 / gamma**2 - 1))


@settings(max_examples=150, deadline=None)
@given(neurons(), st.lists(st.integers(-300_000_000, 600_000_000), min_size=2, max_size=20))
def test_adjusted_current_is_monotone_and_at_least_the_current(neuron, offsets) -> None:
    """Oracle: what is stated after Eq. 34, for v_0 < α/(2k) < v_p, u and s included.

    Currents lie 1e-6 pA apart or more, far above what rounding can swap.
    """
    population, held = neuron
    critical = onset(population, **held)
    I = np.unique(critical + 1e-6 * np.array([0, *offsets]))  # noqa: E741
    shifted = adjusted_current(
        population, I, recovery=held["u"], synaptic_activation={"ampa": held["s"]}
    )
    assert (shifted >= I).all()
    assert (np.diff(shifted) > 0).all()
    silent = np.array([mu_in_fractions(population, x, **held) <= 0 for x in I])
    margin = 1e-9 * (1 + np.abs(critical))  # μ itself is rounded
    np.testing.assert_array_equal(shifted[critical - margin > I], I[critical - margin > I])
    assert silent[critical - margin > I].all()


@settings(max_examples=100, deadline=None)
@given(neurons(), st.floats(-3, 2))
def test_adjusted_current_is_continuous(neuron, exponent) -> None:
    """Oracle: what is continuous moves half as far in half a step; a jump would not halve."""
    population, held = neuron
    width, critical = 10.0**exponent, onset(population, **held)
    furthest = []
    for count in (400, 800):
        I = critical + width * np.linspace(-1, 1, count + 1)  # noqa: E741
        shifted = adjusted_current(
            population, I, recovery=held["u"], synaptic_activation={"ampa": held["s"]}
        )
        furthest.append(np.diff(shifted).max())
    assert furthest[1] <= 0.55 * furthest[0]


@settings(max_examples=100, deadline=None)
@given(neurons(), st.floats(-8, -1))
def test_adjusted_current_leaves_the_current_smoothly(neuron, exponent) -> None:
    """Oracle: a bound by hand, from arctan x ≤ x.

    With a and b twice the distances of v_p and v_0 from α/(2k), γ ≥ π − δ for δ = √μ (1/a + 1/b).
    Where δ ≤ 0.1, Eq. 34 then gives I* − I ≤ δ k μ/4.
    """
    population, held = neuron
    k = population.leakage
    vertex = 0.5 * (population.resting_potential + population.threshold)
    vertex += population.synapses["ampa"].conductance * held["s"] / (2 * k)
    a = 2 * (population.peak_potential - vertex)
    b = 2 * (vertex - population.reset_potential)
    delta = 10.0**exponent
    mu = (delta / (1 / a + 1 / b)) ** 2
    critical = onset(population, **held)
    I = critical + 0.25 * k * mu  # noqa: E741
    shifted = adjusted_current(
        population, I, recovery=held["u"], synaptic_activation={"ampa": held["s"]}
    )
    assert 0 <= float(shifted) - I <= 1.001 * delta * 0.25 * k * mu + 1e-12 * (1 + abs(critical))


def narrow() -> tuple[Population, dict[str, float]]:
    """A neuron whose whole range of potentials is small beside √μ a little above the onset."""
    synapse = Synapse(
        conductance=0.0, reversal_potential=0.0, synaptic_time=1e12, weights={"rs": 0.0}
    )
    population = Population(
        size=1, capacitance=20.0, leakage=1.0, resting_potential=-50.0, threshold=-48.0,
        threshold_width=0.0, recovery_time=1e12, recovery_coupling=0.0, adaptation=0.0,
        peak_potential=-48.0, reset_potential=-50.0, synapses={"ampa": synapse},
    )  # fmt: skip
    return population, {"u": 0.0, "s": 0.0}


@settings(max_examples=150, deadline=None)
@given(neurons(), st.floats(-13, 3))
@example(narrow(), 3.0)
def test_adjusted_current_is_exact_near_the_onset(neuron, exponent) -> None:
    """Oracle: Eq. 34 as printed in 50 digits, from the same floats without any rounding.

    The error is that of rounding the inputs' sums in μ and in α, which the slopes of I* pass on,
    and that of rounding I* itself. (That the small I* − I is exact too, `test_reset` shows.)
    """
    population, held = neuron
    I = onset(population, **held) + 10.0**exponent  # noqa: E741
    mu, v = mu_in_fractions(population, I, **held), doubled_vertex(population, held["s"])
    shift = shift_in_decimals(population, mu, v)
    found = float(
        adjusted_current(population, I, recovery=held["u"], synaptic_activation={"ampa": held["s"]})
    )
    synapse, k = population.synapses["ampa"], population.leakage
    gs = synapse.conductance * held["s"]
    size = abs(I) + abs(held["u"]) + abs(gs * synapse.reversal_potential)
    size += k * (population.threshold - population.resting_potential) ** 2
    size += gs * abs(population.resting_potential + population.threshold) + gs**2 / k
    h = Fraction(1, 1000) * max(abs(mu), Fraction(1, 10**9))
    by_mu = (shift_in_decimals(population, mu + h, v) - shift) / h
    h = Fraction(1, 10**6)
    by_v = (shift_in_decimals(population, mu, v + h) - shift) / h
    error = abs(float(Fraction(found) - Fraction(I) - shift))
    passed_on = (1 + float(4 * by_mu) / k) * size + abs(float(by_v * v))
    assert error <= 8 * np.finfo(float).eps * (abs(found) + passed_on)


@settings(max_examples=25, deadline=None)
@given(neurons(), st.floats(0.5, 300))
def test_the_rate_is_that_of_the_simulated_neuron(neuron, above) -> None:
    """Oracle: intervals between spikes of the exact scheme, u and s held by endless constants."""
    population, held = neuron
    I = onset(population, **held) + above  # noqa: E741
    rate = firing_rate(population, I, recovery=held["u"], synaptic_activation={"ampa": held["s"]})
    interval = 1e3 / float(rate)
    assume(interval > 1.0)
    circuit = regular_spiking().model_copy(update={"populations": {"rs": population}})
    circuit = circuit.replace({"rs.input_current": I})
    step = 0.05
    duration = step * np.ceil(6.5 * interval / step + 200 / step)
    network = Network(circuit, step=step)
    network.set_state(recovery={"rs": held["u"]}, activation=np.array([held["s"]]))
    run = network.run(duration=duration, sample=duration, spikes={"rs": [0]})
    spikes = run["spike_time"].values
    assert spikes.size >= 3
    np.testing.assert_allclose(np.diff(spikes)[1:], interval, rtol=1e-6, atol=1e-6)


def high(v_0: float, **changes: float):
    paths = {f"rs.{name}": value for name, value in changes.items()}
    return regular_spiking().replace(
        {"rs.reset_potential": v_0, "rs.peak_potential": 50.0, **paths}
    )


CONFIG = {
    "experiments": {
        "mine": {
            "circuit": {"preset": "regular_spiking", "set": {"rs.peak_potential": 50.0}},
            "theories": {"mf": {"kind": "mean_field", "reset_correction": True}},
            "studies": {
                "networks": {"kind": "networks", "duration": 10.0, "sample": 1.0, "step": 0.1},
                "predictions": {"kind": "predictions"},
            },
            "sweeps": {
                "reset": {"axes": [{"parameter": "rs.reset_potential", "values": [-60.0, -50.0]}]}
            },
        }
    }
}


@pytest.mark.parametrize("v_0", [-50.0, -45.0])
@pytest.mark.parametrize(
    "use",
    [
        lambda circuit: adjusted_current(circuit.populations["rs"], 80.0, name="rs"),
        lambda circuit: firing_rate(circuit.populations["rs"], 80.0, name="rs"),
        MeanField,
        lambda circuit: integrate(circuit, duration=1.0, sample=1.0),
        lambda circuit: equilibrium_diagram(circuit, "rs.input_current", 0.0, 100.0),
    ],
    ids=["adjusted_current", "firing_rate", "MeanField", "integrate", "diagram"],
)
def test_a_reset_from_which_neurons_do_not_return_is_refused_in_words(use, v_0) -> None:
    """Oracle: α/(2k) = (v_r + v_θ)/2 = −50 mV at s = 0; Eq. 34 diverges for v_0 from there on."""
    match = rf"rs: .*alpha/\(2k\) = -50 mV, reset_potential = {v_0:g} mV"
    with pytest.raises(ResetDomainError, match=match):
        use(high(v_0))
    MeanField(high(v_0), reset_correction=False)  # uncorrected, there is nothing to refuse


def test_a_configuration_outside_the_domain_is_refused_by_grid_point() -> None:
    with pytest.raises(ConfigError) as refusal:
        expand(parse(CONFIG), "mine")
    for words in (
        "sweeps.reset", "rs.reset_potential = -50.0", "predictions: theory mf", "alpha/(2k) = -50",
    ):  # fmt: skip
        assert words in str(refusal.value)


def test_between_rest_and_the_domains_end_the_correction_warns_once() -> None:
    """Oracle: a fresh interpreter with its usual filters, three diagrams and an integration."""
    code = """
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.analysis.diagrams import equilibrium_diagram
circuit = regular_spiking().replace({"rs.reset_potential": -55.0, "rs.peak_potential": 50.0})
for _ in range(3):
    equilibrium_diagram(circuit, "rs.input_current", 0.0, 60.0, cycles=False)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.count("ResetAccuracyWarning") == 1
    assert "reset_potential = -55 mV is not below resting_potential = -60 mV" in done.stderr
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResetAccuracyWarning)
        MeanField(high(-60.001))
        with pytest.raises(ResetAccuracyWarning):
            MeanField(high(-60.0))


def test_a_diagram_ends_at_the_border_of_the_domain_and_says_so() -> None:
    """Oracle: without synaptic input the border is v_0 = −50 mV; differences stay inside."""
    branch = equilibrium_diagram(
        high(-60.0, threshold_width=0.5, recovery_coupling=0.0, adaptation=0.0,
             input_current=30.0),
        "rs.reset_potential", -120.0, -40.0,
    )["equilibria"]  # fmt: skip
    (end,) = [end for end in branch.ends if end.reason != "bound"]
    assert end.reason == "domain"
    assert "leaves the domain of the mean field: rs: " in end.message
    assert -50.1 < branch["rs.reset_potential"].max() < -49.9
