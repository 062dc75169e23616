"""Circuits: addressing, replacing and refusing parameters."""

import math

import pytest

from ikmeanfield.circuit import (
    PRESETS,
    Circuit,
    Population,
    Synapse,
    cortical,
    excitatory_inhibitory,
    fast_spiking,
    low_threshold_spiking,
    regular_spiking,
    truncated,
)
from ikmeanfield.schema import ConfigError

TABLE_I = {
    "capacitance": 100.0,
    "leakage": 0.7,
    "resting_potential": -60.0,
    "threshold": -40.0,
    "recovery_time": 33.33,
    "recovery_coupling": -2.0,
    "adaptation": 10.0,
    "size": 10_000,
    "peak_potential": 1000.0,
    "reset_potential": -1000.0,
    "truncation": None,
}
FAST = {
    "capacitance": 20.0,
    "leakage": 1.0,
    "resting_potential": -55.0,
    "threshold": -40.0,
    "threshold_width": 0.3,
    "recovery_time": 5.0,
    "recovery_coupling": 0.025,
    "adaptation": 0.0,
    "size": 10_000,
    "peak_potential": 1000.0,
    "reset_potential": -1000.0,
    "truncation": None,
    "recovery": "population",
}
EXCITATORY = {"conductance": 1.0, "reversal_potential": 0.0, "synaptic_time": 6.0}
INHIBITORY = {"conductance": 1.0, "reversal_potential": -65.0, "synaptic_time": 8.0}


def has(circuit: Circuit, where: str, expected: dict[str, object]) -> None:
    assert {key: circuit.get(f"{where}.{key}") for key in expected} == expected


def test_table_i() -> None:
    """Oracle: Table I of the paper, Δ_v of Fig. 1, in the paper's units (g = 1, J = 15)."""
    circuit = regular_spiking()
    has(circuit, "rs", TABLE_I | {"threshold_width": 1.0, "recovery": "neuron"})
    has(circuit, "rs.ampa", EXCITATORY | {"weights": {"rs": 15.0}})
    assert list(circuit.populations) == ["rs"]
    assert list(circuit.populations["rs"].synapses) == ["ampa"]
    assert circuit.populations["rs"].half_range == 20.0


def test_table_ii() -> None:
    """Oracle: Table II: v_r = −80, I = 250, κ = 20, one u for all, the rest as Table I."""
    circuit = truncated()
    changed = {"resting_potential": -80.0, "input_current": 250.0, "adaptation": 20.0}
    has(circuit, "rs", TABLE_I | changed | {"recovery": "population"})
    has(circuit, "rs.ampa", EXCITATORY | {"weights": {"rs": 15.0}})
    assert circuit.populations["rs"].half_range == 40.0


def test_excitatory_inhibitory() -> None:
    """Oracle: Sec. IV.C of the paper; weights by source, RS→RS 16, FS→RS 16, RS→FS 4, FS→FS 4."""
    circuit = excitatory_inhibitory()
    changed = {"adaptation": 20.0, "input_current": 50.0, "threshold_width": 1.0}
    has(circuit, "rs", TABLE_I | changed | {"recovery": "population"})
    has(circuit, "fs", FAST)
    for target, weight in (("rs", 16.0), ("fs", 4.0)):
        has(circuit, f"{target}.ampa", EXCITATORY | {"weights": {"rs": weight}})
        has(circuit, f"{target}.gaba", INHIBITORY | {"weights": {"fs": weight}})


LOW_THRESHOLD = {
    "capacitance": 100.0, "leakage": 1.0, "resting_potential": -56.0, "threshold": -42.0,
    "recovery_time": 33.33, "recovery_coupling": 8.0, "adaptation": 20.0, "recovery": "population",
}  # fmt: skip


