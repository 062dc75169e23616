"""Results print in a few lines of at most a hundred characters, whatever they hold."""

import numpy as np
import pytest

from ikmeanfield.continuation import (
    ContinuationOptions,
    CycleOptions,
    Diagram,
    Problem,
    Termination,
    Trajectory,
    continue_cycles,
    continue_equilibria,
    diagram,
    phase_response,
)

OPTIONS = ContinuationOptions(bounds={"a": (-0.5, 1.0)}, max_points=30)


def oscillators():
    """Return thirty Hopf normal forms; the first turns stable at a = 0."""

    def field(y, p):
        x, v = y.reshape(2, 30)
        gain = p[0] - np.arange(30) - x * x - v * v
        return np.concatenate([gain * x - v, x + gain * v])

    names = tuple(f"a_rather_long_name_{i}" for i in range(60))
    return Problem(field, names, {"a": -0.4, **{f"parameter_{i}": 0.0 for i in range(50)}})


@pytest.fixture(scope="module")
def results():
    problem = oscillators()
    branch = continue_equilibria(problem, np.zeros(60), "a", OPTIONS)
    t = np.linspace(0, 2 * np.pi, 400)
    states = np.zeros((400, 60))
    states[:, 0], states[:, 30] = np.cos(t) * 0.5**0.5, np.sin(t) * 0.5**0.5
    trajectory = Trajectory(t, states, {**problem.parameters, "a": 0.5})
    small = Problem(
        lambda y, p: np.array([(p[0] - y @ y) * y[0] - y[1], y[0] + (p[0] - y @ y) * y[1]]),
        ("x", "y"),
        {"a": 0.5},
    )
    cycle = Trajectory(t, states[:, [0, 30]], {})
    cycles = continue_cycles(small, cycle, "a", OPTIONS, CycleOptions(save_profiles=True))
    tree = diagram(small.at({"a": -0.4}), np.zeros(2), "a", OPTIONS, depth=1)
    return [
        branch,
        *branch.special,
        trajectory,
        cycles,
        tree,
        phase_response(small, cycle),
        Termination("bound", "a reached its bound"),
    ]


def test_every_result_prints_in_a_few_short_lines(results):
    kinds = {type(result).__name__ for result in results}
    assert kinds >= {"Branch", "SpecialPoint", "Trajectory", "Diagram", "PhaseResponse"}
    for result in results:
        lines = repr(result).splitlines()
        assert len(lines) <= 45
        assert max(map(len, lines)) <= 100
        assert "array(" not in repr(result)


def test_a_branch_without_points_prints_why():
    problem = Problem(lambda y, p: np.array([1.0 + y[0] ** 2 + p[0] ** 2]), ("x",), {"a": 0.0})
    branch = continue_equilibria(problem, [0.0], "a", OPTIONS)
    assert len(branch) == 0
    assert "no equilibrium" in repr(branch)
    assert "no points" in repr(Diagram(branch))
