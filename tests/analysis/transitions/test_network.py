"""Both detectors, on networks.

Oracles: holding a small network at one current after another; and, for Table I with Δ_v = 1 and
N = 10,000, intervals measured by a separate prototype (6 s at constant current after a slow
approach). N = 2000 may differ from N = 10,000 by finite size: 0.2 pA is allowed.
"""

import itertools
from typing import get_args

import numpy as np
import pytest
import xarray as xr

from ikmeanfield.analysis.transitions import RampSettings, locate
from ikmeanfield.analysis.transitions.points import Status
from ikmeanfield.circuit import regular_spiking
from ikmeanfield.inputs import ramp
from ikmeanfield.spiking import Network

LOWER_BRANCH_LEFT = {10.0: (38.7, 38.9), 30.0: (40.0, 40.3), 60.0: (41.3, 41.6)}


def circuit(adaptation, size):
    return regular_spiking().replace({"rs.adaptation": adaptation, "rs.size": size})


def points(data, method, direction):
    chosen = (data["method"] == method) & (data["direction"] == direction)
    return data.isel(point=np.flatnonzero(chosen.values))


def scan(approach, currents, beyond):
    """The two neighbouring currents between which a network leaves, holding each for 5 s."""
    network = Network(circuit(30.0, 2000))
    network.run({"rs": ramp(approach)}, duration=approach[-1][0] + 1000.0, sample=4.0, record=[])
    for before, now in itertools.pairwise(currents):
        begin = network.time
        held = ramp([(begin, before), (begin + 500.0, now)])
        data = network.run({"rs": held}, duration=5500.0, sample=20.0, record=["firing_rate"])
        if beyond(data["firing_rate"].values[0][-50:].mean()):
            return min(before, now), max(before, now)
    return None


@pytest.fixture(scope="module")
def small():
    return locate(circuit(30.0, 2000), "rs", 20.0, 70.0)


def test_the_result_keeps_no_more_in_memory_than_it_shows(small):
    """Oracle: no array is a view of a larger one; all results of a batch are kept to its end."""
    for variable in small.variables.values():
        owner = variable.values
        while owner.base is not None:
            owner = owner.base
        assert owner.nbytes == variable.nbytes


def test_folds_agree_with_a_scan(small):
    upwards, downwards = np.arange(39.5, 41.0, 0.1), np.arange(32.6, 30.5, -0.1)
    up = scan([(0.0, 20.0), (3000.0, 39.5)], upwards, lambda rate: rate > 8)
    down = scan([(0.0, 60.0), (1000.0, 60.0), (4000.0, 32.6)], downwards, lambda rate: rate < 4)
    for direction, bounds in (("up", up), ("down", down)):
        found = points(small, "held", direction)
        assert list(found["kind"].values) == ["fold"]
        assert bounds[0] - 0.1 <= float(found["current"][0]) <= bounds[1] + 0.1


def test_bounds_and_cost(small):
    held = small.isel(point=np.flatnonzero(small["method"].values == "held"))
    assert (held["lower"] <= held["current"]).all()
    assert (held["current"] <= held["upper"]).all()
    assert (held["upper"] - held["lower"] <= 0.1 + 1e-9).all()
    assert (held["noise"] < 0.2).all()
    assert float(small["cost"]) <= 2.1


def test_network_time_of_all_searches_adds_up_to_the_cost(small):
    """Oracle: the network's own count of steps, in ``cost``."""
    searches = float(small["network_time"].sum()) / 21_000.0
    assert 1.0 + searches == pytest.approx(float(small["cost"]))
    assert float(small["fruitless_time"].sum()) == 0.0


def test_all_time_of_a_search_without_a_point_was_fruitless():
    """Oracle: this network has no transition at constant current, though its ramp hints at one."""
    wide = circuit(100.0, 2000).replace({"rs.threshold_width": 2.0})
    data = locate(wide, "rs", 20.0, 70.0, ramp=RampSettings(rise=5000.0))
    assert not (data["method"] == "held").any()
    xr.testing.assert_allclose(
        data["fruitless_time"], data["network_time"].sum("activity"), check_dim_order=False
    )


def test_searches_for_kinds_that_are_not_requested_take_no_time():
    """Oracle: at κ = 100 the network leaves the lower branch for oscillations."""
    data = locate(circuit(100.0, 2000), "rs", 20.0, 70.0, hold=("fold",))
    status = dict(zip(data["sought"].values, data["status"].values, strict=True))
    assert status["edge_up"] == "none"
    assert status["upper_up"] == status["lower_down"] == "not searched"
    assert float(data["network_time"].sel(sought=["upper_up", "lower_down"]).sum()) == 0.0


def test_a_longer_step_finds_the_same_folds(small):
    """Oracle: the default step of 0.2 ms."""
    data = locate(circuit(30.0, 2000), "rs", 20.0, 70.0, step=0.4)
    assert data.attrs["ramp_sample"] == pytest.approx(0.4)
    for direction in ("up", "down"):
        both = [float(points(found, "held", direction)["current"][0]) for found in (small, data)]
        assert both[0] == pytest.approx(both[1], abs=0.1)


def test_the_ramp_is_late(small):
    late = float(points(small, "ramp", "up")["current"][0])
    still = float(points(small, "held", "up")["current"][0])
    assert late > still + 1.0


def test_cost_counts_every_step(monkeypatch):
    counted = []
    advance = Network.advance

    def counting(self, *args, duration, **more):
        counted.append(duration / self.step * sum(c.size for c in self.thresholds.values()))
        return advance(self, *args, duration=duration, **more)

    monkeypatch.setattr(Network, "advance", counting)
    data = locate(circuit(30.0, 500), "rs", 20.0, 70.0)
    one_ramp = 21_000.0 * 3 * 500  # steps of 1/3 ms
    assert sum(counted) / one_ramp == pytest.approx(float(data["cost"]))
    assert sum(counted) <= 3 * one_ramp


