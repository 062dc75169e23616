"""An experiment with diagrams, responses and replicates, from its configuration to Fig. 2."""

import csv

import numpy as np
import pytest
import xarray as xr

from ikmeanfield import open_experiment
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.theories.mean_field import adjusted_current, firing_rate
from small import tiny_reset

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore::ikmeanfield.theories.mean_field.ResetAccuracyWarning"),
]


@pytest.fixture
def folder(compared):
    return compared.folder / "results/reset"


@pytest.fixture
def experiment(folder):
    return open_experiment(folder)


@pytest.fixture
def summary(folder):
    """What is told of the networks and of the theories, together."""
    networks, theories = (
        xr.load_dataset(folder / study / "summary.nc") for study in ("networks", "predictions")
    )
    return xr.merge([theories, networks], compat="override", join="exact", combine_attrs="drop")


def rows(path):
    with path.open() as file:
        return list(csv.DictReader(file))


def changed(*path, **values):
    config = tiny_reset()
    node = config["experiments"]["reset"]
    for key in path:
        node = node[key]
    node.update(values)
    return config


def test_everything_promised_is_there(compared, folder, experiment):
    figures = compared.folder / "results/figures"
    for name in ("fig2.pdf", "fig2.png", "fig2.md"):
        assert (figures / name).stat().st_size > 100
    assert "N = 200" in (figures / "fig2.md").read_text()
    (batch,) = experiment.plan.batches["diagrams"]
    tree = read_tree(folder / f"diagrams/batch-{batch}.nc")
    assert len(tree.children) == 3  # two corrected, and one uncorrected for both resets
    assert "ikmeanfield" in tree.attrs["source"]
    for name in (f"diagrams/batch-{batch}", "diagrams/summary", "predictions/summary"):
        assert (folder / f"logs/{name}.log").exists()
        assert (folder / f"benchmarks/{name}.jsonl").stat().st_size > 10
    log = (folder / f"logs/diagrams/batch-{batch}.log").read_text()
    assert log.count("ResetAccuracyWarning") == 1


def test_distances_and_noise_are_what_the_series_say(experiment, summary):
    # Oracle: by hand from the stored series, the replicates lying in two batches.
    assert len(experiment.plan.batches["networks"]) == 2
    networks = experiment.stacked("networks").isel(time=slice(100, None))
    for series in ("firing_rate", "synaptic_activation"):
        values = networks[series].values.astype(float)
        for k, name in enumerate(("corrected", "uncorrected")):
            theory = experiment.stacked("predictions", name)[series].astype(float)
            by_hand = np.sqrt(np.square(theory.values[..., 100:] - values).mean(axis=-1))
            np.testing.assert_allclose(summary[f"rmse_{series}"].values[:, k], by_hand, rtol=1e-9)
        pairs = np.sqrt(np.square(values[::2] - values[1::2]).mean(axis=-1) / 2)
        noise = summary[f"noise_{series}"].values
        np.testing.assert_allclose(noise, np.repeat(pairs, 2, axis=0), rtol=1e-9)
    squares = summary["difference_mean"] ** 2 + summary["difference_variance"]
    np.testing.assert_allclose(summary["rmse_firing_rate"], np.sqrt(squares), rtol=1e-9)


def test_the_table_of_distances_is_the_summary_per_grid_point(folder, summary):
    table = rows(folder / "predictions/distances.csv")
    assert len(table) == 2 * 2 * 2  # resets, theories, series
    for row in table:
        kind = "synapse" if row["series"] == "synaptic_activation" else "population"
        here = summary.isel(run=np.flatnonzero(summary["rs_reset_potential"] ==
                                               float(row["rs_reset_potential"])))  # fmt: skip
        here = here.sel({"theory": row["theory"], kind: row["of"]})
        assert float(row["rmse"]) == pytest.approx(float(here[f"rmse_{row['series']}"].mean()))
        assert float(row["noise"]) == pytest.approx(float(here[f"noise_{row['series']}"][0]))
        assert row["replicates"] == "2"
    wide = rows(folder / "predictions/predictions.csv")
    values = summary["rmse_synaptic_activation"].values.ravel()
    found = [float(row["rmse_synaptic_activation_ampa"]) for row in wide]
    np.testing.assert_allclose(found, values)