def test_three_cell_types() -> None:
    """Oracle: parameters of the three populations as PNAS 121, e2311885121 (2024) gives them."""
    circuit = cortical()
    has(circuit, "rs", TABLE_I | {"recovery": "population", "input_current": 60.0})
    has(circuit, "lts", LOW_THRESHOLD | {"input_current": 110.0})
    assert circuit.get("fs.input_current") == 40.0
    weights = {
        "rs.ampa": {"rs": 10.0}, "rs.gaba": {"fs": 8.0, "lts": 8.0}, "fs.ampa": {"rs": 8.0},
        "fs.gaba": {"fs": 4.0, "lts": 4.0}, "lts.ampa": {"rs": 4.0}, "lts.gaba": {"fs": 4.0},
    }  # fmt: skip
    for path, expected in weights.items():
        assert circuit.get(f"{path}.weights") == expected
    has(low_threshold_spiking(), "lts", LOW_THRESHOLD)
    for alone in (fast_spiking(), low_threshold_spiking()):
        (population,) = alone.populations.values()
        assert population.synapses["gaba"].synaptic_time == 8.0
        assert list(population.synapses["gaba"].weights.values()) == [5.0]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_valid_and_survive_a_round_trip(name: str) -> None:
    """Oracle: validation of the dumped data gives the same circuit (presets bypass it in part)."""
    circuit = PRESETS[name]()
    assert Circuit.model_validate(circuit.model_dump()) == circuit
    assert Circuit.model_validate_json(circuit.model_dump_json()) == circuit


def test_get_and_replace() -> None:
    """Oracle: what was put in comes out, the rest and the original stay."""
    before = excitatory_inhibitory()
    values = {
        "fs.threshold_width": 0.7,
        "rs.ampa.conductance": 0.5,
        "fs.gaba.weights.fs": -3.0,
        "rs.size": 7,
        "rs.recovery": "neuron",
    }
    after = before.replace(values)
    for path, value in values.items():
        assert after.get(path) == value
        assert before.get(path) != value
    assert after.replace({path: before.get(path) for path in values}) == before
    assert isinstance(before.get("rs"), Population)
    assert isinstance(before.get("rs.ampa"), Synapse)


def test_values_that_belong_together_move_at_once() -> None:
    """Oracle: v_0 < v_p holds before and after, though not in between."""
    circuit = regular_spiking()
    moved = circuit.replace({"rs.peak_potential": -1500.0, "rs.reset_potential": -2000.0})
    assert moved.get("rs.peak_potential") == -1500.0
    with pytest.raises(ConfigError, match="must lie below"):
        circuit.replace({"rs.peak_potential": -1500.0})


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("rs.capacitance", "pF"),
        ("rs.leakage", "nS/mV"),
        ("fs.threshold_width", "mV"),
        ("rs.adaptation", "pA"),
        ("rs.recovery_time", "ms"),
        ("rs.ampa.conductance", "nS"),
        ("rs.ampa.weights.rs", "1"),
    ],
)
def test_units(path: str, unit: str) -> None:
    """Oracle: dimensions of Eq. 1: pF·mV/ms = pA = nS·mV, and k v² must be pA."""
    assert Circuit.unit(path) == unit


@pytest.mark.parametrize("path", ["rs", "rs.bogus", "rs.ampa.bogus", "rs.synapses", ""])
def test_what_has_no_unit_is_named(path: str) -> None:
    with pytest.raises(ConfigError, match=repr(path)):
        Circuit.unit(path)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("xx.size", "'xx' is not one of rs"),
        ("rs.sise", "'sise' is not one of ampa, size, capacitance"),
        ("rs.ampa.tau", "'tau' is not one of conductance, reversal_potential"),
        ("rs.ampa.weights.fs", "'fs' is not one of rs"),
        ("rs.size.x", "'x' is not one of"),
        ("", "'' is not one of rs"),
    ],
)
def test_paths_that_do_not_exist(path: str, named: str) -> None:
    """Oracle: the message names the path and what there is, for reading and for writing."""
    for act in (regular_spiking().get, lambda p: regular_spiking().replace({p: 1.0})):
        with pytest.raises(ConfigError, match=named) as caught:
            act(path)
        assert repr(path) in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value", "allowed"),
    [
        ("rs.capacitance", -1.0, "greater than 0"),
        ("rs.capacitance", 0.0, "greater than 0"),
        ("rs.leakage", -0.7, "greater than 0"),
        ("rs.threshold_width", -0.1, "greater than or equal to 0"),
        ("rs.truncation", 0.0, "greater than 0"),
        ("rs.truncation", -2.0, "greater than 0"),
        ("rs.recovery_time", 0.0, "greater than 0"),
        ("rs.ampa.synaptic_time", 0.0, "greater than 0"),
        ("rs.ampa.conductance", -1.0, "greater than or equal to 0"),
        ("rs.size", 0, "greater than or equal to 1"),
        ("rs.size", 10.5, "integer"),
        ("rs.size", True, "integer"),
        ("rs.adaptation", "ten", "number"),
        ("rs.adaptation", "10", "number"),
        ("rs.adaptation", None, "number"),
        ("rs.recovery", "global", "'neuron' or 'population'"),
        ("rs.adaptation", math.nan, "finite number"),
        ("rs.input_current", math.inf, "finite number"),
        ("rs.peak_potential", math.inf, "finite number"),
        ("rs.ampa.weights.rs", -math.inf, "finite number"),
    ],
)
def test_values_that_are_not_allowed(path: str, value: object, allowed: str) -> None:
    """Oracle: the message names the key, the value and what is allowed."""
    with pytest.raises(ConfigError) as caught:
        regular_spiking().replace({path: value})
    message = str(caught.value)
    assert path.rsplit(".", maxsplit=1)[-1] in message
    assert repr(value) in message
    assert allowed in message


