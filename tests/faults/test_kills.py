"""SIGKILL at random moments, and two workflows in one folder: nothing is lost, nothing is wrong."""

import base64
import os
import random
import signal
import time

import pytest
from folders import alive, kill, wait_until, workers

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
    process, killed = folder.start(both()), 0
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


def test_nothing_is_lost_when_workflow_and_workers_are_killed(undisturbed, empty, record_property):
    """Oracle: the data and figures of an undisturbed run, to the bit.

    Every file found after a kill is complete: it holds what the undisturbed run's holds. A batch
    that Snakemake has seen finished keeps its inode and its date to the end.
    """
    chance = random.Random(2023)
    reference, kills, rounds = undisturbed.data, 0, 0
    while kills < KILLS:
        rounds += 1
        before = finished_batches(empty)
        kills += kill_workers(empty, chance) if rounds % 3 == 0 else kill_snakemake(empty, chance)
        found = empty.data
        assert found == {name: reference[name] for name in found}
        after = finished_batches(empty)
        assert before.items() <= after.items(), "a finished batch was made again"
        if len(found) == len(reference) and not unfinished(empty):
            remove_some(empty, chance)
    before = finished_batches(empty)
    empty.run(both())
    assert empty.data == reference
    assert empty.figures == undisturbed.figures
    assert before.items() <= finished_batches(empty).items()
    assert not list((empty.folder / "results").rglob(".*.tmp*")), "temporary files are cleared"
    assert empty.planned(both()) == {}
    record_property("kills survived", kills)


def networks_of(folder):
    """The data of the networks alone."""
    return {n: c for n, c in folder.data.items() if n.startswith("truncation/networks/batch-")}


def test_a_kill_just_after_kernels_were_compiled_hides_no_work(undisturbed, empty):
    """Oracle: the undisturbed run; its kernels carry the marks that a killed Snakemake leaves."""
    marks = empty.folder / ".snakemake/incomplete"
    marks.mkdir(parents=True)
    stamps = list((empty.folder / "results/kernels").glob("*/*.txt"))
    assert stamps
    for stamp in stamps:
        name = str(stamp.relative_to(empty.folder)).encode()
        (marks / base64.urlsafe_b64encode(name).decode()).write_text('{"external_jobid": null}')
    empty.run(both(), "--until", "simulate_networks")
    assert empty.data == networks_of(undisturbed)


def test_a_second_workflow_in_the_folder_says_so_and_stops(undisturbed, empty):
    """Oracle: the second one names the first one's process; the first one ends as if alone."""
    first = empty.start(
        both(), "--until", "simulate_networks", "integrate_theories", cores=1
    )  # long enough to outlive the second one's start
    wait_until(lambda: workers(first.pid))
    text = empty.run(both(), check=False)
    assert f"A workflow is running in this folder: process {first.pid} on" in text
    assert "Job stats" not in text
    assert "Traceback" not in text
    assert empty.command("status", "results", "--config", "given.yaml", check=False).count(
        f"process {first.pid} on"
    )
    assert first.wait(timeout=600) == 0
    assert empty.data.items() <= undisturbed.data.items()
    assert len(empty.data) == 3


def test_two_workflows_started_at_once_do_the_work_once(undisturbed, empty):
    """Oracle: one of two that start together does all the work, the other ends without any."""
    both_started = [empty.start(both(), "--until", "simulate_networks") for _ in range(2)]
    codes = sorted(process.wait(timeout=300) for process in both_started)
    assert codes == [0, 1]
    assert empty.data == networks_of(undisturbed)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_workflow_leaves_complete_files_and_goes_on(undisturbed, empty, sent):
    """Oracle: as above, after Ctrl-C or a polite request to end."""
    process = empty.start(both(), "--until", "simulate_networks", cores=1)
    wait_until(lambda: empty.stored)
    os.killpg(process.pid, sent) if sent == signal.SIGINT else process.send_signal(sent)
    process.wait(timeout=120)
    for path in empty.stored.values():
        content(path)
    empty.run(both(), "--until", "simulate_networks")
    found = empty.data
    assert len(found) == 2
    assert found.items() <= undisturbed.data.items()
