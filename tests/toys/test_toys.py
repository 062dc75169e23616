"""One study, theory, law, input, figure and claim of one's own, each a plug-in of one file."""

import csv
import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from checkouts import Workflow, copy_checkout, environment

pytestmark = pytest.mark.slow

TOYS = ("rate_variance", "constant_rate", "uniform", "pulse", "panel", "quiet_theory")

CONFIG = {
    "seed": 3,
    "runs_per_job": 2,
    "experiments": {
        "toys": {
            "circuit": {"preset": "regular_spiking", "set": {"rs.size": 100, "rs.law": "uniform"}},
            "input": {"rs": {"pulse": {"height": 200.0, "start": 20.0, "width": 50.0},
                             "offset": 30.0}},
            "theories": {"flat": {"kind": "constant_rate", "rate": 20.0}},
            "studies": {
                "networks": {"kind": "networks", "duration": 100.0, "sample": 1.0},
                "predictions": {"kind": "predictions"},
                "variances": {"kind": "rate_variance", "duration": 100.0},
            },
            "sweeps": {"width": {"axes": [
                {"parameter": "rs.threshold_width", "values": [0.5, 1.0, 2.0]}]}},
        }
    },
    "figures": {"panel": "toys"},
    "claims": {"quiet_theory": {"from": ["toys"], "criterion": {"least": 5.0}}},
}  # fmt: skip

# The toys' results are checked in a process that knows them, as a notebook of their author would.
CHECK = """
import sys
import numpy as np
import xarray as xr
from ikmeanfield import simulate
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.jobs.open import open_experiment
from ikmeanfield.inputs import steps

results = open_experiment(sys.argv[1])
rates = results.stacked("networks")["firing_rate"]
flat = results.stacked("predictions", "flat")["firing_rate"]
summary = results.summary("predictions")
np.testing.assert_array_equal(flat, 20.0)
np.testing.assert_allclose(
    summary["difference_mean"].values.ravel(), (20.0 - rates).mean("time").values.ravel(), rtol=1e-5
)
found = results.summary("variances")["rate_variance"]
assert found.dims == ("run", "population") and found.attrs["units"] == "Hz2"
pulse = steps([(0.0, 30.0), (20.0, 230.0), (70.0, 30.0)])
for run, width in enumerate([0.5, 1.0, 2.0]):
    changes = {"rs.size": 100, "rs.law": "uniform", "rs.threshold_width": width}
    circuit = regular_spiking().replace(changes)
    seed = results.item("variances", run).seed
    times = {"duration": 100.0, "sample": 1.0}
    series = simulate(circuit, {"rs": pulse}, **times, thresholds="random", seed=seed)
    assert float(found[run, 0]) == np.var(series["firing_rate"].values[0])
"""


