"""The study of hysteresis: staircases of the current in a circuit whose folds are known.

Oracle: the folds of the mean field at κ = 10 pA, 40.671 and 23.621 pA, by AUTO-07p.
"""

import numpy as np
import pytest

from ikmeanfield import regular_spiking
from ikmeanfield.continuation import ContinuationOptions, continue_equilibria
from ikmeanfield.studies.hysteresis import REGIONS, Hysteresis
from ikmeanfield.theories.mean_field import MeanField
from stored import computed

FOLDS = (23.621, 40.671)


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    experiment = {
        "circuit": {"preset": "regular_spiking", "set": {"rs.size": 1000}},
        "theories": {"plain": {"kind": "mean_field", "reset_correction": False}},
        "studies": {
            "hysteresis": {
                "kind": "hysteresis", "population": "rs", "low": 10.0, "high": 60.0,
                "levels": 51, "hold": 1000.0, "discard": 400.0, "rise": 10000.0,
                "swing": 5.0,
            },
        },
        "sweeps": {
            "kappa": {"axes": [{"parameter": "rs.adaptation", "values": [10.0, 100.0]}]}
        },
    }  # fmt: skip
    return computed(tmp_path_factory.mktemp("hysteresis"), experiment)


def test_the_theory_is_bistable_between_its_folds(studies):
    """Oracle: the folds; just beyond one, a state may outlast its level."""
    summary = studies["hysteresis"].summary.isel(run=0).sel(model="plain", population="rs")
    current = summary["current"].values
    bistable = current[summary["region"].values == REGIONS.index("bistable")]
    assert abs(bistable.min() - FOLDS[0]) < 1.01
    assert abs(bistable.max() - FOLDS[1]) < 1.51
    assert float(summary["width"]) == pytest.approx(FOLDS[1] - FOLDS[0], abs=2.0)
    beyond = summary["region"].values[current > bistable.max()]
    assert set(beyond) == {REGIONS.index("active")}, "slow passages are no oscillations"


def test_a_moving_ramp_is_late(studies):
    """Oracle: lag adds to both sides of the loop; areas also follow from the stored rates."""
    summary = studies["hysteresis"].summary.isel(run=0).sel(population="rs")
    assert (summary["ramp_area"] > summary["area"]).all()
    gap = summary["rate_mean"].sel(direction="down") - summary["rate_mean"].sel(direction="up")
    spacing = float(np.diff(summary["current"].values)[0])
    area = (gap.sum("current") - (gap[:, 0] + gap[:, -1]) / 2) * spacing
    np.testing.assert_allclose(summary["area"], area, rtol=1e-6)


def test_the_network_has_the_loop_of_its_own_folds(studies):
    """Oracle: held networks at κ = 10 pA leave rest 2 pA before the mean field does."""
    summary = studies["hysteresis"].summary.isel(run=0).sel(model="network", population="rs")
    assert 12.0 < float(summary["width"]) < 18.5


def test_without_bistability_there_is_no_loop(studies):
    """Oracle: at κ = 100 pA and Δ_v = 1 mV there are no folds, and oscillations from 50 pA on."""
    summary = studies["hysteresis"].summary.isel(run=1).sel(model="plain", population="rs")
    here = summary.sel(current=slice(52.0, 58.0))
    assert (here["region"] == REGIONS.index("oscillating")).all()
    assert float(summary["area"]) < 0.05 * float(
        studies["hysteresis"].summary["area"].isel(run=0).sel(model="plain", population="rs")
    )


@pytest.fixture(scope="module")
def of_adaptation(tmp_path_factory):
    experiment = {
        "circuit": {
            "preset": "regular_spiking", "set": {"rs.size": 1000},
        },
        "theories": {"plain": {"kind": "mean_field", "reset_correction": False}},
        "studies": {
            "hysteresis": {
                "kind": "hysteresis", "parameter": "rs.adaptation", "low": 2.0, "high": 80.0,
                "levels": 40, "hold": 1000.0, "discard": 400.0, "rise": 5000.0, "swing": 5.0,
            },
        },
        "sweeps": {
            "current": {"axes": [{"parameter": "rs.input_current", "values": [40.0, 41.0]}]},
        },
    }  # fmt: skip
    return computed(tmp_path_factory.mktemp("adaptation"), experiment)["hysteresis"].summary


@pytest.mark.long
def test_a_parameter_moves_in_place_of_the_current(of_adaptation):
    """Oracle: continuation in κ at 41 pA: a fold and a Hopf point, 2 pA being a level."""
    name = "rs.adaptation"
    circuit = regular_spiking().replace({"rs.input_current": 41.0, name: 80.0})
    field = MeanField(circuit, reset_correction=False)
    branch = continue_equilibria(
        field.problem(),
        field.initial_state(),
        name,
        ContinuationOptions(bounds={name: (0.0, 90.0)}),
    )
    rest_ends = min(point.parameters[name] for point in branch.points("LP"))
    (activity_ends,) = [point.parameters[name] for point in branch.points("HB")]
    found = of_adaptation.sel(population="rs")
    plain = found.isel(run=1).sel(model="plain")
    bistable = plain["current"].values[plain["region"].values == REGIONS.index("bistable")]
    assert bistable.min() == pytest.approx(rest_ends, abs=2.01)
    assert bistable.max() == pytest.approx(activity_ends, abs=2.01)
    # adaptation quiets: the rate is higher while it rises, the more so on a ramp
    assert float(plain["ramp_area"]) < float(plain["area"]) < 0
    # held networks leave rest 2 pA before the mean field does, at 40 pA from κ = 30 pA on
    assert 20.0 < float(found["width"].isel(run=0).sel(model="network")) < 50.0
    assert found["width"].attrs["units"] == "pA"
    assert "rs.adaptation" in found["width"].attrs["long_name"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"high": 5.0}, "must be above low = 10"),
        ({"parameter": "rs.adaptation"}, "either the population"),
        ({"population": None}, "either the population"),
        ({"discard": 400.0}, "must be shorter than hold = 400 ms"),
        ({"hold": 400.5, "discard": 0.0}, "hold"),
    ],
)
def test_wrong_settings_are_refused(changes, words):
    settings = {
        "kind": "hysteresis", "population": "rs", "low": 10.0, "high": 60.0, "hold": 400.0,
        **changes,
    }  # fmt: skip
    with pytest.raises(ValueError, match=words):
        Hysteresis.model_validate(settings)
