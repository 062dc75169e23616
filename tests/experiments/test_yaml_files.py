"""Slips in YAML are refused in words: keys given twice, and numbers that YAML reads as text."""

import copy
from pathlib import Path

import pytest
import yaml

from ikmeanfield import checkout
from ikmeanfield.experiments import expand_all, load, parse
from ikmeanfield.experiments.yaml_files import read_yaml
from ikmeanfield.schema import ConfigError

ROOT = Path(__file__).parents[2]
QUICK = yaml.safe_load((ROOT / "config/quick.yaml").read_text(encoding="utf-8"))

TWICE = """\
seed: 1
experiments:
  one:
    circuit: {preset: truncated, set: {rs.size: 9, rs.size: 10}}
    sweeps:
      width: 1
      cutoff: 2
      "width": 3
seed: 2
"""
MERGED = """\
first: &first {a: 1, b: 2}
second: &second {<<: *first, b: 3}
third: {<<: *second, b: 4, c: 5}
same keys elsewhere: {a: {b: 1}, c: {b: 1}}
"""


def refused(path):
    with pytest.raises(ConfigError) as refusal:
        load(path)
    return str(refusal.value)


def test_every_key_given_twice_is_named_by_its_lines(tmp_path):
    """Oracle: the lines of the text above, counted by hand."""
    path = tmp_path / "twice.yaml"
    path.write_text(TWICE)
    lines = [line.removeprefix(f"{path}, ") for line in refused(path).splitlines()]
    found = [(line.partition(":")[0], line.split("'")[1], line[-19:]) for line in lines]
    assert found == [
        ("line 4", "rs.size", "4. Keep one of them"),
        ("line 8", "width", "6. Keep one of them"),
        ("line 9", "seed", "1. Keep one of them"),
    ]


@pytest.mark.parametrize("text", [MERGED, (ROOT / "config/config.yaml").read_text("utf-8")])
def test_what_is_no_repetition_is_read_as_ever(text, tmp_path):
    """Oracle: PyYAML's own reader. A key that overrides a merged one is not given twice."""
    path = tmp_path / "given.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_yaml(path) == yaml.safe_load(text)


def numbers(node, path=()):
    """Paths of all numbers below a node."""
    if isinstance(node, dict):
        children = node.items()
    elif isinstance(node, list):
        children = enumerate(node)
    else:
        if isinstance(node, int | float) and not isinstance(node, bool):
            yield path
        return
    for key, child in children:
        yield from numbers(child, (*path, key))


def places():
    """One path for each kind of place in which the quick configuration has a number."""
    kinds = {}
    for path in numbers(QUICK):
        kind = tuple("…" if isinstance(key, int) else key for key in path[2:]) or path
        kinds.setdefault(kind, path)
    return list(kinds.values())


def test_a_number_that_yaml_reads_as_text_is_explained_wherever_a_number_is_expected():
    """Oracle: the number was there, so a number is expected; the text is YAML's, the value 40."""
    assert yaml.safe_load("4e1") == "4e1"
    assert len(places()) > 50
    for path in places():
        data = copy.deepcopy(QUICK)
        if path[0] == "experiments":  # the others cost time
            data = {"experiments": {path[1]: data["experiments"][path[1]]}}
        node = data
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = "4e1"
        with pytest.raises(ConfigError) as refusal:
            expand_all(parse(data))
        explained = [line for line in str(refusal.value).splitlines() if "'4e1'" in line]
        assert explained, path
        for line in explained:
            assert "YAML reads 4e1 as text: write 40" in line, (path, line)


@pytest.mark.parametrize(
    ("text", "number"),
    [("4e1", 40.0), ("1e-7", 1e-7), ("2.5e3", 2500.0), ("1E+22", 1e22), ("'40'", 40.0)],
)
def test_what_is_proposed_is_a_number_for_yaml(text, number):
    """Oracle: YAML itself reads the proposed text as the number that was meant."""
    with pytest.raises(ConfigError) as refusal:
        parse({"seconds_per_job": yaml.safe_load(text), "experiments": {}})
    line = next(line for line in str(refusal.value).splitlines() if "seconds_per_job" in line)
    proposed = line.partition(": write ")[2]
    assert yaml.safe_load(proposed) == number
    assert ("quotation marks" in line) == ("'" in text)


def test_text_that_is_no_number_is_not_explained_as_one():
    """Oracle: there is no number to propose for a word."""
    with pytest.raises(ConfigError) as refusal:
        parse({"seconds_per_job": "soon", "experiments": {}})
    assert "write" not in str(refusal.value)


def test_without_a_checkout_the_message_says_where_the_configurations_are(monkeypatch, tmp_path):
    """Oracle: the message names the repository in an installation, and not in a checkout."""
    missing = tmp_path / "config/config.yaml"
    assert "repository" not in refused(missing)
    monkeypatch.setattr("ikmeanfield.experiments.yaml_files.checkout", lambda: None)
    assert "repository" in refused(missing)
    assert checkout.checkout() == ROOT