def test_every_problem_is_listed() -> None:
    """Oracle: one line per wrong value."""
    with pytest.raises(ConfigError) as caught:
        regular_spiking().replace({"rs.capacitance": -1.0, "rs.size": 0, "rs.leakage": "x"})
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert any("capacitance" in line and "-1.0" in line for line in lines)


def test_potentials_out_of_order() -> None:
    """Oracle: v_0 < v_p; a threshold at or below rest needs a truncation of its own."""
    with pytest.raises(ConfigError, match=r"reset_potential = 1000 mV must lie below"):
        regular_spiking().replace({"rs.reset_potential": 1000.0})
    with pytest.raises(ConfigError, match=r"threshold = -60 mV must lie above resting_potential"):
        regular_spiking().replace({"rs.threshold": -60.0})
    moved = regular_spiking().replace({"rs.threshold": -60.0, "rs.truncation": 5.0})
    assert moved.populations["rs"].half_range == 5.0


def test_unknown_keys() -> None:
    """Oracle: extra keys are refused at every level."""
    data = regular_spiking().model_dump()
    for change in (
        lambda d: d.update(extra=1),
        lambda d: d["populations"]["rs"].update(extra=1),
        lambda d: d["populations"]["rs"]["synapses"]["ampa"].update(extra=1),
    ):
        broken = regular_spiking().model_dump()
        change(broken)
        with pytest.raises(ValueError, match=r"extra\n"):
            Circuit.model_validate(broken)
    assert Circuit.model_validate(data) == regular_spiking()


def test_sources_must_exist() -> None:
    data = excitatory_inhibitory().model_dump()
    data["populations"]["fs"]["synapses"]["gaba"]["weights"] = {"pv": 1.0}
    with pytest.raises(ValueError, match=r"fs.gaba.weights names the source 'pv'; .* rs, fs"):
        Circuit.model_validate(data)
    data["populations"]["fs"]["synapses"]["gaba"]["weights"] = {}
    with pytest.raises(ValueError, match="name at least one source"):
        Circuit.model_validate(data)
    with pytest.raises(ValueError, match="at least one population"):
        Circuit(populations={})


def test_names_can_stand_in_a_path() -> None:
    """Oracle: a name with a dot would make paths ambiguous."""
    population = regular_spiking().populations["rs"].model_copy(update={"synapses": {}})
    for bad in ("r.s", "", "1s", "r s", "r" * 41):
        with pytest.raises(ValueError, match="populations"):
            Circuit.model_validate({"populations": {bad: population.model_dump()}})


def test_a_circuit_cannot_be_assigned_to() -> None:
    circuit = regular_spiking()
    with pytest.raises(ValueError, match="frozen"):
        circuit.populations["rs"].size = 5  # type: ignore[misc]


def test_its_text_names_every_parameter() -> None:
    """Oracle: an error that prints a circuit must let its reader repeat the run."""
    text = str(excitatory_inhibitory())
    for key in Population.model_fields:
        assert key == "synapses" or f"{key} = " in text
