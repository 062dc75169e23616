"""Experiments that look for transitions: what is refused, and what determines their files."""

import copy
from pathlib import Path

import pytest
import yaml

from ikmeanfield.experiments import expand, parse, read_plan
from ikmeanfield.schema import ConfigError

ROOT = Path(__file__).parents[2]
QUICK = yaml.safe_load((ROOT / "config/quick.yaml").read_text())
OWN = QUICK["experiments"]["adaptation"]
"""The experiment of Fig. 1, here without the exact theory: its other studies have every sweep."""
for part, name in (
    ("studies", "folds"), ("sweeps", "folds"), ("theories", "exact"), ("studies", "ramps"),
):  # fmt: skip
    del OWN[part][name]
for name in ("transitions", "points", "planes"):
    for key in ("theories", "sweeps"):
        OWN["studies"][name].pop(key, None)
ADAPTATION = ("experiments", "adaptation")
STUDIES = (*ADAPTATION, "studies")
RAMP, PLANE, POINTS = (*STUDIES, "transitions"), (*STUDIES, "planes"), (*STUDIES, "points")
TRACES = (*STUDIES, "traces")
AXIS = (*ADAPTATION, "sweeps", "kappa", "axes", 0)

# Oracle: the key, the value and what is allowed must all be in the message.
WRONG = {
    "unknown key": ((*RAMP, "rize"), 1.0, ["transitions.rize", "unknown key"]),
    "unknown key of a trace": ((*TRACES, "ramps", 0, "to"), 1.0, ["ramps.0.to", "unknown key"]),
    "falling ramp": ((*RAMP, "high"), 10.0, ["below the second", "10.0"]),
    "ramp off the grid": ((*RAMP, "rise"), 2100.0, ["transitions.rise", "2100", "200"]),
    "step does not divide": ((*RAMP, "step"), 0.15, ["transitions.step", "0.15", "200"]),
    "unknown population": ((*RAMP, "population"), "fs", ["transitions: population", "fs", "rs"]),
    "empty bounds": ((*PLANE, "bounds"), [1.0, 1.0], ["bounds", "[1.0, 1.0]", "below"]),
    "one parameter": ((*PLANE, "second"), "rs.input_current", ["rs.input_current", "both"]),
    "unknown parameter": ((*PLANE, "second"), "rs.kappa", ["planes: second", "rs.kappa"]),
    "no points": (POINTS, None, ["studies.transitions", "'points'", "planes"]),
    "points elsewhere": ((*RAMP, "points"), "planes", ["points", "'planes'", "not a study of"]),
    "planes elsewhere": ((*POINTS, "planes"), "traces", ["planes", "'traces'", "input_current"]),
    "diagram outside": ((*PLANE, "diagrams"), [200.0], ["rs.adaptation = 200", "130"]),
    "grid outside": ((*AXIS, "values"), [10.0, 140.0], ["sweeps.kappa", "140", "second_bounds"]),
    "the followed parameter": (
        AXIS, {"parameter": "rs.input_current", "values": [0.7, 0.8]},
        ["kappa", "rs.input_current", "followed"],
    ),
    "unknown observed": ((*RAMP, "observed"), "fs", ["transitions: observed", "fs", "rs"]),
    "unknown troughs": ((*RAMP, "troughs"), "paper", ["troughs", "paper", "circuit"]),
    "no theory": ((*ADAPTATION, "theories"), {}, ["theories", "none"]),
    "unknown theory of traces": ((*TRACES, "theory"), "other", ["traces: theory", "uncorrected"]),
    "figure elsewhere": (("figures", "fig1"), "truncation", ["fig1", "transitions"]),
}  # fmt: skip


def changed(path, value):
    data = copy.deepcopy(QUICK)
    if path[0] != "figures":
        del data["figures"], data["claims"]  # which would be refused first
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
    assert read_plan(tmp_path / "plan.json") == plan


def keys(plan, study):
    return [item.id for item in plan.all_items(study)]


def test_each_key_follows_only_what_determines_it():
    before, ramp = plan_of(QUICK), plan_of(changed((*RAMP, "rise"), 4000.0))
    bounds = plan_of(changed((*PLANE, "bounds"), [0.0, 90.0]))
    followed = plan_of(changed((*POINTS, "bounds"), [0.0, 90.0]))
    own = {study: keys(before, study) for study in before.batches}
    assert not set(keys(ramp, "transitions")) & set(own["transitions"])
    assert all(keys(ramp, study) == own[study] for study in ("points", "planes", "traces"))
    assert not set(keys(bounds, "planes")) & set(own["planes"])
    assert all(keys(bounds, study) == own[study] for study in ("transitions", "points", "traces"))
    assert not set(keys(followed, "points")) & set(own["points"])
    assert all(keys(followed, study) == own[study] for study in ("transitions", "planes", "traces"))
    still = plan_of(changed((*RAMP, "hold_every"), 2))
    assert [still.studies["transitions"].is_held(run) for run in still.runs] == [True, False] * 3
    same = [a == b for a, b in zip(keys(still, "transitions"), own["transitions"], strict=True)]
    assert same == [True, False] * 3
    sizes = plan_of(changed((*ADAPTATION, "circuit", "set"), {"rs.size": 50}))
    assert keys(sizes, "planes") == own["planes"]
    assert keys(sizes, "traces") != own["traces"]


def families(fields):
    """A plan over three reset conditions and two values of the plane's second parameter."""
    data = changed((*ADAPTATION, "theories"), fields)
    reset = {"rs.peak_potential": [1000.0, 50.0, 40.0],
             "rs.reset_potential": [-1000.0, -100.0, -70.0]}  # fmt: skip
    kappa = {"parameter": "rs.adaptation", "values": [10.0, 20.0]}
    mine = data["experiments"]["adaptation"]
    mine["sweeps"]["kappa"]["axes"] = [{"paired": reset}, kappa]
    mine["studies"]["traces"]["theory"] = next(iter(fields))
    return plan_of(data)


def test_theories_share_a_plane_where_they_do_not_know_what_varies():
    # oracle: the uncorrected mean field has neither peak nor reset potential
    plan = families(
        {"corrected": {"kind": "mean_field"},
         "uncorrected": {"kind": "mean_field", "reset_correction": False}}
    )  # fmt: skip
    items = plan.all_items("planes")
    found = [
        (item.label, plan.first_run(item).circuit.get("rs.reset_potential"), len(item.runs))
        for item in items
    ]
    assert sorted(found) == [
        ("corrected", -1000.0, 2), ("corrected", -100.0, 2), ("corrected", -70.0, 2),
        ("uncorrected", -1000.0, 6),
    ]  # fmt: skip
    absolute = families(
        {"absolute": {"kind": "mean_field", "reset_correction": False, "form": "absolute"}}
    )
    assert set(keys(absolute, "planes")).isdisjoint(keys(plan, "planes"))
