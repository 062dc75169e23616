"""Fig. 2 from made-up summaries: it is drawn, stable to the byte and says what was computed."""

import json
from functools import partial

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.diagrams import equilibrium_diagram
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.datasets import time_series
from ikmeanfield.figures import fig2
from ikmeanfield.figures.save import FigureError, save
from ikmeanfield.studies.networks import Networks
from ikmeanfield.studies.predictions import Predictions
from ikmeanfield.theories import MeanFieldSettings
from small import tiny_reset
from stored import computed

RESETS = [-60.0, -80.0, -100.0, -120.0]
pytestmark = pytest.mark.filterwarnings(
    "ignore::ikmeanfield.theories.mean_field.ResetAccuracyWarning"
)


@pytest.fixture(scope="module")
def content():
    """Four reset potentials with two replicates, stored in the order of the grid."""
    rng, current = np.random.default_rng(0), np.linspace(0, 200, 41)
    runs, names = 2 * len(RESETS), ["corrected", "uncorrected"]
    response = {
        f"response_{name}": (("run", "response_current"), rng.random((runs, 41)))
        for name in ("rate", "rate_infinite", "adjusted_current")
    }
    summary = xr.Dataset(
        {
            **response,
            "rmse_synaptic_activation": (
                ("run", "theory", "synapse"), np.tile([[[0.125], [0.5]]], (runs, 1, 1))
            ),
            "noise_synaptic_activation": (("run", "synapse"), np.full((runs, 1), 0.03125)),
        },
        {
            "sweep": ("run", ["reset"] * runs), "replicate": ("run", [0, 1] * 4),
            "rs_reset_potential": ("run", np.repeat(RESETS, 2)), "theory": names,
            "synapse": ["rs.ampa"], "response_current": current,
        },
        {
            "scheme": "exact", "step": 0.1, "thresholds": "random", "seed": 3, "sample": 1.0,
            "duration": 600.0, "discard": 100.0, "source": "test", "processor": "test",
            "config": json.dumps({
                "circuit": {
                    "rs.size": 200, "rs.peak_potential": 50.0, "rs.threshold_width": 0.5,
                },
                "theories": {name: {"reset_correction": name == names[0]} for name in names},
            }),
        },
    )  # fmt: skip
    base = regular_spiking().replace(
        {"rs.recovery_coupling": 0.0, "rs.adaptation": 0.0, "rs.threshold_width": 0.5}
    )
    diagrams = {}
    for number, v_0 in enumerate(RESETS):
        here = base.replace({"rs.peak_potential": 50.0, "rs.reset_potential": v_0})
        for name in names:
            diagrams[2 * number, name] = equilibrium_diagram(
                here,
                "rs.input_current",
                0.0,
                100.0,
                theory=MeanFieldSettings(reset_correction=name == names[0]),
            )
    time = np.arange(101.0, 601.0)
    series = xr.Dataset(
        {
            "synaptic_activation": (
                ("model", "run", "synapse", "time"), rng.random((3, 2, 1, 500))
            ),
            "input_current": (("run", "population", "time"), rng.random((2, 1, 500))),
        },
        {
            "model": ["network", *names], "synapse": ["rs.ampa"], "population": ["rs"],
            "time": time, "rs_reset_potential": ("run", [-60.0, -120.0]),
        },
    )  # fmt: skip
    return {"summary": summary, "diagrams": diagrams, "series": series}


def test_it_has_its_panels_with_units(content):
    figure = fig2.draw(**content)
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert set("ABCDEF") <= set(texts)
    for axes in figure.axes:
        labels = axes.get_xlabel() + axes.get_ylabel()
        assert "(" in labels.replace("activation $s$", "(1)"), f"no unit in {labels!r}"


