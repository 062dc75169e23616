"""Sinusoids, pulses and sums: means against quadrature, and what they do to network and theory."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.integrate import quad

from ikmeanfield import MeanField, integrate, simulate
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.experiments import expand, parse
from ikmeanfield.inputs import Input, constant, pulses, ramp, sinusoid, step_means, steps
from ikmeanfield.inputs.settings import currents_of
from ikmeanfield.schema import ConfigError, explain
from ikmeanfield.theories.stationary import Stationary, StationaryError


def _mean(current, begin, end):
    """The mean over an interval by quadrature from break to break."""
    edges = [begin, *current.breaks(begin, end), end]
    parts = [
        quad(lambda t: float(current(t)), a, b, epsabs=1e-12, epsrel=1e-12, limit=400)[0]
        for a, b in itertools.pairwise(edges)
    ]
    return sum(parts) / (end - begin)


@given(
    st.floats(-50, 50), st.floats(0.5, 200), st.floats(-7, 7), st.none() | st.floats(-20, 60),
    st.floats(-30, 80), st.floats(0.01, 40),
)  # fmt: skip
@settings(deadline=None, derandomize=True, max_examples=100)
def test_mean_of_a_sinusoid(amplitude, frequency, phase, onset, begin, length):
    """Oracle: scipy's quadrature; the onset may lie inside the interval."""
    current = sinusoid(amplitude, frequency, phase=phase, onset=onset, mean=3.0)
    both = current + ramp([(0.0, 1.0), (30.0, 7.0)])
    for one in (current, both):
        expected = _mean(one, begin, begin + length)
        assert float(one.mean(begin, begin + length)) == pytest.approx(expected, abs=1e-9)


def test_values_of_a_sinusoid():
    """Oracle: by hand; 25 Hz is a period of 40 ms, counted from the onset."""
    current = sinusoid(2.0, 25.0, onset=100.0, mean=5.0)
    t = [0.0, 99.9, 100.0, 110.0, 130.0, 140.0]
    np.testing.assert_allclose(current(t), [5, 5, 5, 7, 3, 5], atol=1e-12)
    assert current.breaks(0.0, 200.0) == [100.0]
    always = sinusoid(2.0, 25.0, phase=np.pi / 2)
    np.testing.assert_allclose(always([-40.0, 0.0, 20.0]), [2, 2, -2], atol=1e-12)
    assert always.breaks(-1e9, 1e9) == []


def test_means_of_a_sinusoid_add_up_far_from_zero():
    """Oracle: a whole period has the mean of the current, here after ten minutes."""
    means = step_means([sinusoid(4.0, 5.0, mean=50.0)], 6_000_000, 2000, 0.1)
    assert means.mean() == pytest.approx(50.0, abs=1e-9)
    assert np.ptp(means) == pytest.approx(8.0, rel=1e-4)


def test_pulses_are_steps():
    """Oracle: the same train written out by hand, and the mean over its period."""
    train = pulses([10.0, 30.0], 5.0, 8.0, base=1.0)
    same = steps([(9.0, 1.0), (10.0, 9.0), (15.0, 1.0), (30.0, 9.0), (35.0, 1.0)])
    assert train == same
    given_ = Input.model_validate(
        {"pulses": {"amplitude": 4.0, "width": 5.0, "period": 20.0, "onset": 10.0, "count": 2},
         "scale": 2.0, "offset": 1.0}
    )  # fmt: skip
    assert given_.current() == train
    listed = {"amplitude": 4.0, "width": 5.0, "times": [10.0, 30.0]}
    listed = Input.model_validate({"pulses": listed, "scale": 2.0, "offset": 1.0})
    assert listed.current() == train
    assert float(train.mean(10.0, 30.0)) == pytest.approx(1.0 + 8.0 * 5.0 / 20.0)


