"""A small experiment with planes, ramps and levels, and the page that explores it."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from ikmeanfield.analysis.transitions.locate import points_dataset, searches_dataset
from ikmeanfield.analysis.transitions.points import SEARCHES, Point
from ikmeanfield.analysis.transitions.ramp_run import RampRecording
from ikmeanfield.analysis.transitions.searches import SearchResult
from ikmeanfield.jobs.explore import explore
from ikmeanfield.studies.transitions import Transitions
from stored import computed

EXPERIMENT = {
    "circuit": {"preset": "regular_spiking", "set": {"rs.size": 100, "rs.adaptation": 10.0}},
    "theories": {
        "corrected": {"kind": "mean_field"},
        "uncorrected": {"kind": "mean_field", "reset_correction": False},
    },
    "studies": {
        "transitions": {
            "kind": "transitions", "population": "rs", "low": 20.0, "high": 70.0,
            "settle": 200.0, "rise": 1000.0, "hold_every": 0, "sweeps": ["grid"],
        },
        "ramps": {"kind": "ramps", "sweeps": ["grid"]},
        "planes": {
            "sweeps": ["grid"],
            "kind": "planes", "parameter": "rs.input_current", "bounds": [0.0, 100.0],
            "second": "rs.adaptation", "second_bounds": [0.0, 60.0],
        },
        "hysteresis": {
            "kind": "hysteresis", "population": "rs", "low": 20.0, "high": 70.0, "levels": 5,
            "hold": 40.0, "discard": 20.0, "theories": ["uncorrected"], "sweeps": ["grid"],
        },
        "networks": {
            "kind": "networks", "duration": 400.0, "sample": 1.0, "sweeps": ["still"],
        },
    },
    "sweeps": {
        "grid": {
            "axes": [
                {"paired": {"rs.peak_potential": [1000.0, 50.0],
                            "rs.reset_potential": [-1000.0, -100.0]}},
                {"parameter": "rs.adaptation", "values": [10.0, 20.0, 40.0]},
            ],
            "replicates": 2,
        },
        "still": {  # in the plane, and beside it
            "set": {"rs.peak_potential": 50.0, "rs.reset_potential": -100.0},
            "axes": [
                {"parameter": "rs.threshold_width", "values": [1.0, 0.5]},
                {"parameter": "rs.input_current", "values": [30.0, 60.0]},
                {"parameter": "rs.adaptation", "values": [10.0, 40.0]},
            ],
        },
    },
}  # fmt: skip


def located(self, plan, item):
    """A made-up network: a noisy course, and a fold at 45 pA on the ramp, at 42 pA when held."""
    time = np.arange(1.0, self.length + 0.5)
    rising = (time - self.settle).clip(0) / self.rise
    current = self.low + (self.high - self.low) * (1 - abs(1 - rising))
    noise = np.random.default_rng(item.runs[0]).normal(size=(2, time.size))
    nothing = np.zeros(time.size)
    recording = RampRecording(
        time=time, current=current, recovery=-current + noise[0], activation=current + noise[1],
        observed_rate=nothing, driven_rate=nothing, window=1.0, saved=[], turn=0,
    )  # fmt: skip
    points = [
        Point("fold", "up", 45.0, "ramp", side="upper"),
        Point("fold", "up", 42.0, "held", side="upper", lower=41.5, upper=42.5, noise=0.1),
    ]
    result = SearchResult(status=dict.fromkeys(SEARCHES, "not searched"))
    return points_dataset(points, recording, 5.0).merge(searches_dataset(result))


@pytest.fixture(scope="session")
def explored(tmp_path_factory):
    """The experiment's studies, the page, and what the page holds as data."""
    folder = tmp_path_factory.mktemp("explored")
    studies = computed(folder / "made_up", EXPERIMENT, {Transitions: located})
    page = folder / "explorer.html"
    results = studies["planes"].all
    explore([results.plan], [results.folder], page)
    text = page.read_text(encoding="utf-8")
    begin = '<script type="application/json" id="data">'
    data = json.loads(text.partition(begin)[2].partition("</script>")[0])
    return SimpleNamespace(studies=studies, results=results, page=page, text=text, data=data)
