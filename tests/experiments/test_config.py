"""The configuration: what is refused, with which words, and what a grid expands to."""

import copy
from pathlib import Path

import numpy as np
import pytest
import yaml

from ikmeanfield.experiments import expand, expand_all, load, parse, read_plan
from ikmeanfield.experiments.config import json_schema
from ikmeanfield.schema import ConfigError

ROOT = Path(__file__).parents[2]
QUICK = yaml.safe_load((ROOT / "config/quick.yaml").read_text())
EXPERIMENT = ("experiments", "truncation")
NETWORKS = (*EXPERIMENT, "studies", "networks")
SET = (*EXPERIMENT, "circuit", "set")
AXIS = (*EXPERIMENT, "sweeps", "width", "axes", 0)
WIDTH = "rs.threshold_width"
NAN, INF = float("nan"), float("inf")

# Oracle: the key, the value and what is allowed must all be in the message.
WRONG = {
    "unknown key": (("sede",), 1, ["sede", "unknown key", "1"]),
    "unknown nested key": ((*NETWORKS, "stepp"), 1.0, ["studies.networks.stepp", "unknown key"]),
    "wrong type": (("seed",), "x", ["seed", "'x'", "integer"]),
    "text for a switch": (("portable",), "yes", ["portable", "'yes'", "boolean"]),
    "negative capacitance": (SET, {"rs.capacitance": -1.0}, ["capacitance", "-1.0", "greater"]),
    "negative width": (SET, {WIDTH: -0.5}, ["threshold_width", "-0.5", "greater"]),
    "N = 0": (SET, {"rs.size": 0}, ["rs.size", "0", "greater"]),
    "NaN": (SET, {"rs.leakage": NAN}, ["rs.leakage", "nan", "finite"]),
    "unknown parameter": (SET, {"rs.peek": 1.0}, ["rs.peek", "peak_potential"]),
    "v_0 above v_p": (SET, {"rs.reset_potential": 2e3}, ["reset_potential", "2000", "below"]),
    "no cutoff": (SET, {"rs.truncation": 0.0}, ["truncation", "0.0", "greater"]),
    "step does not divide": ((*NETWORKS, "step"), 0.03, ["studies.networks.step", "0.03", "0.1"]),
    "step above time constant": (
        NETWORKS, {"kind": "networks", "duration": 100.0, "sample": 50.0, "step": 50.0},
        ["sweeps.width", "networks: step", "50", "rs.ampa.synaptic_time", "6"],
    ),
    "sample does not divide": ((*NETWORKS, "sample"), 7.0, ["sample", "7.0", "3000"]),
    "discard off the grid": ((*NETWORKS, "discard"), 0.15, ["discard", "0.15", "0.1"]),
    "discard all": ((*NETWORKS, "discard"), 3000.0, ["discard", "3000"]),
    "infinite duration": ((*NETWORKS, "duration"), INF, ["duration", "inf", "finite"]),
    "empty values": (AXIS, {"parameter": WIDTH, "values": []}, ["values", "[]", "at least 1"]),
    "no sweeps": ((*EXPERIMENT, "sweeps"), {}, ["sweeps", "{}", "at least 1"]),
    "no points": (AXIS, {"parameter": WIDTH, "linspace": [0.0, 1.0, 0]}, ["linspace", "≥ 1"]),
    "bad grid point": (AXIS, {"parameter": WIDTH, "values": [1.0, -1.0]}, ["sweeps.width", "-1.0"]),
    "doubled point": (AXIS, {"parameter": WIDTH, "values": [1.0, 1.0]}, ["1.0", "twice"]),
    "unequal pairs": (
        AXIS, {"paired": {"rs.peak_potential": [50.0], "rs.reset_potential": [-50.0, -60.0]}},
        ["paired", "equally many"],
    ),
    "escaping name": (
        ("experiments",), {"../x": QUICK["experiments"]["truncation"]}, ["../x", "pattern"]
    ),
    "reserved name": (
        ("experiments",), {"figures": QUICK["experiments"]["truncation"]}, ["figures", "taken"]
    ),
    "input elsewhere": ((*EXPERIMENT, "input"), {"fs": {"constant": 1.0}}, ["input.fs", "rs"]),
    "input without a waveform": (
        (*EXPERIMENT, "input"), {"rs": {"scale": 2.0}}, ["input.rs", "constant", "ramp"],
    ),
    "unordered input": (
        (*EXPERIMENT, "input"), {"rs": {"steps": [[5.0, 1.0], [5.0, 2.0]]}}, ["must increase"]
    ),
    "unknown preset": ((*EXPERIMENT, "circuit", "preset"), "rs", ["preset", "'rs'", "truncated"]),
    "unknown figure": (("figures",), {"fig99": "truncation"}, ["fig99", "fig4"]),
    "unknown kind": ((*NETWORKS, "kind"), "network", ["studies.networks", "'network'", "planes"]),
    "no kind": (NETWORKS, {"duration": 100.0}, ["studies.networks", "kind", "networks"]),
    "unknown theory": (
        (*EXPERIMENT, "theories", "corrected", "kind"), "field", ["theories.corrected", "'field'"]
    ),
    "study of no sweep": ((*NETWORKS, "sweeps"), ["widths"], ["widths", "width", "cutoff"]),
    "predictions of nothing": (
        (*EXPERIMENT, "studies", "predictions", "networks"), "spiking", ["spiking", "networks"]
    ),
    "a study called as a population": (
        (*EXPERIMENT, "studies"), {"rs": {"kind": "networks", "duration": 9.0, "sample": 1.0}},
        ["'rs'", "taken"],
    ),
    "one study of two kinds": (
        ("experiments", "reset", "studies", "predictions"),
        {"kind": "rates", "population": "rs", "currents": [0.0, 1.0]},
        ["predictions", "rates", "another name"],
    ),
    "figure of nothing": (("figures",), {"fig4": "nothing"}, ["nothing", "truncation"]),
}  # fmt: skip


