"""How tests are divided among processes (`pytest -n auto --dist loadgroup`)."""

import pytest

SHARING = {"workflow", "slurm"}
"""Folders whose tests share the folders they run workflows in."""


def pytest_collection_modifyitems(items):
    """One file's tests stay in one process, as do those that share; the longest begin first."""
    for item in items:
        folder = item.path.parent
        group = folder if folder.name in SHARING else item.path
        item.add_marker(pytest.mark.xdist_group(str(group)))
    items.sort(key=lambda item: item.path.parent.name not in SHARING)
