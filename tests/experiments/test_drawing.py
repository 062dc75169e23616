"""Which figure is drawn from which experiments: three ways to write it, and what is refused."""

import copy
from pathlib import Path

import pytest
import yaml

from ikmeanfield.experiments import parse
from ikmeanfield.schema import ConfigError

ROOT = Path(__file__).parents[2]
QUICK = yaml.safe_load((ROOT / "config/quick.yaml").read_text())


def figures(given):
    return parse({**copy.deepcopy(QUICK), "figures": given}).figures


@pytest.mark.parametrize(
    "given",
    [
        {"fig4": "truncation"},
        {"fig4": ["truncation"]},
        {"fig4": {"draw": "fig4", "from": ["truncation"]}},
    ],
)
def test_a_name_a_list_and_a_mapping_mean_the_same(given):
    drawing = figures(given)["fig4"]
    assert (drawing.draw, drawing.sources) == ("fig4", ["truncation"])


def test_a_figure_may_have_a_name_of_its_own():
    drawing = figures({"mine": {"draw": "fig1", "from": ["adaptation"]}})["mine"]
    assert (drawing.draw, drawing.sources) == ("fig1", ["adaptation"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"fig99": "truncation"}, ["figures", "no figure 'fig99'", "fig1"]),
        ({"mine": {"draw": "fig99", "from": ["truncation"]}}, ["no figure 'fig99'", "fig4"]),
        ({"fig4": "nothing"}, ["fig4", "no experiment 'nothing'", "truncation"]),
        ({"fig4": []}, ["figures.fig4.from", "at least 1"]),
        ({"fig4": ["truncation", "adaptation"]}, ["fig4", "1 experiment", "adaptation"]),
        ({"fig4": "adaptation"}, ["fig4", "adaptation", "networks", "needed"]),
        ({"fig1": "truncation"}, ["fig1", "truncation", "transitions", "needed"]),
        ({"../x": {"draw": "fig4", "from": ["truncation"]}}, ["../x", "pattern"]),
        ({"all": {"draw": "fig4", "from": ["truncation"]}}, ["'all'", "taken"]),
        ({"fig4": {"of": "truncation"}}, ["figures.fig4", "of", "unknown key"]),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_words(given, words):
    with pytest.raises(ConfigError) as refusal:
        figures(given)
    for word in words:
        assert word in str(refusal.value)
