"""Diagrams and rates in the configuration: what is refused, and what is computed once."""

import copy

import pytest

from ikmeanfield.experiments import expand, parse, read_plan
from ikmeanfield.schema import ConfigError

CURRENT = "rs.input_current"


def config(theories=None, studies=None):
    """An experiment with studies of all kinds that a simulation may have; None takes one away."""
    given = {
        "networks": {"kind": "networks", "duration": 10.0, "sample": 1.0, "step": 0.1},
        "predictions": {"kind": "predictions"},
        "diagrams": {"kind": "diagrams", "parameter": CURRENT, "bounds": [0.0, 80.0]},
        "rates": {"kind": "rates", "population": "rs", "currents": [0.0, 100.0]},
        **(studies or {}),
    }
    fields = {
        "on": {"kind": "mean_field", "reset_correction": True},
        "off": {"kind": "mean_field", "reset_correction": False},
    }
    experiment = {
        "circuit": {"preset": "regular_spiking", "set": {"rs.peak_potential": 50.0}},
        "input": {"rs": {"constant": 50.0}},
        "theories": fields if theories is None else theories,
        "studies": {name: study for name, study in given.items() if study is not None},
        "sweeps": {
            "reset": {
                "axes": [{"parameter": "rs.reset_potential", "values": [-70.0, -100.0]}],
                "replicates": 3,
            },
            "size": {"axes": [{"parameter": "rs.size", "values": [100, 200]}]},
        },
    }
    return {"seed": 1, "runs_per_job": 2, "experiments": {"mine": experiment}}


def plan(**changes):
    return expand(parse(config(**changes)), "mine")


# Oracle: the key, the value and what is allowed must all be in the message.
def diagrams(**changes):
    return {"diagrams": {"kind": "diagrams", "parameter": CURRENT, "bounds": [0.0, 1.0], **changes}}


def rates(**changes):
    return {"rates": {"kind": "rates", "population": "rs", "currents": [0.0, 1.0], **changes}}


WRONG = {
    "no theory": (None, {}, ["diagrams", "theories", "none"]),
    "unknown theory": (diagrams(theories=["of"]), None, ["diagrams: theories", "'of'", "on, off"]),
    "unknown sweep": (diagrams(sweeps=["rest"]), None, ["diagrams", "'rest'", "reset, size"]),
    "unknown parameter": (
        diagrams(parameter="rs.current"), None,
        ["diagrams: parameter", "rs.current", "input_current"],
    ),
    "what no mean field knows": (
        diagrams(parameter="rs.size", bounds=[1.0, 9.0]), None, ["diagrams", "rs.size"]
    ),
    "a bound that cannot be": (
        diagrams(parameter="rs.capacitance", bounds=[-1.0, 9.0]), None,
        ["diagrams", "rs.capacitance", "-1.0", "greater"],
    ),
    "falling bounds": (diagrams(bounds=[1.0, 0.0]), None, ["bounds", "below", "1.0"]),
    "unknown population": (rates(population="fs"), None, ["rates: population", "'fs'", "rs"]),
    "falling currents": (rates(currents=[1.0, 1.0]), None, ["currents", "below", "1.0"]),
    "one current": (rates(count=1), None, ["count", "1"]),
    "unknown key": (rates(number=3), None, ["number", "unknown key"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_configuration_is_refused_by_key_value_and_what_is_allowed(name):
    studies, theories, words = WRONG[name]
    with pytest.raises(ConfigError) as refusal:
        plan(studies=studies, theories=theories)
    for word in words:
        assert word in str(refusal.value)


def test_each_distinct_diagram_is_followed_once():
    # Oracle: by hand. Corrected: v_0 = -70, -100 and the preset's -1000 of the sweep over sizes;
    # uncorrected: one, since neither resets nor sizes matter. Replicates add nothing.
    made = plan()
    items = made.all_items("diagrams")
    found = [(item.label, made.first_run(item).coordinate("rs.reset_potential")) for item in items]
    assert found == [("on", -70.0), ("off", -70.0), ("on", -100.0), ("on", -1000.0)]
    assert all(len(made.items("diagrams", batch)) <= 2 for batch in made.batches["diagrams"])
    runs = [run for item in items if item.label == "off" for run in item.runs]
    assert runs == list(range(len(made.runs)))


def keys(data):
    made = expand(parse(data), "mine")
    return [item.key for item in made.all_items("diagrams")]


UNRELATED = {
    "seed": lambda data, mine: data.update(seed=2),
    "size": lambda data, mine: mine["circuit"]["set"].update({"rs.size": 50}),
    "truncation": lambda data, mine: mine["circuit"]["set"].update({"rs.truncation": 5.0}),
    "form of recovery": lambda data, mine: mine["circuit"]["set"].update(
        {"rs.recovery": "population"}
    ),
    "value of the parameter": lambda data, mine: mine["circuit"]["set"].update({CURRENT: 7.0}),
    "input": lambda data, mine: mine["input"].update(rs={"constant": 9.0}),
    "step": lambda data, mine: mine["studies"]["networks"].update(step=0.05),
    "rates": lambda data, mine: mine["studies"]["rates"].update(count=9),
    "replicates": lambda data, mine: mine["sweeps"]["reset"].update(replicates=1),
}
RELATED = {
    "bounds": lambda data, mine: mine["studies"]["diagrams"].update(bounds=[0.0, 81.0]),
    "cycles": lambda data, mine: mine["studies"]["diagrams"].update(cycles=False),
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
    bare = plan(studies={"diagrams": None, "rates": None})
    assert list(bare.batches) == ["networks", "predictions"]
    assert list(plan().batches) == ["networks", "predictions", "diagrams", "rates"]


def test_one_experiment_may_have_studies_of_all_kinds_on_one_grid():
    """Oracle: every kind has its work, at all grid points or for the whole experiment."""
    plane = {"parameter": CURRENT, "bounds": [0.0, 80.0]}
    more = {
        "transitions": {"kind": "transitions", "population": "rs", "low": 20.0, "high": 70.0,
                        "points": "points"},
        "points": {"kind": "points", **plane, "planes": "planes"},
        "planes": {"kind": "planes", **plane, "second": "rs.adaptation",
                   "second_bounds": [0.0, 50.0]},
        "traces": {"kind": "traces", "theory": "off", "population": "rs",
                   "parameter": "rs.adaptation",
                   "ramps": [{"at": 25.0, "ramp": [[0.0, 20.0], [400.0, 50.0]]}]},
    }  # fmt: skip
    made = plan(studies=more)
    counts = {name: len(made.all_items(name)) for name in made.batches}
    assert counts == {"networks": 8, "predictions": 4, "diagrams": 4, "rates": 3,
                      "transitions": 8, "points": 4, "planes": 4, "traces": 1}  # fmt: skip


@pytest.mark.parametrize(
    ("studies", "theories", "words"),
    [
        ({"diagrams": None}, None, "fig2 cannot be drawn from mine: a study of kind diagrams"),
        ({"rates": None}, None, "fig2 cannot be drawn from mine: a study of kind rates"),
        ({}, {"on": {"kind": "mean_field"}}, "reset_correction and one that has not"),
        ({}, None, "kind networks with record: synaptic_activation is needed"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_refused(studies, theories, words):
    if words.startswith(("fig2", "reset")):
        networks = config()["experiments"]["mine"]["studies"]["networks"]
        record = ["firing_rate", "synaptic_activation"]
        studies = {**studies, "networks": {**networks, "record": record}}
    with pytest.raises(ConfigError, match=words):
        parse({**config(theories, studies), "figures": {"fig2": "mine"}})
