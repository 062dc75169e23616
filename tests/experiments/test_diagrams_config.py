"""Diagrams and responses in the configuration: what is refused, and what is computed once."""

import copy

import pytest

from ikmeanfield.experiments import expand, parse, read_plan
from ikmeanfield.schema import ConfigError

CURRENT = "rs.input_current"


def config(**changes):
    experiment = {
        "circuit": {"preset": "regular_spiking", "set": {"rs.peak_potential": 50.0}},
        "input": {"rs": {"constant": 50.0}},
        "simulation": {"duration": 10.0, "sample": 1.0, "step": 0.1},
        "meanfield": {"on": {"reset_correction": True}, "off": {"reset_correction": False}},
        "diagrams": {"parameter": CURRENT, "bounds": [0.0, 80.0]},
        "response": {"population": "rs", "currents": [0.0, 100.0]},
        "sweeps": {
            "reset": {
                "axes": [{"parameter": "rs.reset_potential", "values": [-70.0, -100.0]}],
                "replicates": 3,
            },
            "size": {"axes": [{"parameter": "rs.size", "values": [100, 200]}]},
        },
        **changes,
    }
    return {"seed": 1, "runs_per_job": 2, "experiments": {"mine": experiment}}


def plan(**changes):
    return expand(parse(config(**changes)), "mine")


# Oracle: the key, the value and what is allowed must all be in the message.
WRONG = {
    "no mean field": ({"meanfield": {}}, ["diagrams", "meanfield"]),
    "unknown mean field": (
        {"diagrams": {"parameter": CURRENT, "bounds": [0.0, 1.0], "meanfield": ["of"]}},
        ["diagrams.meanfield", "'of'", "on, off"],
    ),
    "unknown sweep": (
        {"diagrams": {"parameter": CURRENT, "bounds": [0.0, 1.0], "sweeps": ["rest"]}},
        ["diagrams.sweeps", "'rest'", "reset, size"],
    ),
    "unknown parameter": (
        {"diagrams": {"parameter": "rs.current", "bounds": [0.0, 1.0]}},
        ["diagrams", "rs.current", "input_current"],
    ),
    "what no mean field knows": (
        {"diagrams": {"parameter": "rs.size", "bounds": [1.0, 9.0]}}, ["diagrams", "rs.size"]
    ),
    "a bound that cannot be": (
        {"diagrams": {"parameter": "rs.capacitance", "bounds": [-1.0, 9.0]}},
        ["diagrams", "rs.capacitance", "-1.0", "greater"],
    ),
    "falling bounds": (
        {"diagrams": {"parameter": CURRENT, "bounds": [1.0, 0.0]}}, ["bounds", "below", "1.0"]
    ),
    "unknown population": (
        {"response": {"population": "fs", "currents": [0.0, 1.0]}},
        ["response.population", "'fs'", "rs"],
    ),
    "falling currents": (
        {"response": {"population": "rs", "currents": [1.0, 1.0]}}, ["currents", "below", "1.0"]
    ),
    "one current": (
        {"response": {"population": "rs", "currents": [0.0, 1.0], "count": 1}}, ["count", "1"]
    ),
    "unknown key": (
        {"response": {"population": "rs", "currents": [0.0, 1.0], "number": 3}}, ["number"]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_configuration_is_refused_by_key_value_and_what_is_allowed(name):
    changes, words = WRONG[name]
    with pytest.raises(ConfigError) as refusal:
        plan(**changes)
    for word in words:
        assert word in str(refusal.value)


def test_each_distinct_diagram_is_followed_once():
    # Oracle: by hand. Corrected: v_0 = -70, -100 and the preset's -1000 of the sweep over sizes;
    # uncorrected: one, since neither resets nor sizes matter. Replicates add nothing.
    lines = [line for batch in plan().diagram_batches for line in batch]
    found = [(line.meanfield, line.circuit.get("rs.reset_potential")) for line in lines]
    assert found == [("on", -70.0), ("off", -70.0), ("on", -100.0), ("on", -1000.0)]
    assert [len(batch) for batch in plan().diagram_batches] == [2, 2]


def keys(data):
    made = expand(parse(data), "mine")
    return [line.key for batch in made.diagram_batches for line in batch]


UNRELATED = {
    "seed": lambda data, mine: data.update(seed=2),
    "size": lambda data, mine: mine["circuit"]["set"].update({"rs.size": 50}),
    "truncation": lambda data, mine: mine["circuit"]["set"].update({"rs.truncation": 5.0}),
    "form of recovery": lambda data, mine: mine["circuit"]["set"].update(
        {"rs.recovery": "population"}
    ),
    "value of the parameter": lambda data, mine: mine["circuit"]["set"].update({CURRENT: 7.0}),
    "input": lambda data, mine: mine["input"].update(rs={"constant": 9.0}),
    "step": lambda data, mine: mine["simulation"].update(step=0.05),
    "response": lambda data, mine: mine["response"].update(count=9),
    "replicates": lambda data, mine: mine["sweeps"]["reset"].update(replicates=1),
}
RELATED = {
    "bounds": lambda data, mine: mine["diagrams"].update(bounds=[0.0, 81.0]),
    "cycles": lambda data, mine: mine["diagrams"].update(cycles=False),
    "circuit": lambda data, mine: mine["circuit"]["set"].update({"rs.adaptation": 20.0}),
}


@pytest.mark.parametrize("name", [*UNRELATED, *RELATED])
def test_a_diagram_is_known_by_what_determines_it(name):
    data = copy.deepcopy(config())
    (UNRELATED | RELATED)[name](data, data["experiments"]["mine"])
    same = set(keys(data)) == set(keys(config()))
    assert same == (name in UNRELATED)
    if not same:
        assert not set(keys(data)) & set(keys(config()))


def test_a_plan_with_diagrams_survives_storage(tmp_path):
    plan().write(tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan()


def test_without_them_there_is_nothing_to_do():
    bare = plan(diagrams=None, response=None)
    assert (bare.diagram_batches, bare.tables) == ([], ["distances"])
    assert plan().tables == ["distances", "bifurcations"]


def test_what_belongs_to_simulations_is_refused_beside_transitions():
    data = config(simulation=None, transitions={"population": "rs", "low": 0.0, "high": 1.0})
    with pytest.raises(ConfigError, match="`diagrams` and `response` belong to `simulation`"):
        parse({**data, "experiments": {"mine": {
            **data["experiments"]["mine"],
            "continuation": {"parameter": CURRENT, "bounds": [0.0, 1.0], "second": "rs.adaptation",
                             "second_bounds": [0.0, 1.0], "meanfield": {"on": {}}},
        }}})  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"diagrams": None}, "fig2 from mine needs `diagrams` in rs.input_current"),
        ({"response": None}, "fig2 from mine needs the `response` of rs"),
        ({"meanfield": {"on": {}}}, "one without"),
        ({}, "needs synaptic_activation in simulation.record"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_refused(changes, words):
    with pytest.raises(ConfigError, match=words):
        parse({**config(**changes), "figures": {"fig2": "mine"}})
