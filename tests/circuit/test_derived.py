"""Parameters that set others: expressions, circuits, continuation and configuration."""

import copy

import numpy as np
import pytest

from ikmeanfield import MeanField, simulate
from ikmeanfield.analysis.diagrams import bifurcation_plane, fold_and_hopf_points
from ikmeanfield.circuit import Circuit, Derived, excitatory_inhibitory, regular_spiking, unit_of
from ikmeanfield.circuit.expressions import LONGEST, Expression
from ikmeanfield.datasets.runs import coordinates
from ikmeanfield.experiments import expand, parse, read_plan
from ikmeanfield.schema import ConfigError
from ikmeanfield.theories.mean_field.settings import MeanFieldSettings
from ikmeanfield.theories.parameters import free_parameters

CURRENT, WEIGHT = "rs.input_current", "rs.ampa.weights.rs"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", 0.25),
        ("1 - x", 0.75),
        ("-x ** 2", -0.0625),
        ("2 * (1 - x) / p.ampa.weights.q", 0.5),
        (" +3e2*x ", 75.0),
        ("x ** -1", 4.0),
        ("2 ** 0.5", 2**0.5),
    ],
)
def test_expressions_have_the_value_of_the_formula(text, value):
    """Oracle: by hand."""
    rule = Expression(text)
    assert rule({"x": 0.25, "p.ampa.weights.q": 3.0}) == value
    assert rule.names <= {"x", "p.ampa.weights.q"}


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "f(x)", "x.y()", "x[0]", "[x]", "(x, 1)", "{x}",
        "'a'", "b'a'", "f'{x}'", "True", "None", "1j", "x if x else 1", "x and 1", "not x",
        "x < 1", "x // 2", "x % 2", "x @ x", "~x", "x << 9", "x | 1", "x & 1", "lambda: x",
        "(y := 3)", "[x for x in y]", "x; y", "x = 1", "import os", "", "   ", "1 +", "(" * 250,
        "1" * (LONGEST + 1), "1e999 + (x).__class__()", "...", "*x", "await x", "yield x",
        "(1).real", "9" * 299 + "x", "x\ny",
    ],
)  # fmt: skip
def test_anything_but_arithmetic_is_refused(text):
    """Oracle: the grammar: numbers, names, paths, + - * / ** and parentheses."""
    with pytest.raises(ValueError, match=r"is not allowed|is not an expression|at most"):
        Expression(text)


@pytest.mark.parametrize("text", ["1 / (x - x)", "9 ** 9 ** 9 ** 9", "(0 - x) ** 0.5", "1e308 * 9"])
def test_what_has_no_value_says_so_at_once(text):
    with pytest.raises(ValueError, match="no finite value"):
        Expression(text)({"x": 1.0})


def _mixed(share=0.8):
    """Two populations whose weights and sizes follow from the share of the first."""
    base = excitatory_inhibitory().replace({"rs.size": 80, "fs.size": 20})
    sets = {
        "rs.ampa.weights.rs": "16 * share", "fs.ampa.weights.rs": "4*share",
        "rs.gaba.weights.fs": "16 * (1 - share)", "rs.size": "100 * share",
        "fs.size": "100 * (1 - share)",
    }  # fmt: skip
    return Circuit(
        populations=base.populations, parameters={"share": Derived(value=share, sets=sets)}
    )


def _written_out(share):
    return excitatory_inhibitory().replace(
        {
            "rs.ampa.weights.rs": 16 * share, "fs.ampa.weights.rs": 4 * share,
            "rs.gaba.weights.fs": 16 * (1 - share), "rs.size": round(100 * share),
            "fs.size": round(100 * (1 - share)),
        }
    )  # fmt: skip


@pytest.mark.parametrize("share", [0.8, 0.37, 0.999 - 0.5])
def test_one_parameter_moves_all_that_it_sets(share):
    """Oracle: the circuit written out by hand."""
    circuit = _mixed().replace({"share": share})
    assert circuit.populations == _written_out(share).populations
    assert circuit.get("share") == share
    assert unit_of("share") == "1"
    assert Circuit.model_validate_json(circuit.model_dump_json()) == circuit
    assert "share = " in str(circuit)


