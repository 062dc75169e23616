"""Fig. 3 shows what it was given. Oracle: the data that went in, and curves of known points."""

import json
from functools import cache

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.diagrams import bifurcation_plane, from_tree, to_tree
from ikmeanfield.circuit import excitatory_inhibitory
from ikmeanfield.datasets import time_series
from ikmeanfield.figures import fig3
from ikmeanfield.figures.save import FigureError, save
from ikmeanfield.studies.networks import Networks
from ikmeanfield.studies.predictions import Predictions
from ikmeanfield.theories import MeanFieldSettings
from stored import MadeUp, computed

CONDITIONS = [(1000.0, -1000.0), (50.0, -100.0), (40.0, -60.0)]
FIELDS = {
    "corrected": {"kind": "mean_field", "reset_correction": True},
    "uncorrected": {"kind": "mean_field", "reset_correction": False},
}
FREE = ("fs.input_current", "fs.threshold_width")


@cache
def curves(corrected):
    return bifurcation_plane(
        excitatory_inhibitory(), FREE, ((0.0, 85.0), (0.005, 1.65)), scans=[0.1, 0.3],
        theory=MeanFieldSettings(reset_correction=corrected),
    )  # fmt: skip


def planes():
    """A plane for each condition and theory that knows it, as the study stores them."""
    found = []
    for peak, reset in CONDITIONS:
        plane = xr.DataTree(children={"curves": to_tree(curves(True))})
        plane.attrs = {fig3.PEAK: peak, fig3.RESET: reset}
        found.append(("corrected", plane))
    found.append(("uncorrected", xr.DataTree(children={"curves": to_tree(curves(False))})))
    return found


def summary():
    widths = [0.2, 0.8]
    runs = [(c, w) for c in CONDITIONS for w in widths]
    points = [("fold", "ramp", 55.0), ("hopf", "ramp", 30.0), ("hopf", "ramp", 79.8),
              ("fold", "held", 54.0)]  # fmt: skip
    rows = [(n, *point) for n in range(len(runs)) for point in points]
    scores = [(c, m, r) for c in CONDITIONS for m in FIELDS for r in ("oscillatory", "bistable")]
    current = np.array([row[3] for row in rows])
    names = ("overlap", "overlap_both_slopes", "median_distance", "median_held_distance",
             "median_lag")  # fmt: skip
    return xr.Dataset(
        {
            "run_number": ("point", [row[0] for row in rows]),
            "kind": ("point", [row[1] for row in rows]),
            "detector": ("point", [row[2] for row in rows]),
            "current": ("point", current),
            "lower": ("point", current - 0.1), "upper": ("point", current + 0.1),
            "noise": ("point", np.full(len(rows), np.nan)),
            **{f"score_{name}": ("score", np.linspace(0.1, 0.9, len(scores))) for name in names},
            f"scored_{fig3.PEAK}": ("score", [s[0][0] for s in scores]),
            f"scored_{fig3.RESET}": ("score", [s[0][1] for s in scores]),
            "scored_theory": ("score", [s[1] for s in scores]),
            "scored_region": ("score", [s[2] for s in scores]),
        },
        {
            fig3.PEAK: ("run", [c[0] for c, _ in runs]),
            fig3.RESET: ("run", [c[1] for c, _ in runs]),
            fig3.WIDTH: ("run", [w for _, w in runs]),
        },
        {"config": json.dumps({"theories": FIELDS}), "size": "10 and 10", "seed": 3,
         "low": 10.0, "high": 80.0},
    )  # fmt: skip


RATES = {"": 1.0, "corrected": 2.0, "uncorrected": 3.0}
"""Constant rates in Hz of the network and of both theories."""


