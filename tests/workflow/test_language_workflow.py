"""Sweeps over settings and inputs, and figures as targets, through the real Snakemake."""

import re

import numpy as np
import pytest

from checkouts import Workflow
from ikmeanfield import open_experiment
from small import tiny, tiny_settings

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def varied(finished):
    """The same folder after an experiment that varies settings has run to its end."""
    finished.run(tiny_settings())
    return finished


@pytest.fixture
def schemes(varied):
    return open_experiment(varied.folder / "results/schemes")


def test_kernels_of_both_schemes_and_of_theories_are_compiled(varied, tmp_path):
    """Oracle: what would run in an empty folder."""
    text = Workflow(varied.checkout, tmp_path).run(tiny_settings(), "--dry-run")
    asked = set(re.findall(r"output: results/kernels/\S+/(\w+)\.txt", text))
    assert asked == {"exact", "euler", "theories"}


def test_schemes_and_inputs_are_varied(schemes):
    networks = schemes.stacked("networks")
    assert networks["networks_scheme"].values.tolist() == ["exact"] * 4 + ["euler"] * 4
    assert networks["input_rs_offset"].attrs["units"] == "pA"
    # Oracle: runs that differ in their seed or scheme alone share a mean field, inputs do not.
    theory = schemes.stacked("predictions", "corrected")["firing_rate"].values
    for same in ((1, 0), (4, 0), (5, 0), (3, 2), (7, 2)):
        np.testing.assert_array_equal(*theory[list(same)])
    assert np.abs(theory[0] - theory[2]).max() > 0


def test_the_summary_keeps_traces_of_some_runs(schemes):
    # Oracle: with fewer samples than a trace may have, it is the stored series itself.
    summary = schemes.summary("networks")
    networks = schemes.stacked("networks")["firing_rate"]
    runs = summary["trace_run"].values
    assert runs.tolist() == [0, 2, 4, 6], "first replicates"
    found = summary["trace_network"].transpose("trace", "population", "trace_time").values
    np.testing.assert_allclose(
        found, networks.transpose("run", "population", "time").values[runs], rtol=1e-6
    )
    current = summary["trace_current"].sel(population="rs").values
    np.testing.assert_array_equal(current[:, 0], [40.0, 50.0, 40.0, 50.0])


def test_a_change_of_one_setting_leaves_mean_fields_alone(varied):
    config = tiny_settings()
    grid = config["experiments"]["schemes"]["sweeps"]["grid"]
    grid["set"]["networks.thresholds"] = "quantiles"
    planned = varied.planned(config)
    assert planned["simulate_networks"] == 1
    assert "integrate_theories" not in planned


def test_every_figure_is_a_target_and_depends_on_its_experiments_alone(varied):
    both = tiny_settings()  # which says how work is divided into batches
    both["experiments"] |= tiny()["experiments"]
    both["figures"] = {"fig4": "truncation", "overview": "schemes"}
    assert varied.planned(both, "overview", "--forcerun", "draw_figure") == {
        "draw_figure": 1, "overview": 1
    }  # fmt: skip
    both["experiments"]["truncation"]["studies"]["networks"]["discard"] = 200.0
    assert "draw_figure" not in varied.planned(both, "overview")
