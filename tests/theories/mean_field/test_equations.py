"""Vector field and Jacobian of the mean field."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ikmeanfield.circuit import Circuit, excitatory_inhibitory, regular_spiking
from ikmeanfield.theories.mean_field import MeanField, ResetAccuracyWarning

CIRCUITS = {1: regular_spiking(), 2: excitatory_inhibitory()}
STEPS = {"firing_rate": 1e-5, "membrane_potential": 1e-2, "recovery": 1e-2}


def by_hand(circuit: Circuit, y: dict, corrected: bool, absolute: bool) -> list[float]:
    """Eqs. 22-25 and 36-39 written out in the paper's symbols, with Eq. 34 taken literally.

    Background currents and conductances differ too: their widths and the slope c are added as the
    averages over the poles of their laws come out, term by term.
    """
    out = []
    for name, q in circuit.populations.items():
        C, k, v_r, v_t, D = (
            q.capacitance, q.leakage, q.resting_potential, q.threshold, q.threshold_width,
        )  # fmt: skip
        r, v, u = (y[f"{name}.{x}"] for x in ("firing_rate", "membrane_potential", "recovery"))
        s = {label: y[f"{name}.{label}.synaptic_activation"] for label in q.synapses}
        gs = sum(x.conductance * s[label] for label, x in q.synapses.items())
        gse = sum(
            x.conductance * x.reversal_potential * s[label] for label, x in q.synapses.items()
        )
        current = q.input_current
        if corrected:
            alpha = k * (v_r + v_t) + gs
            beta = k * v_r * v_t + gse - u + current
            mu = 4 * beta / k - (alpha / k) ** 2
            if mu > 0:
                gamma = math.atan((2 * q.peak_potential - alpha / k) / math.sqrt(mu))
                gamma -= math.atan((2 * q.reset_potential - alpha / k) / math.sqrt(mu))
                current = math.pi**2 * k * mu / (4 * gamma**2) + alpha**2 / (4 * k)
                current += u - k * v_r * v_t - gse
        w = k * (v - v_r) - q.current_slope
        w, side = (abs(w), math.copysign(1, w)) if absolute else (w, 1)
        pi = math.pi
        widths = [(x.conductance_width * s[n], x.reversal_potential) for n, x in q.synapses.items()]
        ds = [
            -s[label] / x.synaptic_time
            + sum(J * y[f"{source}.firing_rate"] for source, J in x.weights.items())
            for label, x in q.synapses.items()
        ]
        # What lies beyond the pole's half-plane: docs/heterogeneity.md.
        beyond = sum(d for d, E in widths if v < E) + (side < 0 and q.current_slope != 0) * k * D
        changing = sum(
            x.conductance_width * rise
            for x, rise in zip(q.synapses.values(), ds, strict=True)
            if x.reversal_potential > v
        )
        du = (q.recovery_coupling * (v - v_r) - u) / q.recovery_time + q.adaptation * r
        r += beyond / (pi * C)
        dr = k / (pi * C) * (D * w + q.current_width + sum(d * abs(E - v) for d, E in widths))
        dr += r * (k * (2 * v - v_r - v_t) - gs)
        dv = k * v * (v - v_r - v_t) - pi * C * r * (D * side + pi * C / k * r) + k * v_r * v_t
        dv += -u + current + gse - gs * v
        dv += pi * C * r / k * sum(d * math.copysign(1, E - v) for d, E in widths)
        dr -= changing / pi
        out += [dr / C, dv / C, du, *ds]
    return out


@st.composite
def cases(draw):
    """A circuit with drawn parameters, a state, and both options of the mean field."""
    circuit = CIRCUITS[draw(st.sampled_from([1, 2]))]
    new = {}
    for name, population in circuit.populations.items():
        new |= {
            f"{name}.capacitance": draw(st.floats(20, 200)),
            f"{name}.leakage": draw(st.floats(0.3, 2)),
            f"{name}.threshold_width": draw(st.floats(0, 4)),
            f"{name}.current_width": draw(st.floats(0, 40)),
            f"{name}.current_slope": draw(st.floats(-3, 8)),
            f"{name}.recovery_coupling": draw(st.floats(-3, 3)),
            f"{name}.adaptation": draw(st.floats(0, 120)),
            f"{name}.peak_potential": draw(st.floats(30, 1000)),
            f"{name}.reset_potential": draw(st.floats(-1000, -70)),
            f"{name}.input_current": draw(st.floats(-50, 300)),
        }
        for label, synapse in population.synapses.items():
            path = f"{name}.{label}"
            new[f"{path}.conductance"] = draw(st.floats(0, 3))
            new[f"{path}.conductance_width"] = draw(st.floats(0, 1))
            new[f"{path}.reversal_potential"] = draw(st.floats(-90, 10))
            new[f"{path}.weights"] = {x: draw(st.floats(0, 20)) for x in synapse.weights}
    circuit = circuit.replace(new)
    model = MeanField(circuit, draw(st.booleans()), draw(st.sampled_from(["paper", "absolute"])))
    kinds = {
        "firing_rate": st.floats(0, 0.2),
        "membrane_potential": st.floats(-90, -20),
        "recovery": st.floats(-80, 80),
        "synaptic_activation": st.floats(0, 5),
    }
    y = np.array([draw(kinds[name.split(".")[-1]]) for name in model.variables])
    p = model.problem().vector()
    # Differences must not reach across a kink of the field.
    assume((np.abs(model.lumped_input(y, p)) > 5).all())
    for i, q in enumerate(circuit.populations.values()):
        v = y[model.layout.populations[i, 0] + 1]
        assume(abs(v - q.resting_potential - q.current_slope / q.leakage) > 0.1)
        assume(all(abs(v - x.reversal_potential) > 0.1 for x in q.synapses.values()))
    return model, y, p


@settings(max_examples=150, deadline=None)
@given(cases())
def test_field_is_the_papers(case) -> None:
    """Oracle: the equations written out separately, per population, in plain Python."""
    model, y, p = case
    named = dict(zip(model.variables, y, strict=True))
    expected = by_hand(model.circuit, named, model.reset_correction, model.form == "absolute")
    np.testing.assert_allclose(model.field(y, p), expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_jacobian_is_the_derivative(case) -> None:
    """Oracle: central differences of sixth order of the field."""
    model, y, p = case
    exact = model.jacobian(y, p)
    weights = {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}
    for j, name in enumerate(model.variables):
        h = STEPS.get(name.split(".")[-1], 1e-3)
        e = np.zeros_like(y)
        e[j] = h
        column = sum(
            c * (model.field(y + n * e, p) - model.field(y - n * e, p)) / h
            for n, c in weights.items()
        )
        scale = 1 + np.abs(exact[:, j])
        np.testing.assert_allclose(column / scale, exact[:, j] / scale, atol=2e-6, err_msg=name)


@settings(max_examples=20, deadline=None)
@given(cases())
def test_many_states_at_once_are_as_one_by_one(case) -> None:
    """Oracle: single calls, to the bit, with parameters shared or of each state's own."""
    model, y, p = case
    states = y[:, None] * np.array([1.0, 1.01, 0.97])
    each = p[:, None] * np.array([1.0, 0.99, 1.02])
    for function in (model.field, model.jacobian):
        shared, own = function(states, p), function(states, each)
        for column in range(states.shape[1]):
            y = states[:, column]
            np.testing.assert_array_equal(shared[..., column], function(y, p))
            np.testing.assert_array_equal(own[..., column], function(y, each[:, column]))
    with pytest.raises(ValueError, match="have shapes"):
        model.field(states[1:], p)


