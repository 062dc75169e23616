"""Single neurons against event-driven integration and closed forms."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ikmeanfield.circuit import regular_spiking
from ikmeanfield.theories.mean_field import firing_rate
from ikmeanfield.theories.stationary import StationaryError, neuron_states
from ikmeanfield.theories.stationary.cycle import SPIKES
from ikmeanfield.theories.stationary.table import Table, direct

RS = regular_spiking().populations["rs"]


def simulated(population, threshold, current, s=0.0, spikes=40, u=0.0):
    """Inter-spike intervals, recovery after each spike and ∫v dt, by solve_ivp with events."""
    p = population

    def field(_, z):
        v, u, _ = z
        dv = p.leakage * (v - p.resting_potential) * (v - threshold) - u + current + s * (0.0 - v)
        du = (p.recovery_coupling * (v - p.resting_potential) - u) / p.recovery_time
        return [dv / p.capacitance, du, v]

    def peak(_, z):
        return z[0] - p.peak_potential

    peak.terminal, peak.direction = True, 1
    rows = []
    for _ in range(spikes):
        start = [p.reset_potential, u, 0.0]
        run = solve_ivp(
            field, (0, 1e4), start, events=peak, method="DOP853", rtol=1e-12, atol=1e-10
        )
        if not len(run.t_events[0]):
            break
        u = run.y_events[0][0][1] + p.adaptation
        rows.append((run.t_events[0][0], u, run.y_events[0][0][2]))
    return np.array(rows)


@pytest.mark.parametrize(
    ("changes", "threshold", "current", "s"),
    [
        ({}, -40.0, 60.0, 0.0),
        ({"adaptation": 100.0}, -42.0, 60.0, 2.0),
        ({"adaptation": 30.0, "peak_potential": 50.0, "reset_potential": -60.0}, -42.0, 90.0, 1.0),
        ({"adaptation": 30.0, "peak_potential": 50.0, "reset_potential": -100.0}, -70.0, 90.0, 0.5),
        ({"recovery_coupling": 1.0, "reset_potential": -80.0}, -45.0, 250.0, 0.0),
    ],
)
def test_periodic_firing_agrees_with_event_driven_integration(changes, threshold, current, s):
    neuron = RS.model_copy(update=changes)
    found = neuron_states(
        neuron, [threshold], input_current=current, synaptic_activation={"ampa": s}
    )
    period, u, area = simulated(neuron, threshold, current, s)[-1]
    assert found.firing_rate.item() == pytest.approx(1e3 / period, rel=1e-10)
    assert found.membrane_potential.item() == pytest.approx(area / period, rel=1e-9)
    assert found.reset_recovery.item() == pytest.approx(u, rel=1e-9)
    assert found.spikes_per_period.item() == 1


def test_mean_recovery_is_the_average_over_the_cycle():
    neuron = RS.model_copy(update={"adaptation": 40.0})
    found = neuron_states(neuron, [-41.0], input_current=70.0)

    def field(_, z):
        dv = 0.7 * (z[0] + 60.0) * (z[0] + 41.0) - z[1] + 70.0
        return [dv / 100.0, (-2.0 * (z[0] + 60.0) - z[1]) / 33.33, z[1]]

    def peak(_, z):
        return z[0] - 1000.0

    peak.terminal = True
    start = [-1000.0, found.reset_recovery.item(), 0.0]
    run = solve_ivp(field, (0, 1e4), start, events=peak, method="DOP853", rtol=1e-12, atol=1e-10)
    mean = run.y_events[0][0][2] / run.t_events[0][0]
    assert found.recovery.item() == pytest.approx(mean, rel=1e-9)


def test_a_held_recovery_variable_gives_the_closed_form():
    """Oracle: Eqs. 30-31 as `firing_rate` has them, and numerical quadrature for the mean."""
    neuron = RS.model_copy(update={"peak_potential": 50.0, "reset_potential": -70.0})
    thresholds = np.array([-50.0, -45.0, -40.0])
    found = neuron_states(neuron, thresholds, input_current=120.0, recovery=-5.0)
    rate = firing_rate(neuron, 120.0, recovery=-5.0, threshold=thresholds)
    np.testing.assert_allclose(found.firing_rate, rate, rtol=1e-13)
    v = np.linspace(-70.0, 50.0, 400_001)
    for j, threshold in enumerate(thresholds):
        wait = 100.0 / (0.7 * (v + 60.0) * (v - threshold) + 125.0)
        mean = np.trapezoid(v * wait, v) / np.trapezoid(wait, v)
        assert found.membrane_potential.values[j] == pytest.approx(mean, rel=1e-6)


def test_a_growing_peak_and_reset_tend_to_the_infinite_ones():
    """What a peak at Y leaves out of a cycle is of order ln(Y)/Y."""
    limit = neuron_states(RS, [-40.0], input_current=60.0, infinite_reset=True)
    errors = []
    for reach in (1e4, 1e6):
        wide = RS.model_copy(update={"peak_potential": reach - 60, "reset_potential": -reach - 60})
        found = neuron_states(wide, [-40.0], input_current=60.0)
        errors.append(abs(found.firing_rate.item() - limit.firing_rate.item()))
    assert errors[1] < 0.03 * errors[0]
    assert errors[1] < 1e-4


def test_a_neuron_with_a_high_reset_bursts():
    """Oracle: the sequence of intervals of an event-driven integration repeats itself."""
    neuron = RS.model_copy(
        update={"adaptation": 60.0, "recovery_time": 100.0, "peak_potential": 35.0,
                "reset_potential": -34.0}
    )  # fmt: skip
    found = neuron_states(neuron, [-40.0], input_current=60.0)
    n = int(found.spikes_per_period.item())
    assert n == 5
    rows = simulated(neuron, -40.0, 60.0, spikes=200)
    intervals = rows[-4 * n :, 0]
    np.testing.assert_allclose(intervals[: 3 * n], intervals[n:], rtol=1e-6)
    assert intervals[:n].std() > 0.1
    assert found.firing_rate.item() == pytest.approx(1e3 / intervals[:n].mean(), rel=1e-6)


def test_rest_and_firing_coexist_where_the_reset_lies_above_the_saddle():
    """Oracle: started at the reset the neuron goes on firing, started at rest it stays."""
    neuron = RS.model_copy(
        update={"adaptation": 5.0, "peak_potential": 50.0, "reset_potential": -42.0}
    )
    found = neuron_states(neuron, [-40.0], input_current=40.0)
    assert found.rate_from_below.item() == 0.0
    assert found.rate_from_above.item() > 0.0
    rows = simulated(neuron, -40.0, 40.0, spikes=60, u=found.reset_recovery.item())
    assert len(rows) == 60
    assert found.rate_from_above.item() == pytest.approx(1e3 / rows[-1, 0], rel=1e-8)
    v = found.resting_potential.item()
    u = neuron.recovery_coupling * (v + 60.0)
    assert 0.7 * (v + 60.0) * (v + 40.0) - u + 40.0 == pytest.approx(0.0, abs=1e-9)


def test_an_interpolated_state_is_the_computed_one():
    arguments = (100.0, 0.7, -2.0, 33.33, 60.0, -940.0, 1060.0)
    table = Table(arguments)
    B = 0.7 * np.linspace(2.0, 19.0, 40) + 1.3
    for current in (60.0, 130.0):
        found, fate = table(B, current)
        expected, exact_fate = direct(B, np.full(B.size, current), arguments)
        fires = exact_fate == SPIKES
        np.testing.assert_array_equal(fate == SPIKES, fires)
        np.testing.assert_allclose(found[fires, 0], expected[fires, 0], rtol=2e-9)
        np.testing.assert_allclose(found[fires, 1], expected[fires, 1], atol=3e-8)  # of 15 mV
        np.testing.assert_allclose(found[fires, 2:], expected[fires, 2:6], rtol=1e-6, atol=1e-9)


def test_unknown_synapses_are_refused():
    with pytest.raises(ValueError, match="no synapse 'gaba'; the population has ampa"):
        neuron_states(RS, [-40.0], synaptic_activation={"gaba": 1.0})


def test_firing_without_a_period_is_refused():
    """Oracle: the last 300 of 1000 intervals by `solve_ivp` show no period of up to 32."""
    neuron = RS.model_copy(
        update={"adaptation": 60.0, "recovery_coupling": 2.0, "recovery_time": 100.0,
                "peak_potential": 35.0, "reset_potential": -34.0}
    )  # fmt: skip
    with pytest.raises(StationaryError, match="without a period of up to 32 spikes"):
        neuron_states(neuron, [-40.0], input_current=250.0)
    intervals = simulated(neuron, -40.0, 250.0, spikes=700)[-300:, 0]
    for n in range(1, 33):
        assert np.abs(intervals[n:] - intervals[:-n]).max() > 1e-3 * intervals.max()