def test_a_circuit_without_such_parameters_is_stored_as_before():
    """Oracle: keys of stored runs are hashes of this mapping."""
    assert list(regular_spiking().identity()) == ["populations"]


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        ({"rs.size": "f(share)"}, r"sets\.rs\.size: got 'f\(share\)'; 'f\(share\)' is not allowed"),
        ({"xx.size": "share"}, r"parameters.share.sets.xx.size: no parameter 'xx.size'"),
        ({"rs.law": "share"}, "parameters.share.sets.rs.law: rs.law is not a number"),
        ({"rs.ampa": "share"}, "parameters.share.sets.rs.ampa: rs.ampa is not a number"),
        ({"share": "share"}, "sets.share: share is not a number of a population"),
        ({"rs.size": "other"}, "sets.rs.size: 'other' names 'other'; it may name share and paths"),
        ({"rs.size": "rs.size * share"}, "reads rs.size, which share sets"),
        ({"rs.size": "fs.law * share"}, "sets.rs.size: fs.law is not a number"),
        ({"rs.size": "rs.nothing"}, "sets.rs.size: no parameter 'rs.nothing'"),
        ({"rs.adaptation": "1 / (share - 0.8)"}, "no finite value at share = 0.8"),
        (
            {"rs.capacitance": "-share"},
            r"set by share: rs.capacitance: got -0.8; .* greater than 0",
        ),
        ({}, "sets: got {}; .*at least 1"),
    ],
)
def test_wrong_parameters_are_named_by_their_key(sets, words):
    with pytest.raises(ConfigError, match=words):
        Circuit(
            populations=excitatory_inhibitory().populations,
            parameters={"share": {"value": 0.8, "sets": sets}},
        )


def test_what_is_set_cannot_be_changed_by_itself():
    circuit = _mixed()
    with pytest.raises(ConfigError, match=r"rs.size is set by the parameter share; change share"):
        circuit.replace({"rs.size": 10})
    twice = {name: {"value": 1.0, "sets": {"rs.size": name}} for name in ("a", "b")}
    with pytest.raises(ConfigError, match=r"parameters.b.sets.rs.size: a sets it already"):
        Circuit(populations=circuit.populations, parameters=twice)
    with pytest.raises(ConfigError, match=r"parameters.rs: a population has this name"):
        Circuit(populations=circuit.populations,
                parameters={"rs": {"value": 1.0, "sets": {"rs.size": "rs"}}})  # fmt: skip


def test_the_mean_field_moves_with_it():
    """Oracle: field, Jacobian and kinks of the circuit written out."""
    theory = MeanField(_mixed())
    problem = theory.problem()
    assert list(problem.parameters)[-1] == "share"
    assert "rs.ampa.weights.rs" not in problem.parameters
    assert free_parameters(theory).all(problem.vector()).tolist() == list(
        theory.parameters.values()
    )
    y = theory.initial_state() + np.linspace(0.01, 0.3, len(theory.variables))
    for share in (0.8, 0.3):
        other = MeanField(_written_out(share)).problem()
        p = problem.vector(share=share)
        np.testing.assert_array_equal(problem.field(y, p), other.field(y, other.vector()))
        np.testing.assert_array_equal(problem.jacobian(y, p), other.jacobian(y, other.vector()))
        for name, kink in problem.kinks.items():
            assert kink(y, p) == other.kinks[name](y, other.vector())
    assert problem.units["share"] == "1"


def _gain():
    return Circuit(
        populations=regular_spiking().populations,
        parameters={"gain": Derived(value=1.0, sets={WEIGHT: "15 * gain"})},
    ).replace({CURRENT: 40.0, "rs.threshold_width": 0.5})


def test_folds_in_it_are_folds_in_what_it_sets():
    """Oracle: the same folds found in the weight itself."""
    settings = MeanFieldSettings(reset_correction=False)
    plain = regular_spiking().replace({CURRENT: 40.0, "rs.threshold_width": 0.5})
    one = fold_and_hopf_points(_gain(), "gain", 0.2, 2.0, at=CURRENT, theory=settings)
    two = fold_and_hopf_points(plain, WEIGHT, 3.0, 30.0, at=CURRENT, theory=settings)
    assert one.sizes["point"] == two.sizes["point"] >= 1
    np.testing.assert_allclose(15 * one["value"], two["value"], rtol=1e-7)
    assert one["value"].attrs["units"] == "1"


