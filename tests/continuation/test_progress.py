"""What a continuation tells while it goes: where it is and what it met."""

from dataclasses import replace

import numpy as np
import pytest

from ikmeanfield.continuation import ContinuationOptions, Problem, continue_equilibria
from ikmeanfield.stages.progress import Curves, tracked


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
    monkeypatch.setattr("ikmeanfield.stages.progress.INTERVAL", 0.0)
    followed(Curves("kappa = 25"))
    lines = capsys.readouterr().err.splitlines()
    assert sum("kappa = 25: equilibrium curve: LP at p = " in line for line in lines) == 2
    assert "special points: 2 LP" in lines[-1]
    monkeypatch.setattr("ikmeanfield.stages.progress.INTERVAL", 1e9)
    followed(Curves())
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_batch_tells_its_runs_and_what_is_left(capsys):
    """Oracle: one line per run, with the number of all, ending with nothing left."""
    assert list(tracked(["a", "b"], "run")) == ["a", "b"]
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == ["run 1/2", "run 2/2"]
    assert lines[-1].endswith("about 0 s left")
