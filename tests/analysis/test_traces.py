"""Fold and Hopf currents, and the three models along one ramp."""

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.diagrams import fold_and_hopf_points
from ikmeanfield.analysis.traces import MODELS, ramp_traces
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.spiking import simulate
from ikmeanfield.theories import MeanFieldSettings

CURRENT = "rs.input_current"
BISTABLE_RAMP = ((0.0, 20.0), (1000.0, 20.0), (3000.0, 50.0), (5000.0, 20.0))
"""Up and down across both folds at κ = 25 pA (Fig. 1D); pairs (ms, pA)."""
OSCILLATORY_RAMP = ((0.0, 40.0), (1000.0, 40.0), (5000.0, 70.0))
"""Up across both Hopf points at κ = 100 pA (Fig. 1E)."""


def circuit(kappa):
    return regular_spiking().replace({"rs.adaptation": kappa})


def fold_points(high=100.0):
    return fold_and_hopf_points(
        circuit(25.0),
        CURRENT,
        0.0,
        high,
        at="rs.adaptation",
        theory=MeanFieldSettings(reset_correction=False),
    )


def test_currents_carry_the_circuits_own_adaptation():
    # oracle: AUTO-07p
    points = fold_points()
    np.testing.assert_allclose(points["value"], [41.7209205926, 30.1803058499], rtol=1e-9)
    assert points["kind"].values.tolist() == ["fold", "fold"]
    assert points["second"].values.tolist() == [25.0, 25.0]
    assert points["value"].attrs["units"] == "pA"


@pytest.fixture(scope="module")
def bistable():
    return ramp_traces(
        circuit(25.0),
        BISTABLE_RAMP,
        size=1000,
        theory=MeanFieldSettings(reset_correction=False),
    )


def test_traces_follow_the_ramp_of_panel_d(bistable):
    current = bistable["input_current"]
    np.testing.assert_allclose(current.sel(time=[500, 2000, 3000, 4000]), [20, 35, 50, 35])
    assert bistable["model"].values.tolist() == list(MODELS)
    assert bistable.attrs["size"] == 1000
    assert bistable.attrs["adaptation"] == 25.0
    # oracle: the paper's Fig. 1D: all are silent first, active at the top, silent again
    s = bistable["synaptic_activation"]
    assert (s.sel(time=900) < 0.2).all()
    assert (s.sel(time=3000) > 1.5).all()
    assert (s.sel(time=5000) < 0.3).all()


def test_the_network_with_its_own_u_is_the_plain_network(bistable):
    # oracle: the network run by itself
    from ikmeanfield.inputs import ramp

    alone = simulate(
        circuit(25.0).replace({"rs.size": 1000}), {"rs": ramp(BISTABLE_RAMP)},
        duration=5000.0, sample=1.0,
    )  # fmt: skip
    np.testing.assert_array_equal(
        bistable["recovery"].sel(model="network"), alone["recovery"].sel(population="rs")
    )


def test_strong_adaptation_oscillates_on_the_ramp_of_panel_e():
    # oracle: the paper's Fig. 1E: s swings while I crosses the region between the Hopf points
    data = ramp_traces(
        circuit(100.0),
        OSCILLATORY_RAMP,
        size=1000,
        theory=MeanFieldSettings(reset_correction=False),
    )
    s = data["synaptic_activation"].sel(model=["mean field", "network, global u"])
    late = s.sel(time=slice(3000, 3600))
    assert (late.max("time") - late.min("time") > 0.8).all()
    end = s.sel(time=slice(4900, 5000))
    assert (end.max("time") - end.min("time") < 0.3).all()


def test_points_survive_a_file_also_where_there_are_none(tmp_path):
    for name, points in (
        ("some", fold_points()),
        ("none", fold_points(high=10.0)),
    ):
        points.to_netcdf(tmp_path / f"{name}.nc")
        back = xr.load_dataset(tmp_path / f"{name}.nc")
        assert back.sizes["point"] == (2 if name == "some" else 0)
        assert back["kind"].values.astype(str).tolist() == points["kind"].values.tolist()
        np.testing.assert_array_equal(back["value"], points["value"])
