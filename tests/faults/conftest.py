"""One undisturbed run of both kinds of experiment, which tests copy or compare with."""

import shutil

import pytest
from folders import Folder

from checkouts import copy_checkout
from small import both


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """A folder in which the whole workflow has run to its end; nobody changes it."""
    checkout = copy_checkout(tmp_path_factory.mktemp("checkout"))
    folder = Folder(checkout, tmp_path_factory.mktemp("undisturbed"))
    folder.run(both())
    return folder


@pytest.fixture
def copied(undisturbed, tmp_path):
    """The finished folder once more, to be damaged; its files keep their dates."""
    shutil.copytree(undisturbed.folder, tmp_path / "copy", symlinks=True)
    return Folder(undisturbed.checkout, tmp_path / "copy")


@pytest.fixture
def empty(undisturbed, tmp_path):
    """A folder without results but with compiled kernels."""
    shutil.copytree(
        undisturbed.folder / "results/kernels", tmp_path / "results/kernels",
        copy_function=shutil.copy2,
    )  # fmt: skip
    return Folder(undisturbed.checkout, tmp_path)


def pytest_terminal_summary(terminalreporter):
    """What tests have counted: kills, mutations, damaged files."""
    counted = [
        f"{count} {what}"
        for report in terminalreporter.getreports("passed")
        for what, count in report.user_properties
    ]
    if counted:
        terminalreporter.section("survived and refused")
        terminalreporter.write_line("\n".join(counted))
