"""Progress on stderr: live where somebody watches, lines in the log of a batch."""

import os
import pty
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import ikmeanfield as ik
from ikmeanfield import progress as progress_module
from ikmeanfield.compilation import MESSAGE
from ikmeanfield.continuation import ContinuationOptions, Problem, continue_equilibria
from ikmeanfield.progress import CurveProgress, reporting, track


def s_shaped():
    """0 = p + y − y³: folds at y = ±1/√3."""
    return Problem(lambda y, p: np.array([p[0] + y[0] - y[0] ** 3]), ("y",), {"p": -1.0})


OPTIONS = ContinuationOptions(bounds={"p": (-1.0, 1.0)}, direction="forward")


def followed(progress):
    return continue_equilibria(
        s_shaped(), np.array([-1.3]), "p", replace(OPTIONS, progress=progress)
    )


def test_every_special_point_is_told_once_and_nothing_changes():
    """Oracle: the branch itself, and the same branch with nobody to tell."""
    told, places = [], []

    def note(kind, where, special):
        assert kind == "equilibrium"
        places.append(where["p"])
        told.extend(special)

    branch = followed(note)
    assert [p.kind for p in told] == [p.kind for p in branch.points("LP")] == ["LP", "LP"]
    found = sorted(p.parameters["p"] for p in told)
    assert found == pytest.approx([-2 / 27**0.5, 2 / 27**0.5])
    assert set(places) <= set(branch["p"].tolist())
    assert len(places) > len(branch) / 2
    np.testing.assert_array_equal(followed(None).states, branch.states)


def test_a_log_names_special_points_and_now_and_then_the_place(capsys, monkeypatch):
    """Oracle: one line for each fold; lines in between as often as the interval says."""
    monkeypatch.setattr("ikmeanfield.progress.LOG_INTERVAL", 0.0)
    followed(CurveProgress("kappa = 25"))
    lines = capsys.readouterr().err.splitlines()
    assert sum("kappa = 25: equilibrium curve: LP at p = " in line for line in lines) == 2
    assert "special points: 2 LP" in lines[-1]
    monkeypatch.setattr("ikmeanfield.progress.LOG_INTERVAL", 1e9)
    followed(CurveProgress())
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_batch_tells_its_runs_and_what_is_left(capsys):
    """Oracle: one line per run, with the number of all, ending with nothing left."""
    assert list(track(["a", "b"], "run")) == ["a", "b"]
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == ["run 1/2", "run 2/2"]
    assert lines[-1].endswith("about 0 s left")


