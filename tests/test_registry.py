"""Registries: what is taken, unknown or added by a plug-in. Oracle: names chosen by the test."""

import os
import subprocess
import sys

import pytest

from ikmeanfield.registry import VARIABLE, Registry, load_plugins

PLUGIN = '''
"""A plug-in: a kind of study, a theory, a law, a waveform and a figure, each of them empty."""

from typing import Literal

from ikmeanfield.figures import FIGURES, Figure
from ikmeanfield.studies import KINDS
from ikmeanfield.studies.study import Study


class Nothing(Study):
    """A study that has nothing to do."""

    rule = "do_nothing"
    kind: Literal["nothing"]
    times: int = 1

    def items(self, plan, name):
        return iter(())


KINDS.register("nothing", Nothing)
FIGURES.register("blank", Figure("my_figure"))
'''
FIGURE = 'TAKES = [{"studied": {"kind": "nothing"}}]\n'
USE = """
from ikmeanfield.experiments import expand, parse
from ikmeanfield.schema import ConfigError

config = {
    "experiments": {
        "mine": {
            "circuit": {"preset": "regular_spiking"},
            "studies": {"empty": {"kind": "nothing", "times": %s}},
            "sweeps": {"grid": {"axes": [{"parameter": "rs.adaptation", "values": [1.0]}]}},
        }
    },
    "figures": {"blank": "mine"},
}
try:
    plan = expand(parse(config), "mine")
except ConfigError as error:
    print(error)
else:
    print(type(plan.studies["empty"]).__name__, plan.batches)
"""


@pytest.fixture
def colours():
    """One thing that is imported when it is asked for, and one that was registered."""
    registry = Registry("colour", {"blue": "string:digits"})
    registry.register("red", "a thing")
    return registry


def test_what_is_built_in_is_imported_when_it_is_asked_for(colours):
    assert colours["blue"] == "0123456789"
    assert colours["red"] == "a thing"
    assert list(colours) == ["blue", "red"]
    assert len(colours) == 2


@pytest.mark.parametrize("name", ["blue", "red"])
def test_a_name_that_is_taken_is_refused(colours, name):
    with pytest.raises(ValueError, match=f"colour '{name}' exists already; choose another name"):
        colours.register(name, "another thing")
    assert colours[name] != "another thing"


def test_the_same_thing_may_be_registered_again(colours):
    colours.register("red", colours["red"])
    assert list(colours) == ["blue", "red"]


def test_an_unknown_name_is_refused_with_those_that_there_are(colours):
    assert "green" not in colours
    assert "red" in colours
    with pytest.raises(KeyError, match="no colour 'green'; there are blue, red"):
        colours["green"]


def run(folder, modules, code=USE % 2):
    """What a new process prints that is told of these plug-ins."""
    environment = {**os.environ, VARIABLE: modules}
    path = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(path)
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "my_plugin.py").write_text(PLUGIN)
    (tmp_path / "my_figure.py").write_text(FIGURE)
    return tmp_path


def test_a_plug_in_named_in_the_environment_is_known_to_configurations(folder):
    done = run(folder, " my_plugin ,")
    assert done.stdout == "Nothing {'empty': {}}\n", done.stderr


def test_without_the_plug_in_its_names_are_unknown(folder):
    done = run(folder, "")
    assert "experiments.mine.studies.empty" in done.stdout, done.stderr
    assert "kind = 'nothing' is not one of networks, predictions, diagrams" in done.stdout


def test_settings_of_a_plug_in_are_checked(folder):
    done = run(folder, "my_plugin", USE % "'many'")
    assert "experiments.mine.studies.empty.times: got 'many'" in done.stdout, done.stderr


def test_a_plug_in_that_does_not_exist_is_named(folder):
    done = run(folder, "my_plugin,missing_plugin")
    assert done.returncode != 0
    assert "the plug-in 'missing_plugin' cannot be imported: No module" in done.stderr


def test_a_plug_in_may_not_take_a_name_that_is_built_in(folder):
    (folder / "greedy.py").write_text(
        "from ikmeanfield.studies import KINDS\nKINDS.register('networks', object)\n"
    )
    done = run(folder, "greedy")
    words = "the plug-in 'greedy' cannot be imported: kind of study 'networks' exists already"
    assert words in done.stderr


def test_plug_ins_are_imported_once():
    assert load_plugins() is load_plugins()
