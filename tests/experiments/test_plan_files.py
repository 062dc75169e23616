"""Stored plans: plain JSON with a line for every run, of which only those asked for are read."""

import json

import pytest

from ikmeanfield.experiments import expand, parse, read_plan, store_plans
from ikmeanfield.schema import ConfigError


def plan(runs=5):
    experiment = {
        "circuit": {"preset": "truncated"},
        "theories": {"corrected": {"kind": "mean_field"}},
        "studies": {"networks": {"kind": "networks", "duration": 1000.0, "sample": 1.0}},
        "sweeps": {"grid": {"axes": [
            {"parameter": "rs.threshold_width", "linspace": [0.5, 4.0, float(runs)]}
        ]}},
    }  # fmt: skip
    return expand(parse({"runs_per_job": 2, "experiments": {"one": experiment}}), "one")


@pytest.fixture
def path(tmp_path):
    plan().write(tmp_path / "plan.json")
    return tmp_path / "plan.json"


def test_it_is_plain_json_with_a_line_for_every_run(path):
    """Oracle: the JSON module."""
    lines = path.read_text().splitlines()
    assert len(lines) == 1 + 5 + 1 + len(plan().work) + 1
    data = json.loads(path.read_text())
    assert [run["values"]["rs.threshold_width"] for run in data["runs"]] == [
        0.5, 1.375, 2.25, 3.125, 4.0,
    ]  # fmt: skip
    assert json.loads(lines[3].removesuffix(",")) == data["runs"][2]


def test_what_is_read_is_what_was_stored(path):
    read = read_plan(path)
    assert read == plan()
    assert read.text == path.read_text()
    sizes = [len(read.items("networks", batch)) for batch in read.batches["networks"]]
    assert sum(sizes) == 5
    assert max(sizes) == 2
    assert [item.runs for item in read.all_items("networks")] == [[n] for n in range(5)]
    with pytest.raises(IndexError):
        read.runs[5]


def test_only_the_runs_asked_for_are_read(path):
    """Oracle: a run that cannot be read is noticed when it is asked for, and only then."""
    lines = path.read_text().splitlines(keepends=True)
    lines[4] = lines[4].replace('"replicate":0', '"replicate":"none"')
    path.write_text("".join(lines))
    read = read_plan(path)
    assert len(read.runs) == 5
    assert read.runs[:3] == plan().runs[:3]
    with pytest.raises(ConfigError, match=r"plan\.json: damaged .* runs\.3\.replicate: got 'none'"):
        read.runs[3]


def test_json_of_another_layout_is_read_and_checked_whole(path):
    data = json.loads(path.read_text())
    path.write_text(json.dumps(data, indent=2))
    assert read_plan(path) == plan()
    data["runs"][4]["number"] = 1.5
    path.write_text(json.dumps(data, indent=2))
    with pytest.raises(ConfigError, match=r"plan\.json: damaged .* runs\.4\.number: got 1\.5"):
        read_plan(path)


@pytest.mark.parametrize("cut", [0, 1, 100, -3, -200])
def test_a_plan_cut_short_is_refused_by_name(path, cut):
    path.write_text(path.read_text()[:cut])
    with pytest.raises(ConfigError, match=r"plan\.json: damaged or foreign plan"):
        read_plan(path)


def test_plans_are_stored_by_their_content(tmp_path):
    """Oracle: other content, another place; the same content, the same file."""
    first = store_plans([plan()], tmp_path)
    before = (tmp_path / first / "one.json").stat()
    assert store_plans([plan()], tmp_path) == first
    after = (tmp_path / first / "one.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert store_plans([plan(6)], tmp_path) != first