def test_survives_netcdf(small, tmp_path):
    small.to_netcdf(tmp_path / "points.nc")
    with xr.open_dataset(tmp_path / "points.nc") as back:
        xr.testing.assert_identical(small, back.load())


def test_same_numbers_again(small):
    fractions = []
    again = locate(circuit(30.0, 2000), "rs", 20.0, 70.0, progress=fractions.append)
    xr.testing.assert_identical(small, again)
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_oscillations_have_four_boundaries():
    data = locate(circuit(100.0, 4000), "rs", 20.0, 70.0)
    assert float(data["cost"]) <= 3.0
    up, down = points(data, "held", "up"), points(data, "held", "down")
    assert set(up["kind"].values) | set(down["kind"].values) == {"hopf"}
    assert up["current"].values == pytest.approx([42.35, 46.5], abs=0.3)
    assert down["current"].values == pytest.approx([46.2, 42.4], abs=0.4)


@pytest.mark.long
def test_upper_boundary_of_a_large_network_is_within_its_interval():
    """Oracle: 30 s at each of a series of currents 0.05 pA apart, N = 10,000, κ = 100.

    Going up, oscillations lasted at 46.50 and ended at 46.55; going down, rest lasted at 46.25
    and ended at 46.20.
    """
    data = locate(circuit(100.0, 10_000), "rs", 20.0, 70.0)
    status = dict(zip(data["sought"].values, data["status"].values, strict=True))
    for direction, name, (low, high) in (
        ("up", "upper_up", (46.50, 46.55)), ("down", "upper_down", (46.20, 46.25)),
    ):  # fmt: skip
        found = points(data, "held", direction)
        place = int(np.argmax(found["current"].values))
        lower, upper = float(found["lower"][place]), float(found["upper"][place])
        assert lower <= high
        assert low <= upper
        assert abs(float(found["current"][place]) - (low + high) / 2) < 0.25
        assert status[name] == ("found" if upper - lower <= 0.2 else "wide")


def test_initial_states_shift_a_fold_by_no_more_than_bracket_and_noise():
    """Oracle: the spread of folds found from different initial states of the same network."""
    found = {"up": [], "down": []}
    stated = {"up": [], "down": []}
    for highest in (69.0, 69.5, 70.0, 70.5):
        data = locate(circuit(30.0, 1000), "rs", 20.0, highest)
        for direction, currents in found.items():
            chosen = points(data, "held", direction)
            currents.append(float(chosen["current"][0]))
            half = float(chosen["upper"][0] - chosen["lower"][0]) / 2
            stated[direction].append(half + float(chosen["noise"][0]))
    for direction, currents in found.items():
        assert np.ptp(currents) / 2 <= np.mean(stated[direction])


@pytest.mark.long
def test_draws_of_thresholds_shift_a_fold_by_more_than_noise():
    """`noise` does not cover quenched disorder.

    Oracle: the spread over draws, about 0.5 pA at N = 1000.
    """
    found, noise = [], []
    for seed in range(4):
        data = locate(circuit(30.0, 1000), "rs", 20.0, 70.0, thresholds="random", seed=seed)
        chosen = points(data, "held", "up")
        found.append(float(chosen["current"][0]))
        noise.append(float(chosen["noise"][0]))
    assert np.std(found, ddof=1) > 3 * np.mean(noise)


@pytest.mark.parametrize(("width", "adaptation"), [(6.0, 10.0), (2.0, 100.0)])
def test_no_point_where_thresholds_are_too_wide(width, adaptation):
    """Slow ramps up and down coincide here, without a jump and without oscillations."""
    wide = circuit(adaptation, 2000).replace({"rs.threshold_width": width})
    data = locate(wide, "rs", 20.0, 70.0)
    assert not (data["method"] == "held").any()
    assert float(data["cost"]) <= 3.0


@pytest.mark.parametrize("adaptation", sorted(LOWER_BRANCH_LEFT))
def test_small_network_near_the_measured_holds(adaptation):
    data = locate(circuit(adaptation, 2000), "rs", 20.0, 70.0)
    low, high = LOWER_BRANCH_LEFT[adaptation]
    found = points(data, "held", "up")
    assert list(found["kind"].values) == ["fold"]
    assert low - 0.2 <= float(found["current"][0]) <= high + 0.2


@pytest.mark.long
@pytest.mark.parametrize("adaptation", sorted(LOWER_BRANCH_LEFT))
def test_large_network_within_the_measured_holds(adaptation):
    data = locate(circuit(adaptation, 10_000), "rs", 20.0, 70.0)
    low, high = LOWER_BRANCH_LEFT[adaptation]
    found = points(data, "held", "up")
    assert low <= float(found["current"][0]) <= high
    assert float(data["cost"]) <= 3.0


@pytest.mark.parametrize(("size", "kappa"), [(500, 75.0), (1000, 100.0)])
def test_a_search_reports_that_noise_or_the_budget_ended_it(size, kappa):
    # Oracle: every search has one of the documented outcomes, whatever a small network shows on a
    # short ramp; with 1000 neurons the budget ends before the first hold near a boundary.
    found = locate(
        circuit(kappa, size), "rs", 20.0, 70.0, ramp=RampSettings(settle=400.0, rise=4000.0)
    )
    assert set(found["status"].values) <= set(get_args(Status))
    assert float(found["cost"]) <= 2.95 + 1e-6