def test_order_of_variables_and_parameters() -> None:
    """Oracle: the order promised to users, and the circuit's own values by path."""
    model = MeanField(excitatory_inhibitory())
    assert model.variables == (
        "rs.firing_rate", "rs.membrane_potential", "rs.recovery",
        "rs.ampa.synaptic_activation", "rs.gaba.synaptic_activation",
        "fs.firing_rate", "fs.membrane_potential", "fs.recovery",
        "fs.ampa.synaptic_activation", "fs.gaba.synaptic_activation",
    )  # fmt: skip
    assert list(model.parameters)[:2] == ["rs.capacitance", "rs.leakage"]
    assert model.parameters["fs.ampa.weights.rs"] == 4.0
    assert not {"rs.size", "rs.truncation", "rs.recovery"} & set(model.parameters)
    for path, value in model.parameters.items():
        assert model.circuit.get(path) == value


def test_problem_has_units_and_kinks() -> None:
    """Oracle: μ of Eq. 29 by hand at rest, 4 (k v_r v_θ + I)/k − (v_r + v_θ)²."""
    model = MeanField(excitatory_inhibitory())
    problem = model.problem()
    assert set(problem.units) == {*model.variables, *model.parameters}
    assert problem.units["rs.firing_rate"] == "1/ms"
    assert problem.units["fs.ampa.synaptic_activation"] == "1"
    assert problem.units["fs.ampa.weights.rs"] == "1"
    assert problem.units["rs.adaptation"] == "pA"
    y, p = model.initial_state(), problem.vector(**{"fs.input_current": 80.0})
    assert list(problem.kinks) == ["rs.mu", "fs.mu"]
    assert problem.kinks["rs.mu"](y, p) == pytest.approx(4 * (0.7 * 2400 + 50) / 0.7 - 100**2)
    assert problem.kinks["fs.mu"](y, p) == pytest.approx(4 * (2200 + 80) - 95**2)
    assert not MeanField(excitatory_inhibitory(), reset_correction=False).problem().kinks
    absolute = MeanField(excitatory_inhibitory(), form="absolute").problem()
    assert absolute.kinks["fs.above_rest"](y + 1.0, p) == 1.0
    varied = excitatory_inhibitory().replace(
        {"fs.current_slope": 2.0, "fs.gaba.conductance_width": 0.1}
    )
    model = MeanField(varied, reset_correction=False, form="absolute")
    problem = model.problem()
    p = problem.vector()
    assert problem.kinks["fs.above_rest"](y + 1.0, p) == 1.0 - 2.0 / 1.0  # v − v_r − c/k
    assert problem.kinks["fs.gaba.below_reversal"](y, p) == -65.0 + 55.0
    assert "fs.ampa.below_reversal" not in problem.kinks