def constant(self, plan, item):
    circuit = plan.first_run(item).circuit
    rate = np.full((2, 600), RATES[item.label])
    return time_series(circuit, np.arange(1.0, 601.0), {"firing_rate": rate})


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Both experiments; the one in time has networks at a further grid point, without theories."""
    experiment = {
        "circuit": {
            "preset": "excitatory_inhibitory", "set": {"*.size": 10, "fs.threshold_width": 0.3},
        },
        "input": {"fs": {"steps": [[0.0, 20.0], [300.0, 30.0]]}},
        "theories": FIELDS,
        "studies": {
            "networks": {
                "kind": "networks", "duration": 600.0, "discard": 100.0, "sample": 1.0,
                "step": 0.1, "thresholds": "random",
            },
            "predictions": {"kind": "predictions", "sweeps": ["reset"]},
        },
        "sweeps": {
            "further": {"axes": [{"parameter": "*.reset_potential", "values": [-80.0]}]},
            "reset": {
                "axes": [{"paired": {
                    "*.peak_potential": [1000.0, 50.0], "*.reset_potential": [-1000.0, -100.0],
                }}]
            },
        },
    }  # fmt: skip
    steps = computed(
        tmp_path_factory.mktemp("steps"), experiment, {Networks: constant, Predictions: constant}
    )
    return [{"transitions": MadeUp(summary()), "planes": MadeUp(trees=planes())}, steps]


@pytest.fixture
def content(sources):
    return fig3.arrange(sources)


def labelled(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


def test_planes_show_their_curves_points_and_kinks(content):
    figure = fig3.draw(**content)
    upper, lower = figure.axes[:3], figure.axes[3:6]
    kinks = sum(len(b.points("KINK")) for b in curves(True).values() if b.kind != "equilibrium")
    assert kinks > 0
    for axes in (*upper, *lower):
        assert len(labelled(axes, "fold")) == 1
        assert len(labelled(axes, "KINK")) == (kinks if axes in upper else 0)
        ramp = labelled(axes, "fold, on the ramp")[0]
        np.testing.assert_array_equal(ramp.get_ydata(), [0.2, 0.8])
        # the last cycle before the ramp turns is no border
        np.testing.assert_array_equal(
            labelled(axes, "Hopf, on the ramp")[0].get_xdata(), [30.0, 30.0]
        )


def test_the_uncorrected_plane_serves_every_condition(content):
    found = content["planes"]
    for condition in CONDITIONS:
        assert found[condition, "corrected"].parent.attrs[fig3.RESET] == condition[1]
        assert fig3.RESET not in found[condition, "uncorrected"].parent.attrs
    assert "fold_1" in from_tree(found[CONDITIONS[0], "uncorrected"])


def test_rates_begin_after_what_is_discarded_and_currents_are_written(content):
    figure = fig3.draw(**content)
    rates = figure.axes[-4]
    assert rates.get_xlim() == pytest.approx((0.101, 0.6))
    assert [text.get_text() for text in rates.texts if "pA" in text.get_text()] == [
        "20 pA", "30 pA"
    ]  # fmt: skip


def test_series_are_those_of_the_two_runs_that_theories_predict(content):
    # Oracle: the made-up rates; the sweep without predictions comes first in the plan.
    series = content["series"]
    assert series[fig3.RESET].values.tolist() == [-1000.0, -100.0]
    for model, rate in zip(("network", *FIELDS), RATES.values(), strict=True):
        assert (series["firing_rate"].sel(model=model) == rate).all()


def test_the_caption_tells_scores_and_settings(content):
    text = fig3.caption(**content)
    for words in ("kink", "| 50, −100 | corrected | bistable |", "size 10 and 10", "10 to 80 pA"):
        assert words in text


def test_another_number_of_conditions_is_refused(content):
    del content["planes"][CONDITIONS[0], "corrected"]
    del content["planes"][CONDITIONS[0], "uncorrected"]
    with pytest.raises(FigureError, match=r"three reset conditions.*got 2, 2 and 2"):
        fig3.draw(**content)


def test_theories_that_are_not_followed_or_scored_are_passed_over(sources):
    """Oracle: of four theories of the experiment, those with planes and scores are compared."""
    circuit, steps = sources
    other = {"kind": "mean_field", "reset_correction": True, "form": "absolute"}
    config = json.dumps({"theories": {"absolute": other, "another": {"kind": "exact"}, **FIELDS}})
    given = circuit["transitions"].summary.assign_attrs(config=config)
    found = fig3.arrange([{**circuit, "transitions": MadeUp(given)}, steps])
    assert {name for _, name in found["planes"]} == set(FIELDS)


def test_two_theories_with_the_correction_are_refused(sources):
    circuit, steps = sources
    trees = [(name, tree) for name, tree in planes() if name == "corrected"]
    with pytest.raises(FigureError, match="reset_correction and one without; got corrected"):
        fig3.arrange([{**circuit, "planes": MadeUp(trees=trees)}, steps])


@pytest.mark.long
def test_two_drawings_are_the_same_bytes(content, tmp_path):
    for name in ("a", "b"):
        save(fig3.draw(**content), "caption", tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
