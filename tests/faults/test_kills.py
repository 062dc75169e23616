"""SIGKILL at random moments, and two workflows in one folder: nothing is lost, nothing is wrong."""

import base64
import os
import random
import shutil
import signal
import time

import pytest
from folders import Folder, alive, kill, wait_until, workers

from checkouts import content
from small import both

KILLS = 30


def unfinished(folder):
    """Outputs of jobs that Snakemake has begun and not seen the end of."""
    place = folder.folder / ".snakemake/incomplete"
    names = [
        "".join(part.removeprefix("@") for part in path.relative_to(place).parts)
        for path in place.rglob("*")
        if path.is_file() and path.name != "migration_underway"
    ]
    return {base64.urlsafe_b64decode(name).decode().removeprefix("results/") for name in names}


def finished_batches(folder):
    """Finished batches, with what tells whether a file was written again."""
    begun = unfinished(folder)
    return {
        name: (path.stat().st_ino, path.stat().st_mtime_ns)
        for name, path in folder.stored.items()
        if name not in begun and "summary" not in name
    }


def kill_snakemake(folder, chance):
    """Kill Snakemake at a random moment of its life, and see its workers follow it."""
    process = folder.start(both())
    time.sleep(chance.uniform(0.2, 9.0))
    orphans = workers(process.pid)
    process.kill()
    process.wait()
    wait_until(lambda: not any(map(alive, orphans)), seconds=60)
    return 1


def kill_workers(folder, chance, most=3):
    """Kill some workers at random moments of one run of Snakemake, which goes on with others."""
    process, killed = folder.start(both(), "--keep-going"), 0
    while killed < most and process.poll() is None:
        victims = workers(process.pid)
        if victims:
            time.sleep(chance.uniform(0.0, 2.0))
            killed += kill(chance.choice(victims))
        time.sleep(0.1)
    process.wait()
    return killed


def remove_some(folder, chance):
    """Make new work when all is done: remove half of the files, as a user may."""
    for path in folder.stored.values():
        if chance.random() < 0.5 or "summary" in path.name:  # else nobody needs what is gone
            path.unlink()


def test_nothing_is_lost_when_workflow_and_workers_are_killed(undisturbed, tmp_path):
    """Oracle: the data and figures of an undisturbed run, to the bit.

    Every file found after a kill is complete: it holds what the undisturbed run's holds. A batch
    that Snakemake has seen finished keeps its inode and its date to the end.
    """
    chance = random.Random(2023)
    folder = Folder(undisturbed.checkout, tmp_path)
    compiled = undisturbed.folder / "results/kernels"
    shutil.copytree(compiled, tmp_path / "results/kernels", copy_function=shutil.copy2)
    reference, kills, rounds = undisturbed.data, 0, 0
    while kills < KILLS:
        rounds += 1
        before = finished_batches(folder)
        kills += kill_workers(folder, chance) if rounds % 3 == 0 else kill_snakemake(folder, chance)
        found = folder.data
        assert found == {name: reference[name] for name in found}
        after = finished_batches(folder)
        assert before.items() <= after.items(), "a finished batch was made again"
        print(f"{kills} kills, {len(found)} of {len(reference)} files", flush=True)
        if len(found) == len(reference) and not unfinished(folder):
            remove_some(folder, chance)
    before = finished_batches(folder)
    folder.run(both())
    assert folder.data == reference
    assert folder.figures == undisturbed.figures
    assert before.items() <= finished_batches(folder).items()
    assert not list((tmp_path / "results").rglob(".*.tmp*")), "temporary files are cleared"
    assert folder.planned(both()) == {}


def test_a_second_workflow_in_the_folder_says_so_and_stops(undisturbed, tmp_path):
    """Oracle: the second one names the first one's process; the first one ends as if alone."""
    folder = Folder(undisturbed.checkout, tmp_path)
    compiled = undisturbed.folder / "results/kernels"
    shutil.copytree(compiled, tmp_path / "results/kernels", copy_function=shutil.copy2)
    first = folder.start(both())  # long enough to outlive the second one's start
    wait_until(lambda: workers(first.pid))
    text = folder.run(both(), check=False)
    assert f"A workflow is at work in this folder: process {first.pid} on" in text
    assert "Job stats" not in text
    assert "Traceback" not in text
    assert folder.command("status", "results", "--config", "given.yaml", check=False).count(
        f"process {first.pid} on"
    )
    assert first.wait(timeout=600) == 0
    assert folder.data == undisturbed.data


def test_two_workflows_started_at_once_do_the_work_once(undisturbed, tmp_path):
    """Oracle: one of two that start together does all the work, the other ends without any."""
    folder = Folder(undisturbed.checkout, tmp_path)
    compiled = undisturbed.folder / "results/kernels"
    shutil.copytree(compiled, tmp_path / "results/kernels", copy_function=shutil.copy2)
    both_started = [folder.start(both(), "--until", "simulate_networks") for _ in range(2)]
    codes = sorted(process.wait(timeout=300) for process in both_started)
    assert codes == [0, 1]
    reference = undisturbed.data
    assert folder.data == {n: c for n, c in reference.items() if n.startswith("truncation/spiking")}


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_workflow_leaves_complete_files_and_goes_on(undisturbed, tmp_path, sent):
    """Oracle: as above, after Ctrl-C or a polite request to end."""
    folder = Folder(undisturbed.checkout, tmp_path)
    compiled = undisturbed.folder / "results/kernels"
    shutil.copytree(compiled, tmp_path / "results/kernels", copy_function=shutil.copy2)
    process = folder.start(both(), "--until", "simulate_networks", cores=1)
    wait_until(lambda: folder.stored)
    os.killpg(process.pid, sent) if sent == signal.SIGINT else process.send_signal(sent)
    process.wait(timeout=120)
    for path in folder.stored.values():
        content(path)
    folder.run(both(), "--until", "simulate_networks")
    found = folder.data
    assert len(found) == 4
    assert found.items() <= undisturbed.data.items()
