"""Planes of the excitatory-inhibitory circuit for all reset conditions and both mean fields.

Oracles: AUTO-07p's values at one condition; for all others the same points solved again, with a
field coded separately, derivatives by differences, and a root finder instead of continuation.
"""

import json
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import fsolve

sys.path.insert(0, str(Path(__file__).parents[1] / "continuation"))
import systems

from ikmeanfield.analysis.diagrams import (
    bifurcation_plane,
    check_points,
    codimension_two,
    equilibrium_diagram,
    fold_and_hopf_points,
    stable_equilibria_regions,
)
from ikmeanfield.circuit import excitatory_inhibitory
from ikmeanfield.theories import MeanFieldSettings

CURRENT, WIDTH = "fs.input_current", "fs.threshold_width"
BOUNDS = ((0.0, 100.0), (0.005, 1.65))
CONDITIONS = {
    "infinite": (1000.0, -1000.0, True), "middle": (50.0, -100.0, True),
    "near": (40.0, -60.0, True), "uncorrected": (50.0, -100.0, False),
}  # fmt: skip
WIDTHS = (0.1, 0.3, 0.65)
IN_SHORT = {("middle", 0.1), ("uncorrected", 0.1)}
"""Conditions and widths that are tried in the short suite."""
REFERENCE = json.loads((Path(__file__).parents[1] / "continuation" / "reference.json").read_text())[
    "circuit corrected v_p=50 v_0=-100, Delta_fs=0.3 "
    "(Delta_rs=1, kappa_rs=20, I_rs=50, J 16/16/4/4, tau_u 33.33 and 5)"
]
SCALE = np.array([0.02, 10.0, 10.0, 2.0, 2.0, 0.02, 10.0, 1.0, 0.5, 0.5])

pytestmark = pytest.mark.filterwarnings(
    "ignore::ikmeanfield.theories.mean_field.ResetAccuracyWarning"
)


def circuit(name, width=0.3):
    peak, reset, _ = CONDITIONS[name]
    values = {f"{p}.peak_potential": peak for p in ("rs", "fs")}
    values |= {f"{p}.reset_potential": reset for p in ("rs", "fs")}
    return excitatory_inhibitory().replace({**values, WIDTH: width})


@cache
def plane(name):
    return bifurcation_plane(
        circuit(name),
        (CURRENT, WIDTH),
        BOUNDS,
        theory=MeanFieldSettings(reset_correction=CONDITIONS[name][2]),
    )


@cache
def points(name, width):
    return fold_and_hopf_points(
        circuit(name, width),
        CURRENT,
        *BOUNDS[0],
        at=WIDTH,
        theory=MeanFieldSettings(reset_correction=CONDITIONS[name][2]),
    )


def solved_again(name, width, point):
    """The current of a fold or Hopf point, from a start that is off by parts in a thousand."""
    peak, reset, corrected = CONDITIONS[name]
    network = systems.circuit(*((peak, reset) if corrected else (np.inf, -np.inf)), width_fs=width)
    parameters = network.problem().vector()
    place = network.problem().index("I_fs")

    def field(x, current):
        p = parameters.copy()
        p[place] = current
        return network.rhs(x * SCALE, p) / SCALE

    def matrix(x, current):
        steps = 1e-5 * np.eye(len(x))
        return np.transpose([(field(x + h, current) - field(x - h, current)) / 2e-5 for h in steps])

    frequency = 2 * np.pi / point.data["period"] if point.kind == "HB" else 0.0

    def equations(z):
        values = np.linalg.eigvals(matrix(z[:-1], z[-1]))
        critical = values[np.argmin(np.abs(values - 1j * frequency))]
        return [*field(z[:-1], z[-1]), critical.real]

    start = np.append(point.state / SCALE, point.parameters[CURRENT]) * 1.001
    root, _, _, message = fsolve(equations, start, xtol=1e-13, full_output=True)
    residual = np.abs(equations(root)).max()
    assert residual < 1e-8, message
    return root[-1]


@pytest.mark.parametrize(("name", "width"), [
    pytest.param(name, width, marks=() if (name, width) in IN_SHORT else pytest.mark.long)
    for name in CONDITIONS for width in WIDTHS
])  # fmt: skip
def test_points_in_one_parameter_are_right_and_lie_on_the_curves(name, width):
    branches = equilibrium_diagram(
        circuit(name, width), CURRENT, *BOUNDS[0], cycles=False,
        theory=MeanFieldSettings(reset_correction=CONDITIONS[name][2]),
    )  # fmt: skip
    found = [p for branch in branches.values() for p in branch.points("LP", "HB")]
    for point in found:
        assert solved_again(name, width, point) == pytest.approx(
            point.parameters[CURRENT], rel=1e-6
        )
    here = points(name, width)
    assert here.sizes["point"] == len(found)
    checked = check_points(here, plane(name))
    assert (checked["difference"] <= 1e-6 + checked["interpolation_error"]).all()


