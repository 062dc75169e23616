"""Cycles of the Izhikevich mean field at kappa = 100 against AUTO-07p and time integration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from systems import circuit, regular_spiking

from ikmeanfield.continuation import CycleOptions, SpecialPoint, continue_cycles
from ikmeanfield.continuation.cycles import STEPS

if TYPE_CHECKING:
    from ikmeanfield.continuation import Branch

# AUTO-07p (Debian 0.9.2, analytic Jacobian, tolerances 1e-9): I, period, s_min, s_max, r_min,
# r_max, largest nontrivial multiplier; rows of stable cycles between two Hopf points
TABLE = """
49.989695996 498.17299603 0.41267149101 0.4928613899 0.0045841091614 0.0054776857965 0.967666
50.20274589 464.73904515 0.30094493679 0.69690764083 0.0033394601795 0.0077574163874 0.509583
50.76069589 407.04099899 0.23886207194 0.95653006954 0.0026465678475 0.01068183202 0.205636
51.782392852 347.54122935 0.21580153329 1.2352844141 0.0023870421919 0.013874566499 0.120478
53.277362668 297.54267198 0.22394170098 1.4875226612 0.0024736708333 0.01684318028 0.118323
55.018844284 259.35627529 0.26104858488 1.6722274927 0.0028811946238 0.01908531786 0.16502
56.688488 230.79017405 0.32735466092 1.7625995451 0.0036112997353 0.02019756425 0.263905
58.08814775 209.42866708 0.41998032745 1.7586067163 0.0046324963398 0.020120193462 0.412333
59.204719913 193.38100859 0.53481874311 1.683668385 0.0059006607145 0.019154113917 0.588359
60.08050596 181.42821389 0.67079832385 1.5604675767 0.0074065837751 0.017621153137 0.761896
60.722284554 173.0939198 0.82904182397 1.4028781422 0.009167809184 0.015725281232 0.903679
61.085175033 168.55991278 1.0085909475 1.2211271287 0.011182806083 0.013604289624 0.987011
"""
ROWS = np.array(TABLE.split(), dtype=float).reshape(-1, 7)
HOPF = {
    "I": (49.9806972893, 61.1412739096),
    "period": (499.812003389, 167.871097487),
}
FIRST = np.array([0.005007935663, -51.5564465979, -0.195657239381, 0.45071420967])


@pytest.fixture(scope="module")
def branch() -> Branch:
    problem = regular_spiking(kappa=100.0).problem()
    start = SpecialPoint("HB", {"I": HOPF["I"][0]}, FIRST)
    cycles = CycleOptions(report_at=tuple(ROWS[:, 0]))
    return continue_cycles(problem, start, "I", cycles=cycles)


def test_runs_from_hopf_point_to_hopf_point(branch):
    # oracle: AUTO-07p's Hopf points
    assert [end.reason for end in branch.ends] == ["start", "hopf"]
    for row, current, period in zip((0, -1), HOPF["I"], HOPF["period"], strict=True):
        assert branch["I"][row] == pytest.approx(current, rel=1e-9)
        assert branch["period"][row] == pytest.approx(period, rel=1e-9)
        span = branch.extra["maximum"][1][row] - branch.extra["minimum"][1][row]
        np.testing.assert_array_equal(span, 0)
    assert branch.stable[1:-1].all()
    assert not branch.stable[[0, -1]].any()
    assert {point.kind for point in branch.special} == {"HB", "UZ"}
    for point, row, current in zip(
        branch.points("HB"), (0, len(branch) - 1), HOPF["I"], strict=True
    ):
        assert point.row == row
        assert point.parameters["I"] == pytest.approx(current, rel=1e-9)
    np.testing.assert_allclose(branch["trivial_multiplier"], 1, atol=1e-6)


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_rows_agree_with_auto(branch, row):
    # oracle: AUTO-07p. Its extrema are read off mesh points, hence inside the true range by up to
    # some 1e-5 of the value: agreement to 1e-5 is asked relative to the variable's largest value
    current, period, s_min, s_max, r_min, r_max, multiplier = ROWS[row]
    k = branch.points("UZ")[row].row
    assert branch["I"][k] == pytest.approx(current, rel=1e-12)
    assert branch["period"][k] == pytest.approx(period, rel=1e-8)
    low, high = branch.extra["minimum"][1][k], branch.extra["maximum"][1][k]
    for i, least, most in ((3, s_min, s_max), (0, r_min, r_max)):
        assert low[i] == pytest.approx(least, abs=1e-5 * most)
        assert high[i] == pytest.approx(most, abs=1e-5 * most)
        assert low[i] < least + 1e-9 * most, "mesh points lie inside the true range"
        assert high[i] > most - 1e-9 * most
    assert branch["largest_multiplier"][k] == pytest.approx(multiplier, abs=1e-6)
    assert branch.stable[k]


@pytest.mark.parametrize("row", [3, 5, 8])
def test_rows_agree_with_time_integration(branch, row):
    # oracle: one period of DOP853 at 1e-12 from the reported state, extrema where dy_i/dt = 0,
    # the mean as an integral; independent of every mesh
    problem = regular_spiking(kappa=100.0).problem()
    k = branch.points("UZ")[row].row
    p = problem.vector(I=branch["I"][k])
    period = branch["period"][k]
    events = [lambda t, y, i=i: problem.field(y[:4], p)[i] for i in range(4)]
    start = np.concatenate([branch.states[k], np.zeros(4)])
    run = solve_ivp(
        lambda t, y: np.concatenate([problem.field(y[:4], p), y[:4]]),
        (0, period), start, method="DOP853", rtol=1e-12, atol=1e-15, events=events,
    )  # fmt: skip
    scale = branch.extra["maximum"][1][k] - branch.extra["minimum"][1][k]
    assert np.abs((run.y[:4, -1] - branch.states[k]) / scale).max() < 1e-6
    np.testing.assert_allclose(run.y[4:, -1] / period, branch.extra["mean"][1][k], rtol=1e-6)
    for i in range(4):
        values = run.y_events[i][:, i]
        assert abs(values.min() - branch.extra["minimum"][1][k, i]) < 2e-6 * scale[i]
        assert abs(values.max() - branch.extra["maximum"][1][k, i]) < 2e-6 * scale[i]


def test_ends_near_the_bogdanov_takens_point():
    # oracle: at kappa = 79.8, between BT (79.37) and the cusp (81.56), theory has the small cycle
    # end in a homoclinic orbit and the large one at the fold (explicit, 46.65945825488)
    network = regular_spiking(kappa=79.8)
    problem = network.problem()
    states = {
        46.6063: np.array([0.00535, -51.44, -3.0, 0.4815]),
        51.4505: np.array([0.0122, -50.11, 12.6, 1.098]),
    }
    branches = {}
    for current, state in states.items():
        start = SpecialPoint("HB", {"I": current}, state)
        branches[current] = continue_cycles(problem, start, "I")
    small, large = branches.values()
    assert [small.ends[1].reason, large.ends[1].reason] == ["homoclinic", "snic"]
    found = large.points("SNIC")[0].parameters["I"]
    r = np.linspace(2e-3, 8e-3, 60001)
    v = (1 * 0.7**2 * -60 / (np.pi * 100) + r * (0.7 * -100 + 90 * r)) / (
        0.7**2 / (np.pi * 100) + 1.4 * r
    )
    explicit = (
        np.pi * 100 * r * (1 + np.pi * 100 * r / 0.7) - 0.7 * v * (v + 100) - 0.7 * 2400
        + (-2 * (v + 60) + 33.33 * 79.8 * r) + 90 * r * v
    )  # fmt: skip
    folds = explicit[1:-1][(np.diff(explicit)[:-1] * np.diff(explicit)[1:]) < 0]
    assert np.abs(folds - found).min() < 1e-6


def test_circuit_cycles_run_between_hopf_points_across_a_kink():
    # oracle: AUTO-07p's Hopf points of the corrected circuit; mu_fs < 0 at the first one
    problem = circuit().problem()
    state = np.array(
        [0.027484819281, -47.636723164, -6.4051731401, 2.638542651, 1.3716406152, 0.010715942306,
         -48.456503447, 0.16358741382, 0.65963566275, 0.3429101538]
    )  # fmt: skip
    start = SpecialPoint("HB", {"I_fs": 29.8633107774}, state)
    branch = continue_cycles(problem, start, "I_fs", replace(STEPS, ds_max=0.2))
    assert branch.ends[1].reason == "hopf"
    assert branch["I_fs"][-1] == pytest.approx(44.2767914803, rel=1e-8)
    assert branch["period"][-1] == pytest.approx(58.4929935948, rel=1e-7)
    assert branch.stable[1:-1].all()
    kinks = branch.points("KINK")
    assert [kink.name for kink in kinks] == ["mu_fs"]
    crosses = branch["crosses_mu_fs"]
    assert not crosses[: kinks[0].row].any()
    assert crosses[kinks[0].row + 1 : -1].all()
