"""Experiments that look for transitions: what is refused, and what determines their files."""

import copy
from pathlib import Path

import pytest
import yaml

from ikmeanfield.experiments import TransitionPlan, expand, parse, read_plan
from ikmeanfield.schema import ConfigError

ROOT = Path(__file__).parents[2]
QUICK = yaml.safe_load((ROOT / "config/quick.yaml").read_text())
ADAPTATION = ("experiments", "adaptation")
RAMP, PLANE = (*ADAPTATION, "transitions"), (*ADAPTATION, "continuation")
AXIS = (*ADAPTATION, "sweeps", "kappa", "axes", 0)

# Oracle: the key, the value and what is allowed must all be in the message.
WRONG = {
    "unknown key": ((*RAMP, "rize"), 1.0, ["transitions.rize", "unknown key"]),
    "unknown key of a trace": ((*PLANE, "traces", 0, "to"), 1.0, ["traces.0.to", "unknown key"]),
    "falling ramp": ((*RAMP, "high"), 10.0, ["below the second", "10.0"]),
    "ramp off the grid": ((*RAMP, "rise"), 2100.0, ["transitions.rise", "2100", "200"]),
    "step does not divide": ((*RAMP, "step"), 0.15, ["transitions.step", "0.15", "0.2"]),
    "unknown population": ((*RAMP, "population"), "fs", ["transitions.population", "fs", "rs"]),
    "empty bounds": ((*PLANE, "bounds"), [1.0, 1.0], ["bounds", "[1.0, 1.0]", "below"]),
    "one parameter": ((*PLANE, "second"), "rs.input_current", ["rs.input_current", "both"]),
    "unknown parameter": ((*PLANE, "second"), "rs.kappa", ["rs.kappa"]),
    "no continuation": (PLANE, None, ["transitions", "continuation", "belong together"]),
    "neither kind": (RAMP, None, ["simulation", "transitions", "either"]),
    "diagram outside": ((*PLANE, "diagrams"), [200.0], ["rs.adaptation = 200", "130"]),
    "grid outside": ((*AXIS, "values"), [10.0, 140.0], ["sweeps.kappa", "140", "second_bounds"]),
    "the followed parameter": (
        AXIS, {"parameter": "rs.input_current", "values": [0.7, 0.8]},
        ["sweeps.kappa", "rs.input_current", "followed"],
    ),
    "unknown observed": ((*RAMP, "observed"), "fs", ["transitions.observed", "fs", "rs"]),
    "unknown troughs": ((*RAMP, "troughs"), "paper", ["troughs", "paper", "circuit"]),
    "no mean field": ((*PLANE, "meanfield"), {}, ["continuation.meanfield", "{}"]),
    "mean fields": ((*ADAPTATION, "meanfield"), {"a": {}}, ["meanfield", "simulation"]),
    "figure elsewhere": (("figures", "fig1"), "truncation", ["fig1", "continuation"]),
}  # fmt: skip


def changed(path, value):
    data = copy.deepcopy(QUICK)
    if path[0] != "figures":
        del data["figures"]  # which would be refused first
    node = data
    for key in path[:-1]:
        node = node[key]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return data


def plan_of(data):
    return expand(parse(data), "adaptation")


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_by_key_and_value(name):
    path, value, words = WRONG[name]
    with pytest.raises(ConfigError) as caught:
        plan_of(changed(path, value))
    for word in words:
        assert word in str(caught.value)


def test_a_plan_survives_its_file(tmp_path):
    plan = plan_of(QUICK)
    plan.write(tmp_path / "plan.json")
    assert isinstance(plan, TransitionPlan)
    assert read_plan(tmp_path / "plan.json") == plan


def test_each_key_follows_only_what_determines_it():
    before, ramp = plan_of(QUICK), plan_of(changed((*RAMP, "rise"), 4000.0))
    bounds = plan_of(changed((*PLANE, "bounds"), [0.0, 90.0]))
    assert ramp.runs[0].key != before.runs[0].key
    assert ramp.runs[0].seed != before.runs[0].seed
    assert ramp.plane_key == before.plane_key
    assert ramp.traces_key == before.traces_key
    assert bounds.runs[0].key == before.runs[0].key
    assert bounds.continuation_key(before.runs[0]) != before.continuation_key(before.runs[0])
    assert bounds.traces_key == before.traces_key
    still = plan_of(changed((*RAMP, "hold_every"), 2))
    assert [run.hold for run in still.runs] == [True, False] * 3
    same = [a.key == b.key for a, b in zip(still.runs, before.runs, strict=True)]
    assert same == [True, False] * 3
    sizes = plan_of(changed((*ADAPTATION, "circuit", "set"), {"rs.size": 50}))
    assert sizes.plane_key == before.plane_key
    assert sizes.traces_key != before.traces_key


def families(fields):
    """A plan over three reset conditions and two values of the plane's second parameter."""
    data = changed((*PLANE, "meanfield"), fields)
    reset = {"rs.peak_potential": [1000.0, 50.0, 40.0],
             "rs.reset_potential": [-1000.0, -100.0, -70.0]}  # fmt: skip
    kappa = {"parameter": "rs.adaptation", "values": [10.0, 20.0]}
    data["experiments"]["adaptation"]["sweeps"]["kappa"]["axes"] = [{"paired": reset}, kappa]
    return plan_of(data)


def test_mean_fields_share_a_plane_where_they_do_not_know_what_varies():
    # oracle: the uncorrected mean field has neither peak nor reset potential
    plan = families({"corrected": {}, "uncorrected": {"reset_correction": False}})
    planes = list(plan.planes.values())
    assert [plane.meanfield for plane in planes] == ["corrected"] * 3 + ["uncorrected"]
    assert [plane.values.get("rs.reset_potential") for plane in planes] == [
        -1000.0, -100.0, -70.0, None,
    ]  # fmt: skip
    for name, count in (("corrected", 3), ("uncorrected", 1)):
        assert len({plan.plane_of(run, name) for run in plan.runs}) == count
    absolute = families({"absolute": {"reset_correction": False, "form": "absolute"}})
    assert set(absolute.planes).isdisjoint(plan.planes)
