"""f–I curves and phase planes against independent values."""

import itertools
from functools import cache

import numpy as np
import pytest
from scipy.integrate import quad

import ikmeanfield as ik
from ikmeanfield import continuation as co
from ikmeanfield.analysis.reduction import Reduction
from ikmeanfield.theories.mean_field import MeanField

RATE, POTENTIAL = "rs.firing_rate", "rs.membrane_potential"


def line(ax, label):
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def interval(neuron, threshold, current):
    """Time from reset to peak in ms, by quadrature of dv / (dv/dt)."""

    def slowness(v):
        drive = neuron.leakage * (v - neuron.resting_potential) * (v - threshold) + current
        return neuron.capacitance / drive

    middle = (neuron.resting_potential + threshold) / 2
    edges = [neuron.reset_potential, middle - 20, middle + 20, neuron.peak_potential]
    return sum(quad(slowness, a, b, limit=200)[0] for a, b in itertools.pairwise(edges))


def test_rate_curves_are_inverse_intervals():
    """Oracle: quadrature over the potential of a neuron with frozen u, and the Lorentzian."""
    circuit = ik.regular_spiking().replace(
        {"rs.peak_potential": 50.0, "rs.reset_potential": -120.0, "rs.truncation": 1e9}
    )
    neuron = circuit.populations["rs"]
    ax = ik.plot.rate_curve(circuit, [50.0, 100.0, 150.0, 200.0])
    quartile = neuron.threshold + neuron.threshold_width  # of a Lorentzian without truncation
    for label, threshold in (
        ("mean threshold", neuron.threshold), ("upper quartile of thresholds", quartile),
    ):  # fmt: skip
        drawn = line(ax, label)
        np.testing.assert_array_equal(drawn.get_xdata(), [50, 100, 150, 200])
        expected = [1e3 / interval(neuron, threshold, current) for current in (100, 150, 200)]
        np.testing.assert_allclose(drawn.get_ydata()[1:], expected, rtol=1e-6)
        assert drawn.get_ydata()[0] == 0
    infinite = line(ax, "mean threshold, infinite reset").get_ydata()
    assert (infinite[1:] < line(ax, "mean threshold").get_ydata()[1:]).all()
    assert ax.get_xlabel() == "input current $I$ (pA)"
    assert ax.get_ylabel() == "rs firing rate $r$ (Hz)"


def test_equal_neurons_have_one_curve():
    ax = ik.plot.rate_curve(ik.regular_spiking().replace({"rs.threshold_width": 0.0}))
    assert len(ax.lines) == 2
    assert ax.get_xlim() == (0.0, 200.0)


@cache
def bistable():
    circuit = ik.regular_spiking().replace({"rs.input_current": 35.0})
    return MeanField(circuit, reset_correction=False)


def rate_nullcline(model, rates):
    """V at which r is constant while s = τ_s J r: the closed form of Eq. 22 at equilibrium."""
    population = model.circuit.populations["rs"]
    synapse = population.synapses["ampa"]
    k, v_r, v_t = population.leakage, population.resting_potential, population.threshold
    s = synapse.synaptic_time * synapse.weights["rs"] * rates
    a = population.threshold_width * k**2 / (np.pi * population.capacitance)
    return (a * v_r + rates * (k * (v_r + v_t) + synapse.conductance * s)) / (a + 2 * k * rates)


def test_a_nullcline_follows_its_closed_form():
    ax = ik.plot.phase_plane(bistable(), RATE, POTENTIAL, (0.0, 60.0), (-70.0, -30.0))
    curve = ax.collections[1].get_paths()[0].vertices  # after the flow, the first nullcline
    rates = curve[:, 0] / 1000
    inside = rates > 0.005
    expected = rate_nullcline(bistable(), rates[inside])
    assert inside.sum() > 50
    np.testing.assert_allclose(curve[inside, 1], expected, atol=0.02)


