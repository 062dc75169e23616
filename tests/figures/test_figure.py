"""What a figure declares, read from its source, and what of an experiment serves it.

Oracle: modules written by the test; each refusal follows one change of a configuration that serves.
"""

import copy
import subprocess
import sys

import pytest

from ikmeanfield.experiments import expand, parse
from ikmeanfield.figures import FIGURES, Figure
from ikmeanfield.sources import Need
from small import tiny_reset


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes the source of a figure, which must not be imported, and returns the figure."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(source):
        (tmp_path / "drawn_by_test.py").write_text(source)
        return Figure("drawn_by_test")

    yield write
    assert "drawn_by_test" not in sys.modules


@pytest.mark.parametrize("head", ["TAKES", "TAKES: list[dict[str, object]]"])
def test_what_a_figure_takes_is_read_without_importing_it(written, head):
    figure = written(
        f'raise SystemExit\n{head} = [{{"mine": {{"kind": "rates", "optional": True}}}}]\n'
        "MOST_AXES = 1\n"
    )
    assert figure.takes == [{"mine": Need(kind="rates", optional=True)}]
    assert figure.most_axes == 1


def test_without_a_limit_a_sweep_may_have_any_number_of_axes(written):
    assert written("TAKES = []").most_axes is None


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "drawn_by_test does not declare TAKES"),
        ("TAKES = [dict(kind='rates')]", "drawn_by_test: TAKES must be written out"),
        ("TAKES = [{'mine': {'kinds': 'rates'}}]", "kinds"),
    ],
)
def test_a_wrong_declaration_is_refused(written, source, words):
    with pytest.raises(ValueError, match=words):
        _ = written(source).takes


def test_a_module_that_is_not_there_is_named():
    with pytest.raises(ModuleNotFoundError, match="no module 'nowhere_to_be_found'"):
        _ = Figure("nowhere_to_be_found").takes


def test_figures_are_known_without_loading_matplotlib():
    code = (
        "import sys; from ikmeanfield.figures import FIGURES; "
        "print(all(f.takes for f in FIGURES.values()), 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"


def experiment(**changes):
    """The experiment of Fig. 2 with some settings of its studies changed, by their name."""
    data = copy.deepcopy(tiny_reset())
    studies = data["experiments"]["reset"]["studies"]
    for name, settings in changes.items():
        if settings is None:
            del studies[name]
        else:
            studies[name] |= settings
    data["figures"] = {}
    return parse(data).experiments["reset"]


FURTHER = {"axes": [{"parameter": "rs.adaptation", "values": [1.0]}]}


@pytest.mark.parametrize(
    ("need", "changes", "words"),
    [
        ({"kind": "transitions"}, {}, "a study of kind transitions is needed"),
        ({"kind": "rates"}, {"rates": None}, "a study of kind rates is needed"),
        ({"kind": "networks", "sweeps": ["width"]}, {}, "networks in the sweep width is needed"),
        (
            {"kind": "networks", "settings": {"record": "recovery"}}, {},
            "networks with record: recovery is needed",
        ),
        (
            {"kind": "rates", "settings": {"population": "fs"}}, {},
            "rates with population: fs is needed",
        ),
        (
            {"kind": "predictions", "both_corrections": True},
            {"predictions": {"theories": ["corrected"]}},
            "predictions with a theory that has reset_correction and one that has not is needed",
        ),
        (
            {"kind": "predictions", "theory": "stationary"}, {},
            "predictions with a theory of kind stationary is needed",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(need, changes, words):
    found = experiment(**changes)
    with pytest.raises(ValueError, match=words):
        Need(**need).find(found)
    assert Need(**need, optional=True).find(found) is None


@pytest.mark.parametrize(
    ("need", "name"),
    [
        ({"kind": "networks", "settings": {"record": "synaptic_activation"}}, "networks"),
        ({"kind": "networks", "settings": {"duration": 600.0}}, "networks"),
        ({"kind": "diagrams", "sweeps": ["reset"], "both_corrections": True}, "diagrams"),
        ({"kind": "rates", "settings": {"population": "rs"}}, "rates"),
        ({"kind": "diagrams", "theory": "mean_field"}, "diagrams"),
    ],
)
def test_a_study_that_serves_is_found_by_name(need, name):
    assert Need(**need).find(experiment()) == name


def test_of_several_studies_the_first_that_serves_is_taken():
    data = copy.deepcopy(tiny_reset())
    own = data["experiments"]["reset"]
    own["sweeps"]["further"] = FURTHER
    own["studies"] = {
        "elsewhere": {**own["studies"]["networks"], "sweeps": ["further"]}, **own["studies"]
    }  # fmt: skip
    found = parse(data).experiments["reset"]
    assert Need(kind="networks").find(found) == "elsewhere"
    assert Need(kind="networks", sweeps=["reset"]).find(found) == "networks"
    # a plan, in which sweeps are names alone, gives the same
    assert Need(kind="networks", sweeps=["reset"]).find(expand(parse(data), "reset")) == "networks"


def test_every_figure_refuses_an_experiment_that_lacks_what_it_takes():
    for name, needed in {"fig1": "transitions", "fig3": "transitions", "fig4": "networks"}.items():
        figure = FIGURES[name]
        given = [experiment()] * len(figure.takes)
        with pytest.raises(ValueError, match=f"a study of kind {needed}"):
            figure.check(given)
    FIGURES["fig2"].check([experiment()])
    FIGURES["overview"].check([experiment()])
