"""The stationary theory and the attribution of errors as studies of an experiment."""

import numpy as np
import pytest

from ikmeanfield.analysis.diagrams import curve_values, from_tree
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.experiments import expand, parse
from ikmeanfield.heterogeneity import LAWS, Law
from ikmeanfield.jobs.compute import compute_batch
from ikmeanfield.jobs.results import Results, batch_path
from ikmeanfield.schema import ConfigError
from ikmeanfield.theories import StationarySettings
from ikmeanfield.theories.protocol import DomainError
from ikmeanfield.theories.stationary import Stationary, folds

CURRENT = {"parameter": "rs.input_current", "bounds": [10.0, 70.0]}


def experiment(studies, theories=None, values=(10.0,)):
    return {
        "experiments": {
            "states": {
                "circuit": {"preset": "regular_spiking"},
                "theories": {"exact": {"kind": "stationary"}} if theories is None else theories,
                "studies": studies,
                "sweeps": {
                    "kappa": {"axes": [{"parameter": "rs.adaptation", "values": list(values)}]}
                },
            }
        }
    }


def computed(data, folder):
    plan = expand(parse(data), "states")
    plan.write(folder / "plan.json")
    for study, batches in plan.batches.items():
        for batch in batches:
            compute_batch(plan, study, batch, batch_path(folder, study, batch))
    return Results(plan, folder)


def test_points_and_diagrams_ask_the_theory_and_find_folds_alone(tmp_path):
    """Oracle: folds of held networks (38.71, 23.80 pA); Hopf points of the problem mean nothing."""
    studies = {
        "points": {"kind": "points", **CURRENT},
        "diagrams": {"kind": "diagrams", **CURRENT, "cycles": False},
    }
    results = computed(experiment(studies), tmp_path)
    points = results.result("points", 0, "exact")
    assert points["kind"].values.tolist() == ["fold", "fold"]
    assert points["side"].values.tolist() == ["upper", "lower"]
    np.testing.assert_allclose(points["value"], [38.711, 23.809], atol=1e-3)
    branches = from_tree(results.result("diagrams", 0, "exact"))
    assert {point.kind for point in branches["equilibria"].special} == {"LP"}
    assert results.plan.engines["points"] == ["stationary", "theories"]


@pytest.mark.long
def test_planes_hold_the_folds_of_the_theory(tmp_path):
    """Oracle: branches in the current alone at other widths, without planes."""
    study = {
        "kind": "planes", **CURRENT, "second": "rs.threshold_width", "second_bounds": [0.8, 1.4]
    }  # fmt: skip
    theories = {"one_u": {"kind": "stationary", "shared_recovery": True}}
    results = computed(experiment({"planes": study}, theories), tmp_path)
    curves = from_tree(results.result("planes", 0, "one_u")["curves"])
    assert {branch.kind for branch in curves.values()} == {"fold", "equilibrium"}
    for width in (0.9, 1.3):
        circuit = regular_spiking().replace({"rs.threshold_width": width})
        expected = folds(Stationary(circuit, shared_recovery=True), CURRENT["parameter"], (10, 70))
        found = [
            value
            for branch in curves.values() if branch.kind == "fold"
            for value in curve_values(branch, width)[0]
        ]  # fmt: skip
        np.testing.assert_allclose(sorted(found), sorted(expected), atol=1e-5)


@pytest.mark.parametrize(
    ("study", "words"),
    [
        (
            {
                "kind": "planes",
                **CURRENT,
                "second": "rs.threshold_width",
                "second_bounds": [0.5, 2.0],
                "cycles": [1.0],
            },
            "stationary theory does not give limit cycles",
        ),
        ({"kind": "diagrams", **CURRENT}, "stationary theory does not give limit cycles"),
        (
            {"kind": "points", "parameter": "rs.truncation", "bounds": [5.0, 20.0]},
            "does not depend on rs.truncation",
        ),
    ],
)
def test_what_the_theory_does_not_give_is_refused(study, words):
    theories = {"exact": {"kind": "stationary", "full_lorentzian": True}}
    with pytest.raises(ConfigError, match=words):
        expand(parse(experiment({"study": study}, theories)), "states")


