"""Fig. 3 shows what it was given. Oracle: the data that went in, and curves of known points."""

import json
from functools import cache

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.diagrams import bifurcation_plane, from_tree, to_tree
from ikmeanfield.circuit import excitatory_inhibitory
from ikmeanfield.figures import fig3
from ikmeanfield.figures.save import FigureError, save
from ikmeanfield.theories import MeanFieldSettings

CONDITIONS = [(1000.0, -1000.0), (50.0, -100.0), (40.0, -60.0)]
FIELDS = {"corrected": {"reset_correction": True}, "uncorrected": {"reset_correction": False}}
FREE = ("fs.input_current", "fs.threshold_width")


@cache
def curves(corrected):
    return bifurcation_plane(
        excitatory_inhibitory(), FREE, ((0.0, 85.0), (0.005, 1.65)), scans=[0.1, 0.3],
        theory=MeanFieldSettings(reset_correction=corrected),
    )  # fmt: skip


def planes():
    nodes = {}
    for k, (peak, reset) in enumerate(CONDITIONS, start=1):
        own = {"meanfield": "corrected", fig3.PEAK: peak, fig3.RESET: reset}
        nodes[f"plane_{k}"] = to_tree(curves(True), own)
    nodes["plane_4"] = to_tree(curves(False), {"meanfield": "uncorrected"})
    return xr.DataTree(children=nodes)


def summary():
    widths = [0.2, 0.8]
    runs = [(c, w) for c in CONDITIONS for w in widths]
    points = [("fold", "ramp", 55.0), ("hopf", "ramp", 30.0), ("hopf", "ramp", 79.8),
              ("fold", "held", 54.0)]  # fmt: skip
    rows = [(n, *point) for n in range(len(runs)) for point in points]
    scores = [(c, m, r) for c in CONDITIONS for m in FIELDS for r in ("oscillatory", "bistable")]
    config = {"continuation": {"meanfield": FIELDS}, "transitions": {"low": 10.0, "high": 80.0}}
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
            "scored_meanfield": ("score", [s[1] for s in scores]),
            "scored_region": ("score", [s[2] for s in scores]),
        },
        {
            fig3.PEAK: ("run", [c[0] for c, _ in runs]),
            fig3.RESET: ("run", [c[1] for c, _ in runs]),
            fig3.WIDTH: ("run", [w for _, w in runs]),
        },
        {"config": json.dumps(config), "size": "10 and 10", "seed": 3},
    )  # fmt: skip


def steps():
    config = {"meanfield": FIELDS, "circuit": {"fs.threshold_width": 0.3}}
    attrs = {"config": json.dumps(config), "discard": 100.0, "scheme": "exact", "step": 0.1,
             "thresholds": "random", "seed": 3, "sample": 1.0}  # fmt: skip
    time = np.arange(1.0, 601.0)
    current = np.where(time < 300, 20.0, 30.0)
    series = xr.Dataset(
        {
            "firing_rate": (("run", "model", "population", "time"), np.ones((2, 3, 2, 600))),
            "input_current": (("run", "population", "time"), np.tile(current, (2, 2, 1))),
        },
        {
            "model": ["network", *FIELDS], "population": ["rs", "fs"], "time": time,
            fig3.PEAK: ("run", [1000.0, 50.0]), fig3.RESET: ("run", [-1000.0, -100.0]),
        },
    )  # fmt: skip
    return {"summary": xr.Dataset(attrs=attrs), "series": series}


def content():
    return fig3.arrange([{"summary": summary(), "plane": planes()}, steps()])


def labelled(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


def test_planes_show_their_curves_points_and_kinks():
    figure = fig3.draw(**content())
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


def test_the_uncorrected_plane_serves_every_condition():
    found = fig3.arrange([{"summary": summary(), "plane": planes()}, steps()])["planes"]
    for condition in CONDITIONS:
        assert found[condition, "corrected"].attrs[fig3.RESET] == condition[1]
        assert fig3.RESET not in found[condition, "uncorrected"].attrs
    assert "fold_1" in from_tree(found[CONDITIONS[0], "uncorrected"])


def test_rates_begin_after_what_is_discarded_and_currents_are_written():
    figure = fig3.draw(**content())
    rates = figure.axes[-4]
    assert rates.get_xlim() == pytest.approx((0.101, 0.6))
    assert [text.get_text() for text in rates.texts if "pA" in text.get_text()] == [
        "20 pA", "30 pA"
    ]  # fmt: skip


def test_the_caption_tells_scores_and_settings():
    text = fig3.caption(**content())
    for words in ("kink", "| 50, −100 | corrected | bistable |", "size 10 and 10", "10 to 80 pA"):
        assert words in text


def test_another_number_of_conditions_is_refused():
    given = content()
    del given["planes"][CONDITIONS[0], "corrected"]
    del given["planes"][CONDITIONS[0], "uncorrected"]
    with pytest.raises(FigureError, match=r"three reset conditions.*got 2, 2 and 2"):
        fig3.draw(**given)


def test_two_drawings_are_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        save(fig3.draw(**content()), "caption", tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
