"""Random smooth systems: cubic fields, and circuits of Izhikevich populations."""

import math

import numpy as np
import systems

from ikmeanfield.continuation import Problem, find_equilibrium


def cubic(seed: int, n: int) -> tuple[Problem, np.ndarray, dict, tuple[str, str]]:
    """Return y' = A y + Q(y, y) - y³ + c a + b (M y + d): equilibria stay bounded."""
    g = np.random.default_rng(seed)
    linear, mixed = g.normal(size=(n, n)), 0.5 * g.normal(size=(n, n))
    quadratic = 0.5 * g.normal(size=(n, n, n))
    quadratic = (quadratic + quadratic.transpose(0, 2, 1)) / 2
    c, d = g.normal(size=n), 0.3 * g.normal(size=n)

    def field(y, p):
        return linear @ y + quadratic @ y @ y - y**3 + c * p[0] + p[1] * (mixed @ y + d)

    def jacobian(y, p):
        return linear + 2 * (quadratic @ y) - 3 * np.diag(y * y) + p[1] * mixed

    names = tuple("uvwxyz"[:n])
    problem = Problem(field, names, {"a": 0.0, "b": 0.0}, jacobian)
    start = find_equilibrium(problem, np.zeros(n))
    return problem, start, {"a": (-2.0, 2.0), "b": (-1.0, 1.0)}, ("a", "b")


def circuit(seed: int, populations: int, corrected: bool) -> tuple:
    """Return a random circuit of Izhikevich populations at rest; its currents are free."""
    g = np.random.default_rng(seed)
    excitatory = [i == 0 or g.random() < 0.5 for i in range(populations)]
    members = []
    for i in range(populations):
        synapses = tuple(
            (
                j,
                g.uniform(2, 16),
                1.0,
                0.0 if excitatory[j] else -65.0,
                6.0 if excitatory[j] else 8.0,
            )
            for j in range(populations)
        )
        kind = (100.0, 0.7, -60.0, -40.0, 33.33, g.uniform(-3, 2), g.uniform(0, 120))
        fast = (20.0, 1.0, -55.0, -40.0, 5.0, 0.025, 0.0)
        reset = (g.uniform(40, 200), -g.uniform(60, 200)) if corrected else (math.inf, -math.inf)
        members.append(
            systems.Population(
                "abc"[i],
                *(kind if excitatory[i] else fast),
                g.uniform(0.3, 1.5),
                g.uniform(0, 40),
                synapses,
                *reset,
            )
        )
    network = systems.Network(tuple(members))
    problem = network.problem()
    rest = [x for pop in members for x in (1e-3, pop.v_r, 0.0, *[0.01] * populations)]
    problem = problem.at({"I_a": 0.0})
    start = find_equilibrium(problem, np.array(rest))
    return problem, start, {"I_a": (-20.0, 100.0), "kappa_a": (0.0, 150.0)}, ("I_a", "kappa_a")
