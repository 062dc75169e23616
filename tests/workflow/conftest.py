"""Workflows that have run to their end, for tests to change and run again."""

import pytest

from checkouts import Workflow, copy_checkout
from small import all_kinds, tiny, tiny_reset


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A workflow that has run to its end; tests bring it back to that state."""
    checkout = copy_checkout(tmp_path_factory.mktemp("checkout"))
    workflow = Workflow(checkout, tmp_path_factory.mktemp("work"))
    workflow.run(tiny())
    return workflow


@pytest.fixture(scope="session")
def complete(finished):
    """The same folder after an experiment with all kinds of studies has run to its end."""
    finished.run(all_kinds())
    return finished


@pytest.fixture(scope="session")
def compared(finished):
    """The same folder after the experiment with diagrams and replicates has run to its end."""
    finished.run(tiny_reset())
    return finished
