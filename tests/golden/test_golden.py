"""The numbers of every kind of study are those of the record, to the last bit.

Oracle: the record itself, made by an earlier state of the code (see README.md in this folder).
"""

import numpy as np
import pytest
import yaml

from checkouts import Workflow, copy_checkout
from golden.collect import collect
from golden.record import FOLDER, describe, difference, differences, made_with, read


@pytest.mark.long
@pytest.mark.skipif(
    made_with()["machine"] != read()["made_with"]["machine"],
    reason="machine code of another architecture rounds otherwise; the record holds for its own",
)
def test_all_numbers_are_as_recorded(tmp_path_factory):
    checkout = copy_checkout(tmp_path_factory.mktemp("checkout"))
    workflow = Workflow(checkout, tmp_path_factory.mktemp("work"))
    workflow.run(yaml.safe_load((FOLDER / "config.yaml").read_text()), timeout=1800)
    changed = differences(collect(workflow.folder / "results"))
    assert not changed, f"{len(changed)} differences:\n" + "\n".join(changed)


@pytest.mark.parametrize(
    ("place", "value", "known_values", "words"),
    [
        (1, np.nextafter(2.0, 3.0), True, "1 of 4 values differ, at most by 2.2e-16"),
        (3, 5.0, True, "1 of 4 values differ, at most by 0.2"),
        (2, 0.0, True, "1 undefined in one only"),
        (3, 5.0, False, "max 5.0, recorded is 4.0"),
    ],
)
def test_a_change_is_reported_with_its_size(place, value, known_values, words):
    # Oracle: changes made by hand, the first in the last bit.
    values = np.array([1.0, 2.0, np.nan, 4.0])
    changed = values.copy()
    changed[place] = value
    assert describe(changed)["sha256"] != describe(values)["sha256"]
    assert words in difference(changed, describe(values), values if known_values else None)