def test_it_is_an_axis_of_a_plane():
    """Oracle: every point of its curve of folds is a fold of the circuit written out."""
    settings = MeanFieldSettings(reset_correction=False)
    plane = bifurcation_plane(
        _gain(), (CURRENT, "gain"), ((0.0, 60.0), (0.5, 1.5)), scans=2, theory=settings
    )
    curve = plane["fold_1"]
    for row in (0, len(curve) // 2, -1):
        current, gain = curve.parameters[row]
        there = _gain().replace({CURRENT: current, "gain": gain})
        theory = settings(Circuit(populations=there.populations))
        problem = theory.problem()
        y = curve.states[row]
        assert np.abs(problem.field(y, problem.vector())).max() < 1e-7
        eigenvalues = np.linalg.eigvals(problem.jacobian(y, problem.vector()))
        assert np.abs(eigenvalues).min() < 1e-6


EXPERIMENT = {
    "circuit": {
        "preset": "excitatory_inhibitory",
        "parameters": {"share": {"value": 0.8, "sets": {
            "rs.ampa.weights.rs": "16 * share", "rs.gaba.weights.fs": "16 * (1 - share)",
            "*.threshold_width": "share / 2", "rs.size": "100 * share",
        }}},
        "set": {"fs.size": 20},
    },
    "theories": {"plain": {"kind": "mean_field", "reset_correction": False}},
    "studies": {
        "networks": {"kind": "networks", "duration": 8.0, "sample": 1.0},
        "points": {"kind": "points", "parameter": "share", "bounds": [0.1, 0.9],
                   "sweeps": ["current"]},
        "planes": {"kind": "planes", "parameter": "rs.input_current", "bounds": [0.0, 60.0],
                   "second": "share", "second_bounds": [0.1, 0.9], "sweeps": ["shares"]},
    },
    "sweeps": {
        "shares": {"axes": [{"parameter": "share", "values": [0.3, 0.8]}]},
        "current": {"axes": [{"parameter": "rs.input_current", "values": [40.0, 50.0]}]},
    },
}  # fmt: skip


def _plan(change=lambda data: None):
    data = copy.deepcopy(EXPERIMENT)
    change(data)
    return expand(parse({"experiments": {"x": data}}), "x")


def test_it_is_an_axis_of_a_sweep_and_followed_by_studies(tmp_path):
    """Oracle: the circuits of the runs by hand; the network of a run is simulated as it is."""
    plan = _plan()
    widths = [run.circuit.get("fs.threshold_width") for run in plan.runs]
    assert widths == [0.15, 0.4, 0.4, 0.4]
    assert [run.circuit.get("rs.size") for run in plan.runs] == [30, 80, 80, 80]
    found = coordinates(plan, plan.runs)["parameter_share"]
    assert found[1].tolist() == [0.3, 0.8, 0.8, 0.8]
    assert found[2]["units"] == "1"
    assert len(plan.all_items("planes")) == 1
    assert len(plan.all_items("points")) == 2
    plan.write(tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan
    simulate(plan.runs[0].circuit, duration=2.0, sample=1.0)
    other = _plan(lambda d: d["circuit"]["parameters"]["share"]["sets"].update(
        {"rs.ampa.weights.rs": "17 * share"}))  # fmt: skip
    keys = [{item.key for item in p.all_items("planes")} for p in (plan, other)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["circuit"]["set"].update({"rs.size": 9}), "rs.size is set by .* share"),
        (
            lambda d: d["sweeps"]["shares"]["axes"].append(
                {"parameter": "rs.ampa.weights.rs", "values": [1.0]}
            ),
            "sweeps.shares: rs.ampa.weights.rs is set by the parameter share",
        ),
        (
            lambda d: d["studies"]["points"].update({"parameter": "rs.threshold_width"}),
            "studies.points: parameter: rs.threshold_width is set by the parameter share",
        ),
        (
            lambda d: d["circuit"]["parameters"]["share"].update({"sets": {"*.size": "share()"}}),
            r"circuit.parameters.share.sets.\*.size: got 'share\(\)'",
        ),
        (
            lambda d: d["studies"]["points"].update({"bounds": [-0.5, 0.5]}),
            r"studies.points: parameter: .* set by share: rs.size: got -50",
        ),
        (
            lambda d: (
                d["circuit"]["parameters"]["share"].update({"sets": {"rs.size": "9 * share"}})
                or d["studies"]["points"].update({"bounds": [0.5, 0.9]})
            ),
            "studies.points: parameter: the theory plain does not depend on share",
        ),
        (
            lambda d: d["circuit"]["parameters"].update(
                {"input": {"value": 1.0, "sets": {"fs.size": "input"}}}
            ),
            "a parameter may not be called 'input'",
        ),
        (
            lambda d: d["circuit"]["parameters"].update(
                {"points": {"value": 9.0, "sets": {"fs.adaptation": "points"}}}
            ),
            "studies: one may not be called 'points'",
        ),
        (
            lambda d: d["studies"]["planes"].update(
                {"parameter": "share", "second": "rs.adaptation", "bounds": [0.1, 0.9]}
            ),
            "parameter: share is followed here, so the sweep shares may not vary it",
        ),
    ],
)
def test_wrong_configurations_are_refused_before_work_starts(change, words):
    with pytest.raises(ConfigError, match=words):
        _plan(change)