@pytest.mark.long
def test_a_hopf_point_beside_the_kink_is_not_missed():
    # oracle: the Hopf curve, which passes its kink at Δ_fs = 0.684875
    width = 0.68454545
    here = check_points(points("near", width), plane("near"))
    assert (np.abs(here["value"].values - 43.295) < 1e-3).sum() == 1


def test_reference_points_at_the_middle_condition():
    here = points("middle", 0.3)
    for kind, label in (("fold", "LP"), ("hopf", "HB")):
        expected = sorted(row["I_fs"] for row in REFERENCE if row["type"] == label)
        rows = here["kind"].values == kind
        np.testing.assert_allclose(np.sort(here["value"].values[rows]), expected, rtol=1e-8)
    cusps = codimension_two(plane("middle"), "CP")
    places = np.array([[p.parameters[CURRENT], p.parameters[WIDTH]] for p in cusps])
    gaps = np.abs(places / [54.6842599, 0.160175169] - 1).max(axis=1)
    assert gaps.min() < 1e-7


@pytest.mark.long
def test_the_kink_of_the_fold_curve_is_the_same_for_every_corrected_field():
    # oracle: where μ = 0 the corrected field equals the uncorrected one
    for name in ("infinite", "middle", "near"):
        (kink,) = plane(name)["fold_1"].points("KINK")
        assert kink.parameters[CURRENT] == pytest.approx(54.5877318, rel=1e-8)
        assert kink.parameters[WIDTH] == pytest.approx(0.166817909, rel=1e-8)
        assert not plane("uncorrected")["fold_1"].points("KINK")


def test_sides_of_folds_and_hopf_points():
    # oracle: equilibria between the two folds are three; oscillations between the Hopf points
    here = points("middle", 0.3)
    told = sorted(zip(here["value"].values, here["side"].values, strict=True))
    assert [side for _, side in told] == ["lower", "upper", "lower", "upper", "lower"]


@pytest.mark.parametrize("width", [0.1635, 0.165])
def test_three_stable_equilibria_beside_the_kink(width):
    # oracle: four folds in one parameter: five equilibria between the inner two
    values = np.sort(points("middle", width)["value"].values[
        points("middle", width)["kind"].values == "fold"
    ])  # fmt: skip
    assert len(values) == 4
    regions = stable_equilibria_regions(plane("middle"), ((50.0, 60.0), (0.16, 0.17)))
    middle = 0.5 * (values[1] + values[2])
    assert [region.stable for region in regions if region.holds(middle, width)] == [3]


def test_the_lower_bound_of_the_current_may_cross_a_hopf_curve():
    # oracle: equilibria at the lower bound; the Hopf curve meets it at Δ_fs = 0.3128, between
    # two of the scans, nearer to the upper one
    regions = stable_equilibria_regions(plane("near"), ((0.0, 80.0), (0.01, 1.6)))
    for width, stable in ((0.25, 0), (0.30, 0), (0.32, 1), (0.5, 1)):
        branch = equilibrium_diagram(circuit("near", width), CURRENT, 0.0, 5.0, cycles=False)
        assert int(branch["equilibria"].stable[0]) == stable
        assert [r.stable for r in regions if r.holds(0.01, width)] == [stable]


def test_a_hopf_curve_may_begin_on_its_bogdanov_takens_point():
    """Oracles: the Jacobian is singular there, so no equilibrium can be followed away from it.

    The first Lyapunov coefficient has a pole there, and no zero that rounding might invent.
    """
    circuit = excitatory_inhibitory().replace(
        {"rs.input_current": 60.0, "rs.adaptation": 10.0, "fs.threshold_width": 0.2,
         "rs.threshold_width": 0.1}
    )  # fmt: skip
    found = bifurcation_plane(
        circuit, ("fs.input_current", "rs.threshold_width"), ((0.0, 100.0), (0.01, 4.0)),
        theory=MeanFieldSettings(reset_correction=False),
    )  # fmt: skip
    problem = MeanFieldSettings(reset_correction=False)(circuit).problem()
    hopf = [branch for branch in found.values() if branch.kind == "hopf"]
    beside = [branch for branch in hopf if "BT" in {end.reason for end in branch.ends}]
    assert beside
    for branch in beside:
        assert not branch.points("GH")
        for row, state in enumerate(branch.states):
            jacobian = problem.jacobian(state, problem.vector(**branch.parameters_at(row)))
            if np.linalg.matrix_rank(jacobian) < len(state):
                assert branch["stable_change"][row] == 0