def test_every_fold_has_its_triangle_and_unstable_parts_are_dashed(content):
    figure = fig2.draw(**content)
    panel = figure.axes[3]
    triangles = [line for line in panel.lines if line.get_marker() == "^"]
    drawn = {(number, "corrected") for number in (0, 2, 4, 6)} | {(0, "uncorrected")}
    folds = [
        point
        for key in drawn
        for branch in content["diagrams"][key].values()
        for point in branch.points("LP")
    ]
    assert len(triangles) == len(folds) == 10
    currents = sorted(float(line.get_xdata()[0]) for line in triangles)
    np.testing.assert_allclose(currents, sorted(p.parameters["rs.input_current"] for p in folds))
    styles = {line.get_linestyle() for line in panel.lines if line.get_marker() == "None"}
    assert styles == {"-", "--"}


@pytest.mark.long
def test_it_is_stable_to_the_byte(content, tmp_path):
    for name in ("a", "b"):
        save(fig2.draw(**content), fig2.caption(**content), tmp_path / name / "fig2")
    for suffix in ("pdf", "png", "md"):
        first, second = (tmp_path / n / f"fig2.{suffix}" for n in ("a", "b"))
        assert first.read_bytes() == second.read_bytes()


def test_the_caption_tells_the_distances_and_how_it_was_made(content):
    text = fig2.caption(**content)
    for words in ("N = 200", "`exact`", "0.1 ms", "seed 3", "thresholds random", "v_0 = −60, −80"):
        assert words in text
    assert "| −60 | 0.12 | 0.5 | 0.031 |" in text


def test_a_summary_without_the_response_is_refused_by_name(content):
    summary = content["summary"].drop_vars("response_rate")
    with pytest.raises(FigureError, match="response_rate"):
        fig2.draw(summary, content["diagrams"], content["series"])


def made_up(self, plan, item, *, factor):
    """Series that tell the reset potential of their run."""
    run = plan.first_run(item)
    values = np.full((1, 600), -factor * run.circuit.populations["rs"].reset_potential)
    names = ("firing_rate", "synaptic_activation")
    return time_series(run.circuit, np.arange(1.0, 601.0), dict.fromkeys(names, values))


def test_everything_arranged_is_of_the_same_runs(tmp_path):
    """Oracle: reset potentials, in results that tell them. One grid point has networks alone."""
    experiment = tiny_reset()["experiments"]["reset"]
    further = {"axes": [{"parameter": "rs.reset_potential", "values": [-90.0]}]}
    experiment["sweeps"] = {"further": further, **experiment["sweeps"]}
    for name in ("predictions", "diagrams", "rates"):
        experiment["studies"][name]["sweeps"] = ["reset"]
    experiment["studies"]["diagrams"]["cycles"] = False
    fakes = {
        Networks: partial(made_up, factor=1.0), Predictions: partial(made_up, factor=2.0)
    }  # fmt: skip
    fakes = {kind: lambda *given, fake=fake: fake(*given) for kind, fake in fakes.items()}
    content = fig2.arrange([computed(tmp_path, experiment, fakes)])
    resets = content["summary"]["rs_reset_potential"].values
    assert resets.tolist() == [-60.0, -60.0, -120.0, -120.0]
    # networks at −v_0, theories at −2 v_0: so is the mean difference, and the distance
    np.testing.assert_allclose(content["summary"]["rate_mean"][:, 0], -resets)
    np.testing.assert_allclose(content["summary"]["difference_mean"][:, 0, 0], -resets)
    assert {place for place, _ in content["diagrams"]} == {0, 2}
    for place in (0, 2):  # the uncorrected theory does not know the reset
        fixed = content["diagrams"][place, "corrected"]["equilibria"].fixed
        assert fixed["rs.reset_potential"] == resets[place]
    series = content["series"]
    np.testing.assert_array_equal(series["rs_reset_potential"], [-60.0, -120.0])
    shown = series["synaptic_activation"].sel(model="network")
    np.testing.assert_array_equal(shown.isel(synapse=0, time=0), [60.0, 120.0])
    assert series["time"].values[0] == 101.0
    assert fig2.draw(**content).axes
