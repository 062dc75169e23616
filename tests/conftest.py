"""How tests are divided among processes (`--dist loadfile`), and in which order they run."""

from pathlib import PurePath

import pytest

LONGEST = ("golden", "workflow", "toys")
"""Folders whose files take longest, since they run whole workflows."""
TOGETHER = "tests/workflow"
"""A folder whose files stay in one process, since they share workflows that have run."""


def pytest_collection_modifyitems(items):
    """Begin with the longest."""
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.parent.name, len(LONGEST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Divide by files, but keep `TOGETHER` in one process."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrFolder(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return TOGETHER if PurePath(file).is_relative_to(TOGETHER) else file

    return ByFileOrFolder(config, log)
