"""Damaged files of every kind: the next run names each and makes it again."""

import random
import re
import shutil

import netCDF4
import numpy as np
import pytest

from checkouts import content
from ikmeanfield.datasets.store import DatasetError
from small import both


def truncated(path, chance, stored):
    whole = path.read_bytes()
    path.write_bytes(whole[: chance.randrange(1, len(whole))])


def emptied(path, chance, stored):
    path.write_bytes(b"")


def replaced_by_another_experiments(path, chance, stored):
    """By a batch or a summary that the other experiment has."""
    other = "truncation" if "adaptation" in str(path) else "adaptation"
    start = "summary" if path.name == "summary.nc" else "batch"
    candidates = [
        p for name, p in stored.items() if name.startswith(other) and p.name.startswith(start)
    ]
    path.unlink()
    shutil.copyfile(chance.choice(candidates), path)


def with_one_nan(path, chance, stored):
    """Some number in some floating-point variable, wherever in the file, becomes NaN."""
    with netCDF4.Dataset(path, "a") as file:
        places, waiting = [], [file]
        while waiting:
            group = waiting.pop()
            waiting.extend(group.groups.values())
            places += [
                v for v in group.variables.values()
                if v.dtype != str and v.dtype.kind == "f" and v.size and v.ndim
                and np.isfinite(np.ma.filled(v[:], np.nan)).all()
            ]  # fmt: skip
        variable = chance.choice(places)
        variable[tuple(chance.randrange(n) for n in variable.shape)] = np.nan


DAMAGES = (truncated, emptied, replaced_by_another_experiments, with_one_nan)
UNREAD = ("truncation/diagrams/summary.nc", "adaptation/points/summary.nc")
"""Summaries that nothing else is made from: only `status --verify` can notice their damage."""


def kind_of(name):
    """Batches of a study are of one kind."""
    return re.sub(r"batch-[0-9a-f]+", "batch", name)


def one_of_each_kind(stored, chance):
    kinds = {}
    for name in stored:
        kinds.setdefault(kind_of(name), []).append(name)
    return [chance.choice(names) for names in kinds.values()]


def is_damaged(path, reference):
    """Whether reading notices it, by name, or finds another file than was there."""
    try:
        return content(path).attrs["checksum"] != reference
    except DatasetError as error:
        return str(path) in str(error)


def rebuilt(folder, names, reference):
    """Run again: every file is named in a log, and is what it was."""
    folder.run(both())
    logs = "".join(p.read_text() for p in (folder.folder / "results").rglob("logs/**/*.log"))
    for name in names:
        assert f"DAMAGED results/{name}" in logs, name
    assert folder.data == reference


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_of_every_kind_is_named_and_made_again(
    copied, undisturbed, damage, record_property
):
    """Oracle: the undisturbed run's data, to the bit, and its figures; then nothing is left to do.

    Kinds are found by looking into the results: batches of seven studies, and five summaries.
    """
    chance = random.Random(damage.__name__)
    reference, stored = undisturbed.data, copied.stored
    chosen = one_of_each_kind(stored, chance)
    assert len(chosen) == 12
    batches = [name for name in chosen if "batch" in name]
    summaries = [name for name in chosen if name not in batches]
    for names in (batches, summaries):
        for name in names:
            damage(stored[name], chance, undisturbed.stored)
        assert all(is_damaged(stored[name], reference[name]) for name in names)
        told = copied.command("status", "results", "--verify", check=False)
        assert all(f"results/{name}" in told for name in names)
        for name in set(names) & set(UNREAD):
            stored[name].unlink()
        rebuilt(copied, [name for name in names if name not in UNREAD], reference)
    assert copied.figures == undisturbed.figures
    assert copied.planned(both()) == {}
    record_property(f"files made again that were {damage.__name__.replace('_', ' ')}", len(chosen))


def test_a_damaged_plan_is_named_and_made_again(copied, undisturbed):
    """Oracle: as above; the plan of one experiment lies where that of the other belongs."""
    results = copied.folder / "results"
    shutil.copyfile(results / "adaptation/plan.json", results / "truncation/plan.json")
    (results / "adaptation/plan.json").write_text("{")
    rebuilt(copied, ["truncation/plan.json", "adaptation/plan.json"], undisturbed.data)
    for name in ("truncation", "adaptation"):
        plan = results / name / "plan.json"
        assert (
            plan.read_bytes() == (undisturbed.folder / plan.relative_to(copied.folder)).read_bytes()
        )
    assert copied.planned(both()) == {}


def test_a_dataset_is_never_written_through_a_link(copied, undisturbed, tmp_path):
    """Oracle: what a link in results/ points to keeps its content; the link becomes a file."""
    precious = tmp_path / "precious"
    precious.write_text("mine")
    path = next(p for n, p in copied.stored.items() if n.startswith("truncation/networks/batch"))
    path.unlink()
    path.symlink_to(precious)
    copied.run(both())
    assert precious.read_text() == "mine"
    assert not path.is_symlink()
    assert copied.data == undisturbed.data
