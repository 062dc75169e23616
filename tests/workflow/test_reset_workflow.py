"""An experiment with diagrams, responses and replicates, from its configuration to Fig. 2."""

import copy
import csv

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.circuit import regular_spiking
from ikmeanfield.datasets import open_experiment
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.theories.mean_field import adjusted_current, firing_rate
from small import tiny_reset

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ikmeanfield.theories.mean_field.ResetAccuracyWarning"),
]


@pytest.fixture
def folder(compared):
    return compared.folder / "results/reset"


@pytest.fixture
def summary(folder):
    return xr.load_dataset(folder / "summary.nc")


def rows(path):
    with path.open() as file:
        return list(csv.DictReader(file))


def changed(part, **values):
    config = copy.deepcopy(tiny_reset())
    config["experiments"]["reset"][part].update(values)
    return config


def test_everything_promised_is_there(compared, folder):
    figures = compared.folder / "results/figures"
    for name in ("fig2.pdf", "fig2.png", "fig2.md"):
        assert (figures / name).stat().st_size > 100
    assert "N = 200" in (figures / "fig2.md").read_text()
    tree = read_tree(folder / "diagrams/batch-000.nc")
    assert len(tree.children) == 3  # two corrected, and one uncorrected for both resets
    assert "ikmeanfield" in tree.attrs["source"]
    for name in ("diagrams/batch-000", "bifurcations", "distances"):
        assert (folder / f"logs/{name}.log").exists()
        assert (folder / f"benchmarks/{name}.jsonl").stat().st_size > 10
    log = (folder / "logs/diagrams/batch-000.log").read_text()
    assert log.count("ResetAccuracyWarning") == 1


def test_distances_and_noise_are_what_the_series_say(folder, summary):
    # Oracle: by hand from the stored series, the replicates lying in two batches.
    networks = open_experiment(folder).isel(time=slice(100, None))
    for series in ("firing_rate", "synaptic_activation"):
        values = networks[series].values.astype(float)
        for k, name in enumerate(("corrected", "uncorrected")):
            theory = open_experiment(folder, name)[series].astype(float).values[..., 100:]
            by_hand = np.sqrt(np.square(theory - values).mean(axis=-1))
            np.testing.assert_allclose(summary[f"rmse_{series}"].values[:, k], by_hand, rtol=1e-9)
        pairs = np.sqrt(np.square(values[::2] - values[1::2]).mean(axis=-1) / 2)
        noise = summary[f"noise_{series}"].values
        np.testing.assert_allclose(noise, np.repeat(pairs, 2, axis=0), rtol=1e-9)
    squares = summary["difference_mean"] ** 2 + summary["difference_variance"]
    np.testing.assert_allclose(summary["rmse_firing_rate"], np.sqrt(squares), rtol=1e-9)


def test_the_table_of_distances_is_the_summary_per_grid_point(folder, summary):
    table = rows(folder / "distances.csv")
    assert len(table) == 2 * 2 * 2  # resets, mean fields, series
    for row in table:
        kind = "synapse" if row["series"] == "synaptic_activation" else "population"
        here = summary.isel(run=np.flatnonzero(summary["rs_reset_potential"] ==
                                               float(row["rs_reset_potential"])))  # fmt: skip
        here = here.sel({"meanfield": row["meanfield"], kind: row["of"]})
        assert float(row["rmse"]) == pytest.approx(float(here[f"rmse_{row['series']}"].mean()))
        assert float(row["noise"]) == pytest.approx(float(here[f"noise_{row['series']}"][0]))
        assert row["replicates"] == "2"
    wide = rows(folder / "summary.csv")
    values = summary["rmse_synaptic_activation"].values.ravel()
    found = [float(row["rmse_synaptic_activation_ampa"]) for row in wide]
    np.testing.assert_allclose(found, values)


def test_the_summary_holds_the_rates_of_single_neurons(summary):
    # Oracle: the library's functions, which are compared with simulations elsewhere.
    current = np.linspace(0, 200, 21)
    np.testing.assert_array_equal(summary["response_current"], current)
    for run, v_0 in enumerate(summary["rs_reset_potential"].values):
        values = {"rs.peak_potential": 50.0, "rs.reset_potential": float(v_0)}
        neuron = regular_spiking().replace(values).populations["rs"]
        for name, expected in (
            ("rate", firing_rate(neuron, current)),
            ("rate_infinite", firing_rate(neuron, current, infinite_reset=True)),
            ("adjusted_current", adjusted_current(neuron, current)),
        ):
            np.testing.assert_allclose(summary[f"response_{name}"].values[run], expected)
    assert summary["response_rate"].attrs["units"] == "Hz"


def test_the_table_of_bifurcations_lists_the_folds_of_every_grid_point(folder):
    # Oracle: AUTO-07p's folds for v_0 = -60; the upper one is the same for all, as μ < 0 there.
    table = rows(folder / "bifurcations.csv")
    folds = {}
    for row in table:
        if row["kind"] == "LP":
            place = float(row["rs_reset_potential"]), row["meanfield"]
            folds.setdefault(place, []).append(float(row["value"]))
    assert set(folds) == {(v, m) for v in (-60.0, -120.0) for m in ("corrected", "uncorrected")}
    np.testing.assert_allclose(folds[-60.0, "corrected"], [58.6756240965, 9.01884350044], rtol=1e-9)
    assert folds[-60.0, "uncorrected"] == folds[-120.0, "uncorrected"]
    assert all(pair[0] == pytest.approx(58.6756240965, rel=1e-9) for pair in folds.values())
    kinks = [row for row in table if row["kind"] == "KINK"]
    assert {row["name"] for row in kinks} == {"rs.mu"}
    assert {row["meanfield"] for row in kinks} == {"corrected"}


AFTER_SUMMARY = {"write_plan", "summarise_experiment", "tabulate", "draw_figure"}
CHANGES = {
    "bounds": (changed("diagrams", bounds=[0.0, 90.0]), AFTER_SUMMARY | {"follow_diagrams"}),
    "response": (changed("response", count=11), AFTER_SUMMARY),
    "seed": ({**tiny_reset(), "seed": 2}, AFTER_SUMMARY | {"simulate_networks"}),
    "input": (
        changed("input", rs={"constant": 70.0}),
        AFTER_SUMMARY | {"simulate_networks", "integrate_mean_fields"},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_reruns_what_it_determines(compared, change):
    config, planned = CHANGES[change]
    assert set(compared.planned(config)) == planned


def test_when_nothing_changed_nothing_runs(compared):
    assert compared.planned(tiny_reset()) == {}


def test_a_damaged_diagram_is_named_and_made_again(compared, folder):
    path, table = folder / "diagrams/batch-000.nc", folder / "bifurcations.csv"
    before = table.read_text()
    path.write_bytes(path.read_bytes()[:3000])
    compared.run(tiny_reset())
    assert "DAMAGED results/reset/diagrams" in (folder / "logs/bifurcations.log").read_text()
    read_tree(path)
    assert table.read_text() == before
    assert compared.planned(tiny_reset()) == {}
