"""In which order tests run when they are divided among processes (`--dist loadfile`)."""

LONGEST = {"workflow", "slurm"}
"""Folders whose files take longest, since their fixtures run workflows."""


def pytest_collection_modifyitems(items):
    """Begin with the longest."""
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)
