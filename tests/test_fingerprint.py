"""The hash of the code that a stage depends on."""

import shutil

import pytest

from ikmeanfield import fingerprint
from ikmeanfield.fingerprint import closure, code_hash

SIMULATE, DRAW = "ikmeanfield.stages.simulate", "ikmeanfield.stages.draw"


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
    reached = closure("ikmeanfield.stages.integrate")
    assert "ikmeanfield.theories.mean_field.equations" in reached  # through a lazy package
    assert "ikmeanfield.datasets.series" in reached  # through a package that passes it on
    assert not any(".experiments" in name or ".figures" in name for name in reached)
    assert "ikmeanfield.spiking.exact" not in reached


def test_an_unknown_module_is_an_error():
    with pytest.raises(ModuleNotFoundError):
        code_hash("ikmeanfield.stages.nothing")