class Clock:
    """Stands in for the module `time`: every reading is half a second later."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        self.now += 0.5
        return self.now


@pytest.fixture
def notebook(monkeypatch):
    """A notebook in which every look at the clock takes half a second."""
    monkeypatch.setattr(progress_module, "_in_notebook", lambda: True)
    monkeypatch.setattr(progress_module, "time", Clock())


def lines_shown(text):
    return [line.strip() for line in text.split("\r") if line.strip()]


def test_a_notebook_shows_one_line_with_percentage_and_remaining_time(notebook, capsys):
    with reporting("simulating") as task:
        for fraction in (0.0, 0.1, 0.5, 0.75):
            task.update(fraction)
    shown = capsys.readouterr().err
    lines = lines_shown(shown)
    assert [re.match(r"simulating: \d+ %", line)[0] for line in lines] == [
        "simulating: 10 %", "simulating: 50 %", "simulating: 75 %",
    ]  # fmt: skip
    assert re.search(r"about \d+ s left", lines[0])
    assert shown.endswith("\r"), "the line is erased at the end"
    assert "\n" not in shown


def test_an_inner_task_stands_beside_the_outer_one(notebook, capsys):
    for _ in track(["a", "b", "c"], "run"):
        with reporting("simulating") as task:
            task.update(0.0)
            task.update(0.02)
    lines = lines_shown(capsys.readouterr().err)
    both = [line for line in lines if "run, 2 of 3" in line and "simulating: 2 %" in line]
    assert both, lines


def test_short_computations_are_not_shown(notebook, capsys):
    """Oracle: half a second for half of the work is one second for all of it, less than two."""
    with reporting("simulating") as task:
        task.update(0.0)
        task.update(0.5)
        task.update(1.0)
    assert capsys.readouterr().err == ""


def test_nothing_is_shown_when_turned_off_or_when_nobody_watches(notebook, capsys, monkeypatch):
    def work():
        with reporting("simulating") as task:
            task.update(0.0)
            task.update(0.02)
        return capsys.readouterr().err

    assert work() != ""
    ik.show_progress(False)
    try:
        assert work() == ""
    finally:
        ik.show_progress(True)
    monkeypatch.setattr(progress_module, "_in_notebook", lambda: False)
    assert work() == ""


def test_the_display_changes_no_number(notebook, capsys):
    """Oracle: the same runs with the display off, to the bit."""
    circuit = ik.regular_spiking().replace(
        {"rs.size": 50, "rs.input_current": 55.0, "rs.adaptation": 100.0}
    )
    ik.show_progress(True)

    def both():
        network = ik.simulate(circuit, duration=500.0, sample=1.0)
        return network, ik.integrate(circuit, duration=25_000.0, sample=100.0)

    shown = both()
    text = capsys.readouterr().err
    assert "simulating the network" in text
    assert "integrating the mean field" in text
    ik.show_progress(False)
    try:
        for one, other in zip(shown, both(), strict=True):
            assert one.identical(other)
    finally:
        ik.show_progress(True)


def test_the_display_is_gone_after_an_error(notebook, capsys):
    def fail():
        with reporting("dividing") as task:
            task.update(0.0)
            task.update(0.02)
            assert progress_module._display is not None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not progress_module._tasks
    assert progress_module._display is None


def test_a_curve_shows_where_it_is(notebook, capsys):
    """Oracle: the branch itself, and the same branch with the display off."""
    shown = followed(None)
    lines = lines_shown(capsys.readouterr().err)
    found = [
        re.match(r"following the equilibrium curve, (\d+) points, p = (\S+):", x) for x in lines
    ]
    assert all(found)
    counts = [int(match[1]) for match in found]
    assert counts == sorted(counts)
    assert counts[-1] <= len(shown)
    assert {f"{p:.6g}" for p in shown["p"]} >= {match[2] for match in found}
    ik.show_progress(False)
    try:
        np.testing.assert_array_equal(followed(None).states, shown.states)
    finally:
        ik.show_progress(True)
    assert capsys.readouterr().err == ""


SESSION = """
import ikmeanfield as ik
circuit = ik.regular_spiking().replace({"rs.size": 5})
ik.simulate(circuit, duration=1, sample=1)
ik.integrate(circuit, duration=1, sample=1)
"""


def in_terminal(code, cache):
    """What a Python session writes to a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "TERM": "xterm"}
    subprocess.run([sys.executable, "-c", code], stderr=theirs, env=environment, check=True)
    os.close(theirs)
    with os.fdopen(ours, "rb") as stream:
        try:
            return stream.read1().decode()
        except OSError:  # nothing was written
            return ""


@pytest.mark.long
def test_compilation_is_announced_once_and_only_when_it_happens(tmp_path):
    """Oracle: an empty cache in the first session, a full one in the second."""
    assert in_terminal(SESSION, tmp_path).count(MESSAGE) == 1
    assert in_terminal(SESSION, tmp_path) == ""


@pytest.mark.slow
def test_a_terminal_gets_a_bar_and_a_log_gets_nothing(tmp_path):
    code = """
import time
from ikmeanfield.progress import reporting
with reporting("waiting") as task:
    for k in range(8):
        time.sleep(0.2)
        task.update(k / 30)
"""
    shown = in_terminal(code, tmp_path)
    assert "waiting" in shown
    assert "%" in shown
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
