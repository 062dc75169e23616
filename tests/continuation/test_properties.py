"""What holds for every branch, over random parameters."""

from itertools import pairwise

import numpy as np
import pytest
import systems
from hypothesis import given, settings
from hypothesis import strategies as st

from ikmeanfield.continuation import ContinuationOptions, continue_equilibria

QUIET = np.array([1e-4, -59.0, 0.0, 0.01])
INHIBITED = np.array([3e-4, -57.4, -5.0, 0.028, 3.3, 0.026, -47.8, 0.18, 0.007, 0.83])
#: By how many the number of unstable eigenvalues changes at a point of each kind.
CHANGE = {"LP": 1, "BP": 1, "HB": 2, "NS": 0, "KINK": 0}


def assert_consistent(problem, branch, parameter):
    """Every change of stability has its special point, and every special point its change."""
    special = {}
    for point in branch.special:
        special.setdefault(point.row, []).append(point)
        assert point.status == "converged"
        assert point.residual < 1e-10
        np.testing.assert_array_equal(branch.states[point.row], point.state)
        assert branch[parameter][point.row] == point.parameters[parameter]
    rows = [row for row in range(len(branch)) if row not in special]
    for before, after in pairwise(rows):
        between = [p for row in range(before + 1, after) for p in special[row]]
        change = abs(int(branch["unstable"][after]) - int(branch["unstable"][before]))
        possible = {0}
        for point in between:
            step = CHANGE[point.kind]
            possible = {abs(p + sign * step) for p in possible for sign in (-1, 1)}
        assert change in possible
    # The rows are equilibria and their eigenvalues are the Jacobian's.
    for row in range(0, len(branch), 20):
        p = problem.vector(**branch.parameters_at(row))
        matrix = problem.jacobian(branch.states[row], p)
        values = np.linalg.eigvals(matrix)
        np.testing.assert_allclose(
            np.sort(branch.eigenvalues[row].real),
            np.sort(values.real),
            atol=1e-6 * abs(values).max(),
        )
        size = np.abs(matrix) @ np.abs(branch.states[row])
        np.testing.assert_array_less(
            np.abs(problem.field(branch.states[row], p)), 1e-9 * size + 1e-12
        )


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    kappa=st.floats(0.0, 120.0),
    width=st.floats(0.2, 2.0),
    b=st.floats(-5.0, 2.0),
    reset=st.sampled_from([(np.inf, -np.inf), (50.0, -60.0), (1000.0, -1000.0)]),
)
def test_single_population(kappa, width, b, reset):
    network = systems.regular_spiking(kappa=kappa, width=width, b=b, v_p=reset[0], v_0=reset[1])
    problem = network.problem()
    branch = continue_equilibria(
        problem, QUIET, "I", ContinuationOptions(bounds={"I": (-50.0, 120.0)})
    )
    assert {end.reason for end in branch.ends} == {"bound"}
    assert_consistent(problem, branch, "I")


@pytest.mark.parametrize("reset", [(40.0, -60.0), (50.0, -100.0), (1000.0, -1000.0)])
@pytest.mark.parametrize("width", [0.05, 0.15, 0.6, 1.5])
def test_circuit(reset, width):
    problem = systems.circuit(*reset, width_fs=width, current_fs=73.0).problem()
    options = ContinuationOptions(bounds={"I_fs": (0.0, 80.0)})
    branch = continue_equilibria(problem, INHIBITED, "I_fs", options)
    assert {end.reason for end in branch.ends} == {"bound"}
    assert_consistent(problem, branch, "I_fs")