def test_wrong_vectors_and_options_are_refused() -> None:
    model = MeanField(regular_spiking())
    with pytest.raises(ValueError, match="4 variables and 18 parameters"):
        model.field(np.zeros(3), np.zeros(18))
    with pytest.raises(ValueError, match="form = 'other' is not one of 'paper', 'absolute'"):
        MeanField(regular_spiking(), form="other")  # type: ignore[arg-type]
    with pytest.warns(ResetAccuracyWarning, match="rs: reset_potential = -60 mV is not below"):
        MeanField(regular_spiking().replace({"rs.reset_potential": -60.0}))


def test_field_is_nan_outside_the_domain_of_the_correction() -> None:
    model = MeanField(regular_spiking().replace({"rs.reset_potential": -70.0}))
    p = model.problem().vector()
    y = np.array([0.0, -60.0, 0.0, -50.0])  # α/(2k) = −50 − 50/1.4 mV
    assert np.isnan(model.field(y, p)).tolist() == [False, True, False, False]


def test_populations_without_synapses_and_homogeneous() -> None:
    """Oracle: with Δ_v = 0 and r = 0 Eq. 22 keeps r at 0 and Eq. 23 is a single neuron's."""
    population = (
        regular_spiking()
        .populations["rs"]
        .model_copy(update={"synapses": {}, "threshold_width": 0.0, "input_current": 10.0})
    )
    model = MeanField(Circuit(populations={"a": population}), reset_correction=False)
    dr, dv, du = model.field(np.array([0.0, -57.0, 2.0]), model.problem().vector())
    assert dr == 0.0
    assert dv == pytest.approx((0.7 * 3 * -17 - 2 + 10) / 100)
    assert du == pytest.approx((-2 * 3 - 2) / 33.33)


def test_problem_survives_pickling() -> None:
    """Oracle: the same problem before; workers of a pool receive theirs pickled."""
    model = MeanField(excitatory_inhibitory(), form="absolute")
    problem = model.problem()
    again = pickle.loads(pickle.dumps(problem))
    y, p = model.initial_state() + 0.1, problem.vector()
    np.testing.assert_array_equal(again.field(y, p), problem.field(y, p))
    assert [kink(y, p) for kink in again.kinks.values()] == [
        kink(y, p) for kink in problem.kinks.values()
    ]
