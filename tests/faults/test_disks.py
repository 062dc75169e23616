"""Full disks, folders that cannot be written, compiled kernels that are gone or someone else's."""

import contextlib
import os
import shutil
import subprocess

import pytest
from folders import Folder

from small import both

needs_mounts = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("mount"), reason="only root may mount a small disk"
)


@contextlib.contextmanager
def mounted(place, *options):
    """Something mounted at a place for a while; skipped where the system does not allow it."""
    done = subprocess.run(
        ["mount", *options, str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextlib.contextmanager
def read_only(place):
    """A folder that nobody can write to for a while."""
    with mounted(place, "--bind", str(place)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
        yield


def forget(folder, *studies):
    """Remove a batch of each study, and all summaries: else nobody would make them again."""
    for study in studies:
        first_batch(folder, study).unlink()
    for path in (folder.folder / "results").glob("*/*/summary.nc"):
        path.unlink()


def first_batch(folder, study):
    """Some batch of a study, for example ``truncation/networks``."""
    return min((folder.folder / "results" / study).glob("batch-*.nc"))


def files(place):
    return sorted(path.name for path in place.iterdir())


@needs_mounts
def test_a_full_disk_is_told_and_the_work_goes_on_when_there_is_room(copied, undisturbed):
    """Oracle: no file on the small disk; its name and the room left are told; then all as ever."""
    names = ("truncation/networks", "adaptation/points")
    for name in names:
        forget(copied)
        place = copied.folder / "results" / name
        shutil.rmtree(place)
        place.mkdir()
        with mounted(place, "-t", "tmpfs", "-o", "size=8k", "none"):
            (place / ".keep").touch()  # Snakemake removes an empty folder, but cannot remove a disk
            text = copied.run(both(), check=False)
            assert "cannot be written" in text
            assert "MB are free on its disk" in text
            assert "Traceback" not in text, text[-3000:]
            assert files(place) == [".keep"]
    copied.run(both())
    assert copied.data == undisturbed.data
    assert copied.figures == undisturbed.figures


@needs_mounts
def test_a_full_disk_leaves_the_old_file(copied):
    """Oracle: the bytes that were there before, and no temporary file."""
    batch = first_batch(copied, "truncation/networks")
    small = copied.folder / "small"
    small.mkdir()
    with mounted(small, "-t", "tmpfs", "-o", "size=40k", "none"):
        old = small / batch.name
        old.write_bytes(b"old")
        text = copied.command(
            "run", batch.parents[1] / "plan.json", "networks",
            "--batch", batch.stem.removeprefix("batch-"), "--output", old, check=False,
            NUMBA_CACHE_DIR=str(kernels(copied, "networks")),
        )  # fmt: skip
        assert f"{old}: cannot be written" in text
        assert "Traceback" not in text, text[-3000:]
        assert files(small) == [batch.name]
        assert old.read_bytes() == b"old"
    assert batch.exists()


@needs_mounts
def test_a_read_only_results_folder_is_told(copied, undisturbed):
    """Oracle: an error that names a file there and the reason; nothing is lost."""
    results = copied.folder / "results"
    config = both()
    config["seed"] = 2
    with read_only(results):
        text = copied.run(config, check=False)
        assert "Write-protected output files" in text  # Snakemake looks before it starts a job
        assert "results/" in text
        told = copied.command("status", "results")
        assert "running" not in told
    assert copied.data == undisturbed.data


def kernels(folder, name):
    """Where the workflow keeps the compiled kernels of networks, theories, or both."""
    (place,) = (folder.folder / "results/kernels").glob(f"{name}-*")
    return place


def test_kernels_that_are_gone_are_compiled_again(copied, undisturbed):
    """Oracle: the undisturbed run's data, after machine code was lost, alone or with its folder."""
    for path in kernels(copied, "networks").rglob("*.nb[ci]"):
        path.unlink()
    shutil.rmtree(kernels(copied, "theories"))
    forget(copied, "truncation/networks", "truncation/predictions")
    copied.run(both())
    assert copied.data == undisturbed.data
    assert copied.planned(both()) == {}


def test_damaged_kernels_are_compiled_again(copied, undisturbed):
    """Oracle: as above; every file of machine code is cut short, as a power cut may leave it."""
    for path in kernels(copied, "networks").rglob("*.nb[ci]"):
        path.write_bytes(path.read_bytes()[:50])
    forget(copied, "truncation/networks")
    copied.run(both())
    assert copied.data == undisturbed.data


def test_processors_of_two_kinds_share_a_folder_of_kernels(undisturbed, tmp_path):
    """Oracle: what each kind computes with a folder of kernels of its own.

    Another kind of processor is stood in for by the oldest one, which numba compiles for when it is
    told so. In a shared folder neither kind takes the other's machine code, nor spoils it.
    """
    other = {"NUMBA_CPU_NAME": "nehalem", "NUMBA_CPU_FEATURES": ""}
    plan = undisturbed.folder / "results/truncation/plan.json"

    def computed(number, cache, settings):
        place = tmp_path / str(number)
        place.mkdir()
        folder = Folder(undisturbed.checkout, place)
        folder.command(
            "run", plan, "predictions", "--output", place / "results/batch.nc",
            NUMBA_CACHE_DIR=str(tmp_path / cache), **settings,
        )  # fmt: skip
        return folder.data["batch.nc"], len(list((tmp_path / cache).rglob("*.nbc")))

    mine, _ = computed(1, "mine", {})
    theirs, _ = computed(2, "other", other)
    first, compiled = computed(3, "shared", {})
    second, compiled_for_both = computed(4, "shared", other)
    third, compiled_at_last = computed(5, "shared", {})
    assert (first, second, third) == (mine, theirs, mine)
    assert compiled_for_both > compiled, "the other kind compiled code of its own"
    assert compiled_at_last == compiled_for_both