def test_what_a_theory_does_not_know_does_not_enter_its_identity():
    """Oracle: a result follows from the circuit with the default truncation written out."""
    circuit = regular_spiking()
    exact, all_on = (
        StationarySettings(),
        StationarySettings(infinite_reset=True, full_lorentzian=True, shared_recovery=True),
    )
    given = circuit.replace({"rs.truncation": circuit.populations["rs"].half_range})
    assert exact.identity(circuit) == exact.identity(given)
    for path, value in (
        ("rs.truncation", 5.0), ("rs.reset_potential", -70.0), ("rs.recovery", "population")
    ):  # fmt: skip
        other = circuit.replace({path: value})
        assert exact.identity(circuit) != exact.identity(other)
        assert all_on.identity(circuit) == all_on.identity(other)
    assert exact.identity(circuit) != all_on.identity(circuit)
    # The threshold is followed, but the default truncation depends on it.
    moved = circuit.replace({"rs.threshold": -35.0})
    assert exact.identity(circuit, {"rs.threshold": -45.0}) != exact.identity(
        moved, {"rs.threshold": -45.0}
    )


def test_unknown_laws_are_refused(monkeypatch):
    """Oracle: the message names the population and its law."""
    monkeypatch.setitem(LAWS._things, "other", type("Other", (Law,), {}))
    with pytest.raises(DomainError, match="rs: law = 'other': the stationary theory knows"):
        StationarySettings().check(regular_spiking().replace({"rs.law": "other"}))


def test_attribution_needs_laws_that_may_be_whole():
    """Oracle: the message says why a Lorentzian of currents cannot be, peaks being finite."""
    data = experiment({"attribution": {"kind": "attribution", **CURRENT}}, {})
    given = {"rs.current_width": 5.0, "rs.current_truncation": 50.0}
    data["experiments"]["states"]["circuit"]["set"] = given
    with pytest.raises(ConfigError, match="currents without limits has no mean rate"):
        expand(parse(data), "states")


@pytest.mark.slow
def test_attribution_is_computed_summarised_and_tabulated(tmp_path):
    """Oracle: folds of held networks and of the mean field (40.671, 23.621 pA) at κ = 10.

    Both sweeps contain the preset's circuit, which is computed once.
    """
    data = experiment({"attribution": {"kind": "attribution", **CURRENT}}, {})
    data["experiments"]["states"]["sweeps"]["cutoff"] = {
        "axes": [{"parameter": "rs.truncation", "values": [20.0]}]
    }
    results = computed(data, tmp_path)
    study, plan = results.plan.studies["attribution"], results.plan
    assert [item.runs for item in plan.all_items("attribution")] == [[0, 1]]
    summary = study.summarise(results, "attribution")
    rows = list(study.rows("findings", results, "attribution", summary))
    assert [(row["sweep"], row["fold"]) for row in rows] == [
        ("kappa", "upper"), ("kappa", "lower"), ("cutoff", "upper"), ("cutoff", "lower")
    ]  # fmt: skip
    for row, exact, mean_field in zip(rows, [38.71, 23.81] * 2, [40.671, 23.621] * 2, strict=True):
        assert row["exact"] == pytest.approx(exact, abs=0.01)
        assert row["mean_field"] == pytest.approx(mean_field, abs=0.001)
        parts = row["infinite_reset"] + row["full_lorentzian"] + row["shared_recovery"]
        assert parts == pytest.approx(row["error"], abs=1e-9)


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ("rs.adaptation", "'rs.adaptation' is not an input current; there are rs.input_current"),
        ("fs.input_current", "there are rs.input_current"),
    ],
)
def test_attribution_follows_an_input_current(parameter, words):
    study = {"kind": "attribution", "parameter": parameter, "bounds": [10.0, 70.0]}
    with pytest.raises(ConfigError, match=words):
        expand(parse(experiment({"attribution": study}, {})), "states")