def test_sums_add_values_breaks_and_lines():
    """Oracle: value by value; sums of lines stay lines, and constants stay constant."""
    jump, up, wave = steps([(0, 1), (10, 2)]), ramp([(0, 20), (40, 70)]), sinusoid(3.0, 10.0)
    t = np.array([-1.0, 0.0, 10.0, 33.0, 99.0])
    both, all_ = jump + up, jump + up + wave
    np.testing.assert_allclose(all_(t), jump(t) + up(t) + wave(t))
    assert both.breaks(-1.0, 50.0) == [0.0, 10.0, 40.0]
    line = both.line(10.0, 40.0)
    assert line.value + line.slope * (20.0 - line.anchor) == pytest.approx(2.0 + 45.0)
    assert line.slope == pytest.approx(1.25)
    assert all_.line(10.0, 40.0) is None
    assert (jump + wave).between(0.0, 10.0)(10.0) == pytest.approx(1.0 + float(wave(10.0)))
    assert (constant(2) + 3.0).held() == 5.0
    assert (constant(2) + wave).held() is None
    assert jump.held() is None


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"sinusoid": {"amplitude": 1.0, "frequency": 0.0}}, "sinusoid.frequency: got 0.0"),
        ({"sinusoid": {"amplitude": 1.0}}, "sinusoid.frequency: this key is missing"),
        ({"pulses": {"amplitude": 1.0, "width": 2.0, "period": 9.0}}, "`period` and `count`"),
        (
            {"pulses": {"amplitude": 1.0, "width": 2.0, "times": [1.0], "count": 3}},
            "remove count",
        ),
        (
            {"pulses": {"amplitude": 1.0, "width": 9.0, "period": 9.0, "count": 2}},
            "width = 9 ms at 0 and 9 ms meet",
        ),
        ({"pulses": {"amplitude": 1.0, "width": 1.0, "times": [5.0, 1.0]}}, "at 5 and 1 ms meet"),
    ],
)
def test_wrong_settings_are_refused_by_key(setting, words):
    with pytest.raises(ValidationError) as caught:
        Input.model_validate(setting)
    assert words in str(explain(caught.value, "input.rs"))


def test_the_mean_field_answers_a_small_sinusoid_as_its_linearisation_says():
    """Oracle: r = r₀ + Re[(iω − J)⁻¹ b A e^{iωt}] with the Jacobian at the equilibrium.

    The response is quadratic in A at second order, so at A = 1e-3 pA it is below 1e-6 of it.
    """
    circuit = regular_spiking().replace({"rs.input_current": 60.0})
    model = MeanField(circuit, reset_correction=False)
    start = model.integrate(duration=4000.0, sample=4000.0)
    names = ("firing_rate", "membrane_potential", "recovery", "synaptic_activation")
    y = np.array([start[name].item() for name in names])
    y[0] *= 1e-3
    p = model.problem().vector()
    assert np.abs(model.field(y, p)).max() < 1e-12
    amplitude, frequency = 1e-3, 8.0
    w = 2e-3 * np.pi * frequency
    push = np.zeros(4)
    push[1] = 1.0 / circuit.get("rs.capacitance")
    response = np.linalg.solve(1j * w * np.eye(4) - model.jacobian(y, p), push)
    drive = sinusoid(amplitude, frequency, mean=60.0)
    run = model.integrate({"rs": drive}, duration=8000.0, sample=5.0, initial=y, rtol=1e-11)
    late = run["time"].values > 7000.0
    t, r = run["time"].values[late], run["firing_rate"].values[0, late]
    expected = 1e3 * (y[0] + (amplitude * response[0] * np.exp(1j * w * t)).imag)
    gain = 1e3 * amplitude * abs(response[0])
    assert np.abs(r - expected).max() < 1e-4 * gain


