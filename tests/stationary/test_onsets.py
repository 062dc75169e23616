"""Hopf points of asynchronous states, alone and as a study of an experiment."""

import numpy as np
import pytest

import ikmeanfield.continuation as co
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.experiments import expand, parse
from ikmeanfield.jobs.compute import compute_batch
from ikmeanfield.jobs.results import Results, batch_path
from ikmeanfield.schema import ConfigError
from ikmeanfield.theories.stationary import AsynchronousState, Stationary, hopf_curve, hopf_point
from ikmeanfield.theories.stationary.quadrature import Axis

CURRENT = "rs.input_current"
CIRCUIT = regular_spiking().replace({"rs.adaptation": 100.0})
THEORIES = {
    "exact": {"kind": "stationary"},
    "mean_field": {"kind": "mean_field", "reset_correction": False},
}
STUDY = {
    "kind": "onsets", "theory": "exact", "parameter": CURRENT, "bounds": [10.0, 70.0],
    "second": "rs.adaptation", "values": [100.0, 90.0],
}  # fmt: skip


def experiment(**changes):
    return {
        "experiments": {
            "states": {
                "circuit": {"preset": "regular_spiking"},
                "theories": THEORIES,
                "studies": {"onsets": {**STUDY, **changes}},
                "sweeps": {"kappa": {"axes": [{"parameter": "rs.adaptation", "values": [90.0]}]}},
            }
        }
    }


def test_many_nodes_come_in_sections():
    """Oracle: the mean of cos(50 ξ) over the Lorentzian in ξ, from adaptive quadrature."""
    from scipy.integrate import quad

    axis = Axis(1.0, 20.0, 400)
    v, weight = axis.nodes_between(*axis.limits, (1, 1))
    end = np.arcsinh(20.0)
    expected = quad(lambda x: np.cos(50 * x) / np.cosh(x), -end, end, limit=400, epsabs=1e-13)[0]
    found = weight @ np.cos(50 * np.arcsinh(v))
    assert found == pytest.approx(expected / axis.mass, abs=1e-11)
    with pytest.raises(ValueError, match="nodes = 150: above 100, take a multiple of it"):
        Axis(1.0, 20.0, 150).nodes_between(-1.0, 1.0, (1, 1))


@pytest.mark.slow
@pytest.mark.long
def test_a_hopf_point_is_where_modes_stop_growing():
    """Oracle: modes counted by the winding of the determinant, on either side of the point."""
    theory = Stationary(CIRCUIT, nodes=64)
    state = co.find_equilibrium(
        theory.problem(), np.array([0.0079, -51.5, 5.0, 0.71]), {CURRENT: 45.5}
    )
    found = hopf_point(theory, state, CURRENT, 45.5, 3.7)
    assert abs(found.error) < 0.002
    for value, modes in ((found.value - 0.4, 2), (found.value + 0.4, 0)):
        there = co.find_equilibrium(theory.problem(), found.state, {CURRENT: value})
        asynchronous = AsynchronousState.at(theory, theory.problem(), there, **{CURRENT: value})
        assert asynchronous.unstable_modes(1e-4) == modes


@pytest.mark.slow
@pytest.mark.long
def test_a_curve_of_hopf_points_is_found_and_stored(tmp_path):
    """Oracle: Hopf points sought from guesses of their own; no guess is given to the study."""
    plan = expand(parse(experiment()), "states")
    plan.write(tmp_path / "plan.json")
    (batch,) = plan.batches["onsets"]
    compute_batch(plan, "onsets", batch, batch_path(tmp_path, "onsets", batch))
    results = Results(plan, tmp_path)
    found = plan.studies["onsets"].summarise(results, "onsets")
    assert found["second"].values.tolist() == [100.0, 90.0]
    for value, kappa, guess in zip(found["value"].values, (100.0, 90.0), (45.5, 43.5), strict=True):
        theory = Stationary(CIRCUIT.replace({"rs.adaptation": kappa}), nodes=64)
        start = np.array([0.0079, -51.5, 5.0, 0.71])
        expected = hopf_point(theory, start, CURRENT, guess, 3.5)
        assert value == pytest.approx(expected.value, abs=1e-3)


@pytest.mark.slow
@pytest.mark.long
def test_a_curve_ends_where_no_point_is_found():
    """Oracle: at weak adaptation no network oscillates (the mean field has no Hopf point)."""
    bounds = (10.0, 70.0)
    theory = Stationary(CIRCUIT)
    assert hopf_curve(theory, CURRENT, bounds, "rs.adaptation", [10.0]) == [None]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"theory": "mean_field"}, "'mean_field' is a mean field; asynchronous states are desc"),
        ({"theory": "other"}, "no 'other'; there are exact, mean_field"),
        ({"parameter": "rs.adaptation"}, "so the sweep kappa may not vary it"),
        ({"second": "rs.nothing"}, "second: .*nothing"),
        ({"bounds": [70.0, 10.0]}, "the first value must be below the second"),
    ],
)
def test_what_cannot_be_asked_is_refused(changes, words):
    with pytest.raises(ConfigError, match=words):
        expand(parse(experiment(**changes)), "states")


@pytest.mark.long
def test_of_several_curves_the_one_nearby_is_followed():
    """Oracle: the mean field's Hopf points, calculated independently; there is another at 50 pA.

    Neurons with thresholds below v_r, which the mean field leaves out, slow it down by 0.014 Hz.
    """
    every = {"infinite_reset": True, "full_lorentzian": True, "shared_recovery": True}
    theory = Stationary(CIRCUIT, **every)
    bounds, near = (30.0, 90.0), (60.0, 6.5)
    (found,) = hopf_curve(theory, CURRENT, bounds, "rs.threshold_width", [1.0], near)
    assert found is not None
    assert found.value == pytest.approx(61.141, abs=0.01)
    assert found.frequency == pytest.approx(5.957, abs=0.03)