def test_the_summary_holds_the_rates_of_single_neurons(experiment):
    # Oracle: the library's functions, which are compared with simulations elsewhere.
    summary, current = experiment.summary("rates"), np.linspace(0, 200, 21)
    np.testing.assert_array_equal(summary["input_current"], current)
    assert summary["rs_reset_potential"].values.tolist() == [-60.0, -60.0, -120.0, -120.0]
    for run, v_0 in enumerate(summary["rs_reset_potential"].values):
        values = {"rs.peak_potential": 50.0, "rs.reset_potential": float(v_0)}
        neuron = regular_spiking().replace(values).populations["rs"]
        for name, expected in (
            ("rate", firing_rate(neuron, current)),
            ("rate_infinite", firing_rate(neuron, current, infinite_reset=True)),
            ("adjusted_current", adjusted_current(neuron, current)),
        ):
            np.testing.assert_allclose(summary[name].values[run], expected)
    assert summary["rate"].attrs["units"] == "Hz"


def test_the_table_of_bifurcations_lists_the_folds_of_every_grid_point(folder):
    # Oracle: AUTO-07p's folds for v_0 = -60; the upper one is the same for all, as μ < 0 there.
    table = rows(folder / "diagrams/bifurcations.csv")
    folds = {}
    for row in table:
        if row["kind"] == "LP":
            place = float(row["rs_reset_potential"]), row["theory"]
            folds.setdefault(place, []).append(float(row["value"]))
    assert set(folds) == {(v, m) for v in (-60.0, -120.0) for m in ("corrected", "uncorrected")}
    np.testing.assert_allclose(folds[-60.0, "corrected"], [58.6756240965, 9.01884350044], rtol=1e-9)
    assert folds[-60.0, "uncorrected"] == folds[-120.0, "uncorrected"]
    assert all(pair[0] == pytest.approx(58.6756240965, rel=1e-9) for pair in folds.values())
    kinks = [row for row in table if row["kind"] == "KINK"]
    assert {row["name"] for row in kinks} == {"rs.mu"}
    assert {row["theory"] for row in kinks} == {"corrected"}


SUMMARIES = {
    "write_plan", "summarise_networks", "summarise_predictions", "summarise_diagrams",
    "summarise_rates", "draw_figure",
}  # fmt: skip
CHANGES = {
    "bounds": (
        changed("studies", "diagrams", bounds=[0.0, 90.0]), SUMMARIES | {"follow_diagrams"}
    ),
    "rates": (changed("studies", "rates", count=11), SUMMARIES | {"compute_rates"}),
    "seed": ({**tiny_reset(), "seed": 2}, SUMMARIES | {"simulate_networks"}),
    "input": (
        changed("input", rs={"constant": 70.0}),
        SUMMARIES | {"simulate_networks", "integrate_theories"},
    ),
    "a theory": (
        changed("theories", corrected={"kind": "mean_field", "form": "absolute"}),
        SUMMARIES | {"integrate_theories", "follow_diagrams"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_reruns_what_it_determines(compared, change):
    config, planned = CHANGES[change]
    assert set(compared.planned(config)) == planned


def test_when_nothing_changed_nothing_runs(compared):
    assert compared.planned(tiny_reset()) == {}


def test_a_damaged_diagram_is_named_and_made_again(compared, folder, experiment):
    (batch,) = experiment.plan.batches["diagrams"]
    path, table = folder / f"diagrams/batch-{batch}.nc", folder / "diagrams/bifurcations.csv"
    before = table.read_text()
    path.write_bytes(path.read_bytes()[:3000])
    compared.run(tiny_reset())
    log = (folder / "logs/diagrams/summary.log").read_text()
    assert f"DAMAGED results/reset/diagrams/batch-{batch}.nc" in log
    read_tree(path)
    assert table.read_text() == before
    assert compared.planned(tiny_reset()) == {}