def test_a_short_pulse_and_a_fast_sinusoid_are_not_stepped_over():
    """Oracle: a pulse long after rest was reached leaves v' = A/C; a sinusoid follows its ODE.

    At rest the solver's steps grow far beyond the pulse and the period.
    """
    circuit = regular_spiking().replace({"rs.threshold_width": 0.0})
    drive = pulses([5000.0], 0.01, 1e4)
    run = integrate(circuit, {"rs": drive}, duration=5001.0, sample=0.01, reset_correction=False)
    v = run["membrane_potential"].sel(population="rs")
    kick = float(v.sel(time=5000.01, method="nearest") - v.sel(time=5000.0, method="nearest"))
    assert kick == pytest.approx(1e4 * 0.01 / 100.0, rel=1e-2)
    # With Δ_v = 0 and r = 0, v relaxes at 14 nS / 100 pF; far above that, v ≈ −A cos(ωt)/(Cω).
    wave = sinusoid(50.0, 2000.0, onset=5000.0)
    run = integrate(circuit, {"rs": wave}, duration=5500.0, sample=500.0 / 4096)
    late = run["membrane_potential"].values[0, -1000:]
    w = 2e-3 * np.pi * 2000.0
    assert np.ptp(late) == pytest.approx(2 * 50.0 / (100.0 * w), rel=1e-2)


def test_a_network_under_a_sinusoid_is_of_second_order_in_its_step():
    """Oracle: a run with a step eight times shorter; halving the step quarters the error."""
    circuit = regular_spiking().replace({"rs.size": 20, "rs.ampa.conductance": 0.0})
    drive = sinusoid(20.0, 40.0, onset=3.3) + steps([(0.0, 20.0), (17.25, 30.0)])
    end = {
        step: float(
            simulate(circuit, {"rs": drive}, duration=40.0, sample=40.0, step=step)[
                "membrane_potential"
            ].item()
        )
        for step in (0.8, 0.4, 0.2, 0.025)
    }
    errors = [abs(end[step] - end[0.025]) for step in (0.8, 0.4, 0.2)]
    assert errors[0] > 3 * errors[1] > 9 * errors[2]


def test_stationary_states_refuse_a_sinusoid_and_take_sums_of_constants():
    theory = Stationary(regular_spiking())
    assert theory.held_currents({"rs": constant(30.0) + 5.0}) == {"rs.input_current": 35.0}
    for current in (sinusoid(1.0, 5.0), constant(30.0) + sinusoid(1.0, 5.0, onset=10.0)):
        with pytest.raises(StationaryError, match="input current of rs changes in time"):
            theory.held_currents({"rs": current})


EXPERIMENT = {
    "circuit": {"preset": "regular_spiking", "set": {"rs.size": 40, "rs.input_current": 7.0}},
    "input": {"rs": {"steps": [[0.0, 1.0], [4.0, 3.0]],
                     "sinusoid": {"amplitude": 2.0, "frequency": 5.0}, "on_top": True}},
    "studies": {"networks": {"kind": "networks", "duration": 8.0, "sample": 1.0}},
}  # fmt: skip


def _plan(*axes, **changes):
    data = {**EXPERIMENT, **changes, "sweeps": {"grid": {"axes": list(axes)}}}
    return expand(parse({"experiments": {"x": data}}), "x")


def test_waveforms_add_up_on_top_of_the_input_current_along_axes():
    """Oracle: the sum by hand at every grid point; each has a key of its own."""
    plan = _plan(
        {"parameter": "rs.input_current", "values": [7.0, 9.0]},
        {"parameter": "input.rs.sinusoid.frequency", "values": [5.0, 50.0]},
    )
    time = np.array([0.0, 3.0, 5.0])
    for run, (base, frequency) in zip(
        plan.runs, [(7.0, 5.0), (7.0, 50.0), (9.0, 5.0), (9.0, 50.0)], strict=True
    ):
        by_hand = base + np.array([1.0, 1.0, 3.0])
        by_hand += 2.0 * np.sin(2e-3 * np.pi * frequency * time)
        np.testing.assert_allclose(currents_of(plan.inputs(run))["rs"](time), by_hand)
    assert len({item.key for item in plan.all_items("networks")}) == 4
    assert plan.unit("input.rs.sinusoid.frequency") == "Hz"
    with pytest.raises(ConfigError, match=r"input.rs.pulses.width cannot vary .* sinusoid.phase"):
        _plan({"parameter": "input.rs.pulses.width", "values": [1.0]})
    with pytest.raises(ConfigError, match=r"input.rs.sinusoid.frequency: got -1.0"):
        _plan({"parameter": "input.rs.sinusoid.frequency", "values": [-1.0]})
