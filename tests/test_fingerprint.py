"""The hash of the code that a stage depends on."""

import shutil

import pytest

from ikmeanfield import fingerprint
from ikmeanfield.fingerprint import closure, code_hash

SIMULATE = "ikmeanfield.studies.networks:Networks.compute"
SUMMARISE = "ikmeanfield.studies.networks:Networks.summarise"
DRAW = "ikmeanfield.figures.fig4"


@pytest.fixture
def package(tmp_path):
    target = tmp_path / "ikmeanfield"
    shutil.copytree(fingerprint.ROOT, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def edit(path, old="", new="", append=""):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1) + append)


def test_a_change_of_code_in_reach_counts_and_elsewhere_does_not(package):
    before = {m: code_hash(m, root=package) for m in (SIMULATE, DRAW)}
    edit(package / "spiking/exact.py", append="\nCHANGED = 1\n")
    assert code_hash(SIMULATE, root=package) != before[SIMULATE]
    assert code_hash(DRAW, root=package) == before[DRAW]


def test_comments_docstrings_and_layout_do_not_count(package):
    before = code_hash(SIMULATE, root=package)
    edit(package / "spiking/exact.py", append="\n\n# a comment\n")
    edit(package / "files.py", '"""Files that are complete or absent."""', '"""Files."""')
    assert code_hash(SIMULATE, root=package) == before


def test_the_style_counts_for_figures_only(package):
    before = {m: code_hash(m, root=package) for m in (SIMULATE, DRAW)}
    edit(package / "plot/style.mplstyle", append="axes.grid: True\n")
    assert code_hash(SIMULATE, root=package) == before[SIMULATE]
    assert code_hash(DRAW, root=package) != before[DRAW]


def test_imports_are_followed_through_functions_and_passed_on_names():
    reached = closure("ikmeanfield.theories.mean_field.model")
    assert "ikmeanfield.theories.mean_field.equations" in reached  # through a lazy package
    assert "ikmeanfield.datasets.series" in reached  # through a package that passes it on
    assert not any(".experiments" in name or ".figures" in name for name in reached)
    assert "ikmeanfield.spiking.exact" not in reached


def test_a_hash_does_not_depend_on_what_was_hashed_before():
    """Oracle: the same hash of modules once more; docstrings are left out only once."""
    root = fingerprint.ROOT
    names = [".".join(p.relative_to(root.parent).with_suffix("").parts) for p in root.rglob("*.py")]
    names = sorted(name.removesuffix(".__init__") for name in names)[::10]
    first = {name: code_hash(name) for name in names}
    assert {name: code_hash(name) for name in names} == first


def test_an_unknown_module_is_an_error():
    with pytest.raises(ModuleNotFoundError):
        code_hash("ikmeanfield.jobs.nothing")


def test_of_a_method_only_what_it_reaches_counts(package):
    """Oracle: edits of the one class in one file, each of which concerns one of its methods."""

    def hashes():
        return [code_hash(entry, root=package) for entry in (SIMULATE, SUMMARISE)]

    module, before = package / "studies/networks.py", hashes()
    edit(module, "step=self.step, scheme", "step=2 * self.step, scheme")
    simulated = hashes()
    assert [a == b for a, b in zip(before, simulated, strict=True)] == [False, True]
    edit(module, '"rate", "firing rate of the network"', '"rate", "rate of the network"')
    assert [a == b for a, b in zip(simulated, hashes(), strict=True)] == [True, False]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("duration: float = Field(gt=0)", "duration: float = Field(1.0, gt=0)"),  # a setting
        ("RUN_SECONDS = 0.006", "RUN_SECONDS = 0.007"),  # what only the cost uses
        ("def compute(self, plan: Plan, item: Item)", "def compute(self, plan: Any, item: Any)"),
    ],
)
def test_settings_costs_and_annotations_do_not_count_for_a_computation(package, old, new):
    before = code_hash(SIMULATE, root=package)
    edit(package / "studies/networks.py", old, new)
    assert code_hash(SIMULATE, root=package) == before


def test_methods_of_a_base_class_count_where_they_are_used(package):
    """Oracle: `asked` of every study of theories, which summaries of predictions call."""
    entry = "ikmeanfield.studies.predictions:Predictions.summarise"
    before = code_hash(entry, root=package)
    edit(package / "studies/study.py", "return self.theories if", "return [] or self.theories if")
    assert code_hash(entry, root=package) != before