def changed(path, value):
    data = copy.deepcopy(QUICK)
    node = data
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return data


def plan_of(data):
    config = parse(data)
    return expand(config, next(iter(config.experiments)))


def test_what_follows_from_another_problem_is_not_told():
    """Oracle: one line for the one key that is missing; the step's default would depend on it."""
    with pytest.raises(ConfigError) as refusal:
        parse(changed(NETWORKS, {"kind": "networks", "duration": 1000.0}))
    where = "experiments.truncation.studies.networks"
    assert str(refusal.value) == f"{where}.sample: this key is missing"


def test_a_misspelt_key_is_one_problem():
    """Oracle: one line, for the key as it was written."""
    with pytest.raises(ConfigError) as refusal:
        parse(changed(NETWORKS, {"kind": "networks", "duraton": 1000.0, "sample": 0.1}))
    key = "experiments.truncation.studies.networks.duraton"
    words = "unknown key (value 1000.0); perhaps duration is meant, which is missing"
    assert str(refusal.value) == f"{key}: {words}"


def test_all_problems_are_told_at_once():
    """Oracle: four keys that are wrong, each in a part of its own."""
    data = changed((*NETWORKS, "sample"), -1.0)
    data["experiments"]["reset"]["studies"]["rates"]["population"] = 5
    data["experiments"]["reset"]["theories"]["corrected"]["form"] = "papers"
    data["seed"] = "x"
    with pytest.raises(ConfigError) as refusal:
        parse(data)
    lines = str(refusal.value).splitlines()
    wanted = ("seed", "networks.sample", "rates.population", "theories.corrected.form")
    for key in wanted:
        assert any(key in line.partition(": got")[0] for line in lines), (key, lines)


def test_problems_of_all_grid_points_and_experiments_are_told_at_once():
    """Oracle: two grid points of one experiment and one study of another are wrong."""
    data = changed(AXIS, {"parameter": WIDTH, "values": [1.0, -1.0, -2.0]})
    data["experiments"]["reset"]["studies"]["rates"]["population"] = "fs"
    with pytest.raises(ConfigError) as refusal:
        expand_all(parse({**data, "figures": {}}))
    found = str(refusal.value)
    assert len(found.splitlines()) == 3
    for words in ("got -1.0", "got -2.0", "experiments.reset.studies.rates: population: no 'fs'"):
        assert words in found


@pytest.mark.parametrize(
    ("key", "words"),
    [("simulation", "kind: networks"), ("meanfield", "`theories`"), ("response", "kind: rates"),
     ("continuation", "points, planes and traces"), ("transitions", "kind: transitions"),
     ("diagrams", "kind: diagrams")],
)  # fmt: skip
def test_a_key_of_earlier_versions_is_refused_with_the_place_it_moved_to(key, words):
    with pytest.raises(ConfigError, match=f"truncation.{key}: unknown key .*moved.*{words}"):
        parse(changed((*EXPERIMENT, key), {}))


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_configuration_is_refused_by_key_value_and_what_is_allowed(name):
    path, value, words = WRONG[name]
    with pytest.raises(ConfigError) as refusal:
        plan_of(changed(path, value))
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize("name", ["config.yaml", "quick.yaml", "example.yaml"])
def test_shipped_configurations_are_valid(name):
    config = load(ROOT / "config" / name)
    for experiment in config.experiments:
        assert expand(config, experiment).runs