@pytest.fixture(scope="module")
def plugins():
    """An environment in which the toys are plug-ins."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IKMEANFIELD_PLUGINS", ",".join(f"toys.{toy}" for toy in TOYS))
        yield


@pytest.fixture(scope="module")
def workflow(plugins, tmp_path_factory):
    """A workflow with all of them that has run to its end; the toys lie beside the library."""
    checkout = copy_checkout(tmp_path_factory.mktemp("checkout"))
    toys = checkout / "src/toys"
    toys.mkdir()
    for toy in TOYS:
        (toys / f"{toy}.py").write_text((Path(__file__).parent / f"{toy}.py").read_text())
    found = Workflow(checkout, tmp_path_factory.mktemp("work"), compiles=True)
    found.run(CONFIG)
    return found


def test_all_run_to_the_end(workflow):
    """Oracles: the variance of a network simulated here; the constant; the pulse as steps."""
    results = workflow.folder / "results"
    assert "in 3 networks" in (results / "figures/panel.md").read_text()
    for name in ("panel.pdf", "panel.png"):
        assert (results / "figures" / name).stat().st_size > 1000
    (kernels,) = (results / "kernels").glob("networks-*")
    done = subprocess.run(
        [sys.executable, "-c", CHECK, "results/toys"], cwd=workflow.folder, capture_output=True,
        text=True, check=False,
        env=environment(PYTHONPATH=str(workflow.checkout / "src"), NUMBA_CACHE_DIR=str(kernels)),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with (results / "toys/variances/variances.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["rs_threshold_width"] for row in rows] == ["0.5", "1.0", "2.0"]
    assert all(float(row["rate_variance"]) > 0 for row in rows)
    assert workflow.planned(CONFIG) == {}


def test_the_claim_is_judged(workflow):
    """Oracle: the mean over the networks in the table of predictions, read here."""
    results = workflow.folder / "results"
    with (results / "toys/predictions/predictions.csv").open() as file:
        less = [-float(row["difference_mean"]) for row in csv.DictReader(file)]
    with (results / "claims.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert float(row["value"]) == pytest.approx(sum(less) / 3, rel=1e-4)
    error = float(row["uncertainty"])
    assert error == pytest.approx(statistics.stdev(less) / 3**0.5, rel=1e-4)
    gap = float(row["value"]) - 5.0
    assert row["verdict"] == (
        "cannot be decided" if abs(gap) < error else "holds" if gap > 0 else "does not hold"
    )
    page = (results / "claims.md").read_text()
    assert "## A study of one's own" in page
    assert "| Fig. 1 | Networks fire faster" in page
    assert "least 5 (By how many Hz the network must be faster.)" in page


@pytest.mark.long
def test_a_claim_whose_file_is_lost_is_judged_again(workflow):
    """Oracle: the file before it was removed."""
    (file,) = (workflow.folder / "results/claims").glob("*/*.csv")
    text = file.read_text()
    file.unlink()
    workflow.run(CONFIG)
    assert file.read_text() == text
    assert workflow.planned(CONFIG) == {}


def test_commands_know_the_study(workflow):
    status = workflow.command("status", "--verify")
    rows = {tuple(word for word in line.split() if word != "-") for line in status.splitlines()}
    assert {("toys", "variances", "2"), ("toys", "variances", "summary", "1")} <= rows
    resources = workflow.command("resources", "results/toys")
    assert any(line.split()[:2] == ["variances", "2/2"] for line in resources.splitlines())
    studies = workflow.command("studies")
    assert "rate_variance  Variance in time of the firing rate of networks." in studies


def test_the_schema_knows_the_settings(workflow):
    definitions = json.loads(workflow.command("schema"))["$defs"]
    experiment = definitions["Experiment"]["properties"]
    studies, theories = (
        {one["properties"]["kind"]["const"]: one for one in choices["oneOf"]}
        for name in ("studies", "theories")
        for choices in experiment[name]["patternProperties"].values()
    )
    assert studies["rate_variance"]["required"] == ["kind", "duration"]
    assert theories["constant_rate"]["properties"]["rate"]["minimum"] == 0
    assert set(definitions["Input"]["properties"]["pulse"]["required"]) == {
        "height",
        "start",
        "width",
    }
    assert "uniform" in definitions["Population"]["properties"]["law"]["enum"]


EDITS = {
    "rate_variance": {"vary_rates", "summarise_rate_variance", "draw_figure"},
    "constant_rate": {
        "compile_kernels",
        "integrate_theories",
        "summarise_predictions",
        "judge_claims",
        "collect_claims",
    },
    "panel": {"draw_figure"},
    "quiet_theory": {"judge_claims", "collect_claims"},
}


IN_SHORT = {"rate_variance", "quiet_theory"}
"""Plug-ins whose edits are tried in the short suite."""


@pytest.mark.parametrize(
    "toy", [toy if toy in IN_SHORT else pytest.param(toy, marks=pytest.mark.long) for toy in EDITS]
)
def test_an_edit_of_a_plug_in_reruns_what_depends_on_it(workflow, toy):
    path = workflow.checkout / f"src/toys/{toy}.py"
    text = path.read_text()
    edits = {
        "rate_variance": ('var("time")', 'var("time") * 1.0'),
        "constant_rate": ("np.full(", "1.0 * np.full("),
        "panel": ('"o"', '"s"'),
        "quiet_theory": ("statistic, value", "statistic, 1.0 * value"),
    }
    assert edits[toy][0] in text
    try:
        path.write_text(text.replace(*edits[toy]))
        assert set(workflow.planned(CONFIG)) == EDITS[toy]
    finally:
        path.write_text(text)