def test_equilibria_of_the_plane_are_those_of_the_mean_field():
    """Oracle: continuation over the current, and its stability, at I = 35 pA."""
    problem = bistable().problem()
    start = co.find_equilibrium(problem.at({"rs.input_current": 20.0}), bistable().initial_state())
    options = co.ContinuationOptions(bounds={"rs.input_current": (20, 60)})
    branch = co.continue_equilibria(
        problem.at({"rs.input_current": 20.0}), start, "rs.input_current", options
    )
    current = branch["rs.input_current"] - 35.0
    rows = np.flatnonzero(current[:-1] * current[1:] < 0)
    expected = []
    for row in rows:
        share = current[row] / (current[row] - current[row + 1])
        place = [branch[n][row] + share * (branch[n][row + 1] - branch[n][row])
                 for n in (RATE, POTENTIAL)]  # fmt: skip
        expected.append((*place, bool(branch.stable[row])))
    assert len(expected) == 3
    ax = ik.plot.phase_plane(bistable(), RATE, POTENTIAL, (0.0, 60.0), (-70.0, -30.0))
    drawn = sorted(
        (line.get_xdata()[0] / 1000, line.get_ydata()[0], line.get_label()) for line in ax.lines
    )
    for (r, v, stable), (x, y, label) in zip(sorted(expected), drawn, strict=True):
        assert x == pytest.approx(r, rel=0.02)
        assert y == pytest.approx(v, abs=0.05)
        assert label == ("stable equilibrium" if stable else "unstable equilibrium")
    assert "quasi-steady" in ax.get_legend().get_title().get_text()


def test_fixed_variables_are_held_in_the_units_of_the_picture():
    """Oracle: the field itself at the grid point."""
    fixed = {"rs.recovery": 3.0, RATE: 0.02}
    problem = bistable().problem()
    x, y = np.array([-60.0, -50.0]), np.array([0.1, 0.4])
    plane = Reduction(
        problem, POTENTIAL, "rs.ampa.synaptic_activation", fixed, bistable().initial_state()
    ).on_grid(x, y)
    for row, s in enumerate(y):
        for column, v in enumerate(x):
            expected = problem.field(np.array([0.02, v, 3.0, s]), problem.vector())
            assert plane.dx[row, column] == expected[1]
            assert plane.dy[row, column] == expected[3]
    ax = ik.plot.phase_plane(
        bistable(), POTENTIAL, "rs.ampa.synaptic_activation", (-70, -40), (0, 1), points=5,
        fixed={"rs.recovery": 3.0, RATE: 20.0},
    )  # fmt: skip
    title = ax.get_legend().get_title().get_text()
    assert title == "rs recovery = 3 pA; rs firing rate = 20 Hz"


def test_only_attracting_quasi_steady_states_count():
    """Oracle: z' = z − z³ + x has its attracting states on the outer branches alone."""
    problem = co.Problem(
        lambda y, p: np.array([y[2], -y[1], y[2] - y[2] ** 3 + y[0]]), ("x", "y", "z"), {"p": 0.0}
    )
    x = np.linspace(-1.0, 1.0, 21)
    plane = Reduction(problem, "x", "y", {}, np.array([0.0, 0.0, 2.0])).on_grid(x, x)
    known = np.isfinite(plane.dx)
    z = plane.dx[known]
    assert known.mean() > 0.95
    np.testing.assert_allclose(z - z**3 + np.broadcast_to(x, known.shape)[known], 0.0, atol=1e-8)
    assert (np.abs(z) > 1 / 3**0.5).all()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((None, RATE, POTENTIAL, (0, 1), (0, 1)), TypeError, "neither a theory.*nor a Circuit"),
        ((RATE, "rs.rate", (0, 1), (0, 1)), ValueError, "'rs.rate'.*rs.recovery"),
        ((RATE, RATE, (0, 1), (0, 1)), ValueError, "different variables"),
        ((RATE, POTENTIAL, (1, 0), (0, 1)), ValueError, r"xlim = \(1, 0\)"),
        ((RATE, POTENTIAL, (0, 1), None), ValueError, "ylim = None"),
    ],
)  # fmt: skip
def test_a_wrong_phase_plane_is_refused_in_words(arguments, error, message):
    given = arguments if len(arguments) == 5 else (bistable(), *arguments)
    with pytest.raises(error, match=message):
        ik.plot.phase_plane(*given)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ik.plot.rate_curve("rs"), TypeError, "expected a Circuit"),
        (lambda: ik.plot.rate_curve(ik.excitatory_inhibitory()), ValueError, "rs, fs"),
        (lambda: ik.plot.rate_curve(ik.regular_spiking(), (200, 0)), ValueError, "ascending"),
        (
            lambda: ik.plot.rate_curve(ik.regular_spiking(), population="fs"),
            ValueError, "'fs'; the circuit has rs",
        ),
    ],
)  # fmt: skip
def test_a_wrong_rate_curve_is_refused_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call()