def test_the_paper_scale_is_the_papers():
    # Oracle: Table II and Sec. V of the paper.
    plan = expand(load(ROOT / "config/config.yaml"), "truncation")
    widths = [run.coordinate(WIDTH) for run in plan.runs if run.sweep == "width"]
    cutoffs = [run.coordinate("rs.truncation") for run in plan.runs if run.sweep == "cutoff"]
    assert (len(widths), widths[0], widths[-1]) == (100, 0.01, 5.0)
    assert (len(cutoffs), cutoffs[0], cutoffs[-1]) == (100, 40.0, 5.0)
    assert {run.circuit.populations["rs"].size for run in plan.runs} == {10_000}
    networks = plan.studies["networks"]
    assert (networks.duration, networks.discard) == (6000.0, 1000.0)


def test_the_step_may_divide_in_decimal_what_it_does_not_divide_in_binary():
    # 0.3 / 0.1 is 2.9999999999999996 in binary.
    given = {"kind": "networks", "duration": 3000.0, "sample": 0.3, "step": 0.1}
    assert plan_of(changed(NETWORKS, given)).studies["networks"].sample == 0.3


def test_axes_multiply_and_pairs_move_together():
    sweep = {
        "axes": [
            {"parameter": WIDTH, "geomspace": [1.0, 4.0, 3]},
            {"paired": {"rs.peak_potential": [50.0, 40.0], "rs.reset_potential": [-100.0, -70.0]}},
        ],
        "replicates": 2,
    }
    data = changed((*EXPERIMENT, "sweeps"), {"grid": sweep})
    plan = plan_of({**data, "figures": {}, "claims": {}})
    points = [tuple(run.values.values()) for run in plan.runs]
    pairs = [(50.0, -100.0), (40.0, -70.0)]
    expected = [(w, *pair) for w in (1.0, 2.0, 4.0) for pair in pairs for _ in range(2)]
    np.testing.assert_allclose(points, expected)
    assert len({item.seed for item in plan.all_items("networks")}) == len(plan.runs) == 12
    assert plan.parameters == [WIDTH, "rs.peak_potential", "rs.reset_potential"]


def seeds(plan, sweep="width"):
    """Key and seed of the network at every width of a sweep."""
    return {
        plan.first_run(item).coordinate(WIDTH): (item.key, item.seed)
        for item in plan.all_items("networks")
        if plan.first_run(item).sweep == sweep
    }


def test_seeds_belong_to_runs_not_to_places():
    # Oracle: the same grid point among fewer others, in another sweep, in other batches.
    some = seeds(plan_of(changed(AXIS, {"parameter": WIDTH, "values": [1.5, 3.5]})))
    one = changed(AXIS, {"parameter": WIDTH, "values": [3.5]})
    other = seeds(plan_of({**one, "runs_per_job": 1}))
    assert other[3.5] == some[3.5]
    assert some[1.5][1] != some[3.5][1]
    reseeded = seeds(plan_of({**one, "seed": 1}))
    assert reseeded[3.5][0] == some[3.5][0]
    assert reseeded[3.5][1] != some[3.5][1]


def test_analysis_settings_and_theories_do_not_change_a_network():
    def keys(plan, study):
        return [item.id for item in plan.all_items(study)]

    before, after = plan_of(QUICK), plan_of(changed((*NETWORKS, "discard"), 500.0))
    assert keys(before, "networks") == keys(after, "networks")
    step = plan_of(changed((*NETWORKS, "step"), 0.05))
    assert keys(before, "networks")[0] != keys(step, "networks")[0]
    same = keys(before, "predictions") == keys(step, "predictions")
    assert same, "a theory does not know the networks' step"


def test_a_plan_survives_storage_and_a_damaged_one_is_named(tmp_path):
    plan = plan_of(QUICK)
    plan.write(tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan
    (tmp_path / "plan.json").write_text(plan.text[:100])
    with pytest.raises(ConfigError, match=r"plan\.json"):
        read_plan(tmp_path / "plan.json")


def test_a_circuit_may_be_written_out():
    population = plan_of(QUICK).runs[0].circuit.populations["rs"].model_dump()
    data = changed((*EXPERIMENT, "circuit"), {"populations": {"rs": population}})
    assert plan_of(data).runs[0].circuit == plan_of(QUICK).runs[0].circuit


def test_the_schema_follows_the_models():
    stored = (ROOT / "workflow/schemas/config.schema.json").read_text(encoding="utf-8")
    command = "ikmeanfield schema > workflow/schemas/config.schema.json"
    assert stored == json_schema(), f"out of date; run: {command}"
